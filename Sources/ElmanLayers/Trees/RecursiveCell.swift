import ElmanGraph
import ElmanTensor

/// The recursive neural network (Socher et al. 2011), for trees whose nodes have up to N children in order:
///
///     leaf:   h = x, or where a leaf's input has another size h = tanh(W_x x)
///     node:   h = tanh(W (h_1; …; h_N) + b)
///
/// Missing children are zeros; inner nodes have no inputs.
///
/// Parameters: `weights` W [H, N H], `bias` b [H], and where inputSize ≠ H `inputWeights` W_x [H, inputSize].
public struct RecursiveCell: TreeCell {
    /// Elements of an input vector.
    public let inputSize: Int
    /// Elements of the output vector, H.
    public let hiddenSize: Int
    /// The most children that a node has, N.
    public let childCount: Int
    /// [H, N H].
    public let weights: Parameter
    /// [H].
    public let bias: Parameter
    /// [H, inputSize], or nil where an input is an output.
    public let inputWeights: Parameter?

    /// A cell with Glorot-uniform weights and a bias of zeros.
    public init(
        inputSize: Int, hiddenSize: Int, childCount: Int = 2, initializer: Initializer = .glorot(),
        in parameters: ParameterCollection
    ) {
        self.inputSize = inputSize
        self.hiddenSize = hiddenSize
        self.childCount = childCount
        weights = parameters.add([hiddenSize, childCount * hiddenSize], named: "weights", initializer: initializer)
        bias = parameters.add([hiddenSize], named: "bias", initializer: .zeros)
        inputWeights =
            inputSize == hiddenSize
            ? nil : parameters.add([hiddenSize, inputSize], named: "inputWeights", initializer: initializer)
    }

    /// The vector of a word.
    public func leaf(_ input: Expression) -> Expression {
        inputWeights.map { tanh($0(in: input.graph) * input) } ?? input
    }

    /// The vector of a node with one to N children. Fails for more, and for an input.
    public func node(_ children: [Expression], input: Expression? = nil) -> Expression {
        guard let graph = children.first?.graph, children.count <= childCount, input == nil else {
            fail("\(children.count) children are given to a recursive network of up to \(childCount), or an input")
        }
        let missing = childCount - children.count
        let joined = concatenate(children + Array(repeating: graph.zeros([hiddenSize]), count: missing))
        return tanh(affine(weights(in: graph), joined, bias(in: graph)))
    }

    /// The vector itself.
    public func output(of state: Expression) -> Expression { state }
}
