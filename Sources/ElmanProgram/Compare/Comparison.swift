import Elman

/// Configurations that are trained from the same seeds and compared.
struct Comparison {
    let task: any ProgramTask.Type
    let sources: TrainingSources
    /// What the trained models are measured on.
    let test: EvaluatedFiles
    let configurations: [ComparedConfiguration]
    let seeds: [Int]
    /// The folder of everything.
    let output: String
    /// Threads of each training.
    let threads: Int
    /// Trainings side by side.
    let jobs: Int

    /// The runs of all configurations, one array a configuration, by seed.
    ///
    /// Makes the folders. Throws where one was made for something else.
    private func runs() throws -> [[ManagedRun]] {
        try configurations.map { configuration in
            let folder = FileSystem.join(output, configuration.name)
            try FileSystem.createDirectory(folder)
            let settingsPath = FileSystem.join(folder, "settings.json")
            var settings = configuration.settings
            settings["epochs"] = JSONValue(configuration.epochs)
            try SettingsRecord.write(settings, task: task.name, sources, to: settingsPath)
            return try seeds.map { seed in
                try ManagedRun(
                    name: "\(configuration.name), seed \(seed)", path: FileSystem.join(folder, "seed-\(seed)"),
                    ManagedRun.Recipe(
                        task: task.name, sources: sources, settingsPath: settingsPath, seed: seed, threads: threads),
                    epochs: configuration.epochs, test: test)
            }
        }
    }

    /// Trains and measures what is not done yet. Gives what is known of every run; those that failed have no evaluation.
    ///
    /// Throws `ExitWithStatus` after a signal.
    func run(_ console: Console) throws -> [[ManagedRun]] {
        try EvaluatedFiles.check(sources.names + test.names)
        try FileSystem.createDirectory(output)
        let lock = try FolderLock(output)
        defer { lock.release() }
        let runs = try runs()
        // Seed by seed, so that what is there after a while can be compared.
        let all = seeds.indices.flatMap { seed in runs.map { $0[seed] } }
        let waiting = all.filter { !$0.isDone }
        if waiting.count < all.count { console.note("\(counted(all.count - waiting.count, "run")) done already") }
        try ManagedRuns(task: task, jobs: jobs, console: console).finish(
            waiting, of: all.count, "\(counted(configurations.count, "configuration"))")
        return runs
    }
}

/// Works off runs with a display of how far they are.
struct ManagedRuns {
    let task: any ProgramTask.Type
    let jobs: Int
    let console: Console

    /// Brings the runs to their end, except those that fail. `count` is how many there are with those done before.
    func finish(_ runs: [ManagedRun], of count: Int, _ description: String) throws {
        if runs.isEmpty { return }
        Signals.install()
        defer { Signals.restore() }
        let progress = console.progress(description, total: count, unit: "run", completed: count - runs.count)
        defer { progress.finish() }
        // Settings of the environment are in the file of settings already, where options come before them.
        let queue = ProcessQueue(width: jobs, hiddenVariables: Set(task.keys.map { SettingsReader.variable($0) }))
        try queue.run(runs) { run in
            if console.verbosity > .quiet { for line in lines(on: run) { progress.log(line) } }
            progress.advance()
        } whileWaiting: {
            // A bar has a clock; lines are there for news only.
            if console.terminal.isInteractive { progress.advance(by: 0) }
        }
        progress.finish()
        guard let stop = Signals.stop else { return }
        console.note("stopped; the same command goes on where it was")
        throw ExitWithStatus(status: stop.status)
    }

    /// What came of a run.
    private func lines(on run: ManagedRun) -> [String] {
        if let failure = run.failure {
            let words = "\(run.name) ended with status \(failure.status) (\(run.logPath))"
            return [warningLine(words, terminal: console.terminal)] + failure.lines.map { "  " + $0 }
        }
        guard let evaluation = run.evaluation, let score = try? ComparedScore(nil, among: ComparedScore.keys(of: evaluation)),
            let value = evaluation[score.key]?.asDouble
        else { return [] }
        return ["\(run.name): \(score.name) \(score.text(value))"]
    }
}
