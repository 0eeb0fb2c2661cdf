import ElmanTensor

/// The part of a recurrent cell that goes from step to step, where no matrix is multiplied with the state: gates that come from
/// the inputs alone, and a state whose elements (or heads) are updated by themselves.
///
/// All products with weights come before it, so that those of a whole sequence are one product; `sequence` then runs over all
/// steps in one node. Both forms run the same kernel on each step, with its derivative beside it: their bits are the same.
public struct Recurrence: Sendable {
    /// The name, as failures and pictures show it.
    public let name: String
    package let stepOp: Op, sequenceOp: Op
    private let hasParameters: Bool

    /// - Parameters:
    ///   - hasParameters: there is a vector of coefficients that all steps share.
    ///   - samples: sizes of projected input, state and coefficients, and what they are divided into.
    ///   - sizes: by elements of the state, number of heads and elements of a key; nil where they do not fit.
    ///   - prepare: what the kernels see of the coefficients, computed once a call. Nil: they themselves.
    ///   - forward: writes the state after the step and the output, and what it keeps among the gates.
    ///   - backward: turns the gates into the gradients of the projected input, adds to that of the state before the step, and
    ///     writes that of the coefficients.
    init(
        _ name: String, hasParameters: Bool = false, samples: [Sample],
        sizes: @escaping @Sendable (_ stateSize: Int, _ heads: Int, _ keySize: Int) -> RecurrenceSizes?,
        prepare: (@Sendable (RecurrenceSizes, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void)? = nil,
        forward: @escaping @Sendable (RecurrenceRow) -> Void,
        backward: @escaping @Sendable (RecurrenceRow, RecurrenceGradients) -> Void
    ) {
        self.name = name
        self.hasParameters = hasParameters
        let kernel = RecurrenceKernel(
            hasParameters: hasParameters, sizes: sizes, prepare: prepare, forward: forward, backward: backward)
        stepOp = kernel.stepOp(name + "Step", samples: samples)
        sequenceOp = kernel.sequenceOp(name + "Sequence", samples: samples)
    }

    /// One step.
    /// - Parameters:
    ///   - projected: what the input gives: products with weights and biases, block behind block.
    ///   - state: what goes from step to step.
    ///   - parameters: coefficients that all steps share, where the recurrence has some.
    ///   - heads: into how many parts the state is divided, where the recurrence has heads; less than 65,536.
    ///   - keySize: elements of a key, where the state is a matrix.
    /// - Returns: output and state after the step; the same expression where the state is the output.
    public func step(
        projected: Expression, state: Expression, parameters: Expression? = nil, heads: Int = 1, keySize: Int = 0
    ) -> (output: Expression, state: Expression) {
        parts(stepOp, projected, state, parameters, Self.settings(heads: heads, keySize: keySize))
    }

    /// All steps of a sequence as one node: the same bits as `step` by step.
    /// - Parameters:
    ///   - projected: as of `step`, one member of the batch a step.
    ///   - state: before the first step, of one member.
    ///   - isReversed: from the last input to the first.
    /// - Returns: output and state after each step, one member a step in the order of the inputs.
    public func sequence(
        projected: Expression, state: Expression, parameters: Expression? = nil, heads: Int = 1, keySize: Int = 0,
        isReversed: Bool = false
    ) -> (outputs: Expression, states: Expression) {
        let settings = Self.settings(heads: heads, keySize: keySize, isReversed: isReversed)
        let result = parts(sequenceOp, projected, state, parameters, settings)
        return (result.output, result.state)
    }

    static func settings(heads: Int, keySize: Int, isReversed: Bool = false) -> OpSettings {
        OpSettings(attribute0: isReversed ? 1 : 0, attribute1: heads + keySize << 16)
    }

    private func parts(
        _ op: Op, _ projected: Expression, _ state: Expression, _ parameters: Expression?, _ settings: OpSettings
    ) -> (output: Expression, state: Expression) {
        guard hasParameters == (parameters != nil) else {
            fail("\(name): \(hasParameters ? "its coefficients are missing" : "it has no coefficients")")
        }
        let result = projected.graph.apply(op, [projected, state] + (parameters.map { [$0] } ?? []), settings)
        let stateSize = state.shape.rows, size = result.shape.rows
        if size == stateSize || result.isFailure { return (result, result) }
        return (result[0..<size - stateSize], result[size - stateSize..<size])
    }

    /// Shapes for the tests that every op passes.
    struct Sample {
        var projected: Int, state: Int, parameters = 0, heads = 1, keySize = 0
        var range: ClosedRange<Float> = -1...1
        var tolerance: Float = 2e-2
    }
}

/// The sizes of a recurrence, by those of its state.
struct RecurrenceSizes {
    /// Elements of the output H.
    var hidden: Int
    /// Of the projected input.
    var projected: Int
    /// Of the state.
    var state: Int
    /// What the kernels keep behind the projected input.
    var kept = 0
    /// Coefficients that all steps share; and what is made of them.
    var parameters = 0, prepared = 0
    /// How many parts the state is divided into, and elements of a key.
    var heads = 1, keySize = 0
    /// Whether the output stands beside the state; otherwise it is the state.
    var hasOutput = true

    var outputSize: Int { hasOutput ? hidden : 0 }
    var gateSize: Int { projected + kept }
}

/// One step of one sequence, as a kernel sees it.
struct RecurrenceRow {
    let sizes: RecurrenceSizes
    /// The projected input, and behind it what the kernel keeps.
    let gates: UnsafeMutablePointer<Float>
    /// The state before the step and after it.
    let state: UnsafePointer<Float>, next: UnsafeMutablePointer<Float>
    /// The output; the state after the step where that is the output.
    let output: UnsafeMutablePointer<Float>
    /// The coefficients, prepared.
    let parameters: UnsafePointer<Float>

    /// Elements of the output.
    @inline(__always) var size: Int { sizes.hidden }

    /// A block of H elements among the gates.
    @inline(__always)
    func block(_ index: Int) -> UnsafeMutablePointer<Float> { gates + index * sizes.hidden }
}

/// The gradients of one step.
struct RecurrenceGradients {
    /// Of the output and of the state after the step.
    let output: UnsafePointer<Float>, next: UnsafePointer<Float>
    /// Of the state before the step, added to; of the coefficients, written.
    let state: UnsafeMutablePointer<Float>, parameters: UnsafeMutablePointer<Float>
}

extension Recurrence {
    /// All of them, for the tests that their ops pass.
    package static let all: [Recurrence] = [
        .minimalGRU, .minimalLSTM, .quasi, .simpleUnit, .independent, .diagonal, .realGatedDiagonal,
        .scalarMemory, .matrixMemory, .weightedKeyValue, .gatedDelta,
    ]
}
