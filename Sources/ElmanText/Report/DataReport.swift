import ElmanFiles

/// What is in a text file, before one trains on it. Nothing in it is an error: faults are counted and their places named.
public struct DataReport: Sendable {
    /// The file.
    public let path: String
    /// What its lines look like.
    public private(set) var format = TextFormat.text
    /// Bytes, as far as lines were read where it is a pipe.
    public private(set) var bytes = 0
    /// Lines, blank ones included.
    public private(set) var lines = 0
    /// Lines of nothing but spaces and tabs.
    public private(set) var blankLines = 0
    /// Words and how often each occurs, end marks of sentences not counted.
    public private(set) var words = TokenCounts()
    /// Unicode scalars, newlines not counted.
    public private(set) var characters = 0
    /// How many different scalars there are, newlines not counted.
    public var distinctCharacters: Int { asciiCounts.count { $0 > 0 } + otherCharacters.typeCount }
    /// The line of most bytes.
    public private(set) var longestLine = Longest()
    /// The line of most words.
    public private(set) var longestSentence = Longest()
    /// Where the text is not UTF-8.
    public private(set) var invalidUTF8 = Places()
    /// Where control characters stand, tabs not counted.
    public private(set) var controlCharacters = Places()
    /// How many of the control characters are zero bytes.
    public private(set) var zeroBytes = 0
    /// No-break spaces, which are part of a word here.
    public private(set) var noBreakSpaces = 0
    /// Lines that end in a carriage return and a newline.
    public private(set) var carriageReturnLines = 0
    /// Whether the file starts with a byte order mark, which is not part of the text.
    public private(set) var hasByteOrderMark = false
    /// Whether the last line ends in a newline; nil where that cannot be known (a pipe, an empty file).
    public private(set) var endsInNewline: Bool?

    private var asciiCounts = [Int](repeating: 0, count: 128)
    private var otherCharacters = TokenCounts()

    /// The largest of something, and the first line that has it.
    public struct Longest: Sendable, Hashable {
        /// The line, 0 where there is none.
        public internal(set) var line = 0
        /// How long it is.
        public internal(set) var length = 0
    }

    /// How often something occurs, and the first few places.
    public struct Places: Sendable, Hashable {
        /// How often it occurs.
        public internal(set) var count = 0
        /// The first five places.
        public internal(set) var first: [Place] = []

        mutating func add(line: TextLine, at index: Int) {
            count += 1
            if first.count < 5 { first.append(Place(line: line.number, byte: index + 1, offset: line.offset + index)) }
        }
    }

    /// A byte of a file.
    public struct Place: Sendable, Hashable {
        /// The line, counted from 1.
        public let line: Int
        /// The byte in the line, counted from 1.
        public let byte: Int
        /// The byte in the file, counted from 0.
        public let offset: Int
    }

    /// Reads a file (`-` is standard input) from end to end. Throws where it cannot be read.
    public init(reading path: String) throws(DataError) {
        var bytes = try ByteReader(path)
        try self.init(path, &bytes) { _ in }
    }

    /// Reads what a reader has not given out yet, and calls `body` with every line.
    init(_ path: String, _ reader: inout ByteReader, _ body: (TextLine) -> Void) throws(DataError) {
        self.path = nameInMessages(path)
        let size = path == "-" || FileSystem.isDirectory(path) ? nil : FileSystem.size(of: path)
        var guesser = FormatGuesser()
        var previousEnd = 0
        try readLines(from: &reader) { line throws(DataError) in
            if lines == 0 { hasByteOrderMark = line.offset == 3 }
            if lines > 0, line.offset - previousEnd == 2 { carriageReturnLines += 1 }
            previousEnd = line.offset + line.bytes.count
            add(line)
            guesser.add(line.bytes)
            body(line)
        }
        format = guesser.guess
        bytes = max(size ?? 0, previousEnd)
        if let size, size >= previousEnd, lines > 0 {
            endsInNewline = size > previousEnd
            if size - previousEnd == 2 { carriageReturnLines += 1 }
        }
    }

    private mutating func add(_ line: TextLine) {
        lines += 1
        if line.bytes.isBlank { blankLines += 1 }
        if line.bytes.count > longestLine.length { longestLine = Longest(line: line.number, length: line.bytes.count) }
        var index = 0
        var isValid = true
        while index < line.bytes.count {
            let (length, isSequence) = UTF8Checker.sequence(in: line.bytes, at: index)
            if isSequence {
                countCharacter(line, index..<index + length)
            } else {
                isValid = false
                invalidUTF8.add(line: line, at: index)
            }
            index += length
        }
        if isValid { return countWords(line.bytes, line: line.number) }
        UTF8Checker.repaired(line.bytes).bytes.withUnsafeBufferPointer { countWords($0, line: line.number) }
    }

    private mutating func countCharacter(_ line: TextLine, _ range: Range<Int>) {
        characters += 1
        let byte = line.bytes[range.lowerBound]
        if byte < 0x80 {
            asciiCounts[Int(byte)] += 1
            if byte == 0 { zeroBytes += 1 }
            if byte < 0x20 && byte != 9 || byte == 0x7F { controlCharacters.add(line: line, at: range.lowerBound) }
            return
        }
        let scalar = line.bytes.part(range)
        otherCharacters.add(scalar)
        guard byte == 0xC2 else { return }
        if scalar[1] < 0xA0 { controlCharacters.add(line: line, at: range.lowerBound) }
        if scalar[1] == 0xA0 { noBreakSpaces += 1 }
    }

    private mutating func countWords(_ line: ByteView, line number: Int) {
        let before = words.total
        forEachToken(in: line, unit: .word) { word in
            words.add(word)
            return true
        }
        let length = words.total - before
        if length > longestSentence.length { longestSentence = Longest(line: number, length: length) }
    }
}

extension DataReport {
    /// Lines that are not blank.
    public var sentences: Int { lines - blankLines }

    /// Words that occur once.
    public var singletons: Int { words.counts.count { $0 == 1 } }

    /// Which words of a file a training text does not have.
    public struct Unknown: Sendable, Equatable {
        /// Words of the file.
        public let words: Int
        /// How many of them the training text does not have.
        public let unknownWords: Int
        /// Different words among those.
        public let unknownTypes: Int
        /// The most frequent of them, at most ten.
        public let examples: [String]

        /// The share of unknown words.
        public var share: Double { words == 0 ? 0 : Double(unknownWords) / Double(words) }
    }

    /// Which words of this file another one does not have that a model would be trained on.
    ///
    /// Words that occur less often there than `minimumCount` count as missing.
    public func unknown(toTrainingText training: DataReport, minimumCount: Int = 1) -> Unknown {
        let missing = words.typesByFrequency().filter { type in
            let found = words.table.withEntry(type) { training.words.table.find($0) }
            return found.map { training.words.counts[$0] < minimumCount } ?? true
        }
        return Unknown(
            words: words.total, unknownWords: missing.reduce(0) { $0 + words.counts[$1] }, unknownTypes: missing.count,
            examples: missing.prefix(10).map { words.token($0) })
    }
}
