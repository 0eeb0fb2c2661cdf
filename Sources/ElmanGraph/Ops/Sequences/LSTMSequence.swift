import CElmanKernels
import ElmanTensor

/// All steps of an LSTM over a sequence, as one node, by the formula of `lstmStep` with `projected = inputWeights * x + bias`.
/// The same bits as `affine` and `lstmStep` step by step; sequences of any lengths are computed together.
///
/// - Parameters:
///   - inputs: `[inputSize]`, one member of the batch a step.
///   - inputWeights: `[4 H, inputSize]`.
///   - bias: `[4 H]`.
///   - hidden: `[H]`, the hidden value before the first step.
///   - cell: `[H]`, the cell value before the first step.
///   - recurrentWeights: `[4 H, H]`.
///   - isReversed: from the last input to the first.
/// - Returns: hidden and cell value after each step, `[H]` each, one member a step in the order of the inputs.
public func lstmSequence(
    _ inputs: Expression, inputWeights: Expression, bias: Expression, hidden: Expression, cell: Expression,
    recurrentWeights: Expression, forgetBias: Float = 0, isReversed: Bool = false
) -> (hidden: Expression, cell: Expression) {
    let size = hidden.shape.rows
    let sequence = inputs.graph.apply(
        .lstmSequence, [inputs, inputWeights, bias, hidden, cell, recurrentWeights],
        OpSettings(attribute0: (hidden.isZeroLeaf ? 1 : 0) + (isReversed ? 2 : 0), scalar: forgetBias))
    return (sequence[0..<size], sequence[size..<2 * size])
}

extension Op {
    /// Arguments: inputs, input weights, bias, hidden, cell, recurrent weights. Result: hidden and cell, one behind the other,
    /// for each step. `attribute0`: as of `elmanSequence`.
    static let lstmSequence = sequence(
        "lstmSequence", sharing: [5],
        samples: [
            OpSample([Shape([2], batchSize: 4), [12, 2], [12], [3], [3], [12, 3]], settings: OpSettings(scalar: 1)),
            OpSample([Shape([2], batchSize: 3), [12, 2], [12], [3], [3], [12, 3]], settings: OpSettings(attribute0: 2)),
            OpSample([[2], [12, 2], [12], [3], [3], [12, 3]]),
        ],
        shape: { shapes throws(ShapeError) in
            try shapes.checkSequence(gateCount: 4, parts: 3..<5)
            let size = shapes[3].rows
            guard shapes[5] == Shape(matrix: 4 * size, size) else {
                throw ShapeError("recurrent weights [\(4 * size), \(size)] fit")
            }
            return Shape([2 * size], batchSize: shapes[0].batchSize)
        },
        forward: { call in lstmSequenceForward(call) }, backward: { call in lstmSequenceBackward(call) })
}

private func lstmSequenceForward(_ call: OpCall) {
    let size = call.input(3).size, width = 4 * size, stride = 2 * size
    let memory = SequenceMemory(call, gateSize: width, stateSize: stride, parts: 3..<5, isForward: true)
    let steps = memory.steps
    call.projectInputs(memory.x, outputSize: width, to: memory.gates, stride: width)
    for step in 0..<steps.stepCount {
        let count = steps.activeCount(step), gates = memory.gates(step), y = memory.states(step)
        let hidden = step == 0 ? memory.initial(3, call) : memory.states(step - 1)
        let cell = step == 0 ? memory.initial(4, call) : memory.states(step - 1) + size
        let previousStride = step == 0 ? size : stride
        if step > 0 || call.attribute0 & 1 == 0 {
            call.addRecurrentProduct(
                hidden, stride: previousStride, size: size, count: count, argument: 5, outputSize: width, to: gates,
                stride: width)
        }
        ek_lstm_forward(count, size, call.scalar, gates, width, cell, previousStride, y, stride, y + size, stride)
    }
    memory.finish(call)
}

private func lstmSequenceBackward(_ call: OpCall) {
    let size = call.input(3).size, width = 4 * size, stride = 2 * size
    let memory = SequenceMemory(call, gateSize: width, stateSize: stride, parts: 3..<5, isForward: false)
    let steps = memory.steps, dstates = memory.stateGradients(call)
    for step in (1..<max(steps.stepCount, 1)).reversed() {
        let count = steps.activeCount(step), gates = memory.gates(step), y = memory.states(step)
        let dy = dstates + steps.firstRow(step) * stride, dprevious = dstates + steps.firstRow(step - 1) * stride
        ek_lstm_backward(
            count, size, gates, width, memory.states(step - 1) + size, stride, y + size, stride, dy, stride, dy + size, stride,
            dprevious + size, stride)
        call.addRecurrentGradient(
            gates, stride: width, outputSize: width, count: count, argument: 5, to: dprevious, stride: stride, size: size)
    }
    backpropagateFirstStep(call, memory, dstates)
    let d = part(of: memory.gates, from: 0, size: width, stride: width, count: steps.rowCount)
    memory.finishBackward(call, weights: 5, d: d, dstates: dstates)
}

/// The first step sequence by sequence: the gradients of initial states may be one row for several sequences.
private func backpropagateFirstStep(_ call: OpCall, _ memory: SequenceMemory, _ dstates: UnsafeMutablePointer<Float>) {
    let size = call.input(3).size, width = 4 * size, stride = 2 * size
    let steps = memory.steps, dhidden = call.inputGradient(3), dcell = call.inputGradient(4)
    for place in 0..<steps.sequenceCount {
        let row = steps.firstRow(0) + place, gates = memory.gates + row * width
        let dy = dstates + row * stride, y = memory.states + row * stride
        ek_lstm_backward(
            1, size, gates, width, memory.initial(4, call) + place * size, size, y + size, stride, dy, stride, dy + size,
            stride, dcell?[steps.sequence(place)], size)
        guard let dhidden else { continue }
        call.addRecurrentGradient(
            gates, stride: width, outputSize: width, count: 1, argument: 5, to: dhidden[steps.sequence(place)], stride: size,
            size: size)
    }
}
