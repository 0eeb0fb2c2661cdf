import ElmanGraph
import ElmanTensor
import Testing

/// What is computed, when, and how often.
struct EvaluationTests {
    /// An op that counts how many rows it computed.
    private final class Counter: @unchecked Sendable {
        var rows = 0
        var calls = 0

        func op() -> Op {
            Op(
                "test.count", batching: .stacked, samples: [], shape: { shapes throws(ShapeError) in shapes[0] },
                forward: { call in
                    self.rows += call.rowCount
                    self.calls += 1
                    for row in 0..<call.rowCount { call.output[row].update(from: call.input(0)[row], count: call.output.size) }
                }, backward: { _ in })
        }
    }

    @Test(arguments: ComputationGraph.Batching.allCases)
    func aBranchThatNobodyAsksForNeverRuns(_ batching: ComputationGraph.Batching) {
        let counter = Counter(), graph = ComputationGraph(batching: batching)
        let op = counter.op(), x = graph.input([1, 2])
        let dead = x.applying(op)
        #expect((x * 2).value.scalars == [2, 4])
        #expect(counter.rows == 0)
        #expect(dead.value.scalars == [1, 2])
        #expect(counter.rows == 1)
    }

    @Test(arguments: ComputationGraph.Batching.allCases)
    func aValueIsComputedOnce(_ batching: ComputationGraph.Batching) {
        let counter = Counter(), graph = ComputationGraph(batching: batching)
        let shared = graph.input([1]).applying(counter.op())
        let a = shared + 1, b = shared + 2
        #expect(a.value.scalars == [2])
        #expect(b.value.scalars == [3])
        #expect(shared.value.scalars == [1])
        #expect(counter.rows == 1)
    }

    @Test func equalNodesRunTogether() {
        let counter = Counter(), graph = ComputationGraph(), op = counter.op()
        let nodes = (0..<5).map { graph.input([Float($0)]).applying(op) }
        #expect(sum(nodes).value.scalars == [10])
        #expect(counter.calls == 1)
        #expect(counter.rows == 5)
    }

    @Test func immediateGraphsComputeWhatIsBuilt() {
        let counter = Counter(), graph = ComputationGraph(isImmediate: true)
        let node = graph.input([3]).applying(counter.op())
        #expect(counter.rows == 1)
        #expect(node.value.scalars == [3])
        #expect((node[0..<1] + node).value.scalars == [6])
        #expect(counter.rows == 1)
    }

    @Test func immediateGraphsHaveTheSameValues() {
        let models = [TinyModel(), TinyModel()]
        let losses = zip(models, [true, false]).map { model, isImmediate -> [UInt32] in
            let loss = model.loss([3, 1, 2], in: ComputationGraph(isImmediate: isImmediate))
            loss.backward()
            return bits(loss.value)
        }
        #expect(losses[0] == losses[1])
        expectClose(models[0].gradients, models[1].gradients)
    }

    @Test func valuesAskedForInBetweenChangeNoBits() {
        let whole = ComputationGraph(), stepwise = ComputationGraph(), model = TinyModel()
        let expected = model.loss([3, 1, 2, 0], in: whole).value
        let found = model.loss([3, 1, 2, 0], in: stepwise) { _ = $0.value }.value
        #expect(bits(found) == bits(expected))
    }

    @Test func plansAreReusedWithOtherDataAndOtherParameters() {
        let graph = ComputationGraph(), models = [TinyModel(seed: 1), TinyModel(seed: 2)]
        for round in 0..<6 {
            graph.renew()
            let words = [round % 4, 3, (round + 1) % 4], model = models[round % 2]
            let found = model.loss(words, in: graph).value
            let expected = model.loss(words, in: ComputationGraph(batching: .none)).value
            #expect(bits(found) == bits(expected), "round \(round)")
        }
    }

    @Test func plansOfGraphsThatDifferInOneOpAreNotMixedUp() {
        let graph = ComputationGraph()
        let functions: [(Expression) -> Expression] = [{ tanh($0) }, { sigmoid($0) }, { $0 * 2 }, { $0 * 3 }, { $0[0..<2] }]
        for round in 0..<3 {
            for function in functions {
                graph.renew()
                let x = graph.input([Float(round), 1])
                let fresh = ComputationGraph(batching: .none)
                let expected = sum(function(fresh.input([Float(round), 1])) + 1).value
                #expect(sum(function(x) + 1).value == expected)
            }
        }
    }

    @Test func plansOfGraphsThatDifferInHowArgumentsAreSharedOutAreNotMixedUp() {
        let graph = ComputationGraph()
        for split in [2, 3, 2, 3] {
            graph.renew()
            let x = (0..<5).map { graph.input([Float($0)]) }
            let first = concatenate(Array(x[..<split])), second = concatenate(Array(x[split...]))
            #expect((sum(first) - sum(second)).value.scalar == (split == 2 ? 1 - 9 : 3 - 7))
        }
    }

    @Test func aPlanMadeAfterAViewWasAskedForFitsAGraphWhereItWasNot() {
        let graph = ComputationGraph()
        for asksFirst in [true, false, true, false] {
            graph.renew()
            let view = graph.input([1, 2, 3])[1..<3]
            if asksFirst { #expect(view.value.scalars == [2, 3]) }
            #expect(sum(view * 2).value.scalar == 10)
        }
    }

    @Test func valuesThatAreNotFiniteAreNamed() throws {
        let graph = ComputationGraph(checksFinite: true)
        let error = try #require(throws: ShapeError.self) {
            try graph.checking { _ = log(graph.input([-1, 1])).value }
        }
        #expect(error.description.contains("log"))
        #expect(error.description.contains("not finite"))
    }

    @Test func evaluationWithoutBackwardKeepsValues() {
        let graph = ComputationGraph(keepsForBackward: false), model = TinyModel()
        let expected = model.loss([1, 2, 3], in: ComputationGraph()).value
        #expect(bits(model.loss([1, 2, 3], in: graph).value) == bits(expected))
        #expect(throws: ShapeError.self) { try graph.checking { model.loss([1], in: graph).backward() } }
    }
}
