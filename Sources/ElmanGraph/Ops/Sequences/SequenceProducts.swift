import CElmanKernels
import ElmanTensor

// What the sequence ops of all cells share. Arguments 0, 1 and 2 are the inputs of all steps, the input weights and their
// bias.

extension Op {
    /// An op over whole sequences: arguments are the inputs, one member a step, input weights, bias, the parts of the initial
    /// state and recurrent weights (those of `sharing`). The result has a member for each step.
    static func sequence(
        _ name: String, sharing: Set<Int>, samples: [OpSample],
        shape: @escaping @Sendable (OpArguments) throws(ShapeError) -> Shape,
        forward: @escaping @Sendable (OpCall) -> Void, backward: @escaping @Sendable (OpCall) -> Void
    ) -> Op {
        Op(
            name, batching: .sharing(sharing.union([1, 2])), acceptsPadding: true, scattered: [0],
            reducible: sharing.union([1]), decidesBatch: true, isRagged: true, samples: samples, shape: shape, forward: forward,
            backward: backward)
    }
}

extension OpArguments {
    /// Checks the inputs, input weights and bias of `gateCount` blocks, and the parts of a state, which have one member each.
    func checkSequence(gateCount: Int, parts: Range<Int>) throws(ShapeError) {
        let size = self[parts.lowerBound].rows
        for part in parts where self[part].count != size || self[part].batchSize != 1 {
            throw ShapeError("the parts of one state of a hidden size of \(size) are needed, not \(self[part])")
        }
        guard self[0].rank <= 1, self[1] == Shape(matrix: gateCount * size, self[0].rows),
            self[2].totalCount == gateCount * size
        else {
            throw ShapeError(
                "for inputs [\(self[0].rows)] and a hidden size of \(size), input weights "
                    + "[\(gateCount * size), \(self[0].rows)] and a bias [\(gateCount * size)] fit")
        }
    }
}

extension OpCall {
    /// The inputs in packed order. Those of a single sequence stay where they are if they lie at equal distances, otherwise they
    /// are copied to `target`.
    func packedInputs(_ steps: SequenceSteps, _ target: UnsafeMutablePointer<Float>) -> Rows {
        let x = input(0)
        if !copiesInputs(steps) { return x }
        return part(of: target, from: 0, size: x.size, stride: x.size, count: x.count)
    }

    /// Whether inputs are copied to be packed.
    func copiesInputs(_ steps: SequenceSteps) -> Bool { !steps.isSingle || input(0).pointers != nil }

    /// gates = bias + W x for all steps at once.
    func projectInputs(_ x: Rows, outputSize: Int, to gates: UnsafeMutablePointer<Float>, stride: Int) {
        multiply(
            1, count: x.count, inputSize: x.size, outputSize: outputSize, x.base, stride: max(x.stride, x.size), to: gates,
            stride: stride, start: Int32(EK_BIAS), bias: input(2).base)
    }

    /// target += h weightsᵀ for `count` sequences, where the weights, of shape `[outputSize, size]`, are argument `argument`.
    func addRecurrentProduct(
        _ h: UnsafePointer<Float>, stride hStride: Int, size: Int, count: Int, argument: Int, outputSize: Int,
        to target: UnsafeMutablePointer<Float>, stride: Int
    ) {
        multiply(
            argument, count: count, inputSize: size, outputSize: outputSize, h, stride: hStride, to: target, stride: stride,
            start: Int32(EK_KEEP))
    }

    /// dh += d weights for `count` sequences.
    func addRecurrentGradient(
        _ d: UnsafePointer<Float>, stride dStride: Int, outputSize: Int, count: Int, argument: Int,
        to dh: UnsafeMutablePointer<Float>, stride: Int, size: Int
    ) {
        let weights = input(argument)
        ek_gemm_nt_gradient(
            count, size, outputSize, d, dStride, weights.base, weights.columnStride, dh, stride, Int32(EK_KEEP), nil)
    }

    /// Gradients of input weights, bias and inputs from the packed gradients of what was projected.
    func backpropagateInputs(_ x: Rows, _ dgates: Rows, _ steps: SequenceSteps) {
        let inOrder = steps.inOrder(dgates)
        accumulateProduct(argument: 1, x: steps.inOrder(x), d: inOrder)
        accumulateSum(argument: 2, d: inOrder)
        guard let dx = inputGradient(0) else { return }
        let weights = input(1)
        let isDirect = steps.isSingle && dx.pointers == nil && (dx.stride >= dx.size || dx.count == 1)
        let target = isDirect ? dx.base : graph.pointee.auxiliary.allocate(dx.count * dx.size)
        ek_gemm_nt_gradient(
            dx.count, dx.size, dgates.size, dgates.base, dgates.stride, weights.base, weights.columnStride, target,
            isDirect ? max(dx.stride, dx.size) : dx.size, Int32(isDirect ? EK_KEEP : EK_ZERO), nil)
        if !isDirect { steps.accumulate(target, into: dx) }
    }
}
