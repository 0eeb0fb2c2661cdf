/// How a file of pretrained word vectors is written.
public enum EmbeddingFormat: String, Sendable, CaseIterable {
    /// A line `count dimension`, then a word and its numbers a line: word2vec's text, fastText's `.vec`.
    case word2vecText = "word2vec"
    /// A line `count dimension`, then words, each followed by a space and its numbers as little-endian floats.
    case word2vecBinary = "word2vec-binary"
    /// A word and its numbers a line, no header.
    case glove
}

/// What a file of word vectors held of a vocabulary.
public struct EmbeddingCoverage: Sendable, Hashable {
    /// Rows of the file.
    public internal(set) var rows = 0
    /// Rows that the header promises, where there is one. It may be wrong without harm.
    public internal(set) var declaredRows: Int?
    /// Entries of the vocabulary that the file has.
    public internal(set) var exact = 0
    /// Entries that it has in lower case only.
    public internal(set) var lowercased = 0
    /// Entries that it does not have, special ones included.
    public internal(set) var missing = 0
    /// Rows of a wanted word that had come before; the first one counts.
    public internal(set) var duplicates = 0
    /// Rows without a word, as fastText writes for odd white space; they are passed over.
    public internal(set) var emptyWords = 0
    /// The root of the mean square of the numbers read: about how far from 0 they are.
    public internal(set) var scale = 0.0
}
