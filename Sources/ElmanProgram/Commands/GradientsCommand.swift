import ArgumentParser
import Elman

/// `elman gradients`.
struct GradientsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gradients", abstract: "How far back networks learn: gradient by distance, gates, length of memory.",
        usage: """
            elman gradients [--cells rnn,lstm,gru,lru] [--learn recall] [--html F]
            elman gradients <run> <file> [--html F]
            """,
        discussion: """
            Without a run, networks of the named cells are compared on sequences of a memory task, at initialisation and after
            learning it. With the run of a language model and a text, that model is measured.
            """)

    @Argument(help: ArgumentHelp("The run of a language model.", valueName: "run"), completion: .directory) var runPath: String?
    @Argument(help: "A text.") var file: String?
    @Option(help: ArgumentHelp("Distances (100).", valueName: "n")) var length = 100
    @Option(
        help: ArgumentHelp("What is learnt, or none (recall).", valueName: (MemoryTasks.names + ["none"]).joined(separator: "|")))
    var learn = "recall"
    @OptionGroup var trial: MemoryTrialFlags
    @Option(help: ArgumentHelp("Write a page with the curves.", valueName: "file")) var html: String?
    @Flag(help: "One JSON object on standard output.") var json = false
    @OptionGroup var common: CommonFlags

    func validate() throws {
        guard (2...100_000).contains(length) else { throw ValidationError("--length is \(length); give 2 to 100000") }
        guard learn == "none" || MemoryTasks.names.contains(learn) else {
            throw ValidationError(
                "--learn is '\(learn)'; give \(MemoryTasks.names.joined(separator: ", ")) or none"
                    + suggestion(for: learn, among: MemoryTasks.names))
        }
    }

    func run() throws {
        let console = common.start()
        let report = try runPath.map { try ofRun($0) } ?? ofCells(console)
        if let html {
            try AtomicFile.write(report.page(command: "elman gradients").html, to: html)
            console.note("wrote \(printable(html))")
        }
        if json { return console.print(report.json.text()) }
        for line in report.lines { console.print(line) }
    }

    private func ofCells(_ console: Console) throws -> GradientReport {
        let options = try trial.options(), learns = learn != "none"
        // The task's sequences have at least as many steps as distances are asked for.
        guard let task = MemoryTasks.named(learns ? learn : "recall", length: length) else {
            throw ProgramError(.usage, "there is no task '\(learn)'")
        }
        let entries = try trial.cellKinds().map { cell -> GradientReport.Entry in
            let found = CellGradients(cell, on: task, learns: learns, options: options) { _ in Signals.stop == nil }
            let verdict = found.result.map {
                MemoryReport.Row(task: task, cell: cell, result: $0, seconds: 0).verdict
            }
            console.note("\(cell.rawValue): \(verdict ?? "measured")")
            return GradientReport.Entry(
                name: cell.rawValue, initial: found.initial, trained: found.trained, gates: found.gates, note: verdict ?? "")
        }
        return GradientReport(
            title: "How far back networks learn",
            subtitle: "Networks of one layer of \(options.hiddenSize) units"
                + (learns ? ", before and after learning the task “\(learn)” over \(length) steps." : ", as they begin."),
            entries: entries)
    }

    private func ofRun(_ path: String) throws -> GradientReport {
        guard let file else { throw ProgramError(.usage, "no text to measure on; elman gradients \(shellQuoted(path)) FILE") }
        let model = try LanguageModel(contentsOf: path)
        guard model.configuration.architecture == .recurrent else {
            throw ProgramError(.configuration, "\(path): a feed-forward model has no states; name the run of a recurrent one")
        }
        var reading = ReadingOptions()
        reading.unit = model.configuration.unit
        reading.normalization = model.configuration.normalization
        let corpus = try TextCorpus(reading: [file], options: reading).encoded(with: model.vocabulary)
        let tokens = Array(corpus.tokens)
        guard tokens.count >= 2 else { throw DataError(.badData, path: file, "has no text to measure on") }
        let (flow, gates) = model.gradientFlow(on: tokens, length: length)
        return GradientReport(
            title: "How far back a model learns", subtitle: "\(path) on \(file), \(counted(flow.norms.count, "distance")).",
            entries: [.init(name: path, initial: nil, trained: flow, gates: gates)])
    }
}
