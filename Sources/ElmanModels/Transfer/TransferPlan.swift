import ElmanFiles
import ElmanGraph
import ElmanTensor
import ElmanText

/// Which numbers of a new model come from where. It follows from names, shapes and vocabularies alone.
struct TransferPlan {
    /// Vectors of a table that are those of a pretrained one, from an element of the vector on.
    struct Vectors {
        let run: Int
        let name: String
        /// The first element, and how many there are.
        let offset: Int, width: Int
        let match: VocabularyMatch
    }

    /// Where the numbers of a parameter come from.
    enum Source {
        /// A parameter of the same shape.
        case whole(run: Int, name: String)
        /// The first columns of a matrix, which stand from a column on; the other columns are zeros.
        case columns(run: Int, name: String, count: Int, offset: Int)
        /// A table of vectors, each of one part or of several.
        case vectors([Vectors])
        /// The rows of a matrix or the elements of a vector that belong to words, in a parameter or, as columns, in a table.
        case rows(name: String, match: VocabularyMatch, isTable: Bool)
        /// Nowhere: random values.
        case fresh
    }

    private let entries: [(name: String, shape: Shape, source: Source)]
    private let match: VocabularyMatch
    private let ownWords: Int
    private let notes: [String]

    /// Throws `.configuration` where the sizes of the two do not fit together.
    init(
        _ model: some PretrainableModel, _ runs: [PretrainedEncoder], newWords: NewWordVectors
    ) throws(DataError) {
        try Self.checkSizes(model, runs)
        let matches = runs.map { VocabularyMatch(model.knownWords, in: $0.vocabulary) }
        let finder = SourceFinder(model, runs, matches)
        entries = model.parameters.entries.map { ($0.name, $0.shape, finder.source(of: $0.name, $0.shape)) }
        match = matches[0]
        ownWords = model.knownWords.count
        notes = Self.notes(model, runs, newWords)
    }

    private static func checkSizes(_ model: some PretrainableModel, _ runs: [PretrainedEncoder]) throws(DataError) {
        let layout = model.encoderLayout, encoder = runs[0]
        guard let table = model.parameters.entries.first(where: { $0.name == layout.embeddings }),
            model.parameters.names.contains(where: { $0.hasPrefix(layout.layers) })
        else {
            throw DataError(.configuration, "the new model has no recurrent encoder that could take over \(encoder.run)")
        }
        let sizes = [
            ("layers", layout.layerCount, encoder.layerCount), ("hidden", layout.hiddenSize, encoder.hiddenSize),
            ("embedding", table.shape.rows, runs.reduce(0) { $0 + $1.embeddingSize }),
        ]
        guard let (key, own, other) = sizes.first(where: { $0.1 != $0.2 }) else { return }
        throw DataError(
            .configuration, "\(key) is \(own), but \(other) in \(runs.map(\.run).joined(separator: " and ")); make them equal")
    }

    private static func notes(
        _ model: some PretrainableModel, _ runs: [PretrainedEncoder], _ newWords: NewWordVectors
    ) -> [String] {
        var notes: [String] = []
        if model.encoderLayout.backward != nil, runs.count == 1, runs[0].directions == .forward {
            notes.append("the backward direction begins with random values: \(runs[0].run) reads forwards only")
        }
        switch newWords {
        case .unknown: notes.append("words that are not known begin with the vector of unknown words")
        case .mean: notes.append("words that are not known begin with the mean of all vectors")
        case .fresh: notes.append("words that are not known begin with random vectors")
        }
        return notes
    }
}

// MARK: Filling

extension TransferPlan {
    /// Puts the numbers into a model's parameters.
    func fill(_ parameters: ParameterCollection, from sources: [ParameterCollection], _ newWords: NewWordVectors) {
        let stores = sources.map { source in
            Dictionary(uniqueKeysWithValues: source.entries.map { ($0.name, $0) })
        }
        for (entry, plan) in zip(parameters.entries, entries) {
            func floats(_ run: Int, _ name: String) -> [Float] {
                let source = stores[run][name]!
                return source.copy(of: source.values)
            }
            switch plan.source {
            case .fresh: continue
            case .whole(let run, let name): entry.setValues(floats(run, name))
            case .columns(let run, let name, let count, let offset):
                var values = [Float](repeating: 0, count: entry.shape.count)
                let rows = entry.shape.rows
                values.replaceSubrange(offset * rows..<(offset + count) * rows, with: floats(run, name)[..<(count * rows)])
                entry.setValues(values)
            case .vectors(let parts):
                var table = WordTable(entry.copy(of: entry.values), size: entry.shape.rows)
                for part in parts { table.fill(floats(part.run, part.name), part, newWords) }
                entry.setValues(table.values)
            case .rows(let name, let match, let isTable):
                let values = entry.copy(of: entry.values)
                entry.setValues(Self.rows(values, of: floats(0, name), match, isTable: isTable))
            }
        }
    }

    /// The rows of a column-major matrix (or the elements of a vector) in the order of other words. Those of new words are those of
    /// the unknown one, or stay where there is none.
    private static func rows(
        _ values: [Float], of source: [Float], _ match: VocabularyMatch, isTable: Bool
    ) -> [Float] {
        var values = values
        let count = match.entries.count, columns = values.count / count, sourceCount = source.count / max(columns, 1)
        for (row, entry) in match.entries.enumerated() {
            guard let entry = entry ?? match.unknown else { continue }
            for column in 0..<columns {
                values[column * count + row] = source[isTable ? entry * columns + column : column * sourceCount + entry]
            }
        }
        return values
    }
}

/// A table of vectors that is being filled.
private struct WordTable {
    var values: [Float]
    let size: Int

    init(_ values: [Float], size: Int) {
        self.values = values
        self.size = size
    }

    mutating func fill(_ source: [Float], _ part: TransferPlan.Vectors, _ newWords: NewWordVectors) {
        let match = part.match, width = part.width
        let fallback = fallback(source, width, match, newWords)
        let factor = fallback == nil ? freshFactor(source) : 1
        for (word, entry) in match.entries.enumerated() {
            let place = word * size + part.offset..<word * size + part.offset + width
            if let entry {
                values.replaceSubrange(place, with: source[entry * width..<(entry + 1) * width])
            } else if let fallback {
                values.replaceSubrange(place, with: fallback)
            } else {
                for index in place { values[index] *= factor }
            }
        }
    }

    private func fallback(
        _ source: [Float], _ width: Int, _ match: VocabularyMatch, _ newWords: NewWordVectors
    ) -> ArraySlice<Float>? {
        switch newWords {
        case .fresh: return nil
        case .unknown:
            if let unknown = match.unknown { return source[unknown * width..<(unknown + 1) * width] }
            return Self.mean(source, width)[...]
        case .mean: return Self.mean(source, width)[...]
        }
    }

    private static func mean(_ source: [Float], _ width: Int) -> [Float] {
        var sums = [Double](repeating: 0, count: width)
        for index in source.indices { sums[index % width] += Double(source[index]) }
        let count = Double(max(source.count / max(width, 1), 1))
        return sums.map { Float($0 / count) }
    }

    /// Makes random vectors lie about as far from 0 as those taken over.
    private func freshFactor(_ source: [Float]) -> Float {
        func scale(_ numbers: [Float]) -> Double {
            (numbers.reduce(0) { $0 + Double($1) * Double($1) } / Double(max(numbers.count, 1))).squareRoot()
        }
        let own = scale(values), other = scale(source)
        return own > 0 && other > 0 ? Float(other / own) : 1
    }
}

// MARK: Telling

extension TransferPlan {
    /// What is taken over.
    /// - Parameters:
    ///   - wordCounts: how often each word of the model occurs in its training text.
    ///   - unknown: the model's unknown word.
    func audit(wordCounts: [Int], unknown: Int?) -> TransferAudit {
        var types = TransferAudit.Coverage(), tokens = TransferAudit.Coverage(), added = 0
        for (word, kind) in match.kinds.enumerated() where word != unknown {
            if wordCounts[word] == 0 {
                added += 1
            } else {
                types.add(kind, 1)
                tokens.add(kind, wordCounts[word])
            }
        }
        let items = entries.map { name, shape, source in
            let loaded = loadedNumbers(source, shape)
            return TransferAudit.Item(
                name: name, extent: loaded == 0 ? .fresh : loaded == shape.count ? .loaded : .partial, numbers: shape.count,
                loadedNumbers: loaded)
        }
        return TransferAudit(
            items: items, types: types, tokens: tokens, unknownTokens: unknown.map { wordCounts[$0] } ?? 0, addedTypes: added,
            notes: notes)
    }

    private func loadedNumbers(_ source: Source, _ shape: Shape) -> Int {
        func found(_ match: VocabularyMatch) -> Int { match.entries.count { $0 != nil } }
        switch source {
        case .fresh: return 0
        case .whole: return shape.count
        case .columns(_, _, let count, _): return count * shape.rows
        case .rows(_, let match, _): return found(match) * (shape.count / max(match.entries.count, 1))
        case .vectors(let parts): return parts.reduce(0) { $0 + found($1.match) * $1.width }
        }
    }
}
