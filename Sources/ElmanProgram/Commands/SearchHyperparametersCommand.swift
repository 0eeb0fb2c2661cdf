import ArgumentParser
import Elman

/// `elman search-hyperparameters`.
struct SearchHyperparametersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search-hyperparameters", abstract: "Find good settings: random search with successive halving.",
        usage: """
            elman search-hyperparameters <task> <file> ... --dev <file> --space <file> --trials <n> -o <folder> [<options>]
            """,
        discussion: """
            elman search-hyperparameters classify train.txt --dev dev.txt --space space.json --trials 27 --epochs 9 -o runs/search
            elman train classify train.txt --dev dev.txt --config runs/search/best.json -o runs/best

            The space is a JSON file such as {"hidden": [32, 64, 128], "learning-rate": {"log": [0.0003, 0.01]}, \
            "dropout": {"uniform": [0, 0.5]}, "layers": {"integers": [1, 3]}}. All trials are trained for --first-epochs, \
            the best third of them for three times as long, and so on up to --epochs (successive halving). What is best is \
            what scores best on dev data: measure it on a test set only once. Ctrl-C saves; the same command goes on.
            """)

    @Argument(help: ArgumentHelp("The task and its training files.", valueName: "task> <file")) var inputs: [String] = []
    @OptionGroup var data: ComparedDataFlags
    @Option(
        help: ArgumentHelp("JSON file of the values that settings may have.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var space: String
    @Option(help: ArgumentHelp("Settings to draw.", valueName: "n")) var trials = 27
    @Option(help: ArgumentHelp("Epochs of the first round.", valueName: "n")) var firstEpochs = 1
    @Option(help: ArgumentHelp("One trial in so many goes on to the next round, which is as many times as long.", valueName: "n"))
    var reduction = 3
    @Option(
        help: ArgumentHelp("JSON file with settings of all trials.", valueName: "file"), completion: .file(extensions: ["json"]))
    var config: String?
    @Option(help: ArgumentHelp("Trainings side by side (the cores).", valueName: "n")) var jobs: Int?
    @Flag(help: "One JSON object on standard output.") var json = false
    @OptionGroup var settings: SettingFlagGroups
    @OptionGroup var common: CommonFlags

    func validate() throws {
        guard (1...100_000).contains(trials) else { throw ValidationError("--trials is \(trials); give 1 to 100000") }
        guard (1...1_000_000).contains(firstEpochs) else {
            throw ValidationError("--first-epochs is \(firstEpochs); give 1 or more")
        }
        guard (2...1000).contains(reduction) else { throw ValidationError("--reduction is \(reduction); give 2 to 1000") }
        if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs is \(jobs); give 1 to 1024") }
    }

    func run() throws {
        let console = common.start()
        guard let name = inputs.first else { throw ProgramError(.usage, "nothing to train; name a task and its training file") }
        guard let output = data.output else { throw ProgramError(.usage, "no folder for the trials; name one with -o") }
        let task = try ProgramTasks.named(name)
        let sources = try data.sources(training: Array(inputs.dropFirst()), task)
        guard sources.development != nil || sources.developmentPair != nil else {
            throw ProgramError(.usage, "nothing to choose by; name a file with --dev")
        }
        let test = data.hasTest ? try data.evaluatedFiles() : nil
        if let test {
            try EvaluatedFiles.check(test.names)
            try test.options.check(for: task)
        }
        var search = try search(task, sources, output)
        console.note(
            "rounds: \(search.halving.rungs.map { "\($0.trials) × \($0.epochs)" }.joined(separator: ", ")) epochs, "
                + "\(counted(search.halving.epochCount, "epoch")) of training in all")
        try search.run(console)
        try tell(search, test, console)
    }

    /// The search with its trials drawn and checked.
    private func search(_ task: any ProgramTask.Type, _ sources: TrainingSources, _ output: String) throws -> HyperparameterSearch
    {
        let space = try SearchSpace(reading: space, keys: task.keys)
        var flags = settings.settings
        let seed = flags["seed"]?.asInteger ?? 1
        guard seed >= 0 else { throw ProgramError(.usage, "--seed is \(seed); give 0 or more") }
        flags["seed"] = nil
        if let key = flags.keys.first(where: { key in space.dimensions.contains { $0.key == key } }) {
            throw ProgramError(.usage, "--\(key) is given and searched for; leave one of them out")
        }
        let drawn = (1...trials).map { space.settings(ofTrial: $0, seed: UInt64(seed)) }
        let all = try drawn.enumerated().map { index, drawn in
            let choice = ConfigurationChoice(files: config.map { [$0] } ?? [], drawn: drawn, flags: flags)
            return HyperparameterSearch.Trial(
                number: index + 1, drawn: drawn, configuration: try choice.configurations(of: task, sources)[0])
        }
        let epochs = all[0].configuration.epochs
        guard firstEpochs <= epochs else {
            throw ProgramError(.usage, "--first-epochs is \(firstEpochs) and --epochs \(epochs); give fewer first ones")
        }
        return HyperparameterSearch(
            task, sources, halving: Halving(trials: trials, first: firstEpochs, epochs: epochs, reduction: reduction),
            trials: all, output: output, seed: seed, threads: common.threads ?? 1,
            jobs: jobs ?? max(1, Processor.coreCount / (common.threads ?? 1)))
    }

    private func tell(_ search: HyperparameterSearch, _ test: EvaluatedFiles?, _ console: Console) throws {
        try AtomicFile.write(search.json.text(pretty: true) + "\n", to: FileSystem.join(search.output, "search.json"))
        guard let best = search.best, let settings = search.bestSettings else {
            let status = search.trials.compactMap { $0.failure.flatMap { ExitStatus(rawValue: $0.status) } }.first
            throw ProgramError(status ?? .internalFault, "no trial came to its end with a score; see search.json")
        }
        let path = FileSystem.join(search.output, "best.json")
        try AtomicFile.write(settings.text(pretty: true) + "\n", to: path)
        var object = search.json
        if let test {
            let run = try RunFolder.open(search.managedRun(of: best, epochs: best.epochs).path)
            let result = try search.task.evaluate(run, test.request)
            object["test"] = .object(result.json)
            if !json { for line in alignedColumns(result.rows) { console.print(line) } }
            if !json { console.print() }
        }
        if json {
            console.print(object.text())
        } else {
            let rows = search.rows
            for line in alignedColumns(Array(rows.dropFirst()), header: rows[0]) { console.print(line) }
        }
        console.note("wrote \(shellQuoted(path)); next: elman train \(search.task.name) FILE --config \(shellQuoted(path))")
    }
}
