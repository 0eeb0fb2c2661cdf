import ArgumentParser
import Elman

/// `elman explain`.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Look inside a model while it reads a text: units, gates, guesses, attention, saliency.",
        discussion: """
            elman explain runs/words "the king sleeps" --html king.html
            elman explain runs/sst "a gripping film" --save film.safetensors

            A tree is given in brackets, words for a parser that looks at parts of speech as word|TAG.
            """)

    @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: .directory) var runPath: String
    @Argument(help: "The text.") var text: String?
    @Option(help: ArgumentHelp("Read the text from a file; - is standard input.", valueName: "file")) var file: String?
    @Option(help: ArgumentHelp("Translations: the target to look at; retrieval: what to compare with.", valueName: "text"))
    var target: String?
    @Option(help: ArgumentHelp("Write a page.", valueName: "file")) var html: String?
    @Option(help: ArgumentHelp("Write all recorded values.", valueName: "file.safetensors|file.csv")) var save: [String] = []
    @Option(help: ArgumentHelp("Which decision to look at closely, counted from 1.", valueName: "n")) var at: Int?
    @Option(help: ArgumentHelp("What should be spoken for (what is decided).", valueName: "label")) var label: String?
    @Option(help: ArgumentHelp("How many guesses to show at each place.", valueName: "n")) var candidates = 5
    @Option(help: ArgumentHelp("Steps of integrated gradients (until they add up, 512 at most).", valueName: "n"))
    var steps: Int?
    @Flag(help: "One JSON object on standard output.") var json = false
    @OptionGroup var common: CommonFlags

    func validate() throws {
        guard (text == nil) != (file == nil) else { throw ValidationError("give a text, or --file with a file that holds it") }
        guard (1...50).contains(candidates) else { throw ValidationError("--candidates is \(candidates); give 1 to 50") }
        if let steps, !(1...10_000).contains(steps) { throw ValidationError("--steps is \(steps); give 1 to 10000") }
        for path in save where !path.hasSuffix(".safetensors") && !path.hasSuffix(".csv") {
            throw ValidationError("--save is '\(path)'; the end of the name says the format: .safetensors or .csv")
        }
    }

    func run() throws {
        let console = common.start()
        let folder = try RunFolder.open(runPath)
        let model = try folder.inspectableModel()
        let task = try folder.readConfiguration()["task"]?.asString ?? ""
        let text = try inspectedText(model)
        for path in save {
            try model.record(text).write(to: path)
            console.note("wrote \(path)")
        }
        if !save.isEmpty, html == nil, !json { return }
        let explained = try ExplainedText(
            model, text, at: at, label: label, candidateCount: candidates, steps: steps)
        if let html {
            let page = ExplainPage(run: runPath, task: task, text: explained).page(
                signature: "elman \(elmanVersion): elman explain \(shellQuoted(runPath)) …")
            try AtomicFile.write(page.html, to: html)
            console.note("wrote \(html)")
        }
        if json { return console.print(explained.json(task: task).text()) }
        if html == nil { show(explained, console) }
    }

    private func inspectedText(_ model: any InspectableModel) throws -> InspectedText {
        var string = text ?? ""
        if let file {
            // No text that is explained has so many bytes.
            string = try readText(file, maximumSize: 1 << 20)
            // The end of the file's last line is not part of what was asked about.
            if string.last == "\n" || string.last == "\r\n" { string.removeLast() }
        }
        var text = try model.text(string)
        guard !text.tokens.isEmpty else { throw ProgramError(.usage, "the text is empty; give a few words") }
        guard text.tokens.count <= ExplainedText.mostTokens else {
            throw ProgramError(
                .usage,
                "the text has \(counted(text.tokens.count, "token")); a page shows at most \(grouped(ExplainedText.mostTokens)), give "
                    + "part of it")
        }
        text.target = try target.map(targetWords)
        return text
    }

    /// What there is to say without a page: the decisions, and what the one looked at rests on.
    private func show(_ text: ExplainedText, _ console: Console) {
        let rows = text.decisions.enumerated().map { place, decision -> [String] in
            let others = decision.candidates.filter { $0.label != decision.outcome }.prefix(3)
            return [
                "\(place + 1)", printable(visibleToken(decision.name)), decision.text,
                others.map { "\(printable(visibleToken($0.label))) \(percentText($0.probability))" }.joined(separator: ", "),
            ]
        }
        for line in alignedColumns(rows, header: ["", "what", "decided", "otherwise"]) { console.print(line) }
        guard let place = text.place else { return }
        let chosen = text.saliency.first { $0.decision == place }
        console.print()
        console.print("what decision \(place + 1) rests on:")
        let values = text.inspection.tokens.indices.map { token -> [String] in
            [
                printable(visibleToken(text.inspection.tokens[token])), significant(chosen?.values[token] ?? .nan, 3),
                text.integrated.map { significant($0.values[token], 3) } ?? "–",
            ]
        }
        for line in alignedColumns(values, header: ["token", "gradient × input", "integrated"]) { console.print(line) }
        if let error = text.integrated?.completenessError {
            let advice = text.addsUpBadly ? ", which is much; give more --steps or less text" : ""
            console.note("integrated gradients do not add up by \(significant(error, 2))\(advice)")
        }
    }
}

/// The words of `--target`.
func targetWords(_ target: String) throws -> [String] {
    let words = InspectedText(words: target).tokens
    guard !words.isEmpty else { throw ProgramError(.usage, "--target is empty; give a few words") }
    return words
}
