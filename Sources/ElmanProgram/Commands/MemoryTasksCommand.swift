import ArgumentParser
import Elman

/// `elman memory-tasks`.
struct MemoryTasksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory-tasks", abstract: "Which cells learn to remember over which distance.",
        discussion: """
            Tasks: adding (sum of two marked numbers among many), copy (ten symbols after a pause), recall (the first symbol after
            distractors), dyck (the innermost open bracket). A network of one layer learns each until it is solved.
            """)

    @Option(help: ArgumentHelp("The task (adding).", valueName: MemoryTasks.names.joined(separator: "|"))) var task = "adding"
    @Option(help: ArgumentHelp("Distances in steps.", valueName: "n,n,…")) var lengths = "50,100"
    @OptionGroup var trial: MemoryTrialFlags
    @Option(help: ArgumentHelp("Write a page with the table and the curves.", valueName: "file")) var html: String?
    @Flag(help: "One JSON object on standard output.") var json = false
    @OptionGroup var common: CommonFlags

    func run() throws {
        let console = common.start()
        let cells = try trial.cellKinds(), lengths = try numbers()
        var report = MemoryReport(task: task, options: try trial.options())
        for length in lengths {
            for cell in cells {
                guard let task = MemoryTasks.named(task, length: length) else { continue }
                report.add(try run(task, cell, report.options, console))
            }
        }
        if let html { try AtomicFile.write(report.page(command: "elman memory-tasks --task \(task)").html, to: html) }
        if json { return console.print(report.json.text()) }
        for line in report.lines { console.print(line) }
    }

    private func run(
        _ task: any MemoryTask, _ cell: CellKind, _ options: MemoryTrialOptions, _ console: Console
    ) throws -> MemoryReport.Row {
        var trial = MemoryTrial(task, cell: cell, options)
        let clock = ContinuousClock(), start = clock.now
        let result = trial.run { _ in Signals.stop == nil }
        let row = MemoryReport.Row(task: task, cell: cell, result: result, seconds: (clock.now - start) / .seconds(1))
        console.note("\(cell.rawValue), \(task.length) steps: \(row.verdict), \(duration(row.seconds))")
        return row
    }

    private func numbers() throws -> [Int] {
        guard MemoryTasks.names.contains(task) else {
            throw ProgramError(
                .usage,
                "--task is '\(task)'; give \(MemoryTasks.names.joined(separator: ", "))"
                    + suggestion(for: task, among: MemoryTasks.names))
        }
        return try lengths.split(separator: ",", omittingEmptySubsequences: false).map { part in
            guard let number = Int(part), (2...100_000).contains(number) else {
                throw ProgramError(.usage, "--lengths has '\(part)'; give numbers from 2 to 100000, as in --lengths 50,100,200")
            }
            return number
        }
    }
}

/// How networks learn the tasks.
struct MemoryTrialFlags: ParsableArguments {
    @Option(help: ArgumentHelp("Cells to compare, or all.", valueName: "cell,cell,…")) var cells = "rnn,lstm,gru,lru"
    @Option(help: ArgumentHelp("Units (64).", valueName: "n")) var hidden = 64
    @Option(help: ArgumentHelp("Updates at most (3000).", valueName: "n")) var updates = 3000
    @Option(help: ArgumentHelp("Sequences an update (32).", valueName: "n")) var batchSize = 32
    @Option(help: ArgumentHelp("Learning rate of Adam (0.003).", valueName: "rate")) var learningRate = 0.003
    @Option(help: ArgumentHelp("Seed of weights and sequences (1).", valueName: "n")) var seed = 1

    func validate() throws {
        guard (1...4096).contains(hidden) else { throw ValidationError("--hidden is \(hidden); give 1 to 4096") }
        guard (1...10_000_000).contains(updates) else { throw ValidationError("--updates is \(updates); give 1 to 10000000") }
        guard (1...100_000).contains(batchSize) else { throw ValidationError("--batch-size is \(batchSize); give 1 to 100000") }
        guard learningRate > 0, learningRate.isFinite else {
            throw ValidationError("--learning-rate is \(learningRate); give a positive number")
        }
        guard seed >= 0 else { throw ValidationError("--seed is \(seed); give 0 or a positive number") }
    }

    func options() throws -> MemoryTrialOptions {
        var options = MemoryTrialOptions()
        options.hiddenSize = hidden
        options.updates = updates
        options.batchSize = batchSize
        options.learningRate = learningRate
        options.seed = UInt64(seed)
        return options
    }

    func cellKinds() throws -> [CellKind] {
        if cells == "all" { return CellKind.allCases }
        let names = CellKind.allCases.map(\.rawValue)
        return try cells.split(separator: ",").map { name in
            guard let cell = CellKind(rawValue: String(name)) else {
                throw ProgramError(
                    .usage,
                    "there is no cell '\(name)'\(suggestion(for: String(name), among: names)); give some of "
                        + names.joined(separator: ", "))
            }
            return cell
        }
    }
}
