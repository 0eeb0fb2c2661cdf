import ElmanGraph
import ElmanTensor

/// The child-sum tree-LSTM (Tai et al. 2015, equations 2 to 8), for trees whose nodes all have an input and any number of
/// children, as dependency trees:
///
///     (i, o, u) = W x + U Σ_k h_k + b      f_k = W_f x + U_f h_k + b_f
///     c = σ(i) ⊙ tanh(u) + Σ_k σ(f_k) ⊙ c_k      h = σ(o) ⊙ tanh(c)
///
/// As published, nothing is added to the forget gates. Children are summed in their order.
///
/// Parameters: `inputWeights` W, W_f [4H, inputSize], `recurrentWeights` U [3H, H], `forgetWeights` U_f [H, H],
/// `bias` b, b_f [4H]; blocks i, o, u, f.
public struct ChildSumTreeLSTMCell: TreeCell {
    /// Elements of an input vector.
    public let inputSize: Int
    /// Elements of the output vector, H.
    public let hiddenSize: Int
    /// [4H, inputSize], blocks i, o, u, f.
    public let inputWeights: Parameter
    /// [3H, H], blocks i, o, u.
    public let recurrentWeights: Parameter
    /// [H, H].
    public let forgetWeights: Parameter
    /// [4H], blocks i, o, u, f.
    public let bias: Parameter

    /// A cell with Glorot-uniform weights and biases of zeros.
    public init(
        inputSize: Int, hiddenSize: Int, initializer: Initializer = .glorot(), in parameters: ParameterCollection
    ) {
        let size = hiddenSize
        self.inputSize = inputSize
        self.hiddenSize = size
        inputWeights = parameters.add([4 * size, inputSize], named: "inputWeights", initializer: initializer)
        recurrentWeights = parameters.add([3 * size, size], named: "recurrentWeights", initializer: initializer)
        forgetWeights = parameters.add([size, size], named: "forgetWeights", initializer: initializer)
        bias = parameters.add([4 * size], named: "bias", initializer: .zeros)
    }

    /// The state of a node without children.
    public func leaf(_ input: Expression) -> TreeLSTMState {
        TreeLSTMState(joined: treeLSTMLeaf(projected: project(input), hiddenSize: hiddenSize))
    }

    /// The state of a node with children. Fails without an input.
    public func node(_ children: [TreeLSTMState], input: Expression?) -> TreeLSTMState {
        guard let input else { fail("a node of a child-sum tree-LSTM has no input") }
        let graph = input.graph
        return TreeLSTMState(
            joined: childSumStep(
                projected: project(input), children: children.map(\.joined), recurrentWeights: recurrentWeights(in: graph),
                forgetWeights: forgetWeights(in: graph)))
    }

    /// The hidden value.
    public func output(of state: TreeLSTMState) -> Expression { state.hidden }

    private func project(_ input: Expression) -> Expression {
        affine(inputWeights(in: input.graph), input, bias(in: input.graph))
    }
}
