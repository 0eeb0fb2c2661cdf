import ElmanGraph
import ElmanLayers
import ElmanModels
import ElmanTensor

extension LanguageModel {
    /// How far back a trained model's output depends on its state, and what its gates do, on pieces of a text: mean over the pieces.
    /// - Parameters:
    ///   - tokens: a text, as the model's encoder gives it; pieces are taken at even distances.
    ///   - length: tokens of a piece, and the number of distances.
    ///   - count: pieces at most.
    public func gradientFlow(
        on tokens: [Int32], length: Int, count: Int = 8
    ) -> (flow: GradientFlow, gates: [GateSummary]) {
        let length = min(length, tokens.count)
        guard length > 0 else { return (GradientFlow(norms: []), []) }
        let starts = Array(stride(from: 0, through: tokens.count - length, by: max(1, (tokens.count - length) / max(1, count))))
        let graph = ComputationGraph(keepsForBackward: false), recording = Recording()
        graph.recording = recording
        // The values are read while the graph is there.
        defer { graph.recording = nil }
        let values = embeddings.values.scalars, size = embeddings.size
        let flows = starts.prefix(count).map { start in
            let inputs = tokens[start..<start + length].map { Array(values[Int($0) * size..<(Int($0) + 1) * size]) }
            _ = network.transduce(inputs.map { graph.input($0) })
            return GradientFlow(of: network, inputs: inputs)
        }
        let gates = GateSummary.all(in: recording)
        parameters.clearGradients()
        return (GradientFlow.mean(flows), gates)
    }
}
