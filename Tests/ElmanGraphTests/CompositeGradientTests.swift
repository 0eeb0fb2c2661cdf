import ElmanGraph
import ElmanTensor
import Testing

/// Gradients of functions that are made of several ops, by finite differences.
struct CompositeGradientTests {
    /// Checks the gradient of a weighted sum of the result with respect to every element of every argument.
    private func check(
        _ shapes: Shape..., range: ClosedRange<Float> = -1...1, line: SourceLocation = #_sourceLocation,
        _ function: ([Expression]) -> Expression
    ) {
        let graph = ComputationGraph()
        var tensors = shapes.enumerated().map { index, shape -> Tensor in
            graph.randomUniform(shape, in: range, seed: UInt64(index + 1)).value
        }
        func weighted() -> Double {
            graph.renew()
            let value = function(tensors.map { graph.input($0) }).value
            let weights = OpHarness.weights(value.shape, of: 0)
            return zip(value.scalars, weights.scalars).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        let arguments = tensors.map { graph.input($0) }
        let result = function(arguments)
        let weights = graph.input(OpHarness.weights(result.shape, of: 0))
        let analytic = graph.gradients(of: sumOverBatch(dotProduct(result, weights)), for: arguments)
        for argument in tensors.indices {
            for element in tensors[argument].scalars.indices {
                let value = tensors[argument][element], step: Float = 4e-3
                tensors[argument][element] = value + step
                let above = weighted()
                tensors[argument][element] = value - step
                let below = weighted()
                tensors[argument][element] = value
                let numeric = Float((above - below) / (Double(value + step) - Double(value - step)))
                let fits = isClose(analytic[argument][element], numeric, 1e-2)
                #expect(fits, "\(argument), \(element): \(analytic[argument][element]), not \(numeric)", sourceLocation: line)
            }
        }
    }

    @Test func activations() {
        check([4]) { silu($0[0], beta: 1.5) }
        check([4]) { gelu($0[0]) }
        check([4]) { selu($0[0]) }
        check([4]) { logSigmoid($0[0]) }
        check([4]) { softsign($0[0]) }
        check([4]) { cube($0[0]) }
        check([3], [3], range: 0.5...2) { pow($0[0], $0[1]) }
        check([3], range: 0.5...2) { 1 / $0[0] - 2 }
        check([3], [], range: 0.5...2) { ($0[0] - $0[1]) ./ $0[1] + $0[1] .* $0[0] }
    }

    @Test func statistics() {
        check([5]) { standardDeviation($0[0]) }
        check([3, 4]) { standardDeviation($0[0], dimension: 0) }
        check([3, 4]) { standardDeviation($0[0], dimension: 1) }
        check(Shape([2], batchSize: 3)) { standardDeviationOverBatch($0[0]) }
        check([5], range: 0.5...1) { moment($0[0], order: 3) }
        check([2, 3]) { moment($0[0], order: 2, dimension: 1) }
        check([5], range: 0.5...1) { l2Norm($0[0]) }
        check([5], [], range: 0.5...1) { weightNorm($0[0], gain: $0[1]) }
        check([3, 2], [3], [3]) { layerNormColumns($0[0], gain: $0[1], bias: $0[2]) }
    }

    @Test func matrices() {
        check([3], [2]) { outerProduct($0[0], $0[1]) }
        check([2, 3], [2, 3]) { traceOfProduct($0[0], $0[1]) }
        check([3, 2], [2]) { scaleColumns($0[0], by: $0[1]) }
        check([3, 2], [2, 3]) { $0[0] * $0[1] }
        check(Shape([3, 2], batchSize: 2), Shape([2], batchSize: 2)) { $0[0] * $0[1] }
        check(Shape([3, 2], batchSize: 2), [2]) { $0[0] * $0[1] }
        check(Shape([3, 2], batchSize: 2)) { transposed($0[0]) }
    }

    @Test func selections() {
        check([3, 4]) { pick($0[0], 1, dimension: 0) }
        check([3, 4]) { pick($0[0], 2, dimension: 1) }
        check([2, 3, 2]) { pick($0[0], 1, dimension: 1) }
        check([2, 3, 2]) { pickRange($0[0], 1..<3, dimension: 1) }
        check([3, 4], range: -2...2) { min($0[0], dimension: 1) }
        check(Shape([2, 3], batchSize: 2)) { $0[0].batchToColumns() }
        check([2, 3]) { $0[0].columnsToBatch() }
        check([4]) { pick($0[0], 2) }
    }

    @Test func losses() {
        check([4]) { logSoftmax($0[0], restrictedTo: [2, 0])[2..<3] }
        check([3, 4]) { softmax($0[0], dimension: 1) }
        check([2, 3, 2]) { logSoftmax($0[0], dimension: 1) }
        check([2, 3]) { logSumExp($0[0], dimension: 1) }
        check([2, 3, 2]) { logSumExp($0[0], dimension: 2) }
        check([3], [3], [3]) { logSumExp($0) }
        check([3, 4], range: -2...2) { hinge($0[0], [1, 0, 3], dimension: 1) }
        check([3], [3]) { squaredDistance($0[0], $0[1]) }
        check([3], [3], range: -3...3) { l1Distance($0[0], $0[1]) }
        check([3], [3], range: -3...3) { huberDistance($0[0], $0[1]) }
        check([3], [3], range: 0.1...0.9) { binaryLogLoss($0[0], $0[1]) }
        check([3], [3]) { pairwiseRankLoss($0[0], $0[1]) }
        check([]) { poissonLoss($0[0], count: 3) }
    }
}
