import Elman

/// Random search with successive halving.
struct HyperparameterSearch {
    /// Settings that were drawn, and what came of them.
    struct Trial {
        /// Counted from 1.
        let number: Int
        /// What was drawn.
        let drawn: JSONObject
        /// Everything that is set, checked.
        let configuration: ComparedConfiguration
        /// Epochs it has had.
        var epochs = 0
        /// The best score on dev data within these; nil where there is none, as after a failure.
        var score: Double?
        var failure: ManagedRun.Failure?
    }

    let task: any ProgramTask.Type
    let sources: TrainingSources
    let halving: Halving
    let output: String
    let seed: Int
    let threads: Int
    let jobs: Int
    private(set) var trials: [Trial]
    /// The metric on dev data, known after the first rung.
    private(set) var metric: Metric?

    init(
        _ task: any ProgramTask.Type, _ sources: TrainingSources, halving: Halving, trials: [Trial], output: String, seed: Int,
        threads: Int, jobs: Int
    ) {
        self.task = task
        self.sources = sources
        self.halving = halving
        self.trials = trials
        self.output = output
        self.seed = seed
        self.threads = threads
        self.jobs = jobs
    }

    /// Trains rung after rung. Throws `ExitWithStatus` after a signal.
    mutating func run(_ console: Console) throws {
        try EvaluatedFiles.check(sources.names)
        try FileSystem.createDirectory(output)
        let lock = try FolderLock(output)
        defer { lock.release() }
        for trial in trials {
            let folder = folder(of: trial)
            try FileSystem.createDirectory(folder)
            try SettingsRecord.write(
                trial.configuration.settings, task: task.name, sources, to: FileSystem.join(folder, "settings.json"))
        }
        var survivors = Array(trials.indices)
        for rung in halving.rungs {
            survivors = Array(survivors.prefix(rung.trials))
            try train(survivors, epochs: rung.epochs, console)
            survivors = ranked(survivors).filter { trials[$0].score != nil }
            if let best = survivors.first, let metric, let score = trials[best].score {
                console.note(
                    "\(counted(rung.trials, "trial")), \(counted(rung.epochs, "epoch")): best \(metric.name) "
                        + "\(metric.text(score)), trial \(trials[best].number)")
            }
        }
    }

    private mutating func train(_ survivors: [Int], epochs: Int, _ console: Console) throws {
        let runs = try survivors.map { try managedRun(of: trials[$0], epochs: epochs) }
        let waiting = runs.filter { !$0.isDone }
        try ManagedRuns(task: task, jobs: jobs, console: console).finish(
            waiting, of: runs.count, "\(counted(epochs, "epoch"))")
        let logs = runs.map { FileSystem.exists($0.path) ? try? RunReport.trainingRun(RunFolder.open($0.path)) : nil }
        metric = metric ?? Metric.onDev(logs.compactMap { $0 }).first
        for ((index, run), log) in zip(zip(survivors, runs), logs) {
            trials[index].failure = run.failure
            trials[index].epochs = run.failure == nil ? epochs : trials[index].epochs
            trials[index].score = run.failure == nil ? log.flatMap { best(in: $0, epochs: epochs) } : nil
        }
    }

    func managedRun(of trial: Trial, epochs: Int) throws -> ManagedRun {
        let folder = folder(of: trial)
        return try ManagedRun(
            name: "trial \(trial.number)", path: FileSystem.join(folder, "run"),
            ManagedRun.Recipe(
                task: task.name, sources: sources, settingsPath: FileSystem.join(folder, "settings.json"), seed: seed,
                threads: threads),
            epochs: epochs, test: nil)
    }

    func folder(of trial: Trial) -> String { FileSystem.join(output, "trial-\(trial.number)") }

    /// The best score in a log within so many epochs: a run that has had more already is judged as if it had not.
    private func best(in log: TrainingRun, epochs: Int) -> Double? {
        guard let metric else { return nil }
        let rows = log.rows.filter { ($0["epoch"] ?? .infinity) <= Double(epochs) }
        let part = TrainingRun(name: log.name, rows: rows)
        return part.bestRow(metric).flatMap { part.rows[$0][metric.key] }
    }

    /// Best first; of equal ones the first drawn, and those without a score last.
    private func ranked(_ indices: [Int]) -> [Int] {
        indices.sorted { left, right in
            guard let first = trials[left].score else { return trials[right].score == nil && left < right }
            guard let second = trials[right].score, let metric else { return true }
            return first == second ? left < right : metric.isBetter(first, than: second)
        }
    }

    /// The best of the trials that had all epochs; nil where none has a score.
    var best: Trial? {
        let last = halving.rungs[halving.rungs.count - 1].epochs
        return ranked(Array(trials.indices)).map { trials[$0] }.first { $0.epochs == last && $0.score != nil }
    }

    /// All trials, those with the most epochs first and of these the best first.
    var rankedTrials: [Trial] {
        let order = ranked(Array(trials.indices))
        let epochs = Set(trials.map(\.epochs)).sorted(by: >)
        return epochs.flatMap { count in order.map { trials[$0] }.filter { $0.epochs == count } }
    }
}
