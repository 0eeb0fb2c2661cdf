import ArgumentParser
import Elman

/// `elman graph`.
struct GraphCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph", abstract: "The computation graph of texts: what ran together, in what order, how long.",
        discussion: """
            elman graph runs/words "the king sleeps" "a queen walks in the garden" --html graph.html --trace graph.json

            Each text is written as for elman explain. The trace opens in chrome://tracing or ui.perfetto.dev.
            """)

    private static let batchings: [(name: String, batching: ComputationGraph.Batching)] = [
        ("agenda", .byAgenda), ("depth", .byDepth), ("none", .none),
    ]

    @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: .directory) var runPath: String
    @Argument(help: "Texts.") var texts: [String] = []
    @Option(help: ArgumentHelp("Read texts from a file, one a line; - is standard input.", valueName: "file")) var file: String?
    @Option(help: ArgumentHelp("Translations: the target of every text; retrieval: what to compare with.", valueName: "text"))
    var target: String?
    @Option(
        help: ArgumentHelp(
            "How nodes are put together to batches (agenda).", valueName: batchings.map(\.name).joined(separator: "|")))
    var batching = "agenda"
    @Flag(help: "Without gradients.") var forwardOnly = false
    @Option(help: ArgumentHelp("Write a page with the graph and the time that its batches took.", valueName: "file"))
    var html: String?
    @Option(help: ArgumentHelp("Write what ran as a trace of Chrome.", valueName: "file.json")) var trace: String?
    @Flag(help: "One JSON object on standard output.") var json = false
    @OptionGroup var common: CommonFlags

    func validate() throws {
        guard texts.isEmpty != (file == nil) else { throw ValidationError("give texts, or --file with a file that holds them") }
        let names = Self.batchings.map(\.name)
        guard names.contains(batching) else {
            throw ValidationError(
                "--batching is '\(batching)'; give \(names.joined(separator: ", "))\(suggestion(for: batching, among: names))")
        }
    }

    func run() throws {
        let console = common.start()
        let model = try RunFolder.open(runPath).inspectableModel()
        let texts = try inspectedTexts(model)
        let graph = try model.executedGraph(
            of: texts, batching: Self.batchings.first { $0.name == batching }!.batching, isForwardOnly: forwardOnly)
        let report = GraphReport(run: runPath, texts: texts, batching: batching, graph: graph)
        if let html {
            let page = report.page(
                signature: "elman \(elmanVersion): elman graph \(shellQuoted(runPath)) … --batching \(batching)")
            try AtomicFile.write(page.html, to: html)
            console.note("wrote \(printable(html))")
        }
        if let trace {
            try AtomicFile.write(graph.chromeTrace, to: trace)
            console.note("wrote \(printable(trace))")
        }
        if json { return console.print(report.json.text()) }
        for line in report.lines { console.print(line) }
    }

    private func inspectedTexts(_ model: any InspectableModel) throws -> [InspectedText] {
        // No graph that is looked at is of so many bytes.
        let strings = try file.map { textLines(try readText($0, maximumSize: 1 << 20)) } ?? texts
        let words = try target.map(targetWords)
        let read = try strings.map { string in
            var text = try model.text(string)
            guard !text.tokens.isEmpty else { throw ProgramError(.usage, "a text is empty; give a few words") }
            text.target = words
            return text
        }
        guard !read.isEmpty else { throw DataError(.badData, path: file, "has no text; give a few words") }
        let tokens = read.reduce(0) { $0 + $1.tokens.count }
        guard tokens <= ExplainedText.mostTokens else {
            throw ProgramError(
                .usage,
                "the texts have \(counted(tokens, "token")); a graph is drawn of \(grouped(ExplainedText.mostTokens)) at most, give "
                    + "part of them")
        }
        return read
    }
}
