import ElmanText

/// Pairs of texts as indices of the vocabularies of their sides, and as they were read.
public struct EncodedPairs: Sendable {
    /// The texts.
    public let texts: ParallelTexts
    /// The sources, without end marks.
    public let sources: EncodedLists
    /// The targets, without end marks.
    public let targets: EncodedLists

    /// How many pairs there are.
    public var count: Int { sources.count }
}
