/// Keeps the vectors of the words that are wanted.
struct EmbeddingCollector {
    private let vocabulary: Vocabulary
    /// The lower-case forms of entries, and for each entry the number of its own.
    private var lowercaseForms = ByteTable()
    private var lowercaseOf: [Int] = []
    private var rowOfEntry: [Int32]
    private var rowOfForm: [Int32]
    private var vectors: [Float] = []
    private var squares = 0.0
    private(set) var coverage = EmbeddingCoverage()
    private let dimension: Int

    init(_ vocabulary: Vocabulary, dimension: Int) {
        self.vocabulary = vocabulary
        self.dimension = dimension
        rowOfEntry = [Int32](repeating: -1, count: vocabulary.count)
        rowOfForm = []
        for entry in 0..<vocabulary.count {
            let form = vocabulary.table.withEntry(entry) { ElmanText.lowercased($0) }
            lowercaseOf.append(form.withUnsafeBufferPointer { lowercaseForms.insert($0) })
        }
        rowOfForm = [Int32](repeating: -1, count: lowercaseForms.count)
    }

    /// Counts a row and says whether its vector is wanted.
    mutating func wants(_ word: ByteView) -> Bool {
        coverage.rows += 1
        guard !word.isEmpty else {
            coverage.emptyWords += 1
            return false
        }
        let (entry, form) = (vocabulary.index(of: word), lowercaseForms.find(word))
        if let entry, rowOfEntry[entry] >= 0 {
            coverage.duplicates += 1
        } else if let form, rowOfForm[form] >= 0 {
            coverage.duplicates += 1
        } else if entry != nil || form != nil {
            return true
        }
        return false
    }

    /// Keeps the vector of a word that is wanted.
    mutating func add(_ word: ByteView, _ vector: [Float]) {
        let row = Int32(vectors.count / dimension)
        if let entry = vocabulary.index(of: word) { rowOfEntry[entry] = row }
        if let form = lowercaseForms.find(word) { rowOfForm[form] = row }
        vectors += vector
        squares += vector.reduce(0) { $0 + Double($1) * Double($1) }
    }

    func finish(declaredRows: Int?) -> (rows: [Int32], vectors: [Float], coverage: EmbeddingCoverage) {
        var (rows, coverage) = (rowOfEntry, coverage)
        for entry in rows.indices {
            if rows[entry] >= 0 {
                coverage.exact += 1
                continue
            }
            rows[entry] = rowOfForm[lowercaseOf[entry]]
            if rows[entry] >= 0 { coverage.lowercased += 1 } else { coverage.missing += 1 }
        }
        coverage.declaredRows = declaredRows
        coverage.scale = vectors.isEmpty ? 0 : (squares / Double(vectors.count)).squareRoot()
        return (rows, vectors, coverage)
    }
}
