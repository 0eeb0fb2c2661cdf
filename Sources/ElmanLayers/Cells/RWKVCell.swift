import ElmanGraph
import ElmanTensor

/// The time mixing of RWKV-4 (Peng et al. 2023): an average of values with weights that fade, and every input mixed with the one before.
///
///     k = K (μ_k ⊙ x_t + (1 - μ_k) ⊙ x_{t-1})          v and r likewise, with V, μ_v and R, μ_r
///     wkv_t = (Σ_{i<t} exp(-(t - 1 - i) w + k_i) ⊙ v_i + exp(u + k_t) ⊙ v_t) / (the same sum without v)
///     h_t = O (σ(r_t) ⊙ wkv_t)          w = exp(d)
///
/// The state holds the average of the values so far and the logarithm of the sum of their weights: the same function as the paper's
/// two sums, without overflow. Before the first input there is one of zeros. Channel mixing is another layer and no part of this.
/// Parameters: `inputWeights` (K, V, R) [H, inputSize] each, named `inputWeights`, `valueWeights`, `receptanceWeights`; `mixing`
/// (μ_k, μ_v, μ_r) [3 inputSize], `decay` (d, u) [2H], `outputWeights` O [H, H]; 3H inputSize + H² + 3 inputSize + 2H numbers.
public struct RWKVCell: RecurrentCell {
    /// Elements of an input vector.
    public let inputSize: Int
    /// Elements of the output vector, H.
    public let hiddenSize: Int
    /// [H, inputSize] each: of keys, values and receptances.
    public let inputWeights: Parameter, valueWeights: Parameter, receptanceWeights: Parameter
    /// [3 inputSize], blocks μ_k, μ_v, μ_r.
    public let mixing: Parameter
    /// [2H], blocks d, u.
    public let decay: Parameter
    /// [H, H].
    public let outputWeights: Parameter

    /// A cell whose weights are drawn with Glorot's range.
    public init(inputSize: Int, hiddenSize: Int, in parameters: ParameterCollection) {
        self.init(inputSize: inputSize, hiddenSize: hiddenSize, initializer: .glorot(), in: parameters)
    }

    /// A cell with the given initial values. At first all μ are 1/2, u is log 0.3, and w goes from exp(-5) to exp(3) over the units,
    /// in any case.
    public init(inputSize: Int, hiddenSize: Int, initializer: Initializer, in parameters: ParameterCollection) {
        self.inputSize = inputSize
        self.hiddenSize = hiddenSize
        let shape: Shape = [hiddenSize, inputSize]
        inputWeights = parameters.add(shape, named: "inputWeights", initializer: initializer)
        valueWeights = parameters.add(shape, named: "valueWeights", initializer: initializer)
        receptanceWeights = parameters.add(shape, named: "receptanceWeights", initializer: initializer)
        mixing = parameters.add([3 * inputSize], named: "mixing", initializer: .constant(0.5))
        decay = parameters.add([2 * hiddenSize], named: "decay", initializer: .timeDecays)
        outputWeights = parameters.add([hiddenSize, hiddenSize], named: "outputWeights", initializer: initializer)
    }

    /// Nothing seen: an output of zeros, the logarithm of no weight, and an input of zeros.
    public func initialState(in graph: ComputationGraph) -> TokenShiftState {
        TokenShiftState(
            hidden: graph.zeros([hiddenSize]), cell: graph.emptyAverage(hiddenSize), input: graph.zeros([inputSize]))
    }

    /// The state after an input; its memory holds the averages, then the logarithms of the weights.
    public func step(_ input: Expression, from state: TokenShiftState) -> TokenShiftState {
        let graph = input.graph
        let next = Recurrence.weightedKeyValue.step(
            projected: projected(input, after: state.input ?? input), state: state.cell, parameters: decay(in: graph))
        return TokenShiftState(hidden: outputWeights(in: graph) * next.output, cell: next.state, input: input)
    }

    /// The receptance σ(r).
    public func gates(_ input: Expression, from state: TokenShiftState) -> [RecurrentGate] {
        let projected = projected(input, after: state.input ?? input), size = hiddenSize
        return [RecurrentGate("receptance", sigmoid(projected[2 * size..<3 * size]))]
    }

    /// True.
    @inlinable public var readsSequences: Bool { true }

    /// Reads a whole sequence: products for all steps at once, and one node for all steps.
    public func read(
        _ sequence: Expression, from state: TokenShiftState, isReversed: Bool
    ) -> (outputs: Expression, state: TokenShiftState) {
        let graph = sequence.graph
        let before = sequence.delayed(by: state.input ?? graph.zeros([inputSize]), isReversed: isReversed)
        let all = Recurrence.weightedKeyValue.sequence(
            projected: projected(sequence, after: before), state: state.cell, parameters: decay(in: graph),
            isReversed: isReversed)
        let outputs = outputWeights(in: graph) * all.outputs
        let last = TokenShiftState(
            hidden: outputs.lastStep(isReversed: isReversed), cell: all.states.lastStep(isReversed: isReversed),
            input: sequence.lastStep(isReversed: isReversed))
        return (outputs, last)
    }

    private func projected(_ input: Expression, after before: Expression) -> Expression {
        let graph = input.graph, size = inputSize
        let mixed = interpolate(input, before, shares: mixing(in: graph))
        return concatenate(
            inputWeights(in: graph) * mixed[0..<size], valueWeights(in: graph) * mixed[size..<2 * size],
            receptanceWeights(in: graph) * mixed[2 * size..<3 * size])
    }

    /// The hidden value.
    public func output(of state: TokenShiftState) -> Expression { state.hidden }

    /// As it is: no weights are multiplied with the state.
    public func masked(_ state: TokenShiftState, by mask: Expression) -> TokenShiftState { state }
}

/// A stack of layers of RWKV-4 time mixing.
public typealias RWKVBuilder = RecurrentBuilder<RWKVCell>

extension CellKind {
    /// `RWKVCell`.
    public static let rwkv4 = CellKind(
        "rwkv-4", summary: "time mixing of RWKV-4 (Peng et al. 2023)"
    ) { input, hidden, options, parameters in
        RWKVCell(inputSize: input, hiddenSize: hidden, initializer: options.weights, in: parameters)
    }
}
