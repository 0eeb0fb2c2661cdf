import ElmanGraph
import ElmanTensor

/// One step of a recurrent network: take an input, update the state.
///
/// A cell of one's own is a struct with `initialState`, `step` and `output`. Stacking, both directions, dropout, batching
/// and truncated backpropagation come with it, through `RecurrentBuilder`.
public protocol RecurrentCell: Sendable {
    /// What a step hands to the next.
    associatedtype State: RecurrentCellState
    /// Elements of an input vector.
    var inputSize: Int { get }
    /// Elements of the output vector.
    var hiddenSize: Int { get }
    /// A cell with new parameters in a collection.
    init(inputSize: Int, hiddenSize: Int, in parameters: ParameterCollection)
    /// The state before the first step: zeros, or a learned parameter.
    func initialState(in graph: ComputationGraph) -> State
    /// The matrices that a state is multiplied by on its way to the next step: what weight drop drops elements of. None unless the
    /// cell says so.
    var recurrentMatrices: [Parameter] { get }
    /// The state after an input of shape `[inputSize]`.
    func step(_ input: Expression, from state: State) -> State
    /// The output of a state, of shape `[hiddenSize]`.
    func output(of state: State) -> Expression
    /// The state as the next step's recurrent product sees it under variational dropout: the hidden part times the mask.
    func masked(_ state: State, by mask: Expression) -> State
    /// Whether `read` is faster than step by step. False unless the cell says otherwise.
    var readsSequences: Bool { get }
    /// Reads a whole sequence, whose steps are the members of a batch, from a state of one member.
    /// - Parameters:
    ///   - sequence: `[inputSize]`, one member a step.
    ///   - isReversed: from the last input to the first.
    /// - Returns: the outputs, `[hiddenSize]`, one member a step in the order of the inputs, and the last state: the same bits
    ///   as step by step.
    func read(_ sequence: Expression, from state: State, isReversed: Bool) -> (outputs: Expression, state: State)
    /// The gates of a step, for whoever looks into it: computed anew, equal to what `step` computes inside up to rounding. None
    /// unless the cell names some.
    func gates(_ input: Expression, from state: State) -> [RecurrentGate]
}

/// A gate of a step, or what a cell computes beside its state: values by which one sees what it does.
public struct RecurrentGate {
    /// What it is: `forgetGate`, `candidate`.
    public let name: String
    /// Its values, `[hiddenSize]`, or one number for each head.
    public let value: Expression

    /// A named gate.
    public init(_ name: String, _ value: Expression) {
        self.name = name
        self.value = value
    }
}

extension RecurrentCell {
    /// None.
    public var recurrentMatrices: [Parameter] { [] }

    /// False: sequences are read step by step.
    @inlinable public var readsSequences: Bool { false }

    /// None.
    public func gates(_ input: Expression, from state: State) -> [RecurrentGate] { [] }

    /// Step by step.
    @inlinable
    public func read(_ sequence: Expression, from state: State, isReversed: Bool) -> (outputs: Expression, state: State) {
        readStepByStep(sequence, from: state, isReversed: isReversed)
    }

    @inlinable
    func readStepByStep(
        _ sequence: Expression, from state: State, isReversed: Bool
    ) -> (outputs: Expression, state: State) {
        var state = state
        var outputs: [Expression] = []
        for input in sequence.steps(isReversed: isReversed) {
            state = step(input, from: state)
            outputs.append(output(of: state))
        }
        return (concatenateToBatch(isReversed ? outputs.reversed() : outputs), state)
    }
}

extension RecurrentCell where State == Expression {
    /// A state of one expression is masked as a whole.
    public func masked(_ state: Expression, by mask: Expression) -> Expression { state .* mask }
    /// A state of one expression starts as zeros unless the cell says otherwise.
    public func initialState(in graph: ComputationGraph) -> Expression { graph.zeros([hiddenSize]) }
    /// A state of one expression is its own output unless the cell says otherwise.
    public func output(of state: Expression) -> Expression { state }
}

/// A state as a list of expressions, so that any state can be stored, carried over and replaced.
public protocol RecurrentCellState {
    /// The parts of the state, always the same number in the same order.
    var expressions: [Expression] { get }
    /// The state of the given parts.
    init(expressions: [Expression])
    /// Names of the parts, capitalised, as they appear in names of learned initial states (`initialHidden`).
    static var partNames: [String] { get }
}

extension RecurrentCellState {
    /// No names: the parts are numbered.
    public static var partNames: [String] { [] }
}

extension Expression: RecurrentCellState {
    /// Itself.
    public var expressions: [Expression] { [self] }
    /// The only part.
    public init(expressions: [Expression]) { self = expressions[0] }
    /// A state of one expression is a hidden value.
    public static var partNames: [String] { ["Hidden"] }
}

extension Expression {
    /// The members of a batch that are the steps of a sequence, in the order in which they are read.
    @usableFromInline
    func steps(isReversed: Bool = false) -> [Expression] {
        let count = shape.batchSize
        return (0..<count).map { member(isReversed ? count - 1 - $0 : $0) }
    }

    /// The member that is read last.
    @usableFromInline
    func lastStep(isReversed: Bool) -> Expression { member(isReversed ? 0 : shape.batchSize - 1) }
}
