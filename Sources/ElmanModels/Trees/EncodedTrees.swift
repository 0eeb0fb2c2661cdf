import ElmanText

/// Trees as a classifier sees them: shapes, and words and labels as numbers of its vocabularies.
public struct EncodedTrees: Sendable {
    /// The words at the leaves of every tree.
    public let texts: EncodedTexts
    /// The labels of the nodes of every tree in postorder; -1 for one that the classifier does not know.
    public let labels: EncodedLists
    /// The trees as they were read.
    public let bank: Treebank

    init(_ bank: Treebank, texts: EncodedTexts, labels: EncodedLists) {
        self.bank = bank
        self.texts = texts
        self.labels = labels
    }

    /// How many trees there are.
    public var count: Int { bank.count }
}
