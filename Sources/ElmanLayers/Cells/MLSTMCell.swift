import ElmanGraph
import ElmanTensor

/// The LSTM with exponential input gate and matrix memory (Beck et al. 2024, xLSTM), forget gate σ: for each head
///
///     (q, k, v, o, i, f) = W x + b          i, f: one number a head
///     C' = σ(f) C + exp(i) v (k / √K)ᵀ      n' = σ(f) n + exp(i) k / √K
///     h' = σ(o) ⊙ C' q / max(|n'ᵀ q|, 1)
///
/// C and n are held divided by exp(m), with the paper's stabiliser m = max(log σ(f) + m, i): the same function, without overflow.
/// The block's convolution, normalisation and projections are left out. There are 4, 2 or 1 heads, as many as have at least 8 values
/// each; a key has K = 32 elements, or 8 where H < 32. The memory is C, n and m of all heads, one behind the other: K (H + heads) +
/// heads numbers. Parameters: `inputWeights` W [2H + 2 heads (K + 1), inputSize], `bias` b; blocks q, k of all heads, v, o, i, f.
public struct MLSTMCell: RecurrentCell {
    /// Elements of an input vector.
    public let inputSize: Int
    /// Elements of the output vector, H.
    public let hiddenSize: Int
    /// Blocks q, k [heads · K], v, o [H], i, f [heads].
    public let inputWeights: Parameter
    /// As the rows of the weights.
    public let bias: Parameter
    private let memory: MatrixMemorySize

    /// A cell whose weights are drawn with Glorot's range; the bias is zero, of the forget gates 3.
    public init(inputSize: Int, hiddenSize: Int, in parameters: ParameterCollection) {
        self.init(inputSize: inputSize, hiddenSize: hiddenSize, initializer: nil, in: parameters)
    }

    /// A cell with the given initial values; nil: as above.
    public init(
        inputSize: Int, hiddenSize: Int, initializer: Initializer?, biasInitializer: Initializer? = nil,
        in parameters: ParameterCollection
    ) {
        self.inputSize = inputSize
        self.hiddenSize = hiddenSize
        memory = MatrixMemorySize(hiddenSize: hiddenSize)
        let rows = memory.projectedSize
        inputWeights = parameters.add([rows, inputSize], named: "inputWeights", initializer: initializer ?? .glorot())
        bias = parameters.add(
            [rows], named: "bias", initializer: biasInitializer ?? .openForgetGate(rows - memory.heads..<rows))
    }

    /// Zeros.
    public func initialState(in graph: ComputationGraph) -> LSTMState {
        let size = memory.keySize * (hiddenSize + memory.heads) + memory.heads
        return LSTMState(hidden: graph.zeros([hiddenSize]), cell: graph.zeros([size]))
    }

    /// The state after an input.
    public func step(_ input: Expression, from state: LSTMState) -> LSTMState {
        let next = Recurrence.matrixMemory.step(
            projected: projected(input), state: state.cell, heads: memory.heads, keySize: memory.keySize)
        return LSTMState(hidden: next.output, cell: next.state)
    }

    /// The output gate; of each head the logarithm i of the input gate, and the forget gate.
    public func gates(_ input: Expression, from state: LSTMState) -> [RecurrentGate] {
        let projected = projected(input), first = 2 * memory.heads * memory.keySize + hiddenSize, heads = memory.heads
        return [
            RecurrentGate("outputGate", sigmoid(projected[first..<first + hiddenSize])),
            RecurrentGate("inputExponent", projected[first + hiddenSize..<first + hiddenSize + heads]),
            RecurrentGate("forgetGate", sigmoid(projected[first + hiddenSize + heads..<first + hiddenSize + 2 * heads])),
        ]
    }

    /// True.
    @inlinable public var readsSequences: Bool { true }

    /// Reads a whole sequence: one product for the inputs of all steps, then one node for all steps.
    public func read(
        _ sequence: Expression, from state: LSTMState, isReversed: Bool
    ) -> (outputs: Expression, state: LSTMState) {
        let all = Recurrence.matrixMemory.sequence(
            projected: projected(sequence), state: state.cell, heads: memory.heads, keySize: memory.keySize,
            isReversed: isReversed)
        return (all.outputs, LSTMState(all, isReversed: isReversed))
    }

    private func projected(_ input: Expression) -> Expression {
        affine(inputWeights(in: input.graph), input, bias(in: input.graph))
    }

    /// The hidden value.
    public func output(of state: LSTMState) -> Expression { state.hidden }

    /// As it is: no weights are multiplied with the state.
    public func masked(_ state: LSTMState, by mask: Expression) -> LSTMState { state }
}

/// How a matrix memory of a hidden size is divided.
struct MatrixMemorySize {
    let hiddenSize: Int
    /// How many heads there are: 4, 2 or 1, with at least 8 values each.
    let heads: Int
    /// Elements of a key.
    let keySize: Int

    init(hiddenSize: Int) {
        self.hiddenSize = hiddenSize
        heads = [4, 2].first { hiddenSize % $0 == 0 && hiddenSize / $0 >= 8 } ?? 1
        keySize = hiddenSize < 32 ? 8 : 32
    }

    /// Two blocks of keys, two of values, and two numbers a head.
    var projectedSize: Int { 2 * heads * keySize + 2 * hiddenSize + 2 * heads }
}

/// A stack of layers of mLSTMs.
public typealias MLSTMBuilder = RecurrentBuilder<MLSTMCell>

extension CellKind {
    /// `MLSTMCell`.
    public static let mLSTM = CellKind(
        "mlstm", summary: "LSTM with exponential gates and matrix memory (Beck et al. 2024, xLSTM)"
    ) { input, hidden, options, parameters in
        MLSTMCell(
            inputSize: input, hiddenSize: hidden, initializer: options.initializer, biasInitializer: options.initializer,
            in: parameters)
    }
}
