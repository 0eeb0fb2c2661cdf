/// The tree of a sentence, found or given.
public struct ParsedSentence: Sendable, Hashable {
    /// The heads of words 1...n; 0 is the root, -1 in a given tree a head that is missing.
    public var heads: [Int]
    /// The numbers of their relations; -1 in a given tree for one that the parser does not know.
    public var relations: [Int]
}
