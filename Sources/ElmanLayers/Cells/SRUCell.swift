import ElmanGraph
import ElmanTensor

/// The simple recurrent unit (Lei et al. 2018, EMNLP), with highway connection: the version whose gates see the memory, element by
/// element. Blocks x̃, f, r, and s where the sizes differ.
///
///     (x̃, p_f, p_r) = W x + b
///     f = σ(p_f + v_f ⊙ c)          r = σ(p_r + v_r ⊙ c)
///     c' = f ⊙ c + (1 - f) ⊙ x̃
///     h' = r ⊙ c' + (1 - r) ⊙ s
///
/// s is the input x where it has as many elements as the output, and a fourth block of W x + b otherwise. The paper's scaling
/// constant of the highway is left out (its α = 1). Parameters: `inputWeights` W [3H or 4H, inputSize], `recurrentWeights`
/// (v_f, v_r) [2H], `bias` b [3H or 4H].
public struct SRUCell: RecurrentCell {
    /// Elements of an input vector.
    public let inputSize: Int
    /// Elements of the output vector, H.
    public let hiddenSize: Int
    /// [3H, inputSize] or [4H, inputSize], blocks x̃, f, r, s.
    public let inputWeights: Parameter
    /// [2H], from the memory to the gates f, r.
    public let recurrentWeights: Parameter
    /// [3H] or [4H], blocks x̃, f, r, s.
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
        let blocks = inputSize == hiddenSize ? 3 : 4
        inputWeights = parameters.add(
            [blocks * hiddenSize, inputSize], named: "inputWeights", initializer: initializer ?? .glorot(gateCount: blocks))
        recurrentWeights = parameters.add(
            [2 * hiddenSize], named: "recurrentWeights", initializer: initializer ?? .glorot())
        bias = parameters.add([blocks * hiddenSize], named: "bias", initializer: biasInitializer)
    }

    /// Zeros.
    public func initialState(in graph: ComputationGraph) -> LSTMState {
        let zeros = graph.zeros([hiddenSize])
        return LSTMState(hidden: zeros, cell: zeros)
    }

    /// The state after an input.
    public func step(_ input: Expression, from state: LSTMState) -> LSTMState {
        let next = Recurrence.simpleUnit.step(
            projected: projected(input), state: state.cell, parameters: recurrentWeights(in: input.graph))
        return LSTMState(hidden: next.output, cell: next.state)
    }

    /// Forget gate f and reset gate r.
    public func gates(_ input: Expression, from state: LSTMState) -> [RecurrentGate] {
        let projected = projected(input), weights = recurrentWeights(in: input.graph), size = hiddenSize
        return [
            RecurrentGate(
                "forgetGate", sigmoid(projected[size..<2 * size] + weights[0..<size] .* state.cell)),
            RecurrentGate(
                "resetGate", sigmoid(projected[2 * size..<3 * size] + weights[size..<2 * size] .* state.cell)),
        ]
    }

    /// True.
    @inlinable public var readsSequences: Bool { true }

    /// Reads a whole sequence: one product for the inputs of all steps, then one node for all steps.
    public func read(
        _ sequence: Expression, from state: LSTMState, isReversed: Bool
    ) -> (outputs: Expression, state: LSTMState) {
        let all = Recurrence.simpleUnit.sequence(
            projected: projected(sequence), state: state.cell, parameters: recurrentWeights(in: sequence.graph),
            isReversed: isReversed)
        return (all.outputs, LSTMState(all, isReversed: isReversed))
    }

    private func projected(_ input: Expression) -> Expression {
        let graph = input.graph
        let blocks = affine(inputWeights(in: graph), input, bias(in: graph))
        return inputSize == hiddenSize ? concatenate(blocks, input) : blocks
    }

    /// The hidden value.
    public func output(of state: LSTMState) -> Expression { state.hidden }

    /// The memory times the mask: it is what the gates see.
    public func masked(_ state: LSTMState, by mask: Expression) -> LSTMState {
        LSTMState(hidden: state.hidden, cell: state.cell .* mask)
    }
}

extension LSTMState {
    /// The state after the step that is read last.
    init(_ all: (outputs: Expression, states: Expression), isReversed: Bool) {
        self.init(hidden: all.outputs.lastStep(isReversed: isReversed), cell: all.states.lastStep(isReversed: isReversed))
    }
}

/// A stack of layers of simple recurrent units.
public typealias SRUBuilder = RecurrentBuilder<SRUCell>

extension CellKind {
    /// `SRUCell`.
    public static let sru = CellKind(
        "sru", summary: "simple recurrent unit with highway (Lei et al. 2018)"
    ) { input, hidden, options, parameters in
        SRUCell(
            inputSize: input, hiddenSize: hidden, initializer: options.initializer, biasInitializer: options.biases,
            in: parameters)
    }
}
