import Elman

/// `elman train`: makes or restores the run of a task, trains, tells how it goes, and writes the report.
enum RunTraining {
    /// What of a resumed run may be set anew: how long it lasts, not what it is.
    private static let changeable = [
        "epochs", "max-minutes", "patience", "checkpoint-minutes", "memory-limit", "on-nan", "ignore-save-errors",
        "dev-translation", "tensorboard",
    ]

    /// Keys that say where the first weights of a run came from.
    private static let beginnings = ["_pretrained", "_embeddings", "_contextual"]

    // MARK: A new run

    static func start(
        _ plan: TrainingPlan, _ task: any ProgramTask.Type, _ sources: TrainingSources, output: String, force: Bool,
        console: Console
    ) throws {
        // An old run is overwritten only when everything else is in order.
        let made = force ? nil : try RunFolder.create(output)
        do {
            let prepared = try plan(nil)
            try describe(prepared, console)
            for warning in ExperimentChecks.beforeTraining(sources) { console.warn(warning) }
            let folder = try made ?? RunFolder.create(output, force: true)
            try prepared.writeVocabularies(to: folder)
            var configuration = prepared.configuration
            for member in sources.json.members { configuration[member.key] = member.value }
            configuration["_text"] = .string(prepared.fingerprint)
            if let baseline = prepared.baseline {
                configuration["_baseline"] = baseline.json
                console.note("to beat: \(baseline.name), dev \(prepared.metric) \(metricText(baseline.value, prepared.metric))")
            }
            Signals.install()
            try folder.write(configuration: configuration, programVersion: elmanVersion)
            let loop = try makeLoop(
                prepared.makeTask(), prepared.training, configuration: prepared.configuration, folder)
            for line in batchSummary(of: loop.task) { console.note(line) }
            if prepared.beginsElsewhere { try loop.saveCheckpoint() }
            try train(loop, prepared, task, console)
        } catch {
            // Where nothing was trained, what was begun is taken away again.
            if let made, !FileSystem.exists(made.configurationPath) { made.discard() }
            throw error
        }
    }

    /// Tells what will be trained. Throws where there is too little memory for it.
    private static func describe(_ prepared: any PreparedTraining, _ console: Console) throws {
        for line in prepared.summary { console.note(line) }
        for warning in prepared.warnings { console.warn(warning) }
        if !prepared.training.options.precision.isFast {
            console.warn(
                "this processor has no products of bfloat16; they are imitated, which is slower than --precision float32")
        }
        if !prepared.hasDevelopment {
            console.warn("there is nothing to evaluate on (no --dev): the last model is kept, not the best")
        }
        try prepared.checkFineTuning()
        try prepared.checkMemory(console)
    }

    // MARK: Going on

    static func resume(_ run: String, flags: JSONObject, console: Console) throws {
        let folder = try RunFolder.resume(run)
        let saved = try folder.readConfiguration()
        let task = try ProgramTasks.task(of: folder)
        let merged = try changed(saved, by: flags, folder)
        let sources = try TrainingSources(json: saved, path: folder.configurationPath)
        console.note("reading \(printable(sources.names.joined(separator: ", ")))")
        let reader = SettingsReader(configuration: merged, path: folder.configurationPath)
        let prepared = try task.plan(reader, sources)(folder)
        if let fingerprint = saved["_text"]?.asString, fingerprint != prepared.fingerprint {
            throw DataError(
                .badData, path: sources.names[0],
                "is not the text with which the run was begun, or \(folder.vocabularyPath) is not its vocabulary; put it back")
        }
        try describe(prepared, console)
        let loop = try makeLoop(prepared.makeTask(), prepared.training, configuration: prepared.configuration, folder)
        Signals.install()
        if loop.hasCheckpoint {
            try loop.resume()
            let epochs = prepared.training.options.epochs
            guard loop.progress.epoch <= epochs else {
                console.note("\(counted(epochs, "epoch")) done already; --epochs with a larger number goes on")
                return
            }
        } else {
            if let source = beginnings.first(where: { saved[$0]?.asString != nil }) {
                throw DataError(
                    .badData, path: folder.path,
                    "was interrupted before the weights of \(saved[source]?.asString ?? "") were saved; begin it again with --force"
                )
            }
            console.note("no checkpoint was saved yet: beginning anew")
            try folder.truncateLog(toLineCount: 0)
        }
        if merged != saved { try folder.write(configuration: merged, programVersion: elmanVersion) }
        try train(loop, prepared, task, console)
    }

    /// The saved configuration with what may be set anew. Throws for anything else that differs.
    private static func changed(_ saved: JSONObject, by flags: JSONObject, _ folder: RunFolder) throws(DataError) -> JSONObject {
        var merged = saved
        for member in flags.members where saved[member.key] != member.value {
            guard changeable.contains(member.key) else {
                throw DataError(
                    .configuration, path: folder.configurationPath,
                    "the run has '\(member.key)' \(saved[member.key]?.text() ?? "unset"), not \(member.value.text()); "
                        + "a resumed run keeps what it is, only \(changeable.joined(separator: ", ")) may change")
            }
            merged[member.key] = member.value
        }
        return merged
    }

    // MARK: Training

    /// What buckets of sentences of about the same length save, in a line; none where batches are no buckets.
    static func batchSummary(of task: any TrainingTask) -> [String] {
        guard let batches = (task as? any BatchedTask)?.batches, let padding = batches.padding else { return [] }
        return [
            "\(counted(batches.exampleCount, "example")) in \(counted(batches.count, "batch")) of about equal length: "
                + "padded they would hold \(percentText(padding.share)) padding, in shuffled order "
                + "\(percentText(padding.shareUnsorted)); sorting saves \(percentText(padding.shareSaved))"
        ]
    }

    /// A loop with the trainer and the schedule that the settings name.
    static func makeLoop(
        _ task: any TrainingTask, _ settings: TrainSettings, configuration: JSONObject, _ folder: RunFolder?
    ) throws -> TrainingLoop {
        guard let trainer = makeTrainer(named: settings.optimizer, task.parameters, settings.trainerOptions) else {
            throw ProgramError(.usage, "there is no optimizer '\(settings.optimizer)'")
        }
        let loop = TrainingLoop(task, trainer: trainer, options: settings.options, folder: folder)
        for member in configuration.members where !changeable.contains(member.key) {
            loop.settings[member.key] = member.value
        }
        // Checkpoints from before there was a choice do not name it.
        if settings.options.precision == .float32 { loop.settings["precision"] = .null }
        loop.fineTuning = try settings.fineTuning(task.parameters)
        let rate = trainer.learningRate
        let updateCount = task.beginEpoch(1) * settings.options.epochs
        let schedule = settings.makeSchedule(updateCount: updateCount)
        loop.learningRate = { progress in
            schedule.rate(
                rate,
                at: TrainingProgress(
                    update: progress.update, epoch: progress.epoch, developmentLosses: progress.history))
        }
        return loop
    }

    /// Trains with signals installed, which are restored at the end.
    private static func train(
        _ loop: TrainingLoop, _ prepared: any PreparedTraining, _ task: any ProgramTask.Type, _ console: Console
    ) throws {
        defer { Signals.restore() }
        let display = TrainingDisplay(console: console, metricName: "dev \(prepared.metric)", unit: prepared.unit)
        loop.handler = { event in
            display.show(event)
            if Signals.stop != nil { return .stop }
            return Signals.takeSaveRequest() ? .save : .proceed
        }
        // An error's message must not stand behind the bar.
        defer { display.finish() }
        let end = try loop.run()
        display.finish()
        guard let folder = loop.folder else { return }
        _ = try loop.save { try RunReport.write(folder) }
        if end == .stopped, let stop = Signals.stop {
            // So that there is something to try even before the first evaluation.
            if !FileSystem.exists(folder.weightsPath) {
                _ = try loop.save { try loop.trainer.withAverages { try loop.task.saveModel(to: folder.weightsPath) } }
            }
            console.note(
                "saved update \(grouped(loop.progress.update)); continue with: elman train --resume \(shellQuoted(folder.path))")
            throw ExitWithStatus(status: stop.status)
        }
        summarise(loop, end, folder, metric: prepared.metric, console)
        showNext(task, folder, console)
    }

    private static func summarise(
        _ loop: TrainingLoop, _ end: TrainingEnd, _ folder: RunFolder, metric: String, _ console: Console
    ) {
        let why =
            switch end {
            case .finished: "done"
            case .outOfPatience: "stopped, no improvement any more"
            case .outOfTime: "stopped, the time is up"
            case .stopped: "stopped"
            }
        var line = "\(why) after \(grouped(loop.progress.update)) updates in \(duration(loop.progress.seconds))"
        if let best = loop.progress.bestValue {
            line += "; best dev \(metric) \(metricText(best, metric)) at epoch \(loop.progress.bestEpoch)"
        }
        console.note(line)
        console.detailPeakMemory()
    }

    private static func showNext(_ task: any ProgramTask.Type, _ folder: RunFolder, _ console: Console) {
        let commands = task.nextCommands(shellQuoted(folder.path)).map { "elman \($0)" }
        console.note("next: \(commands.joined(separator: ", ")), or open \(shellQuoted(folder.reportPath))")
    }
}

/// A value of a metric for people: shares in percent.
func metricText(_ value: Double, _ metric: String) -> String {
    let isShare = !["perplexity", "loss", "bleu"].contains { metric.contains($0) }
    return isShare ? "\(fixed(100 * value, 2)) %" : fixed(value, 2)
}

/// Ends the program with a status and no further message.
struct ExitWithStatus: Error {
    let status: ExitStatus
}
