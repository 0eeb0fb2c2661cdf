import ElmanGraph
import ElmanTensor
import Testing

/// Dropout of parameters: of the elements of a matrix, and of whole rows of a table.
@Suite struct WeightDropoutTests {
    private let collection = ParameterCollection(seed: 3)
    private let weights: Parameter, table: LookupParameter

    init() {
        weights = collection.add([20, 10], named: "weights", initializer: .uniform(1))
        table = collection.addLookup(count: 200, size: 3, named: "table", initializer: .uniform(1))
    }

    private func dropped(_ graph: ComputationGraph, rate: Float = 0.5) -> [Float] {
        graph.dropWeights(of: weights, rate: rate)
        return weights(in: graph).value.scalars
    }

    @Test func elementsAreZeroOrDividedByWhatIsKept() {
        let values = dropped(ComputationGraph(), rate: 0.2)
        let zeros = values.count { $0 == 0 }, kept = 1 / (1 - Float(0.2))
        #expect(zeros > 10 && zeros < 80)
        for (value, whole) in zip(values, weights.values.scalars) where value != 0 { #expect(value == whole * kept) }
    }

    /// Every use sees one mask, which follows from the seed whatever else is drawn; the next graph has the whole matrix.
    @Test func oneMaskAGraph() {
        let graph = ComputationGraph(seed: 5)
        let first = dropped(graph)
        #expect(weights(in: graph).value.scalars == first)
        #expect(dropped(graph) == first)
        #expect(weights(in: graph, isUpdated: false).value == weights.values)
        graph.renew()
        #expect(weights(in: graph).value == weights.values)
        graph.renew()
        graph.seed = 5
        _ = graph.dropoutMask([3], rate: 0.5)
        #expect(dropped(graph) == first)
        graph.renew()
        graph.seed = 6
        #expect(dropped(graph) != first)
        #expect(dropped(ComputationGraph(), rate: 0) == weights.values.scalars)
    }

    /// The gradient is the mask times that of the dropped matrix, through products that share it at many steps.
    @Test func theGradientIsThatOfWhatIsLeft() throws {
        let graph = ComputationGraph()
        let mask = zip(dropped(graph), weights.values.scalars).map { $0 / $1 }
        var x = graph.constant(0.5, [10])
        for _ in 0..<3 { x = tanh(weights(in: graph) * x)[0..<10] }
        sum(x).backward()
        let gradient = try #require(weights.gradient).scalars
        let whole = ParameterCollection()
        let copy = whole.add([20, 10], named: "copy", initializer: .zeros)
        copy.values = Tensor(shape: [20, 10], scalars: zip(weights.values.scalars, mask).map { $0 * $1 })
        graph.renew()
        x = graph.constant(0.5, [10])
        for _ in 0..<3 { x = tanh(copy(in: graph) * x)[0..<10] }
        sum(x).backward()
        let expected = zip(try #require(copy.gradient).scalars, mask).map { $0 * $1 }
        #expect(zip(gradient, expected).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(gradient.contains { abs($0) > 1e-3 })
    }

    @Test func rowsAreDroppedAsAWholeWhereverTheyAreLookedUp() {
        let graph = ComputationGraph(seed: 9)
        let rows = Array(0..<200) + Array((0..<200).reversed())
        let vectors = table.vectors(rows, rowDropout: 0.25, in: graph).value
        let kept = 1 / (1 - Float(0.25))
        var zeros = 0
        for (member, row) in rows.enumerated() {
            let values = vectors.member(member).scalars, whole = table[row, in: graph].value.scalars
            let isZero = values == [0, 0, 0]
            if isZero { zeros += 1 } else { #expect(values == whole.map { $0 * kept }) }
            #expect(isZero == (vectors.member(399 - member).scalars == [0, 0, 0]))
        }
        // Five standard deviations of 200 draws.
        let share = Double(zeros) / 400
        #expect((0.095...0.405).contains(share))
        #expect(table.vectors([7], rowDropout: 0, in: graph).value == table[7, in: graph].value)
    }

    @Test func ratesOutsideTheirRangeAreRefused() {
        let graph = ComputationGraph()
        #expect(throws: ShapeError.self) { try graph.checking { graph.dropWeights(of: weights, rate: 1) } }
        #expect(throws: ShapeError.self) { try graph.checking { table.vectors([1], rowDropout: -0.1, in: graph) } }
    }
}
