import ElmanGraph
import ElmanTensor

/// The gated recurrent unit (Cho et al. 2014), in both of its forms. Gates r, z, n in this order.
///
/// Reset after the product, as in cuDNN and PyTorch (the default): one recurrent product for all gates.
///
///     (p_r, p_z, p_n) = W x + b          (u_r, u_z, u_n) = U h
///     r = σ(p_r + u_r)   z = σ(p_z + u_z)   n = tanh(p_n + r ⊙ (u_n + c))
///     h' = (1 - z) ⊙ n + z ⊙ h
///
/// Parameters: `inputWeights` W [3H, inputSize], `bias` b [3H], `recurrentWeights` U [3H, H], `recurrentBias` c [H];
/// 3H (inputSize + H + 1) + H numbers. PyTorch has two biases for r and z too, of which only the sum matters.
///
/// Reset before the product, as in the paper and in DyNet; z has the opposite meaning:
///
///     r = σ(p_r + u_r)   z = σ(p_z + u_z)   n = tanh(p_n + V (r ⊙ h))
///     h' = (1 - z) ⊙ h + z ⊙ n
///
/// Parameters: `inputWeights` W [3H, inputSize], `bias` b [3H], `recurrentWeights` U [2H, H], `candidateWeights` V [H, H];
/// 3H (inputSize + H + 1) numbers.
public struct GRUCell: RecurrentCell {
    /// Where the reset gate falls.
    public enum ResetPosition: String, Sendable, Hashable, CaseIterable {
        /// `r ⊙ (U h + c)`; `h' = (1 - z) ⊙ n + z ⊙ h`.
        case afterProduct = "after"
        /// `V (r ⊙ h)`; `h' = (1 - z) ⊙ h + z ⊙ n`.
        case beforeProduct = "before"
    }

    /// Elements of an input vector.
    public let inputSize: Int
    /// Elements of the output vector, H.
    public let hiddenSize: Int
    /// Where the reset gate falls.
    public let resetPosition: ResetPosition
    /// [3H, inputSize], gates r, z, n.
    public let inputWeights: Parameter
    /// [3H], gates r, z, n.
    public let bias: Parameter
    /// Reset after the product: [3H, H], gates r, z, n. Before: [2H, H], gates r, z.
    public let recurrentWeights: Parameter
    /// Reset after the product: [H], added to the candidate's recurrent product. Before: nil.
    public let recurrentBias: Parameter?
    /// Reset before the product: [H, H], of the candidate. After: nil.
    public let candidateWeights: Parameter?

    /// A cell with the reset after the product, weights drawn with Glorot's range for each gate and biases of zeros.
    public init(inputSize: Int, hiddenSize: Int, in parameters: ParameterCollection) {
        self.init(inputSize: inputSize, hiddenSize: hiddenSize, resetPosition: .afterProduct, in: parameters)
    }

    /// A cell of the given form and initial values.
    public init(
        inputSize: Int, hiddenSize: Int, resetPosition: ResetPosition, initializer: Initializer? = nil,
        biasInitializer: Initializer = .zeros, in parameters: ParameterCollection
    ) {
        self.inputSize = inputSize
        self.hiddenSize = hiddenSize
        self.resetPosition = resetPosition
        let size = hiddenSize, isAfter = resetPosition == .afterProduct
        inputWeights = parameters.add(
            [3 * size, inputSize], named: "inputWeights", initializer: initializer ?? .glorot(gateCount: 3))
        recurrentWeights = parameters.add(
            [(isAfter ? 3 : 2) * size, size], named: "recurrentWeights",
            initializer: initializer ?? .glorot(gateCount: isAfter ? 3 : 2))
        candidateWeights =
            isAfter ? nil : parameters.add([size, size], named: "candidateWeights", initializer: initializer ?? .glorot())
        bias = parameters.add([3 * size], named: "bias", initializer: biasInitializer)
        recurrentBias = isAfter ? parameters.add([size], named: "recurrentBias", initializer: biasInitializer) : nil
    }

    /// U, and V where the reset falls before the product.
    public var recurrentMatrices: [Parameter] { [recurrentWeights] + (candidateWeights.map { [$0] } ?? []) }

    /// The state after an input.
    public func step(_ input: Expression, from hidden: Expression) -> Expression {
        let graph = input.graph
        let projected = affine(inputWeights(in: graph), input, bias(in: graph))
        let recurrent = recurrentWeights(in: graph)
        if let candidateWeights {
            return gruStep(
                projected: projected, hidden: hidden, recurrentWeights: recurrent, candidateWeights: candidateWeights(in: graph))
        }
        guard let recurrentBias else { fail("a GRU whose reset follows the product has a recurrent bias") }
        return gruStep(
            projected: projected, hidden: hidden, recurrentWeights: recurrent, recurrentBias: recurrentBias(in: graph))
    }

    /// Reset and update gate r and z, and the candidate n.
    public func gates(_ input: Expression, from state: Expression) -> [RecurrentGate] {
        let graph = input.graph, size = hiddenSize
        let projected = affine(inputWeights(in: graph), input, bias(in: graph))
        let recurrent = recurrentWeights(in: graph) * state
        let reset = sigmoid(projected[0..<size] + recurrent[0..<size])
        let update = sigmoid(projected[size..<2 * size] + recurrent[size..<2 * size])
        var product: Expression
        if let candidateWeights {
            product = candidateWeights(in: graph) * (reset .* state)
        } else {
            product = recurrent[2 * size..<3 * size]
            if let recurrentBias { product = product + recurrentBias(in: graph) }
            product = reset .* product
        }
        return [
            RecurrentGate("resetGate", reset), RecurrentGate("updateGate", update),
            RecurrentGate("candidate", tanh(projected[2 * size..<3 * size] + product)),
        ]
    }
}

/// A stack of GRU layers.
public typealias GRUBuilder = RecurrentBuilder<GRUCell>

extension Initializer {
    /// Glorot's range for each of the gates whose weights are stacked in one matrix, instead of for the matrix.
    static func glorot(gateCount: Int) -> Initializer {
        Initializer("glorot") { shape, generator in
            let gain = Float(shape.rows + shape.columns) / Float(shape.rows / gateCount + shape.columns)
            return Initializer.glorot(gain: gain.squareRoot()).values(for: shape, using: &generator)
        }
    }
}

extension CellKind {
    /// `GRUCell` with the reset after the recurrent product.
    public static let gru = CellKind(
        "gru", otherNames: ["gru-reset-after"], summary: "gated recurrent unit, reset after the product as in PyTorch",
        makeCell: gruMaker(.afterProduct))

    /// `GRUCell` with the reset before the recurrent product.
    public static let gruResetBefore = CellKind(
        "gru-reset-before", summary: "gated recurrent unit, reset before the product (Cho et al. 2014)",
        makeCell: gruMaker(.beforeProduct))

    private static func gruMaker(
        _ position: GRUCell.ResetPosition
    ) -> @Sendable (Int, Int, NetworkOptions, ParameterCollection) -> GRUCell {
        { input, hidden, options, parameters in
            GRUCell(
                inputSize: input, hiddenSize: hidden, resetPosition: position, initializer: options.initializer,
                biasInitializer: options.biases, in: parameters)
        }
    }
}
