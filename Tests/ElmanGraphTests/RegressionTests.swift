import ElmanGraph
import ElmanTensor
import Testing

/// Cases in which the automatic batching of DyNet was wrong or crashed, by the numbers of its issues. The expected values are
/// those of the same program without batching.
struct RegressionTests {
    private func check(_ program: (ComputationGraph) -> Expression, line: SourceLocation = #_sourceLocation) {
        let expected = program(ComputationGraph(batching: .none)).value
        for batching in [ComputationGraph.Batching.byDepth, .byAgenda] {
            let value = program(ComputationGraph(batching: batching)).value
            #expect(bits(value) == bits(expected), "\(batching)", sourceLocation: line)
        }
    }

    /// #1258: a shared argument that was computed in a batch, and not as its first node.
    @Test func sharedArgumentsComputedInABatch() {
        check { graph in
            let matrices = (0..<3).map { tanh(graph.randomNormal([2, 2], seed: UInt64($0 + 1))) }
            let inputs = (0..<4).map { graph.input([Float($0), 1]) }
            return sum(matrices.flatMap { matrix in inputs.map { matrix * $0 } })
        }
    }

    /// #555: different constants were taken for one.
    @Test func differentConstantsAreNotMerged() {
        let graph = ComputationGraph()
        let x = graph.input([1])
        #expect(sum([x + 1.25, x + 1.5, x * 1.75, x - 0.5, x / 4]).value.scalars == [2.25 + 2.5 + 1.75 + 0.5 + 0.25])
    }

    /// #573: sums of which some terms have a batch and others not.
    @Test func sumsOfTermsWithAndWithoutBatches() {
        check { graph in
            let batched = (0..<3).map { graph.randomNormal(Shape([2], batchSize: 3), seed: UInt64($0 + 1)) }
            let single = (0..<3).map { graph.randomNormal([2], seed: UInt64($0 + 9)) }
            let sums = [
                sum([batched[0], single[0]]), sum([single[1], batched[1]]), sum([single[0], single[1]]),
                sum([batched[1], batched[2]]), sum([single[2], batched[0]]),
            ]
            return sum(sums.map { sumOverBatch($0) })
        }
    }

    /// #622: losses over vectors of different sizes have results of one size.
    @Test func lossesOverDifferentNumbersOfClasses() {
        check { graph in
            let scores = [3, 5, 3, 4].enumerated().map { graph.randomNormal([$1], seed: UInt64($0 + 1)) }
            return sum(scores.enumerated().map { pickNegativeLogSoftmax($1, $0 % 3) })
        }
    }

    /// #604: memory that kernels keep for the backward pass, in batches.
    @Test func memoryKeptForTheBackwardPass() {
        let sentences = [[1, 2, 3], [0], [2, 2], [3, 1, 0, 1]]
        let gradients = ComputationGraph.Batching.allCases.map { batching -> [Tensor?] in
            let model = TinyModel(), graph = ComputationGraph(batching: batching)
            sum(sentences.map { model.loss($0, in: graph) }).backward()
            return model.gradients
        }
        expectClose(gradients[1], gradients[0])
        expectClose(gradients[2], gradients[0])
    }

    /// #567: indices of several lookups ran together.
    @Test func lookupsOfOneAndOfSeveralRows() {
        check { graph in
            let table = ParameterCollection(seed: 5).addLookup(count: 50, size: 2, named: "table")
            let one = [49, 7, 0].map { table[$0, in: graph] }
            let several = [[49, 48], [3, 3], [0, 1]].map { sumOverBatch(table[$0, in: graph]) }
            return sum(one + several) + table[[1, 2, 3], in: graph].member(2)
        }
    }

    /// #575: the same row of two tables.
    @Test func theSameRowOfTwoTables() {
        check { graph in
            let parameters = ParameterCollection(seed: 5)
            let a = parameters.addLookup(count: 5, size: 2, named: "a"), b = parameters.addLookup(count: 5, size: 2, named: "b")
            return sum([a[3, in: graph], b[3, in: graph], a[1, in: graph]])
        }
    }

    /// #1357, #1406: evaluation in several steps, with nothing left to do in some of them.
    @Test func evaluationInManySmallSteps() {
        for batching in ComputationGraph.Batching.allCases {
            let graph = ComputationGraph(batching: batching)
            var nodes = [graph.input([1])]
            for step in 0..<40 {
                nodes.append(step % 3 == 0 ? nodes[step / 2] + nodes[step] : tanh(nodes[step]))
                if step % 5 == 0 { _ = nodes[step].value }
                if step % 7 == 0 { _ = nodes[step / 3][0..<1].value }
            }
            #expect(nodes.last!.value.scalars[0].isFinite)
            #expect(nodes.last!.value == nodes.last!.value)
        }
    }

    /// #754: more signatures than nodes that are ready.
    @Test func manySignaturesFewNodes() {
        check { graph in
            let x = graph.input([Float](repeating: 0.5, count: 40))
            return sum((1..<40).map { sum(tanh(x[0..<$0]) * Float($0)) })
        }
    }

    /// #1666: the gradient of a batched sum that is the first argument of a batched product.
    @Test func gradientsThroughBatchedSumsIntoBatchedProducts() {
        let gradients = ComputationGraph.Batching.allCases.map { batching -> [Tensor] in
            let graph = ComputationGraph(batching: batching)
            let x = (0..<3).map { graph.randomNormal([2], seed: UInt64($0 + 1)) }
            let loss = sum(x.indices.map { sum((x[$0] + x[($0 + 1) % 3]) .* x[($0 + 2) % 3]) })
            return graph.gradients(of: loss, for: x)
        }
        expectClose(gradients[1], gradients[0])
        expectClose(gradients[2], gradients[0])
    }

    /// #226: an initial state must not be ignored.
    @Test func initialStatesAreUsed() {
        let graph = ComputationGraph(), weights = ParameterCollection().add([8, 2], named: "w")
        let states = [graph.zeros([2]), graph.ones([2])].map { state in
            lstmStep(projected: graph.ones([8]), hidden: state, cell: state, recurrentWeights: weights(in: graph)).hidden.value
        }
        #expect(states[0] != states[1])
    }

    /// A parameter declared after the loss.
    @Test func parametersDeclaredAfterTheLoss() {
        let parameters = ParameterCollection(), graph = ComputationGraph()
        let a = parameters.add([1], named: "a")
        let loss = square(a(in: graph))
        _ = parameters.add([1], named: "b")(in: graph)
        loss.backward()
        #expect(a.gradient!.scalars == [2 * a.values.scalar])
    }
}
