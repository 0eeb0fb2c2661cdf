import ElmanGraph
import ElmanTensor

/// The N-ary tree-LSTM (Tai et al. 2015, equations 9 to 14), for trees whose nodes have up to N children in order: with N = 2
/// the binary constituency tree-LSTM.
///
///     leaf:   (i, o, u) = W x + b                          c = σ(i) ⊙ tanh(u)
///     node:   (i, o, u) = U (h_1; …; h_N) + b              f_k = U_k (h_1; …; h_N) + b_f
///             c = σ(i) ⊙ tanh(u) + Σ_k σ(f_k) ⊙ c_k
///             h = σ(o) ⊙ tanh(c)
///
/// As published, every forget gate has a matrix for every child, all forget gates share one bias, leaves and nodes share the
/// bias of i, o, u, and nothing is added to the forget gates. (DyNet's builder adds 1 to them and lets the gates see the
/// children's c too; the lecture's script adds the children's h where c belongs.) Missing children are zeros.
///
/// Where `innerInputs` is true, inner nodes may have inputs: W x is added to their i, o, u and V x to every f_k.
///
/// Parameters: `inputWeights` W [3H, inputSize], `childWeights` U, U_1 … U_N [(3 + N) H, N H], `bias` b [3H],
/// `forgetBias` b_f [H], and with inner inputs `forgetInputWeights` V [H, inputSize].
public struct TreeLSTMCell: TreeCell {
    /// Elements of an input vector.
    public let inputSize: Int
    /// Elements of the output vector, H.
    public let hiddenSize: Int
    /// The most children that a node has, N.
    public let childCount: Int
    /// [3H, inputSize], blocks i, o, u.
    public let inputWeights: Parameter
    /// [(3 + N) H, N H], blocks i, o, u, f_1 … f_N.
    public let childWeights: Parameter
    /// [3H], blocks i, o, u.
    public let bias: Parameter
    /// [H].
    public let forgetBias: Parameter
    /// [H, inputSize], or nil where inner nodes have no inputs.
    public let forgetInputWeights: Parameter?

    /// A cell with Glorot-uniform weights and biases of zeros.
    /// - Parameter forgetBias: what the forget gates' bias begins with; it is stored.
    public init(
        inputSize: Int, hiddenSize: Int, childCount: Int = 2, innerInputs: Bool = false, forgetBias: Float = 0,
        initializer: Initializer = .glorot(), in parameters: ParameterCollection
    ) {
        guard childCount >= 1 else { fail("a node of a tree has at least one child, not \(childCount)") }
        let size = hiddenSize
        self.inputSize = inputSize
        self.hiddenSize = size
        self.childCount = childCount
        inputWeights = parameters.add([3 * size, inputSize], named: "inputWeights", initializer: initializer)
        childWeights = parameters.add(
            [(3 + childCount) * size, childCount * size], named: "childWeights", initializer: initializer)
        bias = parameters.add([3 * size], named: "bias", initializer: .zeros)
        self.forgetBias = parameters.add([size], named: "forgetBias", initializer: .constant(forgetBias))
        forgetInputWeights =
            innerInputs ? parameters.add([size, inputSize], named: "forgetInputWeights", initializer: initializer) : nil
    }

    /// The state of a word.
    public func leaf(_ input: Expression) -> TreeLSTMState {
        let graph = input.graph
        let projected = affine(inputWeights(in: graph), input, bias(in: graph))
        return TreeLSTMState(joined: treeLSTMLeaf(projected: projected, hiddenSize: hiddenSize))
    }

    /// The state of a node with one to N children. Fails for more.
    public func node(_ children: [TreeLSTMState], input: Expression? = nil) -> TreeLSTMState {
        guard let graph = children.first?.joined.graph, children.count <= childCount else {
            fail("a node with \(children.count) children is given to a tree-LSTM of up to \(childCount)")
        }
        var states = children.map(\.joined)
        while states.count < childCount { states.append(graph.zeros([2 * hiddenSize])) }
        return TreeLSTMState(
            joined: treeLSTMStep(
                children: states, childWeights: childWeights(in: graph), bias: bias(in: graph),
                forgetBias: forgetBias(in: graph), projected: input.map(project)))
    }

    /// The hidden value.
    public func output(of state: TreeLSTMState) -> Expression { state.hidden }

    private func project(_ input: Expression) -> Expression {
        guard let forgetInputWeights else { fail("an inner node has an input, but the cell was made without innerInputs") }
        return concatenate(inputWeights(in: input.graph) * input, forgetInputWeights(in: input.graph) * input)
    }
}
