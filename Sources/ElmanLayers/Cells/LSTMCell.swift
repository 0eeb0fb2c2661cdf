import ElmanGraph
import ElmanTensor

/// The state of an LSTM: its output and its memory.
public struct LSTMState: RecurrentCellState {
    /// The output h, `[H]`.
    public var hidden: Expression
    /// The memory c, `[H]`.
    public var cell: Expression

    /// A state of the two parts.
    public init(hidden: Expression, cell: Expression) {
        self.hidden = hidden
        self.cell = cell
    }

    /// Hidden value, then cell value.
    public var expressions: [Expression] { [hidden, cell] }

    /// A state of hidden value and cell value.
    public init(expressions: [Expression]) { self.init(hidden: expressions[0], cell: expressions[1]) }

    /// As in `initialHidden` and `initialCell`.
    public static var partNames: [String] { ["Hidden", "Cell"] }
}

/// Long short-term memory with a forget gate (Hochreiter and Schmidhuber 1997; Gers et al. 2000), without peepholes.
///
///     (i, f, g, o) = W x + U h + b           gate order i, f, g, o, as in PyTorch
///     c' = σ(f + forgetBias) ⊙ c + σ(i) ⊙ tanh(g)
///     h' = σ(o) ⊙ tanh(c')
///
/// Parameters: `inputWeights` [4H, inputSize], `recurrentWeights` [4H, H], `bias` [4H]. The forget bias is added when the
/// cell runs and is not part of the stored bias (as in DyNet; PyTorch and Keras store it).
public struct LSTMCell: RecurrentCell {
    /// Elements of an input vector.
    public let inputSize: Int
    /// Elements of the output vector, H.
    public let hiddenSize: Int
    /// [4H, inputSize], gates i, f, g, o.
    public let inputWeights: Parameter
    /// [4H, H], gates i, f, g, o.
    public let recurrentWeights: Parameter
    /// [4H], gates i, f, g, o.
    public let bias: Parameter
    /// Added to the forget gate.
    public let forgetBias: Float

    /// A cell whose weights are drawn with Glorot's range and whose forget bias is 1.
    public init(inputSize: Int, hiddenSize: Int, in parameters: ParameterCollection) {
        self.init(inputSize: inputSize, hiddenSize: hiddenSize, forgetBias: 1, in: parameters)
    }

    /// A cell with the given forget bias and initial values.
    public init(
        inputSize: Int, hiddenSize: Int, forgetBias: Float, initializer: Initializer = .glorot(),
        biasInitializer: Initializer = .zeros, in parameters: ParameterCollection
    ) {
        self.inputSize = inputSize
        self.hiddenSize = hiddenSize
        self.forgetBias = forgetBias
        inputWeights = parameters.add([4 * hiddenSize, inputSize], named: "inputWeights", initializer: initializer)
        recurrentWeights = parameters.add([4 * hiddenSize, hiddenSize], named: "recurrentWeights", initializer: initializer)
        bias = parameters.add([4 * hiddenSize], named: "bias", initializer: biasInitializer)
    }

    /// U.
    public var recurrentMatrices: [Parameter] { [recurrentWeights] }

    /// Zeros.
    public func initialState(in graph: ComputationGraph) -> LSTMState {
        let zeros = graph.zeros([hiddenSize])
        return LSTMState(hidden: zeros, cell: zeros)
    }

    /// The state after an input.
    public func step(_ input: Expression, from state: LSTMState) -> LSTMState {
        let graph = input.graph
        let next = lstmStep(
            projected: affine(inputWeights(in: graph), input, bias(in: graph)), hidden: state.hidden, cell: state.cell,
            recurrentWeights: recurrentWeights(in: graph), forgetBias: forgetBias)
        return LSTMState(hidden: next.hidden, cell: next.cell)
    }

    /// Input, forget and output gate, and the candidate tanh(g).
    public func gates(_ input: Expression, from state: LSTMState) -> [RecurrentGate] {
        let graph = input.graph, size = hiddenSize
        let sums = affine(inputWeights(in: graph), input, bias(in: graph)) + recurrentWeights(in: graph) * state.hidden
        return [
            RecurrentGate("inputGate", sigmoid(sums[0..<size])),
            RecurrentGate("forgetGate", sigmoid(sums[size..<2 * size] + forgetBias)),
            RecurrentGate("candidate", tanh(sums[2 * size..<3 * size])),
            RecurrentGate("outputGate", sigmoid(sums[3 * size..<4 * size])),
        ]
    }

    /// True.
    @inlinable public var readsSequences: Bool { true }

    /// Reads a whole sequence.
    public func read(
        _ sequence: Expression, from state: LSTMState, isReversed: Bool
    ) -> (outputs: Expression, state: LSTMState) {
        let graph = sequence.graph
        let states = lstmSequence(
            sequence, inputWeights: inputWeights(in: graph), bias: bias(in: graph), hidden: state.hidden, cell: state.cell,
            recurrentWeights: recurrentWeights(in: graph), forgetBias: forgetBias, isReversed: isReversed)
        let last = LSTMState(
            hidden: states.hidden.lastStep(isReversed: isReversed), cell: states.cell.lastStep(isReversed: isReversed))
        return (states.hidden, last)
    }

    /// The hidden value.
    public func output(of state: LSTMState) -> Expression { state.hidden }

    /// The hidden value times the mask; the memory stays.
    public func masked(_ state: LSTMState, by mask: Expression) -> LSTMState {
        LSTMState(hidden: state.hidden .* mask, cell: state.cell)
    }
}

/// A stack of LSTM layers.
public typealias LSTMBuilder = RecurrentBuilder<LSTMCell>

extension CellKind {
    /// `LSTMCell`.
    public static let lstm = CellKind(
        "lstm", summary: "long short-term memory with input, forget and output gate (Gers et al. 2000)"
    ) { input, hidden, options, parameters in
        let added = options.forgetBias ?? 1
        let stored = options.initialForgetBias.map { options.biases.adding($0 - added, toPart: 1, of: 4) }
        return LSTMCell(
            inputSize: input, hiddenSize: hidden, forgetBias: added, initializer: options.weights,
            biasInitializer: stored ?? options.biases, in: parameters)
    }
}
