import ElmanGraph
import ElmanTensor
import Testing

/// Where gradients go, and how they add up.
struct GradientTests {
    private let parameters = ParameterCollection(seed: 3)
    private let graph = ComputationGraph()

    @Test func branchesOfOneStateAddUpAtTheParent() {
        let w = parameters.add([2], named: "w")
        let state = tanh(w(in: graph))
        let a = sum(state * 2), b = sum(square(state))
        (a + b).backward()
        let both = w.gradient!
        parameters.clearGradients()
        a.backward()
        b.backward()
        expectClose(w.gradient, both)
    }

    @Test func aTiedParameterHasTheSumOfTheGradientsOfItsUses() {
        let tied = parameters.add([2, 2], named: "tied")
        let untied = (0..<3).map { parameters.add([2, 2], named: "untied\($0)", initializer: .values(tied.values.scalars)) }
        let loss = { (weights: [Parameter]) -> Expression in
            weights.reduce(graph.input([1, -1])) { tanh($1(in: graph) * $0) }
        }
        sum(loss([tied, tied, tied])).backward()
        sum(loss(untied)).backward()
        var expected = Tensor(repeating: 0, shape: [2, 2])
        for parameter in untied { for index in 0..<4 { expected[index] += parameter.gradient![index] } }
        expectClose(tied.gradient, expected)
    }

    @Test func rowsLookedUpTwiceHaveTheSum() {
        let table = parameters.addLookup(count: 4, size: 2, named: "table")
        let batch = table[[1, 3, 1], in: graph], single = table[1, in: graph]
        (sum(sumOverBatch(batch)) + sum(single * 2)).backward()
        #expect(table.gradient!.scalars == [0, 0, 4, 4, 0, 0, 1, 1])
    }

    @Test func aTableAlsoUsedAsAMatrixHasBothGradients() {
        let table = parameters.addLookup(count: 3, size: 2, named: "table")
        for order in [true, false] {
            parameters.clearGradients()
            let lookup = sum(table[1, in: graph])
            let product = sum(transposedProduct(table.matrix(in: graph), graph.input([1, 2])))
            (order ? lookup + product : product + lookup).backward()
            #expect(table.gradient!.scalars == [1, 2, 2, 3, 1, 2])
        }
    }

    @Test func frozenParametersAndUsesThatAreNotUpdatedHaveNoGradient() {
        let a = parameters.add([2], named: "a"), b = parameters.add([2], named: "b"), c = parameters.add([2], named: "c")
        b.isFrozen = true
        let table = parameters.addLookup(count: 2, size: 2, named: "table")
        sum(a(in: graph) .* b(in: graph) .* c(in: graph, isUpdated: false) .* table.constant(0, in: graph)).backward()
        #expect(a.gradient != nil)
        #expect(b.gradient == nil && c.gradient == nil && table.gradient == nil)
    }

    @Test func oneUseMayBeUpdatedAndAnotherNot() {
        let a = parameters.add([1], named: "a", initializer: .constant(3))
        (a(in: graph) .* a(in: graph, isUpdated: false)).backward()
        #expect(a.gradient!.scalars == [3])
    }

    @Test func gradientsAccumulateUntilTheyAreCleared() {
        let a = parameters.add([2], named: "a")
        for _ in 0..<3 {
            graph.renew()
            sum(a(in: graph) * 2).backward()
        }
        #expect(a.gradient!.scalars == [6, 6])
        parameters.clearGradients()
        #expect(a.gradient == nil)
    }

    @Test func aParameterMayBeTheLoss() {
        let a = parameters.add([1], named: "a")
        a(in: graph).backward()
        (a(in: graph) * 2).backward()
        #expect(a.gradient!.scalars == [3])
    }

    @Test func gradientsOfInputsComeOnDemand() {
        let x = graph.input([1, 2]), w = parameters.add([2], named: "w", initializer: .values([3, 4]))
        let product = x .* w(in: graph)
        let loss = sum(square(product))
        let gradients = graph.gradients(of: loss, for: [x, product, loss])
        #expect(gradients[0].scalars == [18, 64])
        #expect(gradients[1].scalars == [6, 16])
        #expect(gradients[2].scalars == [1])
    }

    @Test func gradientsNobodyAskedForAreNotZeroButAMistake() async {
        await #expect(processExitsWith: .failure) {
            let graph = ComputationGraph(), w = ParameterCollection().add([1], named: "w")
            let x = graph.input([1])
            (x .* w(in: graph)).backward()
            _ = x.gradient
        }
        await #expect(processExitsWith: .failure) {
            let graph = ComputationGraph()
            _ = graph.input([1]).gradient
        }
    }

    @Test func intermediateGradientsNeedNoFullPass() {
        let w = parameters.add([2], named: "w", initializer: .values([3, 4]))
        let middle = w(in: graph) * 2, unused = w(in: graph) * 3
        sum(square(middle)).backward()
        #expect(middle.gradient.scalars == [12, 16])
        #expect(unused.gradient.scalars == [0, 0])
    }

    @Test func aSecondBackwardPassThroughTheSameNodesIsRight() {
        let model = TinyModel()
        let loss = model.loss([1, 3, 0], in: graph)
        loss.backward()
        let once = model.gradients
        model.parameters.clearGradients()
        loss.backward()
        #expect(model.gradients == once)
    }

    @Test func stoppedGradientsStopAlsoInAFullPass() {
        let x = graph.input([2])
        let loss = x .* stopGradient(x)
        #expect(graph.gradients(of: loss, for: [x])[0].scalars == [2])
        let w = parameters.add([1], named: "w", initializer: .constant(2))
        (w(in: graph) .* stopGradient(w(in: graph) * 3)).backward()
        #expect(w.gradient!.scalars == [6])
    }

    @Test func gradientsAreFlippedScaledAndPassedStraightThrough() {
        let x = graph.input([0.3, 2.7])
        #expect(graph.gradients(of: sum(flipGradient(x)), for: [x])[0].scalars == [-1, -1])
        #expect(graph.gradients(of: sum(scaleGradient(x, by: 5)), for: [x])[0].scalars == [5, 5])
        #expect(graph.gradients(of: sum(round(x, gradient: .straightThrough)), for: [x])[0].scalars == [1, 1])
        #expect(graph.gradients(of: sum(round(x)), for: [x])[0].scalars == [0, 0])
        let weighted = sum(argmax(x, gradient: .straightThrough) .* graph.input([5, 7]))
        #expect(graph.gradients(of: weighted, for: [x])[0].scalars == [5, 7])
    }

    @Test func parametersAsStackedArgumentsHaveTheirGradients() {
        let bias = parameters.add([2], named: "bias"), matrix = parameters.add([2, 3], named: "matrix")
        let rows = (0..<3).map { graph.input([Float($0), 1]) + bias(in: graph) }
        let more = matrix(in: graph) + graph.ones([2, 3])
        (sum(rows.map { sum($0) }) + sum(matrix(in: graph) .* more)).backward()
        #expect(bias.gradient!.scalars == [3, 3])
        let expected = matrix.values.scalars.map { 2 * $0 + 1 }
        expectClose(matrix.gradient, Tensor(shape: [2, 3], scalars: expected))
    }

    @Test func viewsOfViewsAndOfParametersPassGradients() {
        let vector = parameters.add([6], named: "vector"), matrix = parameters.add([3, 4], named: "matrix")
        sum(vector(in: graph)[1..<5][1..<3] * 2).backward()
        #expect(vector.gradient!.scalars == [0, 0, 2, 2, 0, 0])
        sum(matrix(in: graph).columns(1..<3).column(1)[1..<3]).backward()
        #expect(matrix.gradient!.scalars == [0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0])
    }

    @Test(arguments: ComputationGraph.Batching.allCases)
    func windowsThatOverlapPassTheirGradients(_ batching: ComputationGraph.Batching) {
        let graph = ComputationGraph(batching: batching)
        let vector = parameters.add([5], named: "vector", initializer: .values([1, 2, 3, 4, 5]))
        let weights = parameters.add([2, 3], named: "weights", initializer: .constant(1))
        let whole = vector(in: graph) * 1
        let windows = [2, 1, 0].map { weights(in: graph) * whole[$0..<$0 + 3] }
        #expect(windows.map { $0.value.scalars[0] } == [12, 9, 6])
        sum(windows.map { sum($0) }).backward()
        #expect(vector.gradient!.scalars == [2, 4, 6, 4, 2])
        #expect(weights.gradient!.scalars == [6, 6, 9, 9, 12, 12])
    }

    @Test func aViewOfAComputedMatrixMayBeAWeight() {
        let matrix = parameters.add([2, 4], named: "matrix")
        let computed = tanh(matrix(in: graph))
        sum(computed.columns(1..<3) * graph.input([1, 2])).backward()
        let found = matrix.gradient
        let slope = 1 - square(computed)
        let expected = (slope .* graph.input(Tensor(rows: [[0, 1, 2, 0], [0, 1, 2, 0]]))).value
        expectClose(found, expected)
    }
}
