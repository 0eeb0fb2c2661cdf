import ElmanFiles
import ElmanGraph
import ElmanTensor
import ElmanText

/// Texts and their vectors, to be searched. It is kept in a folder: `vectors.safetensors` (the tensor `vectors`, a row a text) and
/// `sentences.txt` (a line a text, in the same order).
///
/// It may be searched by many threads at once.
public struct RetrievalIndex: Sendable {
    /// The texts.
    public let texts: [String]
    /// Which text of a pair they are.
    public let side: PairedText
    /// How alike two vectors are. For cosines the vectors of the index have length 1.
    public let similarity: RetrievalSimilarity
    private let parameters: ParameterCollection
    /// [texts, vectorSize]: a query takes one product with it.
    private let matrix: Parameter

    private static let vectorsName = "vectors.safetensors"
    private static let textsName = "sentences.txt"
    private static let tensorName = "vectors"
    private static let sideKey = "side"
    private static let similarityKey = "similarity"

    /// Elements of a vector.
    public var vectorSize: Int { matrix.shape.columns }
    /// How many texts there are.
    public var count: Int { texts.count }

    /// An index of texts and their vectors, all of one size. Throws `.badData` where there is none, or a text has several lines.
    public init(
        vectors: [[Float]], texts: [String], side: PairedText = .target, similarity: RetrievalSimilarity = .dot
    ) throws(DataError) {
        guard vectors.count == texts.count, let size = vectors.first?.count, size > 0 else {
            throw DataError(
                .badData, "\(vectors.count) vectors for \(texts.count) texts; an index needs as many, and one at least")
        }
        if let place = vectors.firstIndex(where: { $0.count != size }) {
            throw DataError(.badData, "vector \(place + 1) has \(vectors[place].count) elements, the first \(size)")
        }
        if let place = texts.firstIndex(where: { $0.utf8.contains(10) || $0.utf8.contains(13) }) {
            throw DataError(.badData, "text \(place + 1) has several lines; make one of them")
        }
        self.init(texts: texts, side: side, similarity: similarity, size: size)
        var scalars = [Float](repeating: 0, count: size * texts.count)
        for (row, vector) in vectors.enumerated() {
            let vector = scaled(vector)
            for column in 0..<size { scalars[column * texts.count + row] = vector[column] }
        }
        matrix.values = Tensor(shape: matrix.shape, scalars: scalars)
    }

    private init(texts: [String], side: PairedText, similarity: RetrievalSimilarity, size: Int) {
        self.texts = texts
        self.side = side
        self.similarity = similarity
        parameters = ParameterCollection()
        matrix = parameters.add([texts.count, size], named: Self.tensorName, initializer: .zeros)
    }

    /// The scores of all texts for a vector. Fails where it has another size.
    public func scores(_ query: [Float]) -> [Float] {
        let graph = ComputationGraph(keepsForBackward: false)
        return (matrix(in: graph) * graph.input(scaled(query))).value.scalars
    }

    /// For cosines the vector divided by its length; one of zeros stays.
    private func scaled(_ vector: [Float]) -> [Float] {
        guard similarity == .cosine else { return vector }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? vector.map { $0 / length } : vector
    }

    /// The texts most like a vector: the best first, at most `count`, of equals the one that stands first. A score that is not a
    /// number is never among them. Fails where the vector has another size.
    public func search(_ query: [Float], count: Int = 10) -> [RetrievalHit] {
        let scores = scores(query)
        return bestPlaces(scores, count: count).map { RetrievalHit(place: $0, score: scores[$0], text: texts[$0]) }
    }
}

extension RetrievalIndex {
    /// Writes the index into a folder, which is made where it is missing.
    public func save(to folder: String) throws(DataError) {
        try FileSystem.createDirectory(folder)
        try AtomicFile.write(texts.map { $0 + "\n" }.joined(), to: FileSystem.join(folder, Self.textsName))
        try parameters.save(
            to: FileSystem.join(folder, Self.vectorsName),
            metadata: [
                "format": "elman-index", Self.sideKey: side.rawValue, Self.similarityKey: similarity.rawValue,
            ])
    }

    /// Reads the index of a folder. Throws a `DataError` that names the file, also where texts and vectors are not equally many.
    public init(contentsOf folder: String) throws(DataError) {
        let path = FileSystem.join(folder, Self.vectorsName), textsPath = FileSystem.join(folder, Self.textsName)
        let file = try SafetensorsFile(path)
        guard let shape = file[Self.tensorName]?.shape, shape.count == 2, shape[0] > 0, shape[1] > 0,
            let side = file.metadata[Self.sideKey].flatMap(PairedText.init(rawValue:)),
            let similarity = file.metadata[Self.similarityKey].flatMap(RetrievalSimilarity.init(rawValue:))
        else {
            throw DataError(.badData, path: path, "is no index of texts; index the texts again")
        }
        let bytes = try FileSystem.readFile(textsPath)
        var texts = bytes.split(separator: 10, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        if bytes.isEmpty || bytes.last == 10 { texts.removeLast() }
        guard texts.count == shape[0] else {
            let lines = texts.count == 1 ? "1 line" : "\(texts.count) lines"
            throw DataError(
                .badData, path: textsPath, "has \(lines), but \(path) has \(shape[0]) vectors; index the texts again")
        }
        self.init(texts: texts, side: side, similarity: similarity, size: shape[1])
        try parameters.load(from: file)
    }
}

/// The places of the highest numbers, at most `count`, the highest first and of equals the first. Those that are no numbers are
/// left out.
func bestPlaces(_ scores: [Float], count: Int) -> [Int] {
    guard count > 0 else { return [] }
    if count > 256 {
        let order = scores.indices.filter { !scores[$0].isNaN }.sorted { left, right in
            scores[left] != scores[right] ? scores[left] > scores[right] : left < right
        }
        return Array(order.prefix(count))
    }
    var best: [Int] = []
    var worst = -Float.infinity
    for (place, score) in scores.enumerated() where best.count < count ? !score.isNaN : score > worst {
        if best.count == count { best.removeLast() }
        var position = best.count
        while position > 0, scores[best[position - 1]] < score { position -= 1 }
        best.insert(place, at: position)
        worst = scores[best[best.count - 1]]
    }
    return best
}
