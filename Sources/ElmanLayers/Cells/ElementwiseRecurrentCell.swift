import ElmanGraph

/// A cell whose gates and candidate come from the input alone, and whose state is its output: no unit sees another's past. A
/// sequence is one product for all inputs, and one pass element by element.
///
/// A cell says what it projects and which `Recurrence` passes over it; steps and whole sequences, with the same bits, follow.
public protocol ElementwiseRecurrentCell: RecurrentCell where State == Expression {
    /// `[blocks × hiddenSize, inputSize]`, the blocks in the order of the recurrence.
    var inputWeights: Parameter { get }
    /// `[blocks × hiddenSize]`.
    var bias: Parameter { get }
    /// The pass over the projected inputs.
    static var recurrence: Recurrence { get }
    /// Coefficients of the recurrence that all steps share; nil, as for most, where it has none.
    var coefficients: Parameter? { get }
}

extension ElementwiseRecurrentCell {
    /// None.
    public var coefficients: Parameter? { nil }

    /// An input, or each member of a batch of them, as the recurrence takes it: `[blocks × hiddenSize]`.
    public func projected(_ input: Expression) -> Expression {
        affine(inputWeights(in: input.graph), input, bias(in: input.graph))
    }

    /// The state after an input.
    public func step(_ input: Expression, from hidden: Expression) -> Expression {
        Self.recurrence.step(
            projected: projected(input), state: hidden, parameters: coefficients.map { $0(in: input.graph) }
        ).state
    }

    /// True.
    @inlinable public var readsSequences: Bool { true }

    /// Reads a whole sequence: one product for the inputs of all steps, then one node for all steps.
    public func read(
        _ sequence: Expression, from hidden: Expression, isReversed: Bool
    ) -> (outputs: Expression, state: Expression) {
        let outputs = Self.recurrence.sequence(
            projected: projected(sequence), state: hidden, parameters: coefficients.map { $0(in: sequence.graph) },
            isReversed: isReversed
        ).outputs
        return (outputs, outputs.lastStep(isReversed: isReversed))
    }
}
