import ElmanFiles
import ElmanTensor

/// Sentences with dependency trees, from CoNLL-U: forms, parts of speech, heads and relations.
///
/// Ranges (`1-2`), empty nodes (`1.1`) and comments belong to no sentence and are kept in the output. Trees are checked: heads in range,
/// one root, no cycle; errors name the line of the word.
public struct DependencyTreebank: Sendable {
    /// Forms of words.
    public internal(set) var words = TokenLists()
    /// Universal parts of speech, one a word.
    public internal(set) var upos = TokenLists()
    /// The language's own parts of speech, one a word.
    public internal(set) var xpos = TokenLists()
    /// Relations to the heads, one a word.
    public internal(set) var relations = TokenLists()
    /// Heads of all words, end to end as `words.types`: the head's number in the sentence from 1, 0 for a root, -1 where it is
    /// missing.
    public internal(set) var heads: [Int32] = []
    /// The line of its file that every sentence's first word stands in.
    public internal(set) var lines: [Int] = []
    /// What was found while reading.
    public internal(set) var statistics = TextStatistics()
    /// The bytes of the file and where the columns are in them, where the text is kept.
    var source: DependencySource?

    /// Reads one file or several (`-` is standard input). The text can be kept of a single file only.
    public init(reading paths: [String], options: DependencyOptions = DependencyOptions()) throws(DataError) {
        if options.keepsText {
            guard let path = paths.first, paths.count == 1 else {
                throw DataError(.configuration, "the text of \(paths.count) files is to be kept; read them one by one")
            }
            self = try Self(text: FileSystem.readFile(path), name: path, options: options)
            return
        }
        for path in paths {
            var parser = DependencyParser(path: path, options: options)
            try readLines(of: path) { line throws(DataError) in try parser.add(line, to: &self) }
            try parser.finish(&self)
        }
    }

    /// Reads text that is in memory already; `name` is for messages.
    public init(
        text: [UInt8], name: String = "the text", options: DependencyOptions = DependencyOptions()
    ) throws(DataError) {
        if options.keepsText { source = DependencySource(bytes: text) }
        var parser = DependencyParser(path: name, options: options)
        let read = { (bytes: ByteView) throws(DataError) in
            try readLines(in: bytes) { line throws(DataError) in try parser.add(line, to: &self) }
        }
        try text.withUnsafeBufferPointer(read)
        try parser.finish(&self)
    }

    /// How many sentences there are.
    public var count: Int { words.count }

    /// The heads of a sentence. Fails where there is no such sentence.
    public func heads(of sentence: Int) -> ArraySlice<Int32> {
        guard (0..<count).contains(sentence) else { fail("sentence \(sentence) of \(count)") }
        return heads[words.starts[sentence]..<words.starts[sentence + 1]]
    }

    /// All relations in the order of their bytes.
    public func relationVocabulary() -> Vocabulary { Vocabulary(labels: relations.counts) }

    /// The relations of all words as indices of a vocabulary; -1 for one that it does not have.
    public func relationIndices(in vocabulary: Vocabulary) -> EncodedLists {
        let indices = relations.indices(in: vocabulary)
        return EncodedLists(
            tokens: relations.types.map { indices[Int($0)] }, starts: relations.starts, unknownTokens: 0)
    }
}
