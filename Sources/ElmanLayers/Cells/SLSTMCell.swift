import ElmanGraph
import ElmanTensor

/// The LSTM with exponential input gate and scalar memory (Beck et al. 2024, xLSTM), one head, forget gate σ. Blocks z, i, f, o in
/// this order.
///
///     (z, i, f, o) = W x + R h + b
///     c' = σ(f) ⊙ c + exp(i) ⊙ tanh(z)          n' = σ(f) ⊙ n + exp(i)
///     h' = σ(o) ⊙ c' / n'
///
/// The state holds c / n and log n instead of c, n and the paper's stabiliser m: the same function, without overflow. The block's
/// convolution, normalisation and projections are left out. Parameters: `inputWeights` W [4H, inputSize], `recurrentWeights` R
/// [4H, H], `bias` b [4H]; 4H (inputSize + H + 1) numbers.
public struct SLSTMCell: RecurrentCell {
    /// Elements of an input vector.
    public let inputSize: Int
    /// Elements of the output vector, H.
    public let hiddenSize: Int
    /// [4H, inputSize], blocks z, i, f, o.
    public let inputWeights: Parameter
    /// [4H, H], blocks z, i, f, o.
    public let recurrentWeights: Parameter
    /// [4H], blocks z, i, f, o.
    public let bias: Parameter

    /// A cell whose weights are drawn with Glorot's range for each block; the bias is zero, of the forget gate 3.
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
        let stacked = initializer ?? .glorot(gateCount: 4)
        inputWeights = parameters.add([4 * hiddenSize, inputSize], named: "inputWeights", initializer: stacked)
        recurrentWeights = parameters.add([4 * hiddenSize, hiddenSize], named: "recurrentWeights", initializer: stacked)
        bias = parameters.add(
            [4 * hiddenSize], named: "bias", initializer: biasInitializer ?? .openForgetGate(2 * hiddenSize..<3 * hiddenSize))
    }

    /// R.
    public var recurrentMatrices: [Parameter] { [recurrentWeights] }

    /// Nothing seen: an output of zeros, and the logarithm of no weight.
    public func initialState(in graph: ComputationGraph) -> LSTMState {
        LSTMState(hidden: graph.zeros([hiddenSize]), cell: graph.emptyAverage(hiddenSize))
    }

    /// The state after an input; its memory holds c / n, then log n.
    public func step(_ input: Expression, from state: LSTMState) -> LSTMState {
        let graph = input.graph
        let sums = affine(inputWeights(in: graph), input, bias(in: graph)) + recurrentWeights(in: graph) * state.hidden
        let next = Recurrence.scalarMemory.step(projected: sums, state: state.cell)
        return LSTMState(hidden: next.output, cell: next.state)
    }

    /// The candidate tanh(z), the logarithm i of the input gate, forget and output gate.
    public func gates(_ input: Expression, from state: LSTMState) -> [RecurrentGate] {
        let graph = input.graph, size = hiddenSize
        let sums = affine(inputWeights(in: graph), input, bias(in: graph)) + recurrentWeights(in: graph) * state.hidden
        return [
            RecurrentGate("candidate", tanh(sums[0..<size])), RecurrentGate("inputExponent", sums[size..<2 * size]),
            RecurrentGate("forgetGate", sigmoid(sums[2 * size..<3 * size])),
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

extension ComputationGraph {
    /// Averages of nothing: zeros, and behind them logarithms of weights of nothing.
    func emptyAverage(_ size: Int) -> Expression {
        input([Float](repeating: 0, count: size) + [Float](repeating: Recurrence.emptyLogWeight, count: size))
    }
}

extension Initializer {
    /// Zeros, and 3 in a range of elements.
    static func openForgetGate(_ range: Range<Int>) -> Initializer {
        Initializer("open forget gate") { shape, _ in (0..<shape.count).map { range.contains($0) ? 3 : 0 } }
    }
}

/// A stack of layers of sLSTMs.
public typealias SLSTMBuilder = RecurrentBuilder<SLSTMCell>

extension CellKind {
    /// `SLSTMCell`.
    public static let sLSTM = CellKind(
        "slstm", summary: "LSTM with exponential gates and scalar memory (Beck et al. 2024, xLSTM)"
    ) { input, hidden, options, parameters in
        SLSTMCell(
            inputSize: input, hiddenSize: hidden, initializer: options.initializer, biasInitializer: options.initializer,
            in: parameters)
    }
}
