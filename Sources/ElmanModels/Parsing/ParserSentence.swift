/// A sentence as a parser sees it.
public struct ParserSentence: Sendable, Hashable {
    /// The words.
    public var words: EncodedSentence
    /// The numbers of their parts of speech.
    public var tags: [Int]

    /// How many words there are.
    public var count: Int { words.count }
}
