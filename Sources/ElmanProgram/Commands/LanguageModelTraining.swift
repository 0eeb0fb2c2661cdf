import Elman

/// `elman train lm`: reads the texts, makes or restores the run, trains, tells how it goes, and writes the report.
enum LanguageModelTraining {
    /// What of a resumed run may be set anew: how long it lasts, not what it is.
    private static let changeable = ["epochs", "max-minutes", "patience", "checkpoint-minutes"]

    // MARK: A new run

    static func start(
        files: [String], dev: String?, output: String, force: Bool, settings: TrainSettings, console: Console
    ) throws {
        let folder = try RunFolder.create(output, force: force)
        do {
            let texts = try LanguageModelTexts(files: files, dev: dev, settings: settings)
            let vocabulary = try texts.vocabulary(settings)
            try vocabulary.write(to: folder.vocabularyPath)
            var configuration = settings.json
            configuration["_files"] = .array(files.map { .string($0) })
            configuration["_dev"] = dev.map { .string($0) } ?? .null
            try folder.write(configuration: configuration, programVersion: elmanVersion)
            let model = try LanguageModel(settings.model, vocabulary: vocabulary, seed: settings.options.seed)
            let loop = try makeLoop(model, texts, settings, folder)
            try train(loop, texts, settings, console)
        } catch let error as DataError where !FileSystem.exists(folder.configurationPath) {
            // Nothing was trained: what was begun is taken away again.
            try? FileSystem.remove(folder.checkpointsPath)
            try? FileSystem.remove(folder.vocabularyPath)
            throw error
        }
    }

    // MARK: Going on

    static func resume(_ run: String, flags: JSONObject, console: Console) throws {
        let folder = try RunFolder.resume(run)
        let saved = try folder.readConfiguration()
        let task = saved["task"]?.asString ?? "unknown"
        guard task == "lm" else {
            throw DataError(.badData, path: folder.configurationPath, "task '\(task)' cannot be trained by this program")
        }
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
        let settings = try TrainSettings(SettingsReader(configuration: merged, path: folder.configurationPath))
        guard let files = saved["_files"]?.asArray?.compactMap(\.asString) else {
            throw DataError(.badData, path: folder.configurationPath, "'_files' is missing; the run cannot be resumed")
        }
        let texts = try LanguageModelTexts(files: files, dev: saved["_dev"]?.asString, settings: settings)
        let model = try LanguageModel.untrained(folder, seed: settings.options.seed)
        let loop = try makeLoop(model, texts, settings, folder)
        try loop.resume()
        if merged != saved { try folder.write(configuration: merged, programVersion: elmanVersion) }
        try train(loop, texts, settings, console)
    }

    // MARK: Training

    private static func makeLoop(
        _ model: LanguageModel, _ texts: LanguageModelTexts, _ settings: TrainSettings, _ folder: RunFolder?
    ) throws -> TrainingLoop {
        let training = try texts.trainingCorpus(model.vocabulary)
        let task = LanguageModelTask(
            model, training: training, development: try texts.developmentCorpus(model.vocabulary), batches: settings.batches,
            seed: settings.options.seed)
        return try makeLoop(task, settings, folder)
    }

    /// A loop with the trainer and the schedule that the settings name.
    static func makeLoop(_ task: any TrainingTask, _ settings: TrainSettings, _ folder: RunFolder?) throws -> TrainingLoop {
        var options = TrainerOptions(
            learningRate: settings.learningRate, clipNorm: settings.clip.map { Float($0) }, weightDecay: settings.weightDecay)
        options.averaging =
            settings.averaging == "exponential" ? .exponential() : settings.averaging == "cumulative" ? .cumulative() : .none
        guard let trainer = makeTrainer(named: settings.optimizer, task.parameters, options) else {
            throw ProgramError(.usage, "there is no optimizer '\(settings.optimizer)'")
        }
        let loop = TrainingLoop(task, trainer: trainer, options: settings.options, folder: folder)
        let rate = trainer.learningRate
        let updateCount = task.beginEpoch(1) * settings.options.epochs
        let name = settings.schedule ?? (settings.decay == nil ? "constant" : "step")
        let schedule =
            LearningRateSchedule.named(
                name,
                .init(
                    updateCount: updateCount, warmUp: settings.warmUp, factor: settings.decay ?? 0.5,
                    afterEpoch: settings.decayAfter)) ?? .constant
        loop.learningRate = { progress in
            schedule.rate(
                rate,
                at: TrainingProgress(
                    update: progress.update, epoch: progress.epoch, developmentLosses: progress.history))
        }
        return loop
    }

    private static func train(
        _ loop: TrainingLoop, _ texts: LanguageModelTexts, _ settings: TrainSettings, _ console: Console
    ) throws {
        guard let task = loop.task as? LanguageModelTask else { return }
        for line in texts.summary(task.model) { console.note(line) }
        Signals.install()
        defer { Signals.restore() }
        let display = TrainingDisplay(console: console, metricName: "dev perplexity", unit: texts.unitName)
        loop.handler = { event in
            display.show(event)
            if Signals.stop != nil { return .stop }
            return Signals.takeSaveRequest() ? .save : .proceed
        }
        let end = try loop.run()
        display.finish()
        guard let folder = loop.folder else { return }
        try RunReport.write(folder)
        if end == .stopped, let stop = Signals.stop {
            console.note("saved update \(grouped(loop.progress.update)); continue with: elman train --resume \(folder.path)")
            Console.output.flush()
            throw ExitWithStatus(status: stop.status)
        }
        summarise(loop, end, folder, console)
    }

    private static func summarise(_ loop: TrainingLoop, _ end: TrainingEnd, _ folder: RunFolder, _ console: Console) {
        let why =
            switch end {
            case .finished: "done"
            case .outOfPatience: "stopped, no improvement any more"
            case .outOfTime: "stopped, the time is up"
            case .stopped: "stopped"
            }
        var line = "\(why) after \(grouped(loop.progress.update)) updates in \(duration(loop.progress.seconds))"
        if let best = loop.progress.bestValue { line += "; best dev perplexity \(fixed(best, 2)) at epoch \(loop.progress.bestEpoch)" }
        console.note(line)
        console.note("next: elman evaluate \(folder.path) FILE, elman generate \(folder.path), or open \(folder.reportPath)")
    }
}

/// Ends the program with a status and no further message.
struct ExitWithStatus: Error {
    let status: ExitStatus
}
