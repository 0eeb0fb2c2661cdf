import ElmanGraph
import ElmanTensor

/// A long short-term memory whose forget gate is 1 - input gate, with peepholes of full matrices, as DyNet's
/// `CoupledLSTMBuilder` (Greff et al. 2015 compare the variants; Gers and Schmidhuber 2000 for peepholes). Gates i, g, o.
///
///     (p_i, p_g, p_o) = W x + b          (u_i, u_g, u_o) = U h
///     i = σ(p_i + u_i + P c)
///     c' = (1 - i) ⊙ c + i ⊙ tanh(p_g + u_g)
///     h' = σ(p_o + u_o + Q c') ⊙ tanh(c')
///
/// Parameters: `inputWeights` W [3H, inputSize], `recurrentWeights` U [3H, H], `bias` b [3H], `inputPeephole` P [H, H],
/// `outputPeephole` Q [H, H]; 3H (inputSize + H + 1) + 2H² numbers. Nothing is added to a forget gate.
public struct CoupledLSTMCell: RecurrentCell {
    /// Elements of an input vector.
    public let inputSize: Int
    /// Elements of the output vector, H.
    public let hiddenSize: Int
    /// [3H, inputSize], gates i, g, o.
    public let inputWeights: Parameter
    /// [3H, H], gates i, g, o.
    public let recurrentWeights: Parameter
    /// [3H], gates i, g, o.
    public let bias: Parameter
    /// [H, H], from the memory before the step to the input gate.
    public let inputPeephole: Parameter
    /// [H, H], from the memory after the step to the output gate.
    public let outputPeephole: Parameter

    /// A cell whose weights are drawn with Glorot's range for each gate, with biases of zeros.
    public init(inputSize: Int, hiddenSize: Int, in parameters: ParameterCollection) {
        self.init(inputSize: inputSize, hiddenSize: hiddenSize, initializer: nil, in: parameters)
    }

    /// A cell with the given initial values.
    public init(
        inputSize: Int, hiddenSize: Int, initializer: Initializer?, biasInitializer: Initializer = .zeros,
        in parameters: ParameterCollection
    ) {
        self.inputSize = inputSize
        self.hiddenSize = hiddenSize
        let stacked = initializer ?? .glorot(gateCount: 3), single = initializer ?? .glorot()
        inputWeights = parameters.add([3 * hiddenSize, inputSize], named: "inputWeights", initializer: stacked)
        recurrentWeights = parameters.add([3 * hiddenSize, hiddenSize], named: "recurrentWeights", initializer: stacked)
        bias = parameters.add([3 * hiddenSize], named: "bias", initializer: biasInitializer)
        inputPeephole = parameters.add([hiddenSize, hiddenSize], named: "inputPeephole", initializer: single)
        outputPeephole = parameters.add([hiddenSize, hiddenSize], named: "outputPeephole", initializer: single)
    }

    /// U and P.
    public var recurrentMatrices: [Parameter] { [recurrentWeights, inputPeephole] }

    /// Zeros.
    public func initialState(in graph: ComputationGraph) -> LSTMState {
        let zeros = graph.zeros([hiddenSize])
        return LSTMState(hidden: zeros, cell: zeros)
    }

    /// The state after an input.
    public func step(_ input: Expression, from state: LSTMState) -> LSTMState {
        let graph = input.graph, size = hiddenSize
        let projected = affine(inputWeights(in: graph), input, bias(in: graph))
        let sums = projected + recurrentWeights(in: graph) * state.hidden
        let inputGate = sigmoid(sums[0..<size] + inputPeephole(in: graph) * state.cell)
        let candidate = tanh(sums[size..<2 * size])
        let cell = state.cell + inputGate .* (candidate - state.cell)
        let outputGate = sigmoid(sums[2 * size..<3 * size] + outputPeephole(in: graph) * cell)
        return LSTMState(hidden: outputGate .* tanh(cell), cell: cell)
    }

    /// Input and output gate and the candidate; the forget gate is what the input gate leaves of 1.
    public func gates(_ input: Expression, from state: LSTMState) -> [RecurrentGate] {
        let graph = input.graph, size = hiddenSize
        let projected = affine(inputWeights(in: graph), input, bias(in: graph))
        let sums = projected + recurrentWeights(in: graph) * state.hidden
        let inputGate = sigmoid(sums[0..<size] + inputPeephole(in: graph) * state.cell)
        let candidate = tanh(sums[size..<2 * size])
        let cell = state.cell + inputGate .* (candidate - state.cell)
        return [
            RecurrentGate("inputGate", inputGate), RecurrentGate("candidate", candidate),
            RecurrentGate("outputGate", sigmoid(sums[2 * size..<3 * size] + outputPeephole(in: graph) * cell)),
        ]
    }

    /// The hidden value.
    public func output(of state: LSTMState) -> Expression { state.hidden }

    /// The hidden value times the mask; the memory stays.
    public func masked(_ state: LSTMState, by mask: Expression) -> LSTMState {
        LSTMState(hidden: state.hidden .* mask, cell: state.cell)
    }
}

/// A stack of coupled LSTM layers.
public typealias CoupledLSTMBuilder = RecurrentBuilder<CoupledLSTMCell>

extension CellKind {
    /// `CoupledLSTMCell`.
    public static let coupledLSTM = CellKind(
        "coupled-lstm", summary: "long short-term memory with forget = 1 - input gate, and peepholes"
    ) { input, hidden, options, parameters in
        CoupledLSTMCell(
            inputSize: input, hiddenSize: hidden, initializer: options.initializer, biasInitializer: options.biases,
            in: parameters)
    }
}
