import ElmanGraph
import ElmanTensor
import Testing

/// Values of functions that are known from their formulas.
struct ClosedFormTests {
    private let graph = ComputationGraph()
    private let x: Expression, matrix: Expression

    init() {
        x = graph.input([1, 2, -1, 0.5])
        matrix = graph.input(Tensor(rows: [[0, 1, 2], [3, 4, 5]]))
    }

    private func expect(_ found: Expression, _ expected: [Float], line: SourceLocation = #_sourceLocation) {
        let scalars = found.value.scalars
        #expect(scalars.count == expected.count, sourceLocation: line)
        for (found, expected) in zip(scalars, expected) {
            let fits = found == expected || abs(found - expected) <= 1e-5 * max(1, abs(expected))
            #expect(fits, "\(scalars), not \(expected)", sourceLocation: line)
        }
    }

    @Test func marginLosses() {
        expect(hinge(x, 1), [0])
        expect(hinge(x, 3, margin: 2), [6.5])
        expect(hinge(matrix, [0, 1, 0], dimension: 0), [4, 0, 4])
        expect(hinge(matrix, [2, 0], dimension: 1), [0, 5])
        expect(pairwiseRankLoss(graph.input(0.3), graph.input(0.8)), [1.5])
    }

    @Test func softmaxFamily() {
        expect(pickNegativeLogSoftmax(x, 0), [1.495182])
        expect(logSoftmax(x, restrictedTo: [0, 3]), [-0.474077, -.infinity, -.infinity, -0.974077])
        expect(sparsemax(x), [0, 1, 0, 0])
        expect(logSumExp([graph.input(0.3), graph.input(0.8)]), [1.274077])
        expect(logSumExp(graph.input([0.3, 0.8])), [1.274077])
        expect(softmax(graph.zeros([2, 4]), dimension: 1), [Float](repeating: 0.25, count: 8))
        expect(sum(exp(logSoftmax(matrix, dimension: 1)), dimension: 1), [1, 1])
        expect(sparsemaxLoss(x, [1]), [0])
    }

    @Test func statistics() {
        expect(layerNorm(x, gain: graph.ones([4]), bias: graph.zeros([4])), [0.346410, 1.270171, -1.501111, -0.115470])
        expect(standardized(x), [0.346410, 1.270171, -1.501111, -0.115470])
        expect(standardDeviation(x), [1.082532])
        expect(moment(x, order: 3), [2.03125])
        expect(mean(x), [0.625])
        expect(l2Norm(x), [2.5])
        expect(mean(matrix, dimension: 0), [1.5, 2.5, 3.5])
        expect(standardDeviation(matrix, dimension: 1), [0.8164966, 0.8164966])
        expect(moment(matrix, order: 2, dimension: 1), [5 / 3, 50 / 3])
        let batch = graph.input(Tensor(shape: Shape([1], batchSize: 4), scalars: [1, 2, -1, 0.5]))
        expect(meanOverBatch(batch), [0.625])
        expect(standardDeviationOverBatch(batch), [1.082532])
        expect(momentOverBatch(batch, order: 3), [2.03125])
        expect(weightNorm(graph.input([3, 4]), gain: graph.input(2)), [1.2, 1.6])
    }

    @Test func activations() {
        expect(elu(x), [1, 2, -0.632121, 0.5])
        expect(selu(x), [1.050701, 2.101402, -1.111331, 0.525351])
        expect(silu(x), [0.731059, 1.761594, -0.268941, 0.311230])
        expect(softsign(x), [0.5, 0.666667, -0.5, 0.333333])
        expect(gelu(x), [0.841345, 1.954500, -0.158655, 0.345731])
        expect(softplus(graph.input([-200, 0, 200])), [0, 0.693147, 200])
        expect(logSigmoid(graph.input([-200, 0, 200])), [-200, -0.693147, 0])
        expect(leakyRelu(x, slope: 0.1), [1, 2, -0.1, 0.5])
        expect(erf(graph.input([0, 1])), [0, 0.842701])
        expect(logGamma(graph.input([0.5, 1, 5, 20])), [0.572365, 0, 3.178054, 39.339884])
    }

    @Test func distances() {
        let a = graph.input([0, 0]), b = graph.input([1, 3])
        expect(huberDistance(a, b), [3.630487])
        expect(squaredDistance(a, b), [10])
        expect(l1Distance(a, b), [4])
        expect(binaryLogLoss(graph.input(0.3), graph.input(1)), [1.203973])
        expect(binaryLogLoss(graph.input([0, 1]), graph.input([0, 1])), [0])
        expect(poissonLoss(graph.input(0.5), count: 3), [1.940481])
    }

    @Test func matrices() {
        #expect(cumulativeSum(matrix, dimension: 1).value.rows == [[0, 1, 3], [3, 7, 12]])
        #expect(cumulativeSum(matrix, dimension: 0).value.rows == [[0, 1, 2], [3, 5, 7]])
        #expect(transposed(matrix).value.rows == [[0, 3], [1, 4], [2, 5]])
        #expect(addToColumns(matrix, graph.input([10, 20])).value.rows == [[10, 11, 12], [23, 24, 25]])
        #expect(scaleColumns(matrix, by: graph.input([1, 2, 3])).value.rows == [[0, 2, 6], [3, 8, 15]])
        #expect(outerProduct(graph.input([1, 2]), graph.input([3, 4])).value.rows == [[3, 4], [6, 8]])
        #expect(traceOfProduct(matrix, matrix).value.scalar == 55)
        let a = graph.input([1, 2, 3]), b = graph.input([0, 1, 0.5])
        expect(circularConvolution(a, b), [4, 2.5, 2.5])
        expect(circularCorrelation(a, b), [3.5, 2, 3.5])
    }

    @Test func selections() {
        #expect(selectRows(matrix, [1, 1]).value.rows == [[3, 4, 5], [3, 4, 5]])
        #expect(selectColumns(matrix, [2, 0]).value.rows == [[2, 0], [5, 3]])
        #expect(pickRange(matrix, 1..<2, dimension: 0).value.rows == [[3, 4, 5]])
        #expect(pickRange(matrix, 1..<3, dimension: 1).value.rows == [[1, 2], [4, 5]])
        #expect(pick(matrix, 1, dimension: 0).value.scalars == [3, 4, 5])
        #expect(pick(matrix, 2, dimension: 1).value.scalars == [2, 5])
        #expect(pick(x, 2).value.scalar == -1)
        #expect(stridedSelect(matrix, ranges: [0..<2, 0..<3], strides: [1, 2]).value.rows == [[0, 2], [3, 5]])
        expect(max(matrix, dimension: 0), [3, 4, 5])
        expect(min(matrix, dimension: 1), [0, 3])
        #expect(argmax(matrix, dimension: 1).value.rows == [[0, 0, 1], [0, 0, 1]])
        #expect(concatenateColumns([graph.input([1, 2]), graph.input([3, 4])]).value.rows == [[1, 3], [2, 4]])
        #expect(concatenate(matrix, matrix).value.rows == [[0, 1, 2], [3, 4, 5], [0, 1, 2], [3, 4, 5]])
        #expect(matrix.columnsToBatch().shape == Shape([2], batchSize: 3))
        #expect(matrix.columnsToBatch().batchToColumns().value.rows == matrix.value.rows)
        #expect(concatenateToBatch([x, x]).members([1]).value.scalars == x.value.scalars)
    }

    @Test func arithmeticWithNumbers() {
        expect(1 - x, [0, -1, 2, 0.5])
        expect(2 / x, [2, 1, -2, 4])
        expect(x / 2 + 1, [1.5, 2, 0.5, 1.25])
        expect(x + graph.input(1), [2, 3, 0, 1.5])
        expect(graph.input(2) .* x, [2, 4, -2, 1])
        expect(graph.input(2) ./ x, [2, 1, -2, 4])
        expect(pow(x, 2), [1, 4, 1, 0.25])
        expect(pow(graph.input([2, 3]), graph.input([3, 2])), [8, 9])
        expect(cube(x), [1, 8, -1, 0.125])
        expect(max(x, -x), [1, 2, 1, 0.5])
        expect(round(graph.input([0.5, -0.5, 1.4])), [1, -1, 1])
        expect(floor(graph.input([0.5, -0.5])), [0, -1])
        expect(ceil(graph.input([0.5, -0.5])), [1, 0])
    }
}
