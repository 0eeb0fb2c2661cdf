import ElmanGraph
import ElmanTensor

/// The independently recurrent network (Li et al. 2018): every unit sees its own earlier value and no other unit's.
///
///     h' = max(0, W x + u ⊙ h + b)
///
/// Parameters: `inputWeights` W [H, inputSize], `recurrentWeights` u [H], `bias` b [H]; H (inputSize + 2) numbers. Without
/// clipping of u, as in the paper for short sequences: at first it is drawn from 0...1.
public struct IndRNNCell: ElementwiseRecurrentCell {
    /// Elements of an input vector.
    public let inputSize: Int
    /// Elements of the output vector, H.
    public let hiddenSize: Int
    /// [H, inputSize].
    public let inputWeights: Parameter
    /// [H], from each unit to itself.
    public let recurrentWeights: Parameter
    /// [H].
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
            [hiddenSize, inputSize], named: "inputWeights", initializer: initializer ?? .glorot(gateCount: 1))
        recurrentWeights = parameters.add(
            [hiddenSize], named: "recurrentWeights", initializer: initializer ?? .unitInterval)
        bias = parameters.add([hiddenSize], named: "bias", initializer: biasInitializer)
    }

    /// The pass over the projected inputs.
    public static var recurrence: Recurrence { .independent }

    /// The recurrent weights.
    public var coefficients: Parameter? { recurrentWeights }
}

/// A stack of layers of independently recurrent networks.
public typealias IndRNNBuilder = RecurrentBuilder<IndRNNCell>

extension CellKind {
    /// `IndRNNCell`.
    public static let indRNN = CellKind(
        "indrnn", summary: "independently recurrent network with max(0, x) (Li et al. 2018)"
    ) { input, hidden, options, parameters in
        IndRNNCell(
            inputSize: input, hiddenSize: hidden, initializer: options.initializer, biasInitializer: options.biases,
            in: parameters)
    }
}
