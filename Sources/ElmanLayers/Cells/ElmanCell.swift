import ElmanGraph
import ElmanTensor

/// What an `ElmanCell` does to its sum.
public enum ElmanActivation: Sendable {
    /// Hyperbolic tangent (Elman 1990, as DyNet's `SimpleRNN`).
    case tanh
    /// max(0, x) (Le et al. 2015).
    case relu
    /// 1 / (1 + exp(-x)).
    case sigmoid
    /// x itself: a linear network.
    case identity
    /// Any function of expressions that keeps the shape.
    case custom(@Sendable (Expression) -> Expression)

    /// The step that computes it at once; nil for a function of one's own.
    var step: ElmanStepActivation? {
        switch self {
        case .tanh: .tanh
        case .relu: .relu
        case .sigmoid: .sigmoid
        case .identity: .identity
        case .custom: nil
        }
    }
}

/// The simple recurrent network (Elman 1990).
///
///     h' = activation(W x + U h + b)
///
/// Parameters: `inputWeights` W [H, inputSize], `recurrentWeights` U [H, H], `bias` b [H]; H (inputSize + H + 1) numbers.
public struct ElmanCell: RecurrentCell {
    /// Elements of an input vector.
    public let inputSize: Int
    /// Elements of the output vector, H.
    public let hiddenSize: Int
    /// [H, inputSize].
    public let inputWeights: Parameter
    /// [H, H].
    public let recurrentWeights: Parameter
    /// [H].
    public let bias: Parameter
    /// What is done to the sum.
    public let activation: ElmanActivation

    /// A cell with hyperbolic tangent, weights drawn with Glorot's range and a bias of zeros.
    public init(inputSize: Int, hiddenSize: Int, in parameters: ParameterCollection) {
        self.init(inputSize: inputSize, hiddenSize: hiddenSize, activation: .tanh, in: parameters)
    }

    /// A cell with the given activation and initial values.
    public init(
        inputSize: Int, hiddenSize: Int, activation: ElmanActivation, initializer: Initializer = .glorot(),
        biasInitializer: Initializer = .zeros, in parameters: ParameterCollection
    ) {
        self.inputSize = inputSize
        self.hiddenSize = hiddenSize
        self.activation = activation
        inputWeights = parameters.add([hiddenSize, inputSize], named: "inputWeights", initializer: initializer)
        recurrentWeights = parameters.add([hiddenSize, hiddenSize], named: "recurrentWeights", initializer: initializer)
        bias = parameters.add([hiddenSize], named: "bias", initializer: biasInitializer)
    }

    /// U.
    public var recurrentMatrices: [Parameter] { [recurrentWeights] }

    /// The state after an input.
    public func step(_ input: Expression, from hidden: Expression) -> Expression {
        let graph = input.graph
        let projected = affine(inputWeights(in: graph), input, bias(in: graph))
        if case .custom(let function) = activation { return function(projected + recurrentWeights(in: graph) * hidden) }
        return elmanStep(
            projected: projected, hidden: hidden, recurrentWeights: recurrentWeights(in: graph),
            activation: activation.step ?? .tanh)
    }

    /// True, but for an activation of one's own.
    public var readsSequences: Bool { activation.step != nil }

    /// Reads a whole sequence.
    public func read(
        _ sequence: Expression, from hidden: Expression, isReversed: Bool
    ) -> (outputs: Expression, state: Expression) {
        guard let activation = activation.step else { return readStepByStep(sequence, from: hidden, isReversed: isReversed) }
        let graph = sequence.graph
        let outputs = elmanSequence(
            sequence, inputWeights: inputWeights(in: graph), bias: bias(in: graph), hidden: hidden,
            recurrentWeights: recurrentWeights(in: graph), activation: activation, isReversed: isReversed)
        return (outputs, outputs.lastStep(isReversed: isReversed))
    }
}

/// A stack of simple recurrent layers.
public typealias ElmanBuilder = RecurrentBuilder<ElmanCell>
/// The same, by DyNet's name.
public typealias SimpleRNNBuilder = RecurrentBuilder<ElmanCell>

extension CellKind {
    /// `ElmanCell` with hyperbolic tangent.
    public static let elman = CellKind(
        "rnn", otherNames: ["elman", "simple-rnn", "rnn-tanh"], summary: "simple recurrent network with tanh (Elman 1990)",
        makeCell: elmanMaker(.tanh))

    /// `ElmanCell` with max(0, x).
    public static let elmanReLU = CellKind(
        "rnn-relu", summary: "simple recurrent network with max(0, x)", makeCell: elmanMaker(.relu))

    private static func elmanMaker(
        _ activation: ElmanActivation
    ) -> @Sendable (Int, Int, NetworkOptions, ParameterCollection) -> ElmanCell {
        { input, hidden, options, parameters in
            ElmanCell(
                inputSize: input, hiddenSize: hidden, activation: activation, initializer: options.weights,
                biasInitializer: options.biases, in: parameters)
        }
    }
}
