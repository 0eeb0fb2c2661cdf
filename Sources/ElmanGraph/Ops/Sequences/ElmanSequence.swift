import CElmanKernels
import ElmanTensor

/// All steps of an Elman network over a sequence, as one node: `h' = activation(inputWeights * x + bias + recurrentWeights *
/// h)`. The same bits as `affine` and `elmanStep` step by step; sequences of any lengths are computed together.
///
/// - Parameters:
///   - inputs: `[inputSize]`, one member of the batch a step.
///   - inputWeights: `[H, inputSize]`.
///   - bias: `[H]`.
///   - hidden: `[H]`, the hidden value before the first step.
///   - recurrentWeights: `[H, H]`.
///   - isReversed: from the last input to the first.
/// - Returns: the hidden value after each step, `[H]`, one member a step in the order of the inputs.
public func elmanSequence(
    _ inputs: Expression, inputWeights: Expression, bias: Expression, hidden: Expression, recurrentWeights: Expression,
    activation: ElmanStepActivation = .tanh, isReversed: Bool = false
) -> Expression {
    inputs.graph.apply(
        .elmanSequence, [inputs, inputWeights, bias, hidden, recurrentWeights],
        OpSettings(
            attribute0: (hidden.isZeroLeaf ? 1 : 0) + (isReversed ? 2 : 0), attribute1: activation.rawValue))
}

extension Op {
    /// Arguments: inputs, input weights, bias, hidden, recurrent weights. `attribute0`: 1 where the hidden value is zero and
    /// its product is left out, and 2 for reading from the end. `attribute1`: the activation.
    static let elmanSequence = sequence(
        "elmanSequence", sharing: [4],
        samples: [
            OpSample([Shape([2], batchSize: 4), [3, 2], [3], [3], [3, 3]]),
            OpSample([Shape([2], batchSize: 3), [3, 2], [3], [3], [3, 3]], settings: OpSettings(attribute0: 2, attribute1: 2)),
            OpSample([[2], [3, 2], [3], [3], [3, 3]], range: 0.1...1, settings: OpSettings(attribute1: 1)),
            OpSample([Shape([2], batchSize: 3), [3, 2], [3], [3], [3, 3]], settings: OpSettings(attribute1: 3)),
        ],
        shape: { shapes throws(ShapeError) in
            try shapes.checkSequence(gateCount: 1, parts: 3..<4)
            let size = shapes[3].rows
            guard shapes[4] == Shape(matrix: size, size) else { throw ShapeError("recurrent weights [\(size), \(size)] fit") }
            return Shape([size], batchSize: shapes[0].batchSize)
        },
        forward: { call in
            let size = call.output.size, activation = ElmanStepActivation(rawValue: call.attribute1)
            let memory = SequenceMemory(call, gateSize: 0, stateSize: size, parts: 3..<4, isForward: true)
            let steps = memory.steps
            call.projectInputs(memory.x, outputSize: size, to: memory.states, stride: size)
            for step in 0..<steps.stepCount {
                let y = memory.states(step), count = steps.activeCount(step)
                if step > 0 || call.attribute0 & 1 == 0 {
                    call.addRecurrentProduct(
                        step == 0 ? memory.initial(3, call) : memory.states(step - 1), stride: size, size: size, count: count,
                        argument: 4, outputSize: size, to: y, stride: size)
                }
                activate(activation, count * size, y)
            }
            memory.finish(call)
        },
        backward: { call in
            let size = call.output.size, activation = ElmanStepActivation(rawValue: call.attribute1)
            let memory = SequenceMemory(call, gateSize: 0, stateSize: size, parts: 3..<4, isForward: false)
            let steps = memory.steps, dstates = memory.stateGradients(call)
            let d = part(
                of: call.reserve(steps.rowCount * size), from: 0, size: size, stride: size, count: steps.rowCount)
            for step in (0..<steps.stepCount).reversed() {
                let count = steps.activeCount(step), first = steps.firstRow(step)
                writeElmanDerivative(activation, count * size, memory.states(step), dstates + first * size, d[first])
                if step > 0 {
                    call.addRecurrentGradient(
                        d[first], stride: size, outputSize: size, count: count, argument: 4,
                        to: dstates + steps.firstRow(step - 1) * size, stride: size, size: size)
                }
            }
            if let dhidden = call.inputGradient(3) {
                for place in 0..<steps.sequenceCount {
                    call.addRecurrentGradient(
                        d[steps.firstRow(0) + place], stride: size, outputSize: size, count: 1, argument: 4,
                        to: dhidden[steps.sequence(place)], stride: size, size: size)
                }
            }
            memory.finishBackward(call, weights: 4, d: d, dstates: dstates)
        })
}
