import ElmanGraph
import ElmanTensor
import Testing

/// Nodes that are like earlier ones take over shape and signature; those that are only almost like them must not.
struct TwinTests {
    private let graph = ComputationGraph()

    @Test func almostEqualNodesHaveShapesOfTheirOwn() {
        let short = graph.input([1, 2]), long = graph.input([1, 2, 3]),
            batch = graph.input(Tensor(shape: Shape([2], batchSize: 2), scalars: [1, 2, 3, 4]))
        for _ in 0..<3 {
            #expect(tanh(short).shape == [2])
            #expect(tanh(long).shape == [3])
            #expect(tanh(batch).shape == Shape([2], batchSize: 2))
            #expect(long[0..<2].shape == [2])
            #expect(long[1..<2].value.scalars == [2])
            #expect(long[2..<3].value.scalars == [3])
            #expect(long.reshaped([3, 1]).shape == [3, 1])
            #expect(long.reshaped([1, 3]).shape == [1, 3])
            #expect(concatenate([short, long]).shape == [5])
            #expect(concatenate([short, long, short]).shape == [7])
        }
    }

    @Test func mistakesAfterTheSameOpDoneRightAreFound() {
        let weights = ParameterCollection().add([3, 2], named: "weights"), x = graph.input([1, 2]), y = graph.input([1, 2, 3])
        #expect(throws: ShapeError.self) {
            try graph.checking {
                for input in [x, x, y] { _ = (weights(in: graph) * input).value }
            }
        }
        #expect(throws: ShapeError.self) {
            try graph.checking {
                for index in [0, 1, 3] { _ = pickNegativeLogSoftmax(weights(in: graph) * x, index).value }
            }
        }
        #expect(throws: ShapeError.self) {
            try graph.checking {
                for input in [x, weights(in: graph) * y] { _ = tanh(input) }
            }
        }
    }

    @Test func aParameterInTheirPlaceHasItsGradient() throws {
        let parameters = ParameterCollection()
        let weights = parameters.add([2, 3], named: "weights"), bias = parameters.add([3], named: "bias")
        let constant = graph.input(Tensor(shape: [2, 3], scalars: [1, 2, 3, 4, 5, 6])), vector = graph.input([1, 2, 3])
        let terms = [constant, weights(in: graph), constant].map { sum($0 .* constant) }
        let others = [vector, bias(in: graph), vector].map { sum(($0 .* vector)[1..<3]) }
        sum(terms + others).backward()
        #expect(try #require(weights.gradient).scalars == [1, 2, 3, 4, 5, 6])
        #expect(try #require(bias.gradient).scalars == [0, 2, 3])
    }

    @Test func otherWeightsMakeAnotherBatch() {
        let parameters = ParameterCollection()
        let weights = (0..<2).map { parameters.add([2, 2], named: "\($0)") }
        let inputs = (0..<8).map { graph.input([Float($0), 1]) }
        let products = inputs.enumerated().map { weights[$0 % 2](in: graph) * $1 }
        let total = sum(products)
        _ = total.value
        #expect(graph.explain().contains("9 computed in 3 batches"))
        let reference = ComputationGraph(batching: .none)
        let alone = (0..<8).map { weights[$0 % 2](in: reference) * reference.input([Float($0), 1]) }
        #expect(zip(products, alone).allSatisfy { $0.value == $1.value })
    }

    @Test func thousandsOfPlansAreNotMixedUp() {
        let reference = ComputationGraph(batching: .none)
        for round in 0..<2 {
            for number in 0..<3000 {
                graph.renew()
                reference.renew()
                let value = chain(number, in: graph).value
                #expect(value == chain(number, in: reference).value, "round \(round), graph \(number)")
            }
        }
    }

    /// Graphs of as many structures as numbers.
    private func chain(_ number: Int, in graph: ComputationGraph) -> Expression {
        let x = graph.input([0.5, 0.25])
        var terms = [x, x * 2], rest = number
        while rest > 0 {
            let last = terms[terms.count - 1], other = terms[rest % terms.count]
            terms.append(rest % 2 == 0 ? tanh(last) + other : last .* other)
            rest /= 2
        }
        return sum(terms)
    }
}
