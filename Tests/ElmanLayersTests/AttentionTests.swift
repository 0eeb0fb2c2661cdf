import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

/// Attention sees each sentence as if it were alone.
@Suite struct AttentionTests {
    static let names = ["mlp", "dot", "bilinear"]

    /// Queries of 5 elements, states of 5.
    static func attention(_ name: String, _ parameters: ParameterCollection) -> any Attention {
        switch name {
        case "mlp": MLPAttention(querySize: 5, stateSize: 5, attentionSize: 7, in: parameters)
        case "dot": DotAttention(stateSize: 5, isScaled: true)
        default: BilinearAttention(querySize: 5, stateSize: 5, in: parameters)
        }
    }

    static let lengths = [4, 2, 4, 1]

    /// For each sentence its states and two queries.
    static func sentences() -> [(states: [[Float]], queries: [[Float]])] {
        var draw = Draw(12)
        return lengths.map { (draw.sequence($0, size: 5), draw.sequence(2, size: 5)) }
    }

    static func look(_ attention: any Attention, _ graph: ComputationGraph) -> [[AttentionResult]] {
        sentences().map { sentence in
            let memory = attention.memory(of: sentence.states.map { graph.input($0) * 1 })
            return sentence.queries.map { attention(graph.input($0) * 1, memory) }
        }
    }

    static func values(_ results: [[AttentionResult]]) -> [[Float]] {
        results.flatMap { $0 }.flatMap { [$0.context.value.scalars, $0.weights.value.scalars] }
    }

    @Test(arguments: names, ComputationGraph.Batching.allCases)
    func togetherEqualsAlone(_ name: String, _ batching: ComputationGraph.Batching) {
        let parameters = ParameterCollection(), attention = Self.attention(name, parameters)
        let alone = Self.values(Self.look(attention, ComputationGraph(batching: .none)))
        let graph = ComputationGraph(batching: batching)
        let results = Self.look(attention, graph)
        weightedSum(results.flatMap { $0 }.flatMap { [$0.context, $0.weights] }).backward(full: true)
        #expect(Self.values(results) == alone)
    }

    /// Sentences of one length run as one batch.
    @Test func sentencesOfOneLengthAreOneBatch() {
        let attention = Self.attention("mlp", ParameterCollection()), graph = ComputationGraph()
        var draw = Draw(3)
        let contexts = (0..<6).map { _ in
            attention(graph.input(draw.vector(5)), attention.memory(of: draw.sequence(3, size: 5).map { graph.input($0) }))
                .context
        }
        _ = sum(contexts).value
        for op in ["additiveScores", "softmax", "weightedColumnSum"] {
            #expect(graph.explain().split(separator: "\n").filter { $0.contains(op) }.count == 1)
        }
    }

    @Test(arguments: names) func paddingIsNeverSeen(_ name: String) {
        let parameters = ParameterCollection(), attention = Self.attention(name, parameters)
        let alone = Self.look(attention, ComputationGraph(batching: .none))
        let graph = ComputationGraph(), sentences = Self.sentences()
        let states = (0..<4).map { step -> Expression in
            let poison = [Float](repeating: .nan, count: 5)
            let rows = sentences.flatMap { step < $0.states.count ? $0.states[step] : poison }
            return graph.input(Tensor(shape: Shape([5], batchSize: 4), scalars: rows))
        }
        let memory = attention.memory(of: states, lengths: Self.lengths)
        let query = graph.input(Tensor(shape: Shape([5], batchSize: 4), scalars: sentences.flatMap { $0.queries[0] }))
        let result = attention(query, memory)
        let context = result.context.value, weights = result.weights.value
        for (member, length) in Self.lengths.enumerated() {
            #expect(context.member(member).scalars == alone[member][0].context.value.scalars)
            #expect(Array(weights.member(member).scalars.prefix(length)) == alone[member][0].weights.value.scalars)
            #expect(weights.member(member).scalars.dropFirst(length).allSatisfy { $0 == 0 })
        }
        parameters.clearGradients()
        weightedSum([result.context, result.weights]).backward()
        #expect(parameters.parameters.allSatisfy { $0.gradient?.scalars.allSatisfy { $0.isFinite } ?? true })
    }

    @Test(arguments: names) func gradients(_ name: String) {
        let parameters = ParameterCollection(), attention = Self.attention(name, parameters)
        let states = parameters.add([5, 4], named: "states", initializer: .uniform(1))
        let query = parameters.add([5], named: "query", initializer: .uniform(1))
        let worst = worstGradientError(parameters.parameters) { graph in
            let memory = attention.memory(of: states(in: graph))
            let first = attention(query(in: graph), memory)
            let second = attention(tanh(first.context), memory)
            return weightedSum([first.context, second.context, second.weights])
        }
        #expect(worst.error < 2e-3, "\(worst.name)")
    }
}
