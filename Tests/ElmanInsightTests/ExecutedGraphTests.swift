import ElmanFiles
import ElmanGraph
import ElmanInsight
import ElmanModels
import Testing

/// The graphs of all models, as they ran.
@Suite struct ExecutedGraphTests {
    @Test func everyModelHasAGraphThatGoesThereAndBack() throws {
        for (name, model, text) in try InsightFixture.models() {
            let graph = try model.executedGraph(of: [text])
            #expect(graph.batchCount > 0 && graph.batchCount <= graph.computedCount, "\(name)")
            #expect(graph.spans.contains { $0.pass == .backward } && graph.seconds(of: .forward) > 0, "\(name)")
            #expect(model.parameters.parameters.allSatisfy { $0.gradient == nil }, "\(name)")
            let forward = try model.executedGraph(of: [text], isForwardOnly: true)
            #expect(forward.spans.allSatisfy { $0.pass == .forward }, "\(name)")
        }
    }

    @Test func textsOfOneLengthRunInTheBatchesOfOne() throws {
        // Losses of both are summed by one node more, and parts of it.
        for (name, model, text) in try InsightFixture.models() where name == "lm lstm" || name == "tag softmax" {
            let one = try model.executedGraph(of: [text]), three = try model.executedGraph(of: [text, text, text])
            #expect(three.batchCount <= one.batchCount + 2, "\(name)")
            #expect(three.computedCount >= 3 * (one.computedCount - 2), "\(name)")
            let unbatched = try model.executedGraph(of: [text], batching: .none)
            #expect(unbatched.batchCount == unbatched.computedCount && unbatched.computedCount == one.computedCount, "\(name)")
        }
    }

    @Test func aTextOfWhichNothingIsSaidHasNoGraph() throws {
        let retriever = try InsightFixture.retriever()
        #expect(throws: DataError.self) { try retriever.executedGraph(of: [InspectedText(words: "the king")]) }
    }
}
