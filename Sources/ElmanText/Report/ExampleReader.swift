import ElmanFiles

/// Reads single examples by the readers of the tasks, so that one that they refuse does not end the reading.
struct ExampleReader {
    /// What is known of an example.
    struct Example {
        /// Tokens of each of its sides.
        var lengths: [Int]
        /// Its labels, as types of a list of their own.
        var labels = TokenLists()
    }

    private let form: ExampleForm
    private let name: String
    /// How a line gives its label, as the first line that has one does.
    private var labelFormat: LabelFormat?
    private let tagFormat: TagFormat
    /// Columns of the first sentence.
    private var columnCount: Int?

    /// A reader; `beginning` is the first part of the file.
    init(_ form: ExampleForm, name: String, beginning: ByteView) {
        self.form = form
        self.name = name
        tagFormat = TagFormat.guess(beginning, allowsWords: false).format
    }

    /// Whether an example has many lines, up to a blank one.
    var hasBlocks: Bool {
        switch form {
        case .tagged: tagFormat != .wordTags
        case .dependencies: true
        default: false
        }
    }

    /// An example of its lines. Nil where they hold none, such as comments. Throws a fault whose line counts from the first of
    /// them.
    mutating func read(_ lines: [UInt8]) throws(DataError) -> Example? {
        do {
            switch form {
            case .sentences: return sentence(lines)
            case .labelled: return try labelled(lines)
            case .tagged(let column): return try tagged(lines, column)
            case .pairs(let columns): return try pair(lines, columns)
            case .trees:
                let bank = try Treebank(text: lines, name: name)
                return Example(lengths: [bank.words.types.count], labels: bank.labels)
            case .dependencies:
                let bank = try DependencyTreebank(text: lines, name: name)
                return Example(lengths: [bank.words.types.count], labels: bank.relations)
            }
        } catch {
            // Nothing but comments, or the start of a document.
            if error.line == nil { return nil }
            throw error
        }
    }

    private func sentence(_ line: [UInt8]) -> Example {
        var words = TokenLists()
        line.withUnsafeBufferPointer { _ = words.appendWords(of: $0) }
        return Example(lengths: [words.types.count])
    }

    private mutating func labelled(_ line: [UInt8]) throws(DataError) -> Example {
        let texts = try LabelledTexts(text: line, name: name, format: labelFormat)
        labelFormat = texts.format
        return Example(lengths: [texts.texts.types.count], labels: TokenLists([[texts.label(of: 0)]]))
    }

    private mutating func tagged(_ lines: [UInt8], _ column: TagColumn) throws(DataError) -> Example {
        let texts = try TaggedTexts(
            text: lines, name: name, options: TagReadingOptions(format: tagFormat, tagColumn: column))
        if tagFormat == .columns {
            var fields: [Range<Int>] = []
            let line = Array(lines.prefix { $0 != 10 })
            line.withUnsafeBufferPointer { $0.findFields(&fields) }
            let expected = columnCount ?? fields.count
            columnCount = expected
            guard fields.count == expected else {
                throw DataError(
                    .badData, path: name, line: 1,
                    "\(fields.count) columns where the first sentence has \(expected); give every word the same columns")
            }
        }
        return Example(lengths: [texts.words.types.count], labels: texts.tags ?? TokenLists())
    }

    private func pair(_ line: [UInt8], _ columns: ParallelTexts.Columns?) throws(DataError) -> Example? {
        var fields: [Range<Int>] = []
        line.withUnsafeBufferPointer { $0.findFields(separator: 9, &fields) }
        let pair = try ParallelTexts.columns(in: fields.count, columns, path: name, line: 1)
        return Self.pair(Array(line[fields[pair.source - 1]]), Array(line[fields[pair.target - 1]]))
    }

    /// A pair of texts; nil where one is blank.
    static func pair(_ source: [UInt8], _ target: [UInt8]) -> Example? {
        let lengths = [source, target].map { side in
            var words = TokenLists()
            side.withUnsafeBufferPointer { _ = words.appendWords(of: $0) }
            return words.types.count
        }
        return lengths.contains(0) ? nil : Example(lengths: lengths)
    }
}
