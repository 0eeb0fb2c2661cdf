import ElmanGraph
import ElmanTensor

/// The minimal gated unit (Zhou et al. 2016): a GRU with one gate, which both resets and updates. Blocks f, n in this order.
///
///     (p_f, p_n) = W x + b
///     f = σ(p_f + U h)          n = tanh(p_n + V (f ⊙ h))
///     h' = (1 - f) ⊙ h + f ⊙ n
///
/// Parameters: `inputWeights` W [2H, inputSize], `recurrentWeights` U [H, H], `candidateWeights` V [H, H], `bias` b [2H];
/// 2H (inputSize + H + 1) numbers.
public struct MGUCell: RecurrentCell {
    /// Elements of an input vector.
    public let inputSize: Int
    /// Elements of the output vector, H.
    public let hiddenSize: Int
    /// [2H, inputSize], blocks f, n.
    public let inputWeights: Parameter
    /// [H, H], of f.
    public let recurrentWeights: Parameter
    /// [H, H], of n.
    public let candidateWeights: Parameter
    /// [2H], blocks f, n.
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
        let single = initializer ?? .glorot()
        inputWeights = parameters.add(
            [2 * hiddenSize, inputSize], named: "inputWeights", initializer: initializer ?? .glorot(gateCount: 2))
        recurrentWeights = parameters.add([hiddenSize, hiddenSize], named: "recurrentWeights", initializer: single)
        candidateWeights = parameters.add([hiddenSize, hiddenSize], named: "candidateWeights", initializer: single)
        bias = parameters.add([2 * hiddenSize], named: "bias", initializer: biasInitializer)
    }

    /// U and V.
    public var recurrentMatrices: [Parameter] { [recurrentWeights, candidateWeights] }

    /// The state after an input.
    public func step(_ input: Expression, from hidden: Expression) -> Expression {
        let graph = input.graph
        return mguStep(
            projected: affine(inputWeights(in: graph), input, bias(in: graph)), hidden: hidden,
            recurrentWeights: recurrentWeights(in: graph), candidateWeights: candidateWeights(in: graph))
    }

    /// The gate f and the candidate n.
    public func gates(_ input: Expression, from state: Expression) -> [RecurrentGate] {
        let graph = input.graph, size = hiddenSize
        let projected = affine(inputWeights(in: graph), input, bias(in: graph))
        let forget = sigmoid(projected[0..<size] + recurrentWeights(in: graph) * state)
        let product = candidateWeights(in: graph) * (forget .* state)
        return [
            RecurrentGate("forgetGate", forget), RecurrentGate("candidate", tanh(projected[size..<2 * size] + product)),
        ]
    }
}

/// A stack of layers of minimal gated units.
public typealias MGUBuilder = RecurrentBuilder<MGUCell>

extension CellKind {
    /// `MGUCell`.
    public static let mgu = CellKind(
        "mgu", otherNames: ["minimal-gated"], summary: "minimal gated unit: a GRU with one gate (Zhou et al. 2016)"
    ) { input, hidden, options, parameters in
        MGUCell(
            inputSize: input, hiddenSize: hidden, initializer: options.initializer, biasInitializer: options.biases,
            in: parameters)
    }
}
