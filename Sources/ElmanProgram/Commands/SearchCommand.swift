import ArgumentParser
import Elman

/// `elman search`.
struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Index sentences, and find those that belong to a sentence.",
        usage: """
            elman search <run> index <file> -o <index> [--side source]
            elman search <run> query <index> [<file>] [--count <n>]
            """,
        discussion: "Queries print, for each line: score, place in the index counted from 1, sentence; an empty line between.")

    @Argument(help: ArgumentHelp("The run, trained by train retrieve.", valueName: "run"), completion: .directory)
    var runPath: String
    @Argument(help: ArgumentHelp("What to do.", valueName: "index|query")) var action: String
    @Argument(help: "index: the file of sentences. query: the index, and a file of queries (- or nothing is standard input).")
    var paths: [String] = []
    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("Folder for the index.", valueName: "index"))
    var output: String?
    @Option(help: ArgumentHelp("Which of a pair the sentences are (target).", valueName: "source|target")) var side: String?
    @Option(help: ArgumentHelp("Sentences to find (10).", valueName: "n")) var count = 10
    @Flag(help: "One JSON object a query.") var json = false
    @OptionGroup var common: CommonFlags

    func validate() throws {
        guard ["index", "query"].contains(action) else {
            throw ValidationError("there is no action '\(action)'\(suggestion(for: action, among: ["index", "query"]))")
        }
        if let side, PairedText(rawValue: side) == nil { throw ValidationError("--side is '\(side)'; give source or target") }
        guard (1...1_000_000).contains(count) else { throw ValidationError("--count is \(count); give 1 to 1000000") }
    }

    func run() throws {
        let console = common.start()
        let model = try SentenceRetriever(contentsOf: runPath)
        if action == "index" { try index(model, console) } else { try query(model, console) }
    }

    private func index(_ model: SentenceRetriever, _ console: Console) throws {
        guard let output else { throw ProgramError(.usage, "no folder for the index; name one with -o") }
        guard paths.count == 1 else { throw ProgramError(.usage, "\(paths.count) files are given; give one file of sentences") }
        var reader = try ByteReader(paths[0])
        var lines: [String] = []
        while let line = try reader.nextLine() {
            guard let text = String(validating: line, as: UTF8.self) else {
                throw DataError(.badData, path: reader.path, line: reader.lineNumber, "is not UTF-8; convert it first")
            }
            lines.append(text.hasSuffix("\r") ? String(text.dropLast()) : text)
        }
        guard !lines.isEmpty else { throw DataError(.badData, path: reader.path, "has no sentences; give one a line") }
        let start = monotonicSeconds()
        let index = try model.index(lines, as: side.flatMap(PairedText.init(rawValue:)) ?? .target)
        try index.save(to: output)
        console.note(
            "\(counted(index.count, "sentence")) in \(duration(monotonicSeconds() - start)); "
                + "next: elman search \(shellQuoted(runPath)) query \(shellQuoted(output))")
    }

    private func query(_ model: SentenceRetriever, _ console: Console) throws {
        guard let path = paths.first, paths.count <= 2 else {
            throw ProgramError(.usage, "name an index, and maybe a file of queries")
        }
        let index = try RetrievalIndex(contentsOf: path)
        let request = PredictionRequest(
            file: paths.count == 2 ? paths[1] : "-", format: nil, beam: nil, best: 1, column: nil, console: console)
        var isFirst = true
        try request.forEachGroupOfLines { lines in
            for (line, hits) in zip(lines, try model.query(lines, in: index, count: count)) {
                if json { console.print(object(line, hits).text()) } else { show(hits, isFirst: isFirst, console) }
                isFirst = false
            }
        }
    }

    private func show(_ hits: [RetrievalHit], isFirst: Bool, _ console: Console) {
        if !isFirst { console.print() }
        for hit in hits { console.print("\(hit.score)\t\(hit.place + 1)\t\(hit.text)") }
    }

    private func object(_ line: String, _ hits: [RetrievalHit]) -> JSONObject {
        let hits = hits.map { hit -> JSONValue in
            ["score": JSONValue(hit.score), "place": JSONValue(hit.place + 1), "text": .string(hit.text)]
        }
        return ["query": .string(line), "hits": .array(hits)]
    }
}
