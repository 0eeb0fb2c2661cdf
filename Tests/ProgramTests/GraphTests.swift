import Elman
import Foundation
import Testing

@testable import ElmanProgram

/// `elman graph` and its drawings.
@Suite struct GraphTests {
    private static let small: ExecutedGraph = {
        let texts = TaggedTexts.small
        return try! Tagger(TaggerConfiguration.small, for: texts, seed: 1)
            .executedGraph(of: [InspectedText(words: "the king"), InspectedText(words: "the king sleeps")])
    }()

    @Test func whatRanIsDrawnFromLeftToRight() {
        let graph = Self.small, drawing = GraphDrawing(graph.nodes, OpColors(graph))
        for node in graph.nodes where node.batch != nil {
            guard let place = drawing.places[node.index] else {
                Issue.record("node \(node.index) is not drawn")
                continue
            }
            for argument in node.arguments {
                #expect(drawing.places[argument].map { $0.x < place.x } == true, "\(argument) of \(node.index)")
            }
        }
        // A column is a batch, whose nodes lie apart.
        let drawn = graph.nodes.compactMap { node in node.batch.map { (batch: $0, place: drawing.places[node.index]!) } }
        #expect(Set(drawn.map(\.place.x)).count == graph.batchCount)
        #expect(Set(drawn.map { "\($0.place.x) \($0.place.y)" }).count == drawn.count)
        for (one, other) in zip(drawn, drawn.dropFirst()) where one.batch == other.batch { #expect(one.place.x == other.place.x) }
    }

    @Test func drawingsHaveAMarkForEveryNodeAndABarForEveryBatch() {
        let graph = Self.small, colors = OpColors(graph)
        let drawing = GraphDrawing(graph.nodes, colors).svg(title: "a < b")
        #expect(isWellFormed(drawing.standalone) && drawing.standalone.contains("a &lt; b"))
        #expect(drawing.body.components(separatedBy: "<title>").count - 1 == GraphDrawing(graph.nodes, colors).places.count)
        let timeline = BatchTimeline(spans: graph.spans, colors: colors).svg(title: "time")
        #expect(isWellFormed(timeline.standalone))
        #expect(timeline.body.components(separatedBy: "<title>").count - 1 == graph.spans.count)
    }

    @Test func aLanguageModelsGraphIsWrittenAsPageTraceAndObject() throws {
        let folder = try TrainedRun.copy()
        let outcome = try Program.run(
            ["graph", "run", "the king walks", "a queen", "--html", "a.html", "--trace", "a.json", "--json"], in: folder)
        try #require(outcome.status == 0, "\(outcome.transcript)")
        let json = try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let batches = try #require(json["batches"] as? Int), computed = try #require(json["computed"] as? Int)
        #expect(json["texts"] as? Int == 2 && batches < computed)
        let page = try String(contentsOfFile: folder["a.html"], encoding: .utf8)
        #expect(isWellFormed(page) && page.contains("What ran together") && page.contains("Batches in time"))
        #expect(page.components(separatedBy: "http://").count == 2 && !page.contains("https://"))
        let trace = try #require(
            JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: folder["a.json"]))) as? [String: Any])
        let events = try #require(trace["traceEvents"] as? [[String: Any]])
        #expect(events.count { $0["cat"] as? String == "forward" } == batches)
        let unbatched = try Program.run(
            ["graph", "run", "the king walks", "a queen", "--batching", "none", "--forward-only", "--json"], in: folder)
        let other = try #require(JSONSerialization.jsonObject(with: Data(unbatched.output.utf8)) as? [String: Any])
        #expect(other["batches"] as? Int == computed && other["computed"] as? Int == computed)
        try folder.write("the king walks\na queen\n", to: "texts.txt")
        let file = try Program.run(["graph", "run", "--file", "texts.txt"], in: folder)
        #expect(file.status == 0 && file.output.contains("2 texts of 5 tokens"), "\(file.transcript)")
    }

    @Test(arguments: [
        (["graph", "run"], Int32(64), "give texts"), (["graph", "run", "a", "--file", "dev.txt"], 64, "give texts"),
        (["graph", "run", "a", "--batching", "depht"], 64, "did you mean \"depth\""), (["graph", "run", ""], 64, "empty"),
        (["graph", "run", "--file", "none.txt"], 66, "none.txt"), (["graph", "run", "--file", "empty.txt"], 65, "empty.txt"),
        (["graph", "run", "--file", "bytes.txt"], 65, "UTF-8"), (["graph", "nothing", "a"], 66, "nothing"),
        (["graph", "run", "a", "--html", "no/where.html"], 73, "no/where.html"),
    ])
    func wrongUsageIsNamed(_ arguments: [String], _ status: Int32, _ part: String) throws {
        let folder = try TrainedRun.copy()
        try folder.write("\n\n", to: "empty.txt")
        try Data([0x61, 0xFF, 0x0A]).write(to: URL(fileURLWithPath: folder["bytes.txt"]))
        let outcome = try Program.run(arguments, in: folder)
        #expect(outcome.status == status && outcome.errors.contains(part), "\(outcome.transcript)")
    }
}

extension TaggedTexts {
    fileprivate static let small = try! TaggedTexts(text: Array("the|D king|N sleeps|V\na|D queen|N walks|V\n".utf8))
}

extension TaggerConfiguration {
    fileprivate static let small: TaggerConfiguration = {
        var configuration = TaggerConfiguration()
        (configuration.encoder.embeddingSize, configuration.encoder.hiddenSize) = (3, 4)
        return configuration
    }()
}
