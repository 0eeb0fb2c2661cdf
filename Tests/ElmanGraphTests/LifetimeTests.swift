import ElmanGraph
import ElmanTensor
import Testing

/// How long expressions live, and what happens to those that are used too late or in the wrong graph.
struct LifetimeTests {
    @Test func renewedGraphsOwnNoOldExpressions() {
        let graph = ComputationGraph()
        let old = graph.input(1)
        #expect(graph.owns(old))
        graph.renew()
        #expect(!graph.owns(old))
        let new = graph.input(2)
        #expect(graph.owns(new))
        #expect(!graph.owns(old), "the node of the same index is another one")
        #expect("\(old)".contains("renewed"))
    }

    @Test func graphsOwnOnlyTheirOwn() {
        let graph = ComputationGraph(), other = ComputationGraph()
        #expect(!other.owns(graph.input(1)))
    }

    @Test func usingAStaleExpressionEndsTheProgram() async {
        await #expect(processExitsWith: .failure) {
            let graph = ComputationGraph()
            let old = graph.input(1)
            graph.renew()
            _ = graph.input(2) + old
        }
    }

    @Test func usingAnExpressionOfAnotherGraphEndsTheProgram() async throws {
        let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let graph = ComputationGraph(), other = ComputationGraph()
            _ = graph.input(1) + other.input(2)
        }
        #expect(String(decoding: result.standardErrorContent, as: UTF8.self).contains("another graph"))
    }

    @Test func wrongShapesEndTheProgramWithTheNamesOfParameters() async throws {
        let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let graph = ComputationGraph(), parameters = ParameterCollection()
            let weights = parameters.scope("rnn").add([3, 5], named: "weights")
            _ = weights(in: graph) * graph.input([1, 2])
        }
        let text = String(decoding: result.standardErrorContent, as: UTF8.self)
        #expect(text.contains("product") && text.contains("[3, 5]") && text.contains("[2]") && text.contains("rnn/weights"))
    }

    @Test func rewindingDropsWhatWasBuiltSince() {
        let graph = ComputationGraph()
        let x = graph.input([1, 2])
        let doubled = x * 2
        let mark = graph.mark()
        for round in 0..<3 {
            let branch = doubled + Float(round)
            #expect(branch.value.scalars == [2 + Float(round), 4 + Float(round)])
            graph.rewind(to: mark)
            #expect(graph.nodeCount == 2)
            #expect(!graph.owns(branch))
        }
        #expect(doubled.value.scalars == [2, 4])
    }

    @Test func expressionsDroppedByARewindAreStaleAlsoWhereOthersTookTheirPlace() {
        let graph = ComputationGraph()
        let x = graph.input([1])
        let mark = graph.mark()
        let dropped = x + 1
        graph.rewind(to: mark)
        let new = x + 2
        #expect(graph.owns(new) && graph.owns(x))
        #expect(!graph.owns(dropped))
    }

    @Test func valuesComputedBeforeAMarkAreKept() {
        let graph = ComputationGraph(), parameters = ParameterCollection()
        let weights = parameters.add([2, 2], named: "w", initializer: .identity())
        let before = tanh(weights(in: graph) * graph.input([1, 2]))
        let value = before.value
        let mark = graph.mark()
        _ = (before[0..<1] + parameters.add([1], named: "b", initializer: .zeros)(in: graph)).value
        graph.rewind(to: mark)
        #expect(before.value == value)
        #expect(weights(in: graph).value.scalars == [1, 0, 0, 1])
        let loss = sum(before)
        loss.backward()
        #expect(weights.gradient != nil)
    }

    @Test func aRandomDrawIsRepeatedAfterARewind() {
        let graph = ComputationGraph()
        let mark = graph.mark()
        let first = graph.randomNormal([4]).value
        graph.rewind(to: mark)
        #expect(graph.randomNormal([4]).value == first)
        #expect(graph.randomNormal([4]).value != first)
    }

    @Test func marksThatWerePassedCannotBeUsed() async {
        await #expect(processExitsWith: .failure) {
            let graph = ComputationGraph()
            let early = graph.mark()
            let late = {
                _ = graph.input(1); return graph.mark()
            }()
            graph.rewind(to: early)
            _ = graph.input(2)
            graph.rewind(to: late)
        }
        await #expect(processExitsWith: .failure) {
            let graph = ComputationGraph()
            let mark = graph.mark()
            graph.renew()
            graph.rewind(to: mark)
        }
    }
}
