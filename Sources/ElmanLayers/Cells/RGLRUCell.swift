import ElmanGraph
import ElmanTensor

/// The real-gated linear recurrent unit (De et al. 2024, Griffin): a diagonal linear recurrence whose decay and input are gated by
/// the input. Blocks r, i, x̃ in this order.
///
///     (p_r, p_i, x̃) = W x + b          r = σ(p_r)          i = σ(p_i)
///     a = σ(Λ)^(8 r)
///     h' = a ⊙ h + √(1 - a²) ⊙ (i ⊙ x̃)
///
/// The unit alone: x̃ stands for the projection that Griffin's block has before it, and its convolution and gated branch are left
/// out. Parameters: `inputWeights` W [3H, inputSize], `decay` Λ [H], `bias` b [3H]; H (3 inputSize + 4) numbers.
public struct RGLRUCell: ElementwiseRecurrentCell {
    /// Elements of an input vector.
    public let inputSize: Int
    /// Elements of the output vector, H.
    public let hiddenSize: Int
    /// [3H, inputSize], blocks r, i, x̃.
    public let inputWeights: Parameter
    /// [H], Λ: how slowly each unit forgets.
    public let decay: Parameter
    /// [3H], blocks r, i, x̃.
    public let bias: Parameter

    /// A cell whose weights are drawn with Glorot's range for each block, with a bias of zeros.
    public init(inputSize: Int, hiddenSize: Int, in parameters: ParameterCollection) {
        self.init(inputSize: inputSize, hiddenSize: hiddenSize, initializer: nil, in: parameters)
    }

    /// A cell with the given initial values. The decays σ(Λ)^8 are drawn from 0.9...0.999 in any case.
    public init(
        inputSize: Int, hiddenSize: Int, initializer: Initializer?, biasInitializer: Initializer = .zeros,
        in parameters: ParameterCollection
    ) {
        self.inputSize = inputSize
        self.hiddenSize = hiddenSize
        inputWeights = parameters.add(
            [3 * hiddenSize, inputSize], named: "inputWeights", initializer: initializer ?? .glorot(gateCount: 3))
        decay = parameters.add([hiddenSize], named: "decay", initializer: .gatedDecays)
        bias = parameters.add([3 * hiddenSize], named: "bias", initializer: biasInitializer)
    }

    /// The pass over the projected inputs.
    public static var recurrence: Recurrence { .realGatedDiagonal }

    /// Λ.
    public var coefficients: Parameter? { decay }

    /// What is kept of the state, a, and input gate i.
    public func gates(_ input: Expression, from state: Expression) -> [RecurrentGate] {
        let projected = projected(input), size = hiddenSize
        let logDecay = log(sigmoid(decay(in: input.graph)))
        return [
            RecurrentGate("decay", exp(logDecay .* sigmoid(projected[0..<size]) * 8)),
            RecurrentGate("inputGate", sigmoid(projected[size..<2 * size])),
        ]
    }
}

/// A stack of layers of real-gated linear recurrent units.
public typealias RGLRUBuilder = RecurrentBuilder<RGLRUCell>

extension CellKind {
    /// `RGLRUCell`.
    public static let rgLRU = CellKind(
        "rg-lru", summary: "real-gated linear recurrent unit (De et al. 2024, Griffin)"
    ) { input, hidden, options, parameters in
        RGLRUCell(
            inputSize: input, hiddenSize: hidden, initializer: options.initializer, biasInitializer: options.biases,
            in: parameters)
    }
}
