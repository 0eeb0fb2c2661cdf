import ElmanGraph
import ElmanTensor
import Testing

/// Graphs whose products read bfloat16.
@Suite struct ProductPrecisionTests {
    private static func loss(in graph: ComputationGraph, columns: Int = 40) -> (Expression, [Expression]) {
        let weights = graph.randomNormal([30, 20], seed: 1), x = graph.randomNormal([20, columns], seed: 2)
        return (sum(tanh(weights * x)), [weights, x])
    }

    private static func numbers(_ precision: ProductPrecision, columns: Int = 40) -> [Float] {
        let graph = ComputationGraph()
        graph.productPrecision = precision
        let (loss, arguments) = loss(in: graph, columns: columns)
        return [loss.value.scalar] + graph.gradients(of: loss, for: arguments).flatMap(\.scalars)
    }

    @Test func forwardAndBackwardAreNearSinglePrecisionAndNotEqual() {
        let exact = Self.numbers(.float32), found = Self.numbers(.bfloat16)
        let scale = exact.map(abs).max()!
        let error = zip(exact, found).map { abs($0 - $1) }.max()!
        #expect(error > 0 && error < 2e-2 * scale)
    }

    @Test func theProductIsThatOfRoundedFactors() {
        let graph = ComputationGraph()
        graph.productPrecision = .bfloat16
        // 1 + 2^-9 rounds to 1, 3 + 2^-6 stays.
        let weights = graph.input(Tensor(shape: [2, 2], scalars: [1 + 0x1p-9, 2, 3 + 0x1p-6, 4])),
            x = graph.input([1, 1 + 0x1p-9])
        #expect((weights * x).value.scalars == [4 + 0x1p-6, 6])
    }

    /// One graph's precision is no other's.
    @Test func graphsDoNotDisturbEachOther() {
        let exact = Self.numbers(.float32)
        let graph = ComputationGraph()
        graph.productPrecision = .bfloat16
        _ = Self.loss(in: graph).0.value
        #expect(Self.numbers(.float32) == exact)
    }

    @Test func aVectorAloneHasTheBitsOfItsPlaceInABatch() {
        let graph = ComputationGraph()
        graph.productPrecision = .bfloat16
        let weights = graph.randomNormal([70, 50], seed: 3)
        let inputs = (0..<140).map { graph.randomNormal([50], seed: UInt64($0 + 10)) }
        let together = inputs.map { weights * $0 }
        let batched = together.map { $0.value.scalars }
        for index in [0, 7, 139] {
            let alone = ComputationGraph(batching: .none)
            alone.productPrecision = .bfloat16
            let single = alone.input(weights.value) * alone.input(inputs[index].value)
            #expect(single.value.scalars == batched[index])
        }
    }
}
