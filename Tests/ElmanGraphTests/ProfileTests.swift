import ElmanGraph
import ElmanTensor
import Foundation
import Testing

/// What is told of a graph that ran: its nodes in their batches, and when the batches ran.
@Suite struct ProfileTests {
    /// Three small networks on three inputs: 12 nodes to compute, that share a parameter.
    private static func loss(in graph: ComputationGraph, _ weights: Parameter) -> ElmanGraph.Expression {
        let hidden = (0..<3).map { tanh(weights(in: graph) * graph.input([Float($0), 1, -1])) }
        return sum(hidden.map { sum($0 .* $0) })
    }

    private static func weights() -> (Parameter, ParameterCollection) {
        let parameters = ParameterCollection(seed: 4)
        return (parameters.add([2, 3], named: "weights"), parameters)
    }

    @Test(arguments: ComputationGraph.Batching.allCases)
    func spansAreTheBatchesThatRan(batching: ComputationGraph.Batching) {
        let graph = ComputationGraph(batching: batching), profile = ExecutionProfile()
        let (weights, _) = Self.weights()
        graph.profile = profile
        Self.loss(in: graph, weights).backward()
        let nodes = graph.outline(), computed = nodes.filter { $0.batch != nil }
        let forward = profile.spans.filter { $0.pass == .forward }
        #expect(forward.reduce(0) { $0 + $1.nodeCount } == computed.count)
        #expect(forward.count == Set(computed.compactMap(\.batch)).count)
        // The batch of a node has its op, and as many nodes as say that they are in it.
        for (batch, span) in forward.enumerated() {
            let members = computed.filter { $0.batch == batch }
            #expect(members.count == span.nodeCount && members.allSatisfy { $0.name == span.op })
        }
        // Every batch goes back once, in the opposite order.
        let backward = profile.spans.filter { $0.pass == .backward }
        #expect(backward.map(\.op) == forward.map(\.op).reversed())
        #expect(profile.spans.last?.pass == .deferred)
        if batching == .none {
            #expect(forward.allSatisfy { $0.nodeCount == 1 })
        } else {
            #expect(forward.count < computed.count)
        }
        let starts = profile.spans.map(\.start)
        #expect(starts == starts.sorted() && profile.spans.allSatisfy { $0.duration >= 0 })
    }

    @Test func whatABatchNeedsRanBefore() {
        let graph = ComputationGraph(), (weights, _) = Self.weights()
        _ = Self.loss(in: graph, weights).value
        let nodes = graph.outline()
        #expect(nodes.indices.allSatisfy { nodes[$0].index == $0 })
        for node in nodes {
            for argument in node.arguments {
                #expect(argument < node.index)
                if let own = node.batch, let other = nodes[argument].batch { #expect(other < own) }
            }
        }
        #expect(nodes.filter { $0.kind == .parameter }.map(\.name) == ["weights"])
        #expect(nodes.count { $0.kind == .leaf } == 3 && nodes.filter { $0.kind != .op }.allSatisfy { $0.batch == nil })
    }

    @Test func whatDidNotRunHasNoBatch() {
        let graph = ComputationGraph(), x = graph.input([1, 2])
        _ = tanh(x)
        _ = (x + x)[0..<1].value
        #expect(graph.outline().map(\.kind) == [.leaf, .op, .op, .view])
        #expect(graph.outline().map(\.batch) == [nil, nil, 0, nil])
    }

    @Test func lookingAtTheClockChangesNoBit() {
        func run(_ profile: ExecutionProfile?) -> (loss: [Float], gradient: [Float]?) {
            let graph = ComputationGraph(), (weights, _) = Self.weights()
            graph.profile = profile
            let loss = Self.loss(in: graph, weights)
            loss.backward()
            return (loss.value.scalars, weights.gradient?.scalars)
        }
        let (plain, profiled) = (run(nil), run(ExecutionProfile()))
        #expect(plain.loss == profiled.loss && plain.gradient == profiled.gradient && plain.gradient != nil)
    }

    @Test func theTraceIsWhatTheFormatAsksFor() throws {
        let graph = ComputationGraph(), profile = ExecutionProfile(), (weights, _) = Self.weights()
        graph.profile = profile
        Self.loss(in: graph, weights).backward()
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(profile.chromeTrace.utf8)) as? [String: Any])
        let events = try #require(object["traceEvents"] as? [[String: Any]])
        let complete = events.filter { $0["ph"] as? String == "X" }
        #expect(complete.count == profile.spans.count && events.count == complete.count + 3)
        for (event, span) in zip(complete, profile.spans) {
            #expect(event["name"] as? String == span.op && event["cat"] as? String == span.pass.rawValue)
            // In microseconds.
            #expect(abs((event["ts"] as? Double ?? -1) - span.start * 1e6) < 1e-3)
            #expect(abs((event["dur"] as? Double ?? -1) - span.duration * 1e6) < 1e-3)
            #expect((event["args"] as? [String: Any])?["nodes"] as? Int == span.nodeCount)
        }
    }

    @Test func totalsAddUp() {
        let graph = ComputationGraph(), profile = ExecutionProfile(), (weights, _) = Self.weights()
        graph.profile = profile
        Self.loss(in: graph, weights).backward()
        let totals = profile.totals
        #expect(totals.reduce(0) { $0 + $1.batchCount } == profile.spans.count)
        #expect(totals.reduce(0) { $0 + $1.nodeCount } == profile.spans.reduce(0) { $0 + $1.nodeCount })
        #expect(zip(totals, totals.dropFirst()).allSatisfy { $0.seconds >= $1.seconds })
        let tanhs = totals.first { $0.op == "tanh" && $0.pass == .forward }
        #expect(tanhs?.nodeCount == 3 && tanhs?.batchCount == 1)
    }
}
