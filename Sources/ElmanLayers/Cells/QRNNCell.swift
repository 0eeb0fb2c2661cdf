import ElmanGraph
import ElmanTensor

/// The state of a cell that sees the input before, too: its output, its memory, and that input (`QRNNCell`, `RWKVCell`).
public struct TokenShiftState: RecurrentCellState {
    /// The output h, `[H]`.
    public var hidden: Expression
    /// The memory, by its cell.
    public var cell: Expression
    /// The input of the last step, `[inputSize]`; nil where the cell sees one input alone.
    public var input: Expression?

    /// A state of its parts.
    public init(hidden: Expression, cell: Expression, input: Expression? = nil) {
        self.hidden = hidden
        self.cell = cell
        self.input = input
    }

    /// Hidden value, cell value, and the input before.
    public var expressions: [Expression] { [hidden, cell] + (input.map { [$0] } ?? []) }

    /// A state of hidden value, cell value and, as a third, the input before.
    public init(expressions: [Expression]) {
        self.init(hidden: expressions[0], cell: expressions[1], input: expressions.count > 2 ? expressions[2] : nil)
    }

    /// As in `initialHidden`, `initialCell` and `initialInput`.
    public static var partNames: [String] { ["Hidden", "Cell", "Input"] }
}

/// The quasi-recurrent network (Bradbury et al. 2017) with fo-pooling: a convolution over the last one or two inputs, and a
/// recurrence without products. Blocks z, f, o in this order.
///
///     (p_z, p_f, p_o) = W [x_t; x_{t-1}] + b          window 1: W x_t + b
///     z = tanh(p_z)          f = σ(p_f)          o = σ(p_o)
///     c' = f ⊙ c + (1 - f) ⊙ z
///     h' = o ⊙ c'
///
/// Before the first input there is one of zeros. Parameters: `inputWeights` W [3H, window · inputSize], the columns of the newest
/// input first, `bias` b [3H]; 3H (window · inputSize + 1) numbers.
public struct QRNNCell: RecurrentCell {
    /// Elements of an input vector.
    public let inputSize: Int
    /// Elements of the output vector, H.
    public let hiddenSize: Int
    /// How many inputs the convolution sees: 1 or 2.
    public let window: Int
    /// [3H, window · inputSize], blocks z, f, o.
    public let inputWeights: Parameter
    /// [3H], blocks z, f, o.
    public let bias: Parameter

    /// A cell with a window of 2, weights drawn with Glorot's range for each block and a bias of zeros.
    public init(inputSize: Int, hiddenSize: Int, in parameters: ParameterCollection) {
        self.init(inputSize: inputSize, hiddenSize: hiddenSize, window: 2, in: parameters)
    }

    /// A cell with the given window, 1 or 2, and initial values.
    public init(
        inputSize: Int, hiddenSize: Int, window: Int, initializer: Initializer? = nil, biasInitializer: Initializer = .zeros,
        in parameters: ParameterCollection
    ) {
        guard window == 1 || window == 2 else { fail("a quasi-recurrent layer has a window of 1 or 2, not \(window)") }
        self.inputSize = inputSize
        self.hiddenSize = hiddenSize
        self.window = window
        inputWeights = parameters.add(
            [3 * hiddenSize, window * inputSize], named: "inputWeights", initializer: initializer ?? .glorot(gateCount: 3))
        bias = parameters.add([3 * hiddenSize], named: "bias", initializer: biasInitializer)
    }

    /// Zeros.
    public func initialState(in graph: ComputationGraph) -> TokenShiftState {
        let zeros = graph.zeros([hiddenSize])
        return TokenShiftState(hidden: zeros, cell: zeros, input: window == 2 ? graph.zeros([inputSize]) : nil)
    }

    /// The state after an input.
    public func step(_ input: Expression, from state: TokenShiftState) -> TokenShiftState {
        let next = Recurrence.quasi.step(projected: projected(input, after: state.input), state: state.cell)
        return TokenShiftState(hidden: next.output, cell: next.state, input: state.input == nil ? nil : input)
    }

    /// The candidate z, forget gate f and output gate o.
    public func gates(_ input: Expression, from state: TokenShiftState) -> [RecurrentGate] {
        let projected = projected(input, after: state.input), size = hiddenSize
        return [
            RecurrentGate("candidate", tanh(projected[0..<size])),
            RecurrentGate("forgetGate", sigmoid(projected[size..<2 * size])),
            RecurrentGate("outputGate", sigmoid(projected[2 * size..<3 * size])),
        ]
    }

    /// True.
    @inlinable public var readsSequences: Bool { true }

    /// Reads a whole sequence: one product for the inputs of all steps, then one node for all steps.
    public func read(
        _ sequence: Expression, from state: TokenShiftState, isReversed: Bool
    ) -> (outputs: Expression, state: TokenShiftState) {
        let before = state.input.map { sequence.delayed(by: $0, isReversed: isReversed) }
        let all = Recurrence.quasi.sequence(
            projected: projected(sequence, after: before), state: state.cell, isReversed: isReversed)
        let last = TokenShiftState(
            hidden: all.outputs.lastStep(isReversed: isReversed), cell: all.states.lastStep(isReversed: isReversed),
            input: state.input == nil ? nil : sequence.lastStep(isReversed: isReversed))
        return (all.outputs, last)
    }

    private func projected(_ input: Expression, after before: Expression?) -> Expression {
        let graph = input.graph
        return affine(inputWeights(in: graph), before.map { concatenate(input, $0) } ?? input, bias(in: graph))
    }

    /// The hidden value.
    public func output(of state: TokenShiftState) -> Expression { state.hidden }

    /// The memory times the mask. (The paper's zoneout is another thing.)
    public func masked(_ state: TokenShiftState, by mask: Expression) -> TokenShiftState {
        TokenShiftState(hidden: state.hidden, cell: state.cell .* mask, input: state.input)
    }
}

extension Expression {
    /// For each step of a sequence the input of the step before; for the first that is read `first`.
    func delayed(by first: Expression, isReversed: Bool) -> Expression {
        let count = shape.batchSize
        if count == 1 { return first }
        return concatenateToBatch(
            isReversed ? [members(Array(1..<count)), first] : [first, members(Array(0..<count - 1))])
    }
}

/// A stack of quasi-recurrent layers.
public typealias QRNNBuilder = RecurrentBuilder<QRNNCell>

extension CellKind {
    /// `QRNNCell` with a window of 2.
    public static let qrnn = CellKind(
        "qrnn", summary: "quasi-recurrent network, fo-pooling, window of 2 inputs (Bradbury et al. 2017)",
        makeCell: qrnnMaker(window: 2))

    /// `QRNNCell` with a window of 1.
    public static let qrnnWindow1 = CellKind(
        "qrnn-window-1", summary: "quasi-recurrent network, fo-pooling, each input by itself",
        makeCell: qrnnMaker(window: 1))

    private static func qrnnMaker(
        window: Int
    ) -> @Sendable (Int, Int, NetworkOptions, ParameterCollection) -> QRNNCell {
        { input, hidden, options, parameters in
            QRNNCell(
                inputSize: input, hiddenSize: hidden, window: window, initializer: options.initializer,
                biasInitializer: options.biases, in: parameters)
        }
    }
}
