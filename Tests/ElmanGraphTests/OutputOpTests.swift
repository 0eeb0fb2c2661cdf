import ElmanGraph
import ElmanTensor
import Testing

/// The ops of output layers for many words: values from their formulas, and what they leave alone.
struct OutputOpTests {
    private let graph = ComputationGraph()

    private func expect(_ found: Expression, _ expected: [Float], line: SourceLocation = #_sourceLocation) {
        let scalars = found.value.scalars
        #expect(scalars.count == expected.count, sourceLocation: line)
        for (found, expected) in zip(scalars, expected) {
            #expect(abs(found - expected) <= 1e-5 * max(1, abs(expected)), "\(scalars), not \(expected)", sourceLocation: line)
        }
    }

    /// Scores of columns (1, 2, 3) · x + bias with x = 1: 1.5, 2, 2.5, and twice that plus …
    @Test func valuesAreThoseOfTheFormulas() {
        let table = graph.input(Tensor(rows: [[1, 2, 3]])), bias = graph.input([0.5, 0, -0.5])
        let x = graph.input(Tensor(shape: Shape([1], batchSize: 3), scalars: [1, 2, -1]))
        expect(columnScores(x, table: table, bias: bias, [2, 0, -1]), [2.5, 2.5, 0])
        // log(1 + exp(0.5)), of one column alone 0.
        let first = graph.input([1])
        expect(pickNegativeLogSoftmax(first, table: table, bias: bias, ranges: [1..<3], [1]), [0.974077])
        expect(pickNegativeLogSoftmax(first, table: table, bias: bias, ranges: [0..<1], [0]), [0])
        // softplus(-1.5) + softplus(2) + softplus(2.5).
        let path = BinaryPath([(0, false), (1, true), (2, true)])
        expect(binaryPathLoss(first, table: table, bias: bias, [path]), [0.201413 + 2.126928 + 2.578889])
        expect(
            groupedLogSoftmax(graph.input([1, 2, 0]), groups: graph.input([-1, -2]), sizes: [2, 1]), [-2.313262, -1.313262, -2])
        // The root leads to word 2 or to a node that leads to words 0 and 1.
        let tree = treeLogProbabilities(graph.input([0, 1.5]), children: [1, -3, -1, -2])
        expect(tree, [-0.693147 - 0.201413, -0.693147 - 1.701413, -0.693147])
        let candidates = graph.input([1, 2]), target = graph.input(0.5)
        expect(sampledSoftmaxLoss(target, candidates: candidates, hits: [-1]), [1.964369])
        expect(sampledSoftmaxLoss(target, candidates: candidates, hits: [1]), [0.974077])
        expect(sampledSoftmaxLoss(target, candidates: candidates, hits: [-2]), [0])
        let odds = noiseContrastiveLoss(
            target, noise: candidates, multiplicities: graph.input([1, 3]), isSkipped: [false])
        expect(odds, [0.474077 + 1.313262 + 3 * 2.126928])
    }

    /// Scores of hundreds, of either sign, give no infinite numbers.
    @Test func largeScoresStayFinite() {
        let far = graph.input([300, -300])
        expect(sampledSoftmaxLoss(graph.input(-300), candidates: far, hits: [-1]), [600])
        expect(noiseContrastiveLoss(graph.input(-300), noise: far, multiplicities: graph.ones([2]), isSkipped: [false]), [600])
        expect(treeLogProbabilities(far, children: [1, -3, -1, -2]), [-300, 0, -300])
    }

    @Test func onlyColumnsInUseGetAGradient() {
        let parameters = ParameterCollection()
        let table = parameters.addLookup(count: 9, size: 2, named: "table"), bias = parameters.add([9], named: "bias")
        let x = graph.input([1, -1])
        let losses = [
            columnScores(x, table: table.matrix(in: graph), bias: bias(in: graph), [7]),
            pickNegativeLogSoftmax(x, table: table.matrix(in: graph), bias: bias(in: graph), ranges: [2..<4], [3]),
            binaryPathLoss(x, table: table.matrix(in: graph), bias: bias(in: graph), [BinaryPath([(5, true), (8, false)])]),
        ]
        sum(losses).backward()
        #expect(table.entry.touchedRows.sorted() == [2, 3, 5, 7, 8])
        #expect(!table.entry.isDenselyTouched)
    }

    @Test func aMistakeIsReported() {
        let table = graph.input(Tensor(rows: [[1, 2, 3]])), bias = graph.input([0.5, 0, -0.5]), x = graph.input([1])
        let mistakes: [() -> Expression] = [
            { columnScores(x, table: table, bias: bias, [3]) },
            { columnScores(x, table: table, bias: graph.input([0]), [0]) },
            { pickNegativeLogSoftmax(x, table: table, bias: bias, ranges: [0..<2], [2]) },
            { pickNegativeLogSoftmax(x, table: table, bias: bias, ranges: [1..<3], [0]) },
            { pickNegativeLogSoftmax(x, table: table, bias: bias, ranges: [2..<4], [2]) },
            { pickNegativeLogSoftmax(x, table: table, bias: bias, ranges: [0..<2, 0..<2], [0]) },
            { binaryPathLoss(x, table: table, bias: bias, [BinaryPath([(3, true)])]) },
            { binaryPathLoss(x, table: table, bias: bias, []) },
            { treeLogProbabilities(bias, children: [1, -1, -2, 2, -3, 1]) },
            { groupedLogSoftmax(bias, groups: x, sizes: [2]) },
            { sampledSoftmaxLoss(graph.input(1), candidates: bias, hits: [3]) },
            { noiseContrastiveLoss(graph.input(1), noise: bias, multiplicities: x, isSkipped: [false]) },
        ]
        for (number, mistake) in mistakes.enumerated() {
            #expect(throws: ShapeError.self, "\(number)") { try graph.checking { _ = mistake() } }
        }
    }

    @Test func whatIsThereOnceIsMadeAgainAfterARenewalOrARewind() {
        let parameters = ParameterCollection()
        let table = parameters.addLookup(count: 2, size: 2, named: "a"),
            other = parameters.addLookup(count: 2, size: 2, named: "b")
        var count = 0
        func make(_ table: LookupParameter) -> Float {
            graph.once(for: table) { _ in
                count += 1
                return (count, [graph.input(Float(count))])
            }.expressions[0].value.scalar
        }
        #expect([make(table), make(table), make(other), make(table)] == [1, 1, 2, 1])
        graph.renew()
        let mark = graph.mark()
        #expect(make(table) == 3)
        graph.rewind(to: mark)
        #expect(make(table) == 4)
        let later = graph.mark()
        _ = graph.input(1)
        graph.rewind(to: later)
        #expect(make(table) == 4)
    }

    @Test func randomChoicesFollowFromTheSeedAlone() {
        func draws() -> [UInt64] {
            graph.seed = 8
            var first = graph.makeRandomGenerator(), second = graph.makeRandomGenerator()
            return [first.next(), second.next()]
        }
        let once = draws()
        #expect(once == draws())
        #expect(once[0] != once[1])
    }
}
