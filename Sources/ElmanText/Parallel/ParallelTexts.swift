import ElmanFiles
import ElmanTensor

/// Texts in pairs, a source and its target: two files of equal line count, or `source<TAB>target` in one.
///
/// Words stand between spaces. A pair of which one side is blank is left out and counted. Two files of different length are an error
/// that names both counts.
public struct ParallelTexts: Sendable {
    /// The sources.
    public private(set) var sources = TokenLists()
    /// The targets, as many.
    public private(set) var targets = TokenLists()
    /// The line of its file that every pair stands in.
    public private(set) var lines: [Int] = []
    /// What was found while reading, in both files together; `blankLines` are pairs left out.
    public private(set) var statistics = TextStatistics()

    /// Which columns of a file are a pair, counted from 1.
    public struct Columns: Sendable, Hashable {
        /// The column of the source.
        public let source: Int
        /// The column of the target.
        public let target: Int

        /// Two columns. Fails below 1.
        public init(source: Int, target: Int) {
            guard source > 0, target > 0 else { fail("columns \(source) and \(target); they count from 1") }
            self.source = source
            self.target = target
        }
    }

    /// Reads two files line by line. `options` say what to do with invalid UTF-8, the most words of a text, the normal form.
    public init(
        source sourcePath: String, target targetPath: String, options: ReadingOptions = ReadingOptions()
    ) throws(DataError) {
        guard sourcePath != "-" || targetPath != "-" else {
            throw DataError(.configuration, "source and target are both standard input; name a file for one of them")
        }
        var (sourceReader, targetReader) = (try ByteReader(sourcePath), try ByteReader(targetPath))
        var sourceCleaner = LineCleaner(path: sourcePath, invalidUTF8: options.invalidUTF8)
        var targetCleaner = LineCleaner(path: targetPath, invalidUTF8: options.invalidUTF8)
        while true {
            let (first, second) = (try sourceReader.nextLine(), try targetReader.nextLine())
            guard let first, let second else {
                if first != nil || second != nil { throw try Self.unequal(&sourceReader, &targetReader) }
                break
            }
            let isBlank = Self.isBlank(first) || Self.isBlank(second)
            if !isBlank {
                countCut(try Self.append(first, of: sourceReader, &sourceCleaner, options, to: &sources))
                countCut(try Self.append(second, of: targetReader, &targetCleaner, options, to: &targets))
            }
            count(line: sourceReader.lineNumber, isBlank: isBlank)
        }
        statistics.replacements = sourceCleaner.replacements + targetCleaner.replacements
        try finish("\(sourceCleaner.path) and \(targetCleaner.path)", options.normalization)
    }

    /// Reads pairs from one file, `-` for standard input. Without `columns` it must have exactly two of them.
    public init(
        reading path: String, columns: Columns? = nil, options: ReadingOptions = ReadingOptions()
    ) throws(DataError) {
        var cleaner = LineCleaner(path: path, invalidUTF8: options.invalidUTF8)
        var fields: [Range<Int>] = []
        try readLines(of: path) { line throws(DataError) in
            guard !line.bytes.isBlank else { return count(line: line.number, isBlank: true) }
            let names = cleaner
            try cleaner.clean(line) { bytes throws(DataError) in
                bytes.findFields(separator: 9, &fields)
                let pair = try Self.columns(in: fields.count, columns, path: names.path, line: line.number)
                let (source, target) = (bytes.part(fields[pair.source - 1]), bytes.part(fields[pair.target - 1]))
                let isBlank = source.isBlank || target.isBlank
                if !isBlank {
                    countCut(sources.appendWords(of: source, maximumLength: options.maximumLength))
                    countCut(targets.appendWords(of: target, maximumLength: options.maximumLength))
                    sources.endList()
                    targets.endList()
                }
                count(line: line.number, isBlank: isBlank)
            }
        }
        statistics.replacements = cleaner.replacements
        try finish(cleaner.path, options.normalization)
    }

    /// Pairs that are in memory, each side as lines whose words stand between spaces. Fails where they are not equally many.
    public init(sources: TokenLists, targets: TokenLists) {
        guard sources.count == targets.count else { fail("\(sources.count) sources for \(targets.count) targets") }
        self.sources = sources
        self.targets = targets
        lines = Array(1..<sources.count + 1)
        statistics.sentences = sources.count
        statistics.tokens = sources.types.count + targets.types.count
    }

    /// Only some of the pairs.
    public func part(where belongs: (Int) -> Bool) -> ParallelTexts {
        var result = self
        result.sources = sources.part(where: belongs)
        result.targets = targets.part(where: belongs)
        result.lines = (0..<count).filter(belongs).map { lines[$0] }
        return result
    }

    /// How many pairs there are.
    public var count: Int { sources.count }

    /// The columns of a pair in a line of so many. Throws where it has not just two, or not those that are asked for.
    static func columns(in count: Int, _ columns: Columns?, path: String, line: Int) throws(DataError) -> Columns {
        let pair = columns ?? Columns(source: 1, target: 2)
        guard columns != nil ? count >= max(pair.source, pair.target) : count == 2 else {
            throw DataError(.badData, path: path, line: line, columnMessage(count, columns))
        }
        return pair
    }

    private static func columnMessage(_ count: Int, _ columns: Columns?) -> String {
        if let columns { return "\(count) columns, where the columns \(columns.source) and \(columns.target) are asked for" }
        return count == 1
            ? "no tab in this line; write source<TAB>target" : "\(count) columns; say which two of them are source and target"
    }

    private static func unequal(_ source: inout ByteReader, _ target: inout ByteReader) throws(DataError) -> DataError {
        while try source.nextLine() != nil {}
        while try target.nextLine() != nil {}
        return DataError(
            .badData, path: source.path,
            "\(source.lineNumber) lines, but \(target.path) has \(target.lineNumber); every line needs its counterpart")
    }

    private static func isBlank(_ line: ArraySlice<UInt8>) -> Bool { line.allSatisfy { $0 == 0x20 || $0 == 9 } }

    private mutating func count(line: Int, isBlank: Bool) {
        statistics.lines += 1
        if isBlank { statistics.blankLines += 1 } else { lines.append(line) }
    }

    private static func append(
        _ line: ArraySlice<UInt8>, of reader: ByteReader, _ cleaner: inout LineCleaner, _ options: ReadingOptions,
        to lists: inout TokenLists
    ) throws(DataError) -> Int {
        var cut = 0
        try line.withUnsafeBufferPointer { bytes throws(DataError) in
            let line = TextLine(bytes: bytes, number: reader.lineNumber, offset: reader.lineOffset)
            try cleaner.clean(line) { bytes throws(DataError) in
                cut = lists.appendWords(of: bytes, maximumLength: options.maximumLength)
            }
        }
        lists.endList()
        return cut
    }

    private mutating func countCut(_ cut: Int) {
        statistics.cutTokens += cut
        statistics.cutSentences += cut > 0 ? 1 : 0
    }

    private mutating func finish(_ names: String, _ normalization: TextNormalization) throws(DataError) {
        (sources, targets) = (sources.normalized(normalization), targets.normalized(normalization))
        guard count > 0 else { throw DataError(.badData, "no pairs of texts in \(names)") }
        statistics.sentences = 2 * count
        statistics.tokens = sources.types.count + targets.types.count
        statistics.longestSentence = max(sources.lengths.max() ?? 0, targets.lengths.max() ?? 0)
    }
}
