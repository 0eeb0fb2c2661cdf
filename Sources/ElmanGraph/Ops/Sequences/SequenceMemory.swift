import CElmanKernels
import ElmanTensor

/// What a sequence op keeps from forward to backward: gates, states, inputs and initial states, each packed. A single
/// sequence's states and inputs are the rows of the result and of the argument themselves.
struct SequenceMemory {
    let steps: SequenceSteps
    /// The inputs in packed order.
    let x: Rows
    /// `gateSize` floats a packed row.
    let gates: UnsafeMutablePointer<Float>
    /// `stateSize` floats a packed row.
    let states: UnsafeMutablePointer<Float>
    let gateSize: Int, stateSize: Int
    private let initialParts: UnsafeMutablePointer<Float>
    private let firstPart: Int, partSize: Int

    /// - Parameters:
    ///   - parts: the arguments that are parts of the initial state.
    ///   - isForward: reserves the memory and fills in inputs and initial states. Otherwise it is what was reserved.
    init(_ call: OpCall, gateSize: Int, stateSize: Int, parts: Range<Int>, isForward: Bool) {
        let steps = SequenceSteps(call, isReversed: call.attribute0 & 2 != 0)
        let rowCount = steps.rowCount, partSize = call.input(parts.lowerBound).size, isSingle = steps.isSingle
        let copiesInputs = call.copiesInputs(steps)
        let gateCount = rowCount * gateSize, stateCount = isSingle ? 0 : rowCount * stateSize
        let inputCount = copiesInputs ? rowCount * call.input(0).size : 0
        let total = gateCount + stateCount + inputCount + (isSingle ? 0 : steps.sequenceCount * partSize * parts.count)
        let base = total == 0 ? call.output.base : isForward ? call.reserve(total) : call.auxiliary
        gates = base
        states = isSingle ? call.output.base : base + gateCount
        initialParts = base + gateCount + stateCount + inputCount
        x = call.packedInputs(steps, base + gateCount + stateCount)
        firstPart = parts.lowerBound
        self.partSize = partSize
        self.steps = steps
        self.gateSize = gateSize
        self.stateSize = stateSize
        guard isForward else { return }
        if copiesInputs { steps.pack(call.input(0), to: base + gateCount + stateCount) }
        if isSingle { return }
        for part in parts {
            for place in 0..<steps.sequenceCount {
                let target = initialParts + ((part - firstPart) * steps.sequenceCount + place) * partSize
                target.update(from: call.input(part)[steps.sequence(place)], count: partSize)
            }
        }
    }

    /// The initial value of a part of the state: one row of the part's size for each place.
    func initial(_ part: Int, _ call: OpCall) -> UnsafeMutablePointer<Float> {
        steps.isSingle ? call.input(part).base : initialParts + (part - firstPart) * steps.sequenceCount * partSize
    }

    /// The gates of a step.
    func gates(_ step: Int) -> UnsafeMutablePointer<Float> { gates + steps.firstRow(step) * gateSize }

    /// The states after a step.
    func states(_ step: Int) -> UnsafeMutablePointer<Float> { states + steps.firstRow(step) * stateSize }

    /// Copies the states into the result, where they are not there.
    func finish(_ call: OpCall) {
        if !steps.isSingle { steps.unpack(states, to: call.output) }
    }

    // MARK: Gradients

    /// The gradients of the states, to which each step adds what reaches the states before it.
    func stateGradients(_ call: OpCall) -> UnsafeMutablePointer<Float> {
        let dy = call.outputGradient
        if steps.isSingle { return dy.base }
        let packed = call.graph.pointee.auxiliary.allocate(steps.rowCount * stateSize)
        steps.pack(dy, to: packed)
        return packed
    }

    /// Gradients of recurrent weights, input weights, bias and inputs; and those of the states, with what later steps add,
    /// where the result's belong.
    /// - Parameters:
    ///   - d: gradients of what the products were added to, in packed order.
    ///   - dstates: gradients of the states.
    func finishBackward(_ call: OpCall, weights: Int, d: Rows, dstates: UnsafeMutablePointer<Float>) {
        let startsAtZero = call.attribute0 & 1 != 0
        let used = startsAtZero ? steps.laterRows : 0..<steps.rowCount
        if call.needsGradient(weights), !used.isEmpty {
            let previous = steps.previousRows(
                states, stride: stateSize, size: partSize, initial: startsAtZero ? nil : initial(firstPart, call), call)
            let later = part(
                of: d[used.lowerBound], from: 0, size: d.size, stride: d.stride, count: used.count)
            call.accumulateProduct(
                argument: weights, x: steps.inOrder(previous, isBackward: true), d: steps.inOrder(later, isBackward: true))
        }
        call.backpropagateInputs(x, d, steps)
        if !steps.isSingle { steps.unpack(dstates, to: call.outputGradient) }
    }
}
