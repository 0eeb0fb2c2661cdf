/// What was found while a text was read.
public struct TextStatistics: Sendable, Hashable {
    /// Lines, blank ones included.
    public internal(set) var lines = 0
    /// Blank lines: nothing but spaces and tabs.
    public internal(set) var blankLines = 0
    /// Sentences that came of the lines.
    public internal(set) var sentences = 0
    /// Tokens, one end mark a sentence included.
    public internal(set) var tokens = 0
    /// Tokens that the vocabulary does not have (0 before there is a vocabulary). Tokens that are spelled like the unknown
    /// entry itself count too.
    public internal(set) var unknownTokens = 0
    /// Invalid pieces of UTF-8 that were replaced by U+FFFD.
    public internal(set) var replacements = 0
    /// Sentences that were longer than the most tokens to keep.
    public internal(set) var cutSentences = 0
    /// Tokens that were cut off.
    public internal(set) var cutTokens = 0
    /// Tokens of the longest sentence, its end mark included.
    public internal(set) var longestSentence = 0
    /// Bytes of the longest line.
    public internal(set) var longestLine = 0

    /// The share of unknown tokens among the tokens that are not end marks.
    public var unknownShare: Double { tokens > sentences ? Double(unknownTokens) / Double(tokens - sentences) : 0 }
}
