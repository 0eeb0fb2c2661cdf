import ElmanGraph
import ElmanTensor

/// A long short-term memory with layer normalisation (Ba et al. 2016), as DyNet's `ln_lstm`. Gates i, f, g, o in this order.
///
///     (i, f, g, o) = LN(W x) + LN(U h) + b          each LN with gain and bias of its own
///     c' = σ(f + forgetBias) ⊙ c + σ(i) ⊙ tanh(g)
///     h' = σ(o) ⊙ tanh(LN(c'))
///     LN(v) = gain ⊙ (v - mean) / (deviation + 1e-8) + bias
///
/// Parameters: `inputWeights` W [4H, inputSize], `recurrentWeights` U [4H, H], `bias` b [4H]; `inputGain`, `inputShift`,
/// `recurrentGain`, `recurrentShift` [4H], `cellGain`, `cellShift` [H]; 4H (inputSize + H + 1) + 18H numbers. The forget bias
/// is added when the cell runs and is not part of the stored bias.
public struct LayerNormLSTMCell: RecurrentCell {
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
    /// Gain and bias of the normalised input product, [4H] each.
    public let inputGain: Parameter, inputShift: Parameter
    /// Gain and bias of the normalised recurrent product, [4H] each.
    public let recurrentGain: Parameter, recurrentShift: Parameter
    /// Gain and bias of the normalised memory, [H] each.
    public let cellGain: Parameter, cellShift: Parameter
    /// Added to the forget gate.
    public let forgetBias: Float

    /// A cell whose weights are drawn with Glorot's range, with gains of 1, biases of 0 and a forget bias of 1.
    public init(inputSize: Int, hiddenSize: Int, in parameters: ParameterCollection) {
        self.init(inputSize: inputSize, hiddenSize: hiddenSize, forgetBias: 1, in: parameters)
    }

    /// A cell with the given forget bias and initial values. Gains are 1 and their biases 0 at first in any case.
    public init(
        inputSize: Int, hiddenSize: Int, forgetBias: Float, initializer: Initializer = .glorot(),
        biasInitializer: Initializer = .zeros, in parameters: ParameterCollection
    ) {
        self.inputSize = inputSize
        self.hiddenSize = hiddenSize
        self.forgetBias = forgetBias
        let size = hiddenSize
        inputWeights = parameters.add([4 * size, inputSize], named: "inputWeights", initializer: initializer)
        recurrentWeights = parameters.add([4 * size, size], named: "recurrentWeights", initializer: initializer)
        bias = parameters.add([4 * size], named: "bias", initializer: biasInitializer)
        inputGain = parameters.add([4 * size], named: "inputGain", initializer: .constant(1))
        inputShift = parameters.add([4 * size], named: "inputShift", initializer: .zeros)
        recurrentGain = parameters.add([4 * size], named: "recurrentGain", initializer: .constant(1))
        recurrentShift = parameters.add([4 * size], named: "recurrentShift", initializer: .zeros)
        cellGain = parameters.add([size], named: "cellGain", initializer: .constant(1))
        cellShift = parameters.add([size], named: "cellShift", initializer: .zeros)
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
        let graph = input.graph, size = hiddenSize, sums = sums(input, state)
        let forgetSum = sums[size..<2 * size]
        let forget = sigmoid(forgetBias == 0 ? forgetSum : forgetSum + forgetBias)
        let candidate = sigmoid(sums[0..<size]) .* tanh(sums[2 * size..<3 * size])
        let cell = forget .* state.cell + candidate
        let normalized = layerNorm(cell, gain: cellGain(in: graph), bias: cellShift(in: graph))
        return LSTMState(hidden: sigmoid(sums[3 * size..<4 * size]) .* tanh(normalized), cell: cell)
    }

    private func sums(_ input: Expression, _ state: LSTMState) -> Expression {
        let graph = input.graph
        let projected = layerNorm(
            inputWeights(in: graph) * input, gain: inputGain(in: graph), bias: inputShift(in: graph))
        let recurrent = layerNorm(
            recurrentWeights(in: graph) * state.hidden, gain: recurrentGain(in: graph), bias: recurrentShift(in: graph))
        return projected + recurrent + bias(in: graph)
    }

    /// Input, forget and output gate, and the candidate tanh(g).
    public func gates(_ input: Expression, from state: LSTMState) -> [RecurrentGate] {
        let sums = sums(input, state), size = hiddenSize
        return [
            RecurrentGate("inputGate", sigmoid(sums[0..<size])),
            RecurrentGate("forgetGate", sigmoid(sums[size..<2 * size] + forgetBias)),
            RecurrentGate("candidate", tanh(sums[2 * size..<3 * size])),
            RecurrentGate("outputGate", sigmoid(sums[3 * size..<4 * size])),
        ]
    }

    /// The hidden value.
    public func output(of state: LSTMState) -> Expression { state.hidden }

    /// The hidden value times the mask; the memory stays.
    public func masked(_ state: LSTMState, by mask: Expression) -> LSTMState {
        LSTMState(hidden: state.hidden .* mask, cell: state.cell)
    }
}

/// A stack of LSTM layers with layer normalisation.
public typealias LayerNormLSTMBuilder = RecurrentBuilder<LayerNormLSTMCell>

extension CellKind {
    /// `LayerNormLSTMCell`.
    public static let layerNormLSTM = CellKind(
        "layernorm-lstm", summary: "long short-term memory with layer normalisation (Ba et al. 2016)"
    ) { input, hidden, options, parameters in
        LayerNormLSTMCell(
            inputSize: input, hiddenSize: hidden, forgetBias: options.forgetBias ?? 1, initializer: options.weights,
            biasInitializer: options.biases, in: parameters)
    }
}
