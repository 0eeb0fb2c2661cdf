/// A text that was found.
public struct RetrievalHit: Sendable, Hashable {
    /// Its place in the index, counted from 0.
    public let place: Int
    /// How alike it is to what was asked for.
    public let score: Float
    /// The text.
    public let text: String
}
