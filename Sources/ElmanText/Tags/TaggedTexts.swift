import ElmanFiles
import ElmanTensor

/// Tagged sentences: words, their tags, and where asked for the file they came from, to be written back with other tags.
///
/// Formats: `word|tag word|tag` (the last bar separates), columns with a blank line between sentences (`-DOCSTART-` lines belong to
/// no sentence), CoNLL-U (ranges such as `1-2`, empty nodes such as `1.1` and comments belong to no sentence and are kept in the
/// output). Errors name the line.
public struct TaggedTexts: Sendable {
    /// The format of the file that was read last.
    public internal(set) var format = TagFormat.columns
    /// The words of every sentence.
    public internal(set) var words = TokenLists()
    /// The tags of every sentence, as many as words; nil where the input has none.
    public var tags: TokenLists? { hasTags ? storedTags : nil }
    /// The line of its file that every sentence begins in.
    public internal(set) var lines: [Int] = []
    /// What was found while reading.
    public internal(set) var statistics = TextStatistics()

    var storedTags = TokenLists()
    var hasTags = true
    /// The bytes of the file, and what part of them each word's tag is, where the text is kept.
    var source: TagSource?

    /// Reads one file or several (`-` is standard input). The text can be kept of a single file only.
    public init(reading paths: [String], options: TagReadingOptions = TagReadingOptions()) throws(DataError) {
        if options.keepsText {
            guard let path = paths.first, paths.count == 1 else {
                throw DataError(.configuration, "the text of \(paths.count) files is to be kept; read them one by one")
            }
            self = try Self(text: FileSystem.readFile(path), name: path, options: options)
            return
        }
        for path in paths {
            var reader = try ByteReader(path)
            var parser = TagParser(path: path, options: options)
            try reader.peek(1 << 16).withUnsafeBufferPointer { parser.guess($0) }
            try readLines(from: &reader) { line throws(DataError) in try parser.add(line, to: &self) }
            try parser.finish(&self)
        }
    }

    /// Reads text that is in memory already; `name` is for messages.
    public init(
        text: [UInt8], name: String = "the text", options: TagReadingOptions = TagReadingOptions()
    ) throws(DataError) {
        var parser = TagParser(path: name, options: options)
        if options.keepsText { source = TagSource(bytes: text) }
        let read = { (bytes: ByteView) throws(DataError) in
            parser.guess(bytes.part(0..<min(bytes.count, 1 << 16)))
            try readLines(in: bytes) { line throws(DataError) in try parser.add(line, to: &self) }
        }
        try text.withUnsafeBufferPointer(read)
        try parser.finish(&self)
    }

    /// How many sentences there are.
    public var count: Int { words.count }

    /// Only some of the sentences. What was kept of the file is left behind.
    public func part(where belongs: (Int) -> Bool) -> TaggedTexts {
        var result = self
        result.words = words.part(where: belongs)
        result.storedTags = hasTags ? storedTags.part(where: belongs) : storedTags
        result.lines = (0..<count).filter(belongs).map { lines[$0] }
        result.source = nil
        return result
    }

    /// All tags in the order of their bytes.
    public func tagVocabulary() -> Vocabulary { Vocabulary(labels: storedTags.counts) }

    /// The tags as indices of a vocabulary, sentence after sentence; -1 for a tag that it does not have. Fails without tags.
    public func tagIndices(in vocabulary: Vocabulary) -> EncodedLists {
        guard hasTags else { fail("tags are asked for that the text does not have") }
        let indices = storedTags.indices(in: vocabulary)
        return EncodedLists(
            tokens: storedTags.types.map { indices[Int($0)] }, starts: storedTags.starts, unknownTokens: 0)
    }
}
