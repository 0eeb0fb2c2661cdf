import ArgumentParser
import Elman

/// `elman probe`.
struct ProbeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe", abstract: "What the layers of a model tell about texts, by linear probes with control tasks.",
        discussion: """
            Labels of tokens: pos, depth (CoNLL-U; depth also of bracketed trees), tag (as for train tag, see --column).
            Labels of sentences: length, word-content, word-order (lines of words, or CoNLL-U).

            elman probe runs/tagger dev.conllu --label depth
            """)

    private static let kinds = ["pos", "depth", "tag", "length", "word-content", "word-order"]

    @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: .directory) var runPath: String
    @Argument(help: "The texts.") var file: String
    @Option(help: ArgumentHelp("What to probe for.", valueName: kinds.joined(separator: "|"))) var label = "pos"
    @Option(help: ArgumentHelp("Tags: the column that holds them.", valueName: "last|upos|xpos|n")) var column = "last"
    @Option(help: ArgumentHelp("Read so many tokens at most.", valueName: "n")) var tokens = 30_000
    @Option(help: "Seed of the division of texts and of the control task.") var seed = 1
    @Option(help: ArgumentHelp("Write a page with the results as a plot.", valueName: "file")) var html: String?
    @Flag(help: "One JSON object on standard output.") var json = false
    @OptionGroup var common: CommonFlags

    func validate() throws {
        guard Self.kinds.contains(label) else {
            throw ValidationError(
                "--label is '\(label)'; give \(Self.kinds.joined(separator: ", "))\(suggestion(for: label, among: Self.kinds))")
        }
        guard (100...10_000_000).contains(tokens) else { throw ValidationError("--tokens is \(tokens); give 100 to 10000000") }
        guard seed >= 0 else { throw ValidationError("--seed is \(seed); give 0 or a positive number") }
    }

    func run() throws {
        let console = common.start()
        let model = try RunFolder.open(runPath).inspectableModel()
        let result = try Probing(model, try task(), limit: tokens, seed: UInt64(seed))
        let report = ProbeReport(run: runPath, label: label, result: result)
        if let html {
            try AtomicFile.write(report.page(signature: "elman \(elmanVersion): \(commandLine)").html, to: html)
            console.note("wrote \(html)")
        }
        if json { return console.print(report.json.text()) }
        for line in report.lines { console.print(line) }
    }

    private var commandLine: String { "elman probe \(shellQuoted(runPath)) \(shellQuoted(file)) --label \(label)" }

    private func task() throws -> ProbeTask {
        switch label {
        case "pos": return .partsOfSpeech(try bank())
        case "depth": return try isBracketed() ? .depth(try Treebank(reading: [file])) : .depth(try bank())
        case "tag":
            guard let column = TagColumn(column) else {
                throw ProgramError(.usage, "--column is '\(column)'; give last, upos, xpos or a number")
            }
            let texts = try TaggedTexts(reading: [file], options: TagReadingOptions(tagColumn: column))
            guard let tags = texts.tags else { throw DataError(.badData, path: file, "has no tags to probe for") }
            return ProbeTask(
                tokens: (0..<texts.count).map { texts.words.tokens(of: $0) },
                labels: (0..<texts.count).map { tags.tokens(of: $0) })
        default:
            let (texts, tags) = try sentences()
            switch label {
            case "length": return .length(texts, tags: tags)
            case "word-content": return .wordContent(texts, tags: tags)
            default: return .wordOrder(texts, tags: tags, seed: UInt64(seed))
            }
        }
    }

    private func bank() throws(DataError) -> DependencyTreebank {
        try DependencyTreebank(reading: [file], options: DependencyOptions(allowsMissingHeads: true))
    }

    /// Whether a file is one of trees in brackets.
    private func isBracketed() throws -> Bool {
        var reader = try ByteReader(file)
        return try reader.peek(1) == [UInt8(ascii: "(")]
    }

    private func sentences() throws -> (texts: [[String]], tags: [[String]]) {
        if file.hasSuffix(".conllu") {
            let bank = try bank()
            return ((0..<bank.count).map { bank.words.tokens(of: $0) }, (0..<bank.count).map { bank.upos.tokens(of: $0) })
        }
        return (textLines(try readText(file)).map { InspectedText(words: $0).tokens }, [])
    }
}
