import ElmanGraph
import ElmanTensor

/// The minimal LSTM (Feng et al. 2024, section 3.2.3): gates and candidate come from the input alone, and the gates are normalised
/// so that they sum to 1. Blocks f, i, n in this order.
///
///     (p_f, p_i, n) = W x + b          f = σ(p_f) / (σ(p_f) + σ(p_i))          i = 1 - f
///     h' = f ⊙ h + i ⊙ n
///
/// The state h is the output: there is no output gate. Nothing is done to the candidate n; the paper's form in log space has
/// g(n) > 0 there. Parameters: `inputWeights` W [3H, inputSize], `bias` b [3H]; 3H (inputSize + 1) numbers.
public struct MinLSTMCell: ElementwiseRecurrentCell {
    /// Elements of an input vector.
    public let inputSize: Int
    /// Elements of the output vector, H.
    public let hiddenSize: Int
    /// [3H, inputSize], blocks f, i, n.
    public let inputWeights: Parameter
    /// [3H], blocks f, i, n.
    public let bias: Parameter

    /// A cell whose weights are drawn with Glorot's range for each block, with a bias of zeros.
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
        inputWeights = parameters.add(
            [3 * hiddenSize, inputSize], named: "inputWeights", initializer: initializer ?? .glorot(gateCount: 3))
        bias = parameters.add([3 * hiddenSize], named: "bias", initializer: biasInitializer)
    }

    /// The pass over the projected inputs.
    public static var recurrence: Recurrence { .minimalLSTM }

    /// Forget gate f and the candidate n.
    public func gates(_ input: Expression, from state: Expression) -> [RecurrentGate] {
        let projected = projected(input), size = hiddenSize
        let forget = sigmoid(projected[0..<size]), inputGate = sigmoid(projected[size..<2 * size])
        return [
            RecurrentGate("forgetGate", forget ./ (forget + inputGate)),
            RecurrentGate("candidate", projected[2 * size..<3 * size]),
        ]
    }
}

/// A stack of layers of minimal LSTMs.
public typealias MinLSTMBuilder = RecurrentBuilder<MinLSTMCell>

extension CellKind {
    /// `MinLSTMCell`.
    public static let minLSTM = CellKind(
        "minlstm", summary: "minimal LSTM: normalised gates from the input alone (Feng et al. 2024)"
    ) { input, hidden, options, parameters in
        MinLSTMCell(
            inputSize: input, hiddenSize: hidden, initializer: options.initializer, biasInitializer: options.biases,
            in: parameters)
    }
}
