import ElmanFiles
import ElmanTensor

/// Texts with one label each, for classification: `label ||| text`, `label<TAB>text` or `__label__x text`, one a line.
///
/// Words stand between spaces and tabs. Blank lines are skipped and counted. The first line says which format a file has; a line
/// without a label or without a text is an error that names it.
public struct LabelledTexts: Sendable {
    /// The texts.
    public private(set) var texts = TokenLists()
    /// Every label and how often it occurs.
    public private(set) var labelCounts = TokenCounts()
    /// The type number of every text's label.
    public private(set) var labelTypes: [Int32] = []
    /// The line of its file that every text stands in.
    public private(set) var lines: [Int] = []
    /// What was found while reading.
    public private(set) var statistics = TextStatistics()
    /// The format of the file that was read last.
    public private(set) var format = LabelFormat.bars

    /// Reads one file or several (`-` is standard input).
    /// - Parameters:
    ///   - format: the format of all files; nil takes each file's from its first line.
    ///   - options: what to do with invalid UTF-8, the most words of a text, the normal form. The unit is words.
    public init(
        reading paths: [String], format: LabelFormat? = nil, options: ReadingOptions = ReadingOptions()
    ) throws(DataError) {
        for path in paths {
            var parser = LabelParser(path: path, format: format, options: options)
            let before = count
            try readLines(of: path) { line throws(DataError) in try parser.add(line, to: &self) }
            try finish(parser, before: before)
        }
    }

    /// Reads text that is in memory already; `name` is for messages.
    public init(
        text: [UInt8], name: String = "the text", format: LabelFormat? = nil, options: ReadingOptions = ReadingOptions()
    ) throws(DataError) {
        var parser = LabelParser(path: name, format: format, options: options)
        let read = { (bytes: ByteView) throws(DataError) in
            try readLines(in: bytes) { line throws(DataError) in try parser.add(line, to: &self) }
        }
        try text.withUnsafeBufferPointer(read)
        try finish(parser, before: 0)
    }

    /// How many texts there are.
    public var count: Int { labelTypes.count }

    /// The label of a text. Fails where there is no such text.
    public func label(of text: Int) -> String {
        guard labelTypes.indices.contains(text) else { fail("text \(text) of \(count)") }
        return labelCounts.token(Int(labelTypes[text]))
    }

    /// All labels: whole numbers by value, others by their bytes.
    public func labelVocabulary() -> Vocabulary { Vocabulary(labels: labelCounts) }

    /// The index of every text's label in a vocabulary; -1 for a label that it does not have.
    public func labelIndices(in vocabulary: Vocabulary) -> [Int32] {
        let indices = (0..<labelCounts.typeCount).map { type in
            Int32(labelCounts.table.withEntry(type) { vocabulary.index(of: $0) } ?? -1)
        }
        return labelTypes.map { indices[Int($0)] }
    }

    /// Only some of the texts.
    public func part(where belongs: (Int) -> Bool) -> LabelledTexts {
        var result = self
        let kept = (0..<count).filter(belongs)
        result.texts = texts.part(where: belongs)
        result.lines = kept.map { lines[$0] }
        result.labelCounts = TokenCounts()
        result.labelTypes = kept.map { text in
            Int32(labelCounts.table.withEntry(Int(labelTypes[text])) { result.labelCounts.add($0) })
        }
        return result
    }

    fileprivate mutating func add(label: ByteView, text: ByteView, line: Int, format: LabelFormat, maximumLength: Int) {
        self.format = format
        labelTypes.append(Int32(labelCounts.add(label)))
        lines.append(line)
        let cut = texts.appendWords(of: text, maximumLength: maximumLength)
        texts.endList()
        statistics.cutTokens += cut
        statistics.cutSentences += cut > 0 ? 1 : 0
        statistics.longestSentence = max(statistics.longestSentence, texts[texts.count - 1].count)
    }

    fileprivate mutating func countLine(_ line: ByteView, isBlank: Bool) {
        statistics.lines += 1
        statistics.blankLines += isBlank ? 1 : 0
        statistics.longestLine = max(statistics.longestLine, line.count)
    }

    private mutating func finish(_ parser: LabelParser, before: Int) throws(DataError) {
        guard count > before else {
            throw DataError(.badData, "no sentences in \(parser.cleaner.path); expected a label and a text a line")
        }
        texts = texts.normalized(parser.normalization)
        statistics.sentences = count
        statistics.tokens = texts.types.count
        statistics.replacements += parser.cleaner.replacements
    }
}

private struct LabelParser {
    var cleaner: LineCleaner
    var format: LabelFormat?
    let maximumLength: Int
    let normalization: TextNormalization

    init(path: String, format: LabelFormat?, options: ReadingOptions) {
        cleaner = LineCleaner(path: path, invalidUTF8: options.invalidUTF8)
        self.format = format
        maximumLength = options.maximumLength
        normalization = options.normalization
    }

    mutating func add(_ line: TextLine, to texts: inout LabelledTexts) throws(DataError) {
        let isBlank = line.bytes.isBlank
        texts.countLine(line.bytes, isBlank: isBlank)
        guard !isBlank else { return }
        let names = cleaner
        var format = format
        try cleaner.clean(line) { bytes throws(DataError) in
            format = format ?? LabelFormat.guess(bytes)
            guard let format else {
                let expected = LabelFormat.allCases.map(\.title).joined(separator: ", ")
                throw names.error(line.number, "no label in this line; write it in one of the forms \(expected)")
            }
            guard let (label, text) = format.split(bytes) else {
                throw names.error(line.number, "no label in this line; write it as \(format.title), as the lines before")
            }
            guard !label.isEmpty else { throw names.error(line.number, "the label is empty; write \(format.title)") }
            guard !text.isEmpty else {
                throw names.error(line.number, "no text after the label; give it one or remove the line")
            }
            if format == .prefix, bytes[text].starts(with: LabelFormat.prefixBytes) {
                throw names.error(line.number, "several labels; a text has one label here, so keep one of them")
            }
            texts.add(
                label: bytes.part(label), text: bytes.part(text), line: line.number, format: format,
                maximumLength: maximumLength)
        }
        self.format = format
    }
}
