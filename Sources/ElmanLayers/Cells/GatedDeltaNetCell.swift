import ElmanGraph
import ElmanTensor

/// The gated delta rule (Yang et al. 2024, Gated DeltaNet): a matrix memory that forgets, and overwrites what it holds for a key. For
/// each head
///
///     (p_q, p_k, p_v, g, a, b) = W x + c          a, b: one number a head
///     q = unit(silu(p_q)) / √K          k = unit(silu(p_k))          v = silu(p_v)
///     α = exp(-exp(A) softplus(a + d))          β = σ(b)
///     S' = α (S - β (S k) kᵀ) + β v kᵀ
///     h' = O (silu(g) ⊙ S' q)
///
/// unit(x) = x / √(Σ x² + 1e-6). The block's short convolutions and the normalisation before the gate are left out. There are 4, 2 or
/// 1 heads, as many as have at least 8 values each; a key has K = 32 elements, or 8 where H < 32. The memory is S of all heads, K H
/// numbers. Parameters: `inputWeights` W [2H + 2 heads (K + 1), inputSize], `decay` (A, d) [2 heads], `outputWeights` O [H, H],
/// `bias` c; blocks q, k of all heads, v, g, a, b.
public struct GatedDeltaNetCell: RecurrentCell {
    /// Elements of an input vector.
    public let inputSize: Int
    /// Elements of the output vector, H.
    public let hiddenSize: Int
    /// Blocks q, k [heads · K], v, g [H], a, b [heads].
    public let inputWeights: Parameter
    /// [2 heads], blocks A, d.
    public let decay: Parameter
    /// [H, H].
    public let outputWeights: Parameter
    /// As the rows of the input weights.
    public let bias: Parameter
    private let memory: MatrixMemorySize

    /// A cell whose weights are drawn with Glorot's range, with a bias of zeros.
    public init(inputSize: Int, hiddenSize: Int, in parameters: ParameterCollection) {
        self.init(inputSize: inputSize, hiddenSize: hiddenSize, initializer: .glorot(), in: parameters)
    }

    /// A cell with the given initial values. exp(A) is drawn from 1...16 and softplus(d) from 0.001...0.1 in any case.
    public init(
        inputSize: Int, hiddenSize: Int, initializer: Initializer, biasInitializer: Initializer = .zeros,
        in parameters: ParameterCollection
    ) {
        self.inputSize = inputSize
        self.hiddenSize = hiddenSize
        memory = MatrixMemorySize(hiddenSize: hiddenSize)
        inputWeights = parameters.add([memory.projectedSize, inputSize], named: "inputWeights", initializer: initializer)
        decay = parameters.add([2 * memory.heads], named: "decay", initializer: .deltaDecays)
        outputWeights = parameters.add([hiddenSize, hiddenSize], named: "outputWeights", initializer: initializer)
        bias = parameters.add([memory.projectedSize], named: "bias", initializer: biasInitializer)
    }

    /// Zeros.
    public func initialState(in graph: ComputationGraph) -> LSTMState {
        LSTMState(hidden: graph.zeros([hiddenSize]), cell: graph.zeros([memory.keySize * hiddenSize]))
    }

    /// The state after an input.
    public func step(_ input: Expression, from state: LSTMState) -> LSTMState {
        let graph = input.graph
        let next = Recurrence.gatedDelta.step(
            projected: projected(input), state: state.cell, parameters: decay(in: graph), heads: memory.heads,
            keySize: memory.keySize)
        return LSTMState(hidden: outputWeights(in: graph) * next.output, cell: next.state)
    }

    /// Of each head what is kept of the memory, α, and the rate of writing β.
    public func gates(_ input: Expression, from state: LSTMState) -> [RecurrentGate] {
        let projected = projected(input), heads = memory.heads, coefficients = decay(in: input.graph)
        let first = 2 * heads * memory.keySize + 2 * hiddenSize
        let rate = exp(coefficients[0..<heads]) .* softplus(projected[first..<first + heads] + coefficients[heads..<2 * heads])
        return [
            RecurrentGate("decay", exp(-rate)),
            RecurrentGate("writingRate", sigmoid(projected[first + heads..<first + 2 * heads])),
        ]
    }

    /// True.
    @inlinable public var readsSequences: Bool { true }

    /// Reads a whole sequence: products for all steps at once, and one node for all steps.
    public func read(
        _ sequence: Expression, from state: LSTMState, isReversed: Bool
    ) -> (outputs: Expression, state: LSTMState) {
        let graph = sequence.graph
        let all = Recurrence.gatedDelta.sequence(
            projected: projected(sequence), state: state.cell, parameters: decay(in: graph), heads: memory.heads,
            keySize: memory.keySize, isReversed: isReversed)
        let outputs = outputWeights(in: graph) * all.outputs
        return (outputs, LSTMState((outputs, all.states), isReversed: isReversed))
    }

    private func projected(_ input: Expression) -> Expression {
        affine(inputWeights(in: input.graph), input, bias(in: input.graph))
    }

    /// The hidden value.
    public func output(of state: LSTMState) -> Expression { state.hidden }

    /// As it is: no weights are multiplied with the state.
    public func masked(_ state: LSTMState, by mask: Expression) -> LSTMState { state }
}

/// A stack of layers of gated delta rules.
public typealias GatedDeltaNetBuilder = RecurrentBuilder<GatedDeltaNetCell>

extension CellKind {
    /// `GatedDeltaNetCell`.
    public static let gatedDeltaNet = CellKind(
        "gated-deltanet", summary: "gated delta rule: a matrix memory that overwrites (Yang et al. 2024)"
    ) { input, hidden, options, parameters in
        GatedDeltaNetCell(
            inputSize: input, hiddenSize: hidden, initializer: options.weights, biasInitializer: options.biases,
            in: parameters)
    }
}
