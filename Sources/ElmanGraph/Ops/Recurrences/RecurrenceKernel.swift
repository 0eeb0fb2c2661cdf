import ElmanTensor

/// The kernel of a recurrence as an op of single steps and as one of whole sequences.
struct RecurrenceKernel: Sendable {
    let hasParameters: Bool
    let sizes: @Sendable (_ stateSize: Int, _ heads: Int, _ keySize: Int) -> RecurrenceSizes?
    let prepare: (@Sendable (RecurrenceSizes, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void)?
    let forward: @Sendable (RecurrenceRow) -> Void
    let backward: @Sendable (RecurrenceRow, RecurrenceGradients) -> Void

    /// Arguments: projected input, state, coefficients. Result: output and state, one behind the other. `attribute1`: heads, and from bit 16 on
    /// elements of a key.
    func stepOp(_ name: String, samples: [Recurrence.Sample]) -> Op {
        Op(
            name, batching: batching, scattered: [0, 1],
            samples: samples.flatMap { [opSample($0, members: 1), opSample($0, members: 2)] },
            shape: { shapes throws(ShapeError) in
                let sizes = try checked(shapes)
                return Shape(vector: sizes.outputSize + sizes.state)
            },
            forward: { runSteps($0) }, backward: { backpropagateSteps($0) })
    }

    /// Arguments and result as of the step, the members of the batch the steps. `attribute0` 1: read from the end.
    func sequenceOp(_ name: String, samples: [Recurrence.Sample]) -> Op {
        Op(
            name, batching: batching, scattered: [0, 1], decidesBatch: true, isRagged: true,
            samples: samples.flatMap { [opSample($0, members: 3), opSample($0, members: 3, isReversed: true)] },
            shape: { shapes throws(ShapeError) in
                let sizes = try checked(shapes)
                guard shapes[1].batchSize == 1 else { throw ShapeError("a state of one member is needed, not \(shapes[1])") }
                return Shape([sizes.outputSize + sizes.state], batchSize: shapes[0].batchSize)
            },
            forward: { runSequences($0) }, backward: { backpropagateSequences($0) })
    }

    private var batching: Op.Batching { hasParameters ? .sharing([2]) : .stacked }

    private func opSample(_ sample: Recurrence.Sample, members: Int, isReversed: Bool = false) -> OpSample {
        let shapes: [Shape] = [Shape([sample.projected], batchSize: members), [sample.state], [sample.parameters]]
        return OpSample(
            hasParameters ? shapes : Array(shapes.prefix(2)), range: sample.range,
            settings: Recurrence.settings(heads: sample.heads, keySize: sample.keySize, isReversed: isReversed),
            tolerance: sample.tolerance)
    }

    private func checked(_ shapes: OpArguments) throws(ShapeError) -> RecurrenceSizes {
        let state = shapes[1].rows
        guard shapes[1].count == state, let sizes = sizes(state, shapes.attribute1 & 0xFFFF, shapes.attribute1 >> 16) else {
            throw ShapeError("a state of \(shapes[1]) fits no hidden size")
        }
        guard shapes[0].rank <= 1, shapes[0].rows == sizes.projected,
            !hasParameters || shapes[2].totalCount == sizes.parameters
        else {
            throw ShapeError(
                "for a state of [\(state)], a projected input [\(sizes.projected)]"
                    + (hasParameters ? " and coefficients [\(sizes.parameters)] fit" : " fits"))
        }
        return sizes
    }

    // MARK: Forward

    /// The sizes, the coefficients as the kernels see them and where the gates lie.
    private struct Frame {
        let sizes: RecurrenceSizes
        let parameters: UnsafePointer<Float>
        let gates: UnsafeMutablePointer<Float>
        /// From a row's gates to the next one's; 0 where none are kept.
        let stride: Int
    }

    private func frame(_ call: OpCall, isForward: Bool) -> Frame {
        guard let sizes = sizes(call.input(1).size, call.attribute1 & 0xFFFF, call.attribute1 >> 16) else {
            fail("the sizes of a recurrence have changed")
        }
        let stride = call.keepsForBackward ? sizes.gateSize : 0
        let gates = isForward ? call.reserve(stride == 0 ? sizes.gateSize : call.rowCount * stride) : call.auxiliary
        guard hasParameters else {
            return Frame(sizes: sizes, parameters: UnsafePointer(call.input(0).base), gates: gates, stride: stride)
        }
        guard let prepare else { return Frame(sizes: sizes, parameters: call.input(2).base, gates: gates, stride: stride) }
        let prepared = call.reserve(sizes.prepared)
        prepare(sizes, call.input(2).base, prepared)
        return Frame(sizes: sizes, parameters: prepared, gates: gates, stride: stride)
    }

    private func row(_ call: OpCall, _ frame: Frame, _ row: Int, state: UnsafePointer<Float>) -> RecurrenceRow {
        let y = call.output[row]
        return RecurrenceRow(
            sizes: frame.sizes, gates: frame.gates + row * frame.stride, state: state, next: y + frame.sizes.outputSize,
            output: y, parameters: frame.parameters)
    }

    private func run(_ call: OpCall, _ frame: Frame, _ index: Int, state: UnsafePointer<Float>) {
        let row = row(call, frame, index, state: state)
        row.gates.update(from: call.input(0)[index], count: frame.sizes.projected)
        forward(row)
    }

    private func runSteps(_ call: OpCall) {
        let frame = frame(call, isForward: true), states = call.input(1)
        for row in 0..<call.rowCount { run(call, frame, row, state: states[row]) }
    }

    private func runSequences(_ call: OpCall) {
        let frame = frame(call, isForward: true), isReversed = call.attribute0 == 1
        var start = 0
        for node in 0..<call.nodeCount {
            let count = call.memberCount(ofNode: node)
            var state = UnsafePointer(call.input(1)[node])
            for step in 0..<count {
                let row = start + (isReversed ? count - 1 - step : step)
                run(call, frame, row, state: state)
                state = UnsafePointer(call.output[row] + frame.sizes.outputSize)
            }
            start += count
        }
    }

    // MARK: Backward

    /// The gradients of the coefficients, a row for each of the result's; room where nobody needs a gradient.
    private struct Scratch {
        let parameters: UnsafeMutablePointer<Float>, parameterStride: Int
        let state: UnsafeMutablePointer<Float>
    }

    private func scratch(_ call: OpCall, _ sizes: RecurrenceSizes) -> Scratch {
        let isNeeded = hasParameters && call.needsGradient(2)
        let state = call.reserve(sizes.state)
        state.update(repeating: 0, count: sizes.state)
        return Scratch(
            parameters: call.reserve(max(1, sizes.parameters * (isNeeded ? call.rowCount : 1))),
            parameterStride: isNeeded ? sizes.parameters : 0, state: state)
    }

    private func backpropagate(
        _ call: OpCall, _ frame: Frame, _ scratch: Scratch, _ index: Int, state: UnsafePointer<Float>,
        gradient: UnsafeMutablePointer<Float>?
    ) {
        let dy = call.outputGradient[index]
        backward(
            row(call, frame, index, state: state),
            RecurrenceGradients(
                output: dy, next: dy + frame.sizes.outputSize, state: gradient ?? scratch.state,
                parameters: scratch.parameters + index * scratch.parameterStride))
    }

    private func backpropagateSteps(_ call: OpCall) {
        let frame = frame(call, isForward: false), scratch = scratch(call, frame.sizes)
        let states = call.input(1), gradients = call.inputGradient(1)
        for row in 0..<call.rowCount {
            backpropagate(call, frame, scratch, row, state: states[row], gradient: gradients?[row])
        }
        finish(call, frame, scratch, isBackward: false)
    }

    private func backpropagateSequences(_ call: OpCall) {
        let frame = frame(call, isForward: false), scratch = scratch(call, frame.sizes), isReversed = call.attribute0 == 1
        let dy = call.outputGradient, outputSize = frame.sizes.outputSize
        var start = 0
        for node in 0..<call.nodeCount {
            let count = call.memberCount(ofNode: node)
            for step in (0..<count).reversed() {
                let row = start + (isReversed ? count - 1 - step : step), previous = isReversed ? row + 1 : row - 1
                let isFirst = step == 0
                backpropagate(
                    call, frame, scratch, row,
                    state: isFirst ? call.input(1)[node] : call.output[previous] + outputSize,
                    gradient: isFirst ? call.inputGradient(1)?[node] : dy[previous] + outputSize)
            }
            start += count
        }
        finish(call, frame, scratch, isBackward: !isReversed)
    }

    /// Gradients of the projected input and of the coefficients: a single sequence has the order of single steps, the last first.
    private func finish(_ call: OpCall, _ frame: Frame, _ scratch: Scratch, isBackward: Bool) {
        let count = call.rowCount, sizes = frame.sizes
        accumulate(
            part(of: frame.gates, from: 0, size: sizes.projected, stride: sizes.gateSize, count: count),
            into: call.inputGradient(0))
        guard scratch.parameterStride > 0 else { return }
        let size = sizes.parameters, first = isBackward ? scratch.parameters + (count - 1) * size : scratch.parameters
        call.accumulateSum(
            argument: 2, d: part(of: first, from: 0, size: size, stride: isBackward ? -size : size, count: count))
    }
}
