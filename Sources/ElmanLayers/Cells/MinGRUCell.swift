import ElmanGraph
import ElmanTensor

/// The minimal GRU (Feng et al. 2024, section 3.1.2): gate and candidate come from the input alone, so that a sequence is one
/// product and one pass. Blocks z, n in this order.
///
///     (p_z, n) = W x + b
///     h' = (1 - σ(p_z)) ⊙ h + σ(p_z) ⊙ n
///
/// Nothing is done to the candidate n; the paper's form in log space has g(n) > 0 there. Parameters: `inputWeights` W
/// [2H, inputSize], `bias` b [2H]; 2H (inputSize + 1) numbers.
public struct MinGRUCell: ElementwiseRecurrentCell {
    /// Elements of an input vector.
    public let inputSize: Int
    /// Elements of the output vector, H.
    public let hiddenSize: Int
    /// [2H, inputSize], blocks z, n.
    public let inputWeights: Parameter
    /// [2H], blocks z, n.
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
            [2 * hiddenSize, inputSize], named: "inputWeights", initializer: initializer ?? .glorot(gateCount: 2))
        bias = parameters.add([2 * hiddenSize], named: "bias", initializer: biasInitializer)
    }

    /// The pass over the projected inputs.
    public static var recurrence: Recurrence { .minimalGRU }

    /// Update gate σ(p_z) and the candidate n.
    public func gates(_ input: Expression, from state: Expression) -> [RecurrentGate] {
        let projected = projected(input), size = hiddenSize
        return [
            RecurrentGate("updateGate", sigmoid(projected[0..<size])), RecurrentGate("candidate", projected[size..<2 * size]),
        ]
    }
}

/// A stack of layers of minimal GRUs.
public typealias MinGRUBuilder = RecurrentBuilder<MinGRUCell>

extension CellKind {
    /// `MinGRUCell`.
    public static let minGRU = CellKind(
        "mingru", summary: "minimal GRU: gates from the input alone (Feng et al. 2024)"
    ) { input, hidden, options, parameters in
        MinGRUCell(
            inputSize: input, hiddenSize: hidden, initializer: options.initializer, biasInitializer: options.biases,
            in: parameters)
    }
}
