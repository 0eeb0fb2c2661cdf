import ElmanTensor

/// How many labels of trees are right: at the roots, and at all nodes.
public struct TreeMetrics: Sendable, Hashable {
    /// Trees.
    public private(set) var trees = 0
    /// Nodes of all trees, leaves and roots included.
    public private(set) var nodes = 0
    /// Trees whose root has the right label.
    public private(set) var correctRoots = 0
    /// Nodes that have the right label.
    public private(set) var correctNodes = 0

    /// Nothing counted yet.
    public init() {}

    /// Counts a tree by the labels of its nodes in postorder, the root last. Fails where the counts differ or are 0.
    public mutating func add(gold: some BidirectionalCollection<Int32>, predicted: some BidirectionalCollection<Int32>) {
        guard gold.count == predicted.count, gold.count > 0 else {
            fail("\(predicted.count) predicted labels for a tree of \(gold.count) nodes")
        }
        trees += 1
        nodes += gold.count
        correctRoots += gold.last == predicted.last ? 1 : 0
        for (gold, predicted) in zip(gold, predicted) where gold == predicted { correctNodes += 1 }
    }

    /// The share of right roots; not a number without trees.
    public var rootAccuracy: Double { Double(correctRoots) / Double(trees) }

    /// The share of right nodes; not a number without trees.
    public var nodeAccuracy: Double { Double(correctNodes) / Double(nodes) }
}
