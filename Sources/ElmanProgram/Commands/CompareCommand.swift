import ArgumentParser
import Elman

/// `elman compare`.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Compare configurations over seeds, or trained runs on a test set.",
        usage: """
            elman compare <task> <file> ... --dev <file> --test <file> -o <folder> [--configs <file> ...] [--vary <key>=<value>,...] [<options>]
            elman compare <run> <run> ... --test <file> [<options>]
            """,
        discussion: """
            elman compare classify train.txt --dev dev.txt --test test.txt -o runs/cells --vary cell=rnn,lstm,gru --seeds 10
            elman compare runs/a runs/b --test test.txt
            elman compare runs/a runs/b --test-source test.ja --test-target test.en --beam 5

            Every configuration is trained from every seed, each in a process of its own with one thread, as many side by \
            side as there are cores. Ctrl-C saves them all; the same command goes on. Every option of elman train is one \
            of all configurations. See also: comparison.json and comparison.html in the folder.
            """)

    @Argument(help: ArgumentHelp("The task and its training files, or trained runs.", valueName: "task> <file"))
    var inputs: [String] = []
    @OptionGroup var data: ComparedDataFlags

    @Option(
        parsing: .upToNextOption, help: ArgumentHelp("JSON files with settings, a configuration each.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var configs: [String] = []

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Values of a setting, a configuration each; several settings give all combinations.", valueName: "key=v,v"))
    var vary: [String] = []

    @Option(
        help: ArgumentHelp("One JSON file with settings, for --vary.", valueName: "file"), completion: .file(extensions: ["json"])
    )
    var config: String?

    @Option(help: ArgumentHelp("Runs of each configuration.", valueName: "n")) var seeds = 5
    @Option(help: ArgumentHelp("Seed of the first run.", valueName: "n")) var firstSeed = 1
    @Option(help: ArgumentHelp("Score to compare by, a key of elman evaluate --json (that of the task).", valueName: "key"))
    var score: String?
    @Option(help: ArgumentHelp("Also tell the time until this score was reached on dev data.", valueName: "score"))
    var targetScore: Double?
    @Option(help: ArgumentHelp("Rate at which equal configurations may be told apart.", valueName: "rate")) var alpha = 0.05
    @Option(help: ArgumentHelp("Trainings side by side (the cores).", valueName: "n")) var jobs: Int?
    @Flag(help: "One JSON object on standard output.") var json = false
    @OptionGroup var settings: SettingFlagGroups
    @OptionGroup var common: CommonFlags

    func validate() throws {
        guard (1...10_000).contains(seeds) else { throw ValidationError("--seeds is \(seeds); give 1 to 10000") }
        guard firstSeed >= 0, firstSeed < Int.max - 10_000 else {
            throw ValidationError("--first-seed is \(firstSeed); give 0 or more")
        }
        guard alpha > 0, alpha < 1 else { throw ValidationError("--alpha is \(alpha); give a rate above 0 and below 1") }
        if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs is \(jobs); give 1 to 1024") }
    }

    func run() throws {
        let console = common.start()
        guard let first = inputs.first else {
            throw ProgramError(.usage, "nothing to compare; name a task and its training file, or two runs")
        }
        if ProgramTasks.names.contains(first) {
            try compareConfigurations(of: ProgramTasks.named(first), console)
        } else if FileSystem.isDirectory(first) {
            try compareRuns(console)
        } else {
            throw ProgramError(
                .usage, "'\(printable(first))' is no task and no run\(suggestion(for: first, among: ProgramTasks.names))")
        }
    }

    // MARK: Configurations

    private func compareConfigurations(of task: any ProgramTask.Type, _ console: Console) throws {
        guard let output = data.output else { throw ProgramError(.usage, "no folder for the runs; name one with -o") }
        if config != nil, !configs.isEmpty {
            throw ProgramError(.usage, "--config and --configs are given; name all files with --configs")
        }
        try ComparedScore.check(score, of: task)
        let test = try data.evaluatedFiles()
        try test.options.check(for: task)
        let sources = try data.sources(training: Array(inputs.dropFirst()), task)
        let choice = ConfigurationChoice(
            files: config.map { [$0] } ?? configs, variations: vary, flags: settings.settings)
        let comparison = Comparison(
            task: task, sources: sources, test: test,
            configurations: try choice.configurations(of: task, sources),
            seeds: Array(firstSeed..<firstSeed + seeds), output: output, threads: common.threads ?? 1,
            jobs: jobs ?? max(1, Processor.coreCount / (common.threads ?? 1)))
        let runs = try comparison.run(console)
        let failures = runs.joined().filter { $0.failure != nil }
        guard failures.count < runs.joined().count else { throw Self.ending(failures, of: failures.count) }
        try tell(comparison, runs, Array(failures), console)
        if !failures.isEmpty { throw Self.ending(Array(failures), of: runs.joined().count) }
    }

    private func tell(_ comparison: Comparison, _ runs: [[ManagedRun]], _ failures: [ManagedRun], _ console: Console) throws {
        let result = try SeedComparison(
            comparison.configurations, runs, scoreKey: score, target: targetScore, alpha: alpha)
        let tables = ComparisonTables(
            comparison: result, test: comparison.test.text, seeds: comparison.seeds, target: targetScore)
        let object = result.json(
            task: comparison.task.name, test: comparison.test, seeds: comparison.seeds, target: targetScore, failures: failures)
        let pagePath = FileSystem.join(comparison.output, "comparison.html")
        try AtomicFile.write(object.text(pretty: true) + "\n", to: FileSystem.join(comparison.output, "comparison.json"))
        let page = ComparisonPage.page(tables, signature: "elman \(elmanVersion): elman compare, \(comparison.output)")
        try AtomicFile.write(page.html, to: pagePath)
        if json { console.print(object.text()) } else { for line in tables.lines { console.print(line) } }
        console.note("wrote \(shellQuoted(pagePath))")
    }

    /// The error that ends a comparison in which runs failed.
    static func ending(_ failures: some Collection<ManagedRun>, of count: Int) -> ProgramError {
        let status = failures.first?.failure.flatMap { ExitStatus(rawValue: $0.status) } ?? .internalFault
        return ProgramError(status, "\(failures.count) of \(counted(count, "run")) failed; the same command tries them again")
    }

    // MARK: Runs

    private func compareRuns(_ console: Console) throws {
        let foreign = [
            (!configs.isEmpty, "--configs"), (!vary.isEmpty, "--vary"), (config != nil, "--config"),
            (targetScore != nil, "--target-score"),
            (jobs != nil, "--jobs"),
        ]
        if let name = foreign.first(where: \.0)?.1 ?? settings.settings.keys.first.map({ "--\($0)" }) {
            throw ProgramError(.usage, "\(name) is for configurations that are trained, not for runs that are")
        }
        guard inputs.count > 1 else { throw ProgramError(.usage, "one run is given; name two or more") }
        let test = try data.evaluatedFiles()
        try EvaluatedFiles.check(test.names)
        let comparison = try RunComparison(inputs, test, scoreKey: score, alpha: alpha)
        for warning in comparison.warnings { console.warn(warning) }
        let object = comparison.json(test)
        if let output = data.output {
            try FileSystem.createDirectory(output)
            try AtomicFile.write(object.text(pretty: true) + "\n", to: FileSystem.join(output, "comparison.json"))
        }
        if json { console.print(object.text()) } else { for line in comparison.lines(test) { console.print(line) } }
    }
}
