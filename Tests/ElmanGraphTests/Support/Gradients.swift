import ElmanGraph
import ElmanTensor

/// Gradients of single nodes, one at a time, and by finite differences.
enum Gradients {
    struct OfOneNode {
        var value: Tensor
        var gradients: [Tensor]
        /// The gradients where the result is weighted as that of each other node is.
        var gradientsWithEveryWeight: [[Tensor]]
    }

    /// Each node of the harness in a graph of its own, without batching.
    static func reference(_ harness: OpHarness) -> [OfOneNode] {
        (0..<harness.copies).map { copy in
            let graph = ComputationGraph(batching: .none)
            let arguments = harness.sample.arguments.indices.map { graph.input(harness.values($0, of: copy)) }
            let output = graph.apply(harness.op, arguments, harness.sample.settings)
            let gradients = (0..<harness.copies).map { weighting in
                let weights = graph.input(OpHarness.weights(output.shape, of: weighting))
                return graph.gradients(of: sumOverBatch(sum(output .* weights)), for: arguments)
            }
            return OfOneNode(value: output.value, gradients: gradients[copy], gradientsWithEveryWeight: gradients)
        }
    }

    /// The derivative of the weighted sum of the first node's result by one element, by central differences.
    static func numeric(_ harness: OpHarness, _ position: Int, _ element: Int, in graph: ComputationGraph) -> Double {
        let step: Float = 4e-3
        let value = harness.values(position, of: 0)[element]
        let above = weightedSum(harness, position, element, value + step, in: graph)
        let below = weightedSum(harness, position, element, value - step, in: graph)
        return (above - below) / (Double(value + step) - Double(value - step))
    }

    private static func weightedSum(
        _ harness: OpHarness, _ position: Int, _ element: Int, _ value: Float, in graph: ComputationGraph
    ) -> Double {
        graph.renew()
        let arguments = harness.sample.arguments.indices.map { index -> Expression in
            var tensor = harness.values(index, of: 0)
            if index == position { tensor[element] = value }
            return graph.input(tensor)
        }
        let output = graph.apply(harness.op, arguments, harness.sample.settings).value
        let weights = OpHarness.weights(output.shape, of: 0)
        return zip(output.scalars, weights.scalars).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
}
