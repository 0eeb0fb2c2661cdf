import ElmanGraph
import ElmanTensor

/// A word as a row of decisions down a binary tree (Morin and Bengio 2005), here Huffman's (Mikolov et al. 2013): p(w) is the product,
/// over the inner nodes on the way to w, of σ(weights_n · x + bias_n) where it goes to the left and 1 - σ(…) where to the right.
///
/// A word costs as many products as its way has turns, about log₂ of the number of words; all words together sum to 1 by themselves.
/// The words below one node share its weights, whether they are alike or not: expect a worse model than with the full softmax.
///
/// Parameters: `weights` [outputCount - 1, inputSize], a table, one vector for each inner node, root first; `bias` [outputCount - 1].
public struct HierarchicalSoftmax: OutputLayer {
    /// Which way leads to which word.
    public let tree: HuffmanTree
    private let nodes: WordScores
    /// Elements of the vector.
    public let inputSize: Int
    /// How many words there are.
    public var outputCount: Int { tree.paths.count }

    /// A layer for the words of a tree.
    public init(
        inputSize: Int, tree: HuffmanTree, initializer: Initializer? = nil, biasInitializer: Initializer = .zeros,
        in parameters: ParameterCollection
    ) {
        self.inputSize = inputSize
        self.tree = tree
        nodes = WordScores(
            inputSize: inputSize, count: tree.paths.count - 1, tiedTo: nil, initializer: initializer,
            biasInitializer: biasInitializer, in: parameters)
    }

    /// The negative log-probabilities of words; see `OutputLayer`.
    public func losses(_ x: Expression, _ words: [Int]) -> Expression {
        let paths = words.map { $0 < 0 ? nil : tree.paths[$0] }
        return binaryPathLoss(x, table: nodes.table.matrix(in: x.graph), bias: nodes.bias(in: x.graph), paths)
    }

    /// The log-probabilities of all words, `[outputCount]`.
    public func logProbabilities(_ x: Expression) -> Expression { treeLogProbabilities(nodes(x), children: tree.children) }

    /// About how many numbers the losses of so many words take.
    public func graphSize(wordCount: Int) -> Int { Int(Double(wordCount) * (3 * tree.meanDepth + 2)) }
}
