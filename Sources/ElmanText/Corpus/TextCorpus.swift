import ElmanFiles

/// A text for language models, read once: its sentences as type numbers, and how often each type occurs.
///
/// The vocabulary can be made from it afterwards, so a text is read only once and may come from a pipe. Memory: four bytes a
/// token, eight a sentence, and the types.
public struct TextCorpus: Sendable {
    /// How it was read.
    public let options: ReadingOptions
    /// How often each type occurs, end marks of sentences not counted.
    public private(set) var counts = TokenCounts()
    /// What was found while reading.
    public private(set) var statistics = TextStatistics()
    /// Type numbers, and `endMark` after each sentence.
    private var tokens: [Int32] = []
    private var starts = [0]
    /// Which sentence each document begins with.
    private var documentStarts = [0]
    /// Where each type was first seen, for messages: file and line.
    private var firstPlaces: [(file: Int32, line: Int)] = []
    private var files: [String] = []

    private static let endMark: Int32 = -1

    /// Reads one file or several, one sentence a line. `-` is standard input. Throws where there is no sentence in one of
    /// them, it cannot be read, or it is not UTF-8.
    public init(reading paths: [String], options: ReadingOptions = ReadingOptions()) throws(DataError) {
        self.options = options
        for path in paths {
            let before = statistics.sentences
            if options.separatesDocuments { endDocument() }
            files.append(nameInMessages(path))
            try readLines(of: path) { line throws(DataError) in try add(line) }
            guard statistics.sentences > before else { throw Self.noSentences(in: files[files.count - 1]) }
        }
    }

    /// Reads text that is in memory already; `name` is for messages.
    public init(text: [UInt8], name: String = "the text", options: ReadingOptions = ReadingOptions()) throws(DataError) {
        self.options = options
        files.append(name)
        let read = { (bytes: ByteView) throws(DataError) in
            try readLines(in: bytes) { line throws(DataError) in try add(line) }
        }
        try text.withUnsafeBufferPointer(read)
        guard statistics.sentences > 0 else { throw Self.noSentences(in: name) }
    }

    /// A corpus to be filled by the tokeniser of a particular text.
    init(name: String, options: ReadingOptions) {
        self.options = options
        files.append(name)
    }

    private static func noSentences(in name: String) -> DataError {
        DataError(.badData, "no sentences in \(name); expected one sentence a line")
    }

    private mutating func add(_ line: TextLine) throws(DataError) {
        statistics.lines += 1
        statistics.longestLine = max(statistics.longestLine, line.bytes.count)
        if line.bytes.isBlank {
            statistics.blankLines += 1
            if options.separatesDocuments { return endDocument() }
            guard options.keepsBlankLines else { return }
        }
        guard let offset = UTF8Checker.firstInvalid(in: line.bytes) else { return normalize(line.bytes, line: line.number) }
        guard options.invalidUTF8 == .replace else {
            throw DataError(
                .badData, path: files[files.count - 1], line: line.number,
                "invalid UTF-8 at byte \(offset + 1) of the line (offset \(line.offset + offset) in the file); "
                    + "convert the file to UTF-8, or have such bytes replaced by U+FFFD")
        }
        let (repaired, replacements) = UTF8Checker.repaired(line.bytes)
        statistics.replacements += replacements
        repaired.withUnsafeBufferPointer { normalize($0, line: line.number) }
    }

    private mutating func normalize(_ line: ByteView, line number: Int) {
        guard let normalized = options.normalization.normalized(line) else { return append(line, line: number) }
        normalized.withUnsafeBufferPointer { append($0, line: number) }
    }

    private mutating func append(_ line: ByteView, line number: Int) {
        let unit = options.unit
        let start = tokens.count
        var excess = 0
        forEachToken(in: line, unit: unit) { token in
            if tokens.count - start < options.maximumLength { append(token: token, line: number) } else { excess += 1 }
            return true
        }
        if excess > 0 {
            statistics.cutSentences += 1
            statistics.cutTokens += excess
        }
        endSentence()
    }

    /// Adds a token to the sentence that is being built.
    mutating func append(token: ByteView, line: Int) {
        let type = counts.add(token)
        if type == firstPlaces.count { firstPlaces.append((Int32(files.count - 1), line)) }
        tokens.append(Int32(type))
    }

    /// Ends the sentence that is being built.
    mutating func endSentence() {
        tokens.append(Self.endMark)
        statistics.longestSentence = max(statistics.longestSentence, tokens.count - starts[starts.count - 1])
        starts.append(tokens.count)
        statistics.sentences += 1
        statistics.tokens = tokens.count
    }

    /// The next sentence begins a document.
    private mutating func endDocument() {
        if documentStarts[documentStarts.count - 1] < statistics.sentences { documentStarts.append(statistics.sentences) }
    }

    /// Counts a line that a tokeniser has dealt with.
    mutating func countLine(bytes: Int, isBlank: Bool) {
        statistics.lines += 1
        statistics.blankLines += isBlank ? 1 : 0
        statistics.longestLine = max(statistics.longestLine, bytes)
    }
}

extension TextCorpus {
    /// How many documents there are; one where nothing separates them.
    public var documentCount: Int {
        documentStarts.count > 1 && documentStarts.last == statistics.sentences ? documentStarts.count - 1 : documentStarts.count
    }

    /// The vocabulary of the text: `<unk>` and the unit's end mark, then types by falling frequency.
    public func vocabulary(minimumCount: Int = 1, maximumSize: Int = .max, hasUnknown: Bool = true) -> Vocabulary {
        Vocabulary(
            counts: counts, minimumCount: minimumCount, maximumSize: maximumSize,
            unknown: hasUnknown ? Vocabulary.unknownSpelling : nil, boundary: options.unit.boundarySpelling)
    }

    /// The text as indices of a vocabulary, every sentence with its end mark.
    ///
    /// Throws where the vocabulary has no end mark, or lacks a token and has no entry for unknown ones.
    public consuming func encoded(with vocabulary: Vocabulary) throws(DataError) -> EncodedCorpus {
        guard let boundary = vocabulary.boundary else {
            throw DataError(.badData, "the vocabulary has no end mark of sentences, which a language model needs")
        }
        var indices: [Int32] = []
        var statistics = statistics
        indices.reserveCapacity(counts.typeCount)
        for type in 0..<counts.typeCount {
            let found = counts.table.withEntry(type) { vocabulary.index(of: $0) }
            guard let index = found ?? vocabulary.unknown else {
                let place = firstPlaces[type]
                throw DataError(
                    .badData, path: files[Int(place.file)], line: place.line,
                    "“\(counts.token(type))” is not in the vocabulary, which has no entry for unknown tokens")
            }
            if index == vocabulary.unknown { statistics.unknownTokens += counts.counts[type] }
            indices.append(Int32(index))
        }
        for position in tokens.indices {
            let type = tokens[position]
            tokens[position] = type == Self.endMark ? Int32(boundary) : indices[Int(type)]
        }
        if options.isReversed {
            for (start, end) in zip(starts, starts.dropFirst()) { tokens[start..<end - 1].reverse() }
        }
        if documentStarts.count > 1, documentStarts.last == statistics.sentences { documentStarts.removeLast() }
        return EncodedCorpus(tokens: tokens, starts: starts, documentStarts: documentStarts, statistics: statistics)
    }
}
