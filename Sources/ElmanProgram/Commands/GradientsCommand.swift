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
            learning it. With a run and a file of the kind it was trained on, every layer of that model is measured, and how far
            the gradient of its loss reaches through a text.
            """)

    @Argument(help: ArgumentHelp("A run, of any task.", valueName: "run"), completion: .directory) var runPath: String?
    @Argument(help: "A file of texts, as the run's task has them.") var file: String?
    @Option(help: ArgumentHelp("Distances (100); of language models so many tokens of a text are read.", valueName: "n"))
    var length = 100
    @Option(help: ArgumentHelp("Of a run: texts to measure on (32), or pieces of running text (8).", valueName: "n"))
    var texts: Int?
    @Option(
        help: ArgumentHelp("What is learnt, or none (recall).", valueName: (MemoryTasks.names + ["none"]).joined(separator: "|")))
    var learn = "recall"
    @OptionGroup var trial: MemoryTrialFlags
    @Option(help: ArgumentHelp("Write a page with the curves.", valueName: "file")) var html: String?
    @Flag(help: "One JSON object on standard output.") var json = false
    @OptionGroup var common: CommonFlags

    func validate() throws {
        guard (2...100_000).contains(length) else { throw ValidationError("--length is \(length); give 2 to 100000") }
        if let texts, !(1...10_000).contains(texts) { throw ValidationError("--texts is \(texts); give 1 to 10000") }
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
            try AtomicFile.write(report.page(command: commandLine).html, to: html)
            console.note("wrote \(printable(html))")
        }
        if json { return console.print(report.json.text()) }
        for line in report.lines { console.print(line) }
    }

    private var commandLine: String {
        (["elman gradients"] + [runPath, file].compactMap { $0.map(shellQuoted) }).joined(separator: " ")
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
        let model = try RunFolder.open(path).inspectableModel()
        let count = self.texts ?? (model.carriesState ? 8 : 32)
        let texts = try model.sample(of: model.ownTexts(in: file), count: count, length: length)
        guard !texts.isEmpty else { throw DataError(.badData, path: file, "has no text to measure on") }
        let gradients = try ModelGradients(of: model, on: texts)
        return GradientReport(
            title: "How far back a model learns",
            subtitle: "\(printable(path)) on \(counted(texts.count, "text")) of \(printable(file)).",
            entries: gradients.layers.map { layer in
                let prefix = layer.name + "/"
                return .init(
                    name: layer.name, initial: nil, trained: layer.flow,
                    gates: gradients.gates.filter { $0.name.hasPrefix(prefix) })
            }, reach: gradients.reach)
    }
}
