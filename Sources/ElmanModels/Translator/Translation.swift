/// A text that a translator wrote.
public struct Translation: Sendable, Hashable {
    /// Its words.
    public let words: [String]
    /// Its tokens: the words, or their pieces.
    public let tokens: [String]
    /// The sum of the natural logarithms of the tokens' probabilities, that of the end included.
    public let logProbability: Float
    /// What translations are compared by: the log-probability with the length taken into account.
    public let score: Float
    /// Whether it has an end; false where it has the longest length and the end is impossible there.
    public let isComplete: Bool
    /// How much each token looked at each source token, the source's end mark last; empty without attention.
    public let attention: [[Float]]

    /// The words with spaces between them.
    public var text: String { words.joined(separator: " ") }
}
