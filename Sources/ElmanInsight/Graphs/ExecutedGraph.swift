import ElmanFiles
import ElmanGraph
import ElmanModels

/// The computation graph of some texts, unrolled, and what ran of it together: the loss of what a model says of them, forward and
/// back.
public struct ExecutedGraph: Sendable {
    /// All nodes, in the order of building.
    public let nodes: [OutlinedNode]
    /// What ran, in order.
    public let spans: [ExecutionProfile.Span]
    /// What each op took, the most expensive first.
    public let totals: [ExecutionProfile.Total]
    /// What ran, for Chrome's tracing page and Perfetto (JSON).
    public let chromeTrace: String

    /// How many nodes an op computed: so many batches there would be without batching.
    public var computedCount: Int { nodes.count { $0.batch != nil } }
    /// In how many batches they were computed.
    public var batchCount: Int { spans.count { $0.pass == .forward } }

    /// What a pass took, in seconds: the sum of its spans.
    public func seconds(of pass: ExecutionProfile.Pass) -> Double {
        spans.reduce(0) { $0 + ($1.pass == pass ? $1.duration : 0) }
    }
}

extension InspectableModel {
    /// The first run finds no memory yet, and others may be disturbed.
    private static var graphRuns: Int { 5 }

    /// Builds one graph of texts and runs it: the negative log-probabilities of all that the model decides on them, summed, and
    /// unless `isForwardOnly` their gradients, which are cleared again. It runs some times, and the fastest is looked at. Throws where a text cannot be read, or where nothing is decided.
    public func executedGraph(
        of texts: [InspectedText], batching: ComputationGraph.Batching = .byAgenda, isForwardOnly: Bool = false
    ) throws(DataError) -> ExecutedGraph {
        // What is decided is found beforehand, so that nothing has to be computed before all is built.
        let decided = try texts.map { (text) throws(DataError) in
            let decisions = try inspect(text, in: ComputationGraph(keepsForBackward: false)).decisions
            return (text: text.deciding(decisions), labels: decisions.map { $0.chosen() })
        }
        guard decided.contains(where: { !$0.labels.isEmpty }) else {
            throw DataError(
                .badData, "the model decides nothing on this text, so that there is no graph; give a target to compare with")
        }
        let graph = ComputationGraph(batching: batching)
        defer { parameters.clearGradients() }
        var best: (profile: ExecutionProfile, seconds: Double)?
        for _ in 0..<Self.graphRuns {
            graph.renew()
            parameters.clearGradients()
            let profile = ExecutionProfile()
            graph.profile = profile
            var losses: [Expression] = []
            for (text, labels) in decided {
                losses += zip(try inspect(text, in: graph).decisions, labels).map { $0.loss($1) }
            }
            let loss = sum(losses)
            if isForwardOnly { _ = loss.value } else { loss.backward() }
            let seconds = profile.spans.reduce(0) { $0 + $1.duration }
            if seconds < best?.seconds ?? .infinity { best = (profile, seconds) }
        }
        let profile = best?.profile ?? ExecutionProfile()
        return ExecutedGraph(
            nodes: graph.outline(), spans: profile.spans, totals: profile.totals, chromeTrace: profile.chromeTrace)
    }
}

extension InspectedText {
    /// The text with what was decided as its labels, where it has none: a tagger need not search then.
    fileprivate func deciding(_ decisions: [InspectedDecision]) -> InspectedText {
        var result = self
        if labels.isEmpty { result.labels = decisions.map { $0.labels[$0.chosen()] } }
        return result
    }
}
