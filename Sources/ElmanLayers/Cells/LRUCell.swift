import ElmanGraph
import ElmanTensor

/// The linear recurrent unit (Orvieto et al. 2023): a diagonal linear recurrence of H complex numbers z, held as real parts and
/// imaginary parts.
///
///     λ = exp(-exp(ν) + i exp(θ))
///     z' = λ ⊙ z + exp(g) ⊙ (B x)
///     y = Re(C z') + D x
///
/// B x is one real product that gives real and imaginary parts; C is held as the real matrix that acts on both (its right half
/// times -1 is the imaginary part of the paper's C). The unit alone: everything in it is linear, the normalisation and the gated
/// unit of the paper's block are left out. Parameters: `inputWeights` B [2H, inputSize], `eigenvalues` (ν, θ, g) [3H],
/// `outputWeights` C [H, 2H], `directWeights` D [H, inputSize]; 3H inputSize + 2H² + 3H numbers.
public struct LRUCell: RecurrentCell {
    /// Elements of an input vector.
    public let inputSize: Int
    /// Elements of the output vector, and complex numbers of the state, H.
    public let hiddenSize: Int
    /// [2H, inputSize], blocks of real and imaginary parts.
    public let inputWeights: Parameter
    /// [3H], blocks ν, θ, g.
    public let eigenvalues: Parameter
    /// [H, 2H], columns for real and imaginary parts.
    public let outputWeights: Parameter
    /// [H, inputSize].
    public let directWeights: Parameter

    /// A cell whose weights are drawn with Glorot's range.
    public init(inputSize: Int, hiddenSize: Int, in parameters: ParameterCollection) {
        self.init(inputSize: inputSize, hiddenSize: hiddenSize, initializer: .glorot(), in: parameters)
    }

    /// A cell with the given initial values. |λ| lies between 0.5 and 0.99 at first, the phase below π, in any case.
    public init(inputSize: Int, hiddenSize: Int, initializer: Initializer, in parameters: ParameterCollection) {
        self.inputSize = inputSize
        self.hiddenSize = hiddenSize
        inputWeights = parameters.add([2 * hiddenSize, inputSize], named: "inputWeights", initializer: initializer)
        eigenvalues = parameters.add([3 * hiddenSize], named: "eigenvalues", initializer: .eigenvalues)
        outputWeights = parameters.add([hiddenSize, 2 * hiddenSize], named: "outputWeights", initializer: initializer)
        directWeights = parameters.add([hiddenSize, inputSize], named: "directWeights", initializer: initializer)
    }

    /// Zeros.
    public func initialState(in graph: ComputationGraph) -> LSTMState {
        LSTMState(hidden: graph.zeros([hiddenSize]), cell: graph.zeros([2 * hiddenSize]))
    }

    /// The state after an input; its memory holds the real parts of z, then the imaginary parts.
    public func step(_ input: Expression, from state: LSTMState) -> LSTMState {
        let graph = input.graph
        let next = Recurrence.diagonal.step(
            projected: inputWeights(in: graph) * input, state: state.cell, parameters: eigenvalues(in: graph)
        ).state
        return LSTMState(hidden: output(next, input), cell: next)
    }

    /// True.
    @inlinable public var readsSequences: Bool { true }

    /// Reads a whole sequence: products for all steps at once, and one node for all steps.
    public func read(
        _ sequence: Expression, from state: LSTMState, isReversed: Bool
    ) -> (outputs: Expression, state: LSTMState) {
        let graph = sequence.graph
        let states = Recurrence.diagonal.sequence(
            projected: inputWeights(in: graph) * sequence, state: state.cell, parameters: eigenvalues(in: graph),
            isReversed: isReversed
        ).states
        let outputs = output(states, sequence)
        return (outputs, LSTMState((outputs, states), isReversed: isReversed))
    }

    private func output(_ state: Expression, _ input: Expression) -> Expression {
        let graph = input.graph
        return outputWeights(in: graph) * state + directWeights(in: graph) * input
    }

    /// The hidden value.
    public func output(of state: LSTMState) -> Expression { state.hidden }

    /// Real and imaginary parts of the memory times the mask.
    public func masked(_ state: LSTMState, by mask: Expression) -> LSTMState {
        LSTMState(hidden: state.hidden, cell: state.cell .* concatenate(mask, mask))
    }
}

/// A stack of linear recurrent units.
public typealias LRUBuilder = RecurrentBuilder<LRUCell>

extension CellKind {
    /// `LRUCell`.
    public static let lru = CellKind(
        "lru", summary: "linear recurrent unit with complex eigenvalues (Orvieto et al. 2023)"
    ) { input, hidden, options, parameters in
        LRUCell(inputSize: input, hiddenSize: hidden, initializer: options.weights, in: parameters)
    }
}
