import Elman

/// `elman train lm`: reads the texts, makes or restores the run, trains, tells how it goes, and writes the report.
enum LanguageModelTraining {
    /// What of a resumed run may be set anew: how long it lasts, not what it is.
    private static let changeable = [
        "epochs", "max-minutes", "patience", "checkpoint-minutes", "memory-limit", "on-nan", "ignore-save-errors",
    ]

    // MARK: A new run

    static func start(
        _ sources: TextSources, output: String, force: Bool, settings: TrainSettings, console: Console
    ) throws {
        // An old run is overwritten only when everything else is in order.
        let made = force ? nil : try RunFolder.create(output)
        do {
            let texts = try LanguageModelTexts(sources, settings)
            let vocabulary = try texts.vocabulary(settings)
            let corpora = try texts.corpora(vocabulary)
            try describe(texts, vocabulary, corpora, settings, console)
            let folder = try made ?? RunFolder.create(output, force: true)
            try vocabulary.write(to: folder.vocabularyPath)
            var configuration = settings.json
            configuration["_files"] = .array(sources.training.map { .string($0) })
            configuration["_dev"] = sources.development.map { .string($0) } ?? .null
            configuration["_text"] = .string(corpora.fingerprint)
            Signals.install()
            try folder.write(configuration: configuration, programVersion: elmanVersion)
            let model = try LanguageModel(settings.model, vocabulary: vocabulary, seed: settings.options.seed)
            try train(makeLoop(model, corpora, settings, folder), unit: texts.unitName, console)
        } catch {
            // Where nothing was trained, what was begun is taken away again.
            if let made, !FileSystem.exists(made.configurationPath) {
                try? FileSystem.remove(made.checkpointsPath)
                try? FileSystem.remove(made.vocabularyPath)
            }
            throw error
        }
    }

    /// Tells what will be trained. Throws where there is too little memory for it.
    private static func describe(
        _ texts: LanguageModelTexts, _ vocabulary: Vocabulary, _ corpora: LanguageModelCorpora, _ settings: TrainSettings,
        _ console: Console
    ) throws {
        for line in texts.summary(vocabulary) { console.note(line) }
        for warning in texts.warnings(settings, corpora) { console.warn(warning) }
        try MemoryCheck(settings, vocabulary, corpora).run(console)
    }

    // MARK: Going on

    static func resume(_ run: String, flags: JSONObject, console: Console) throws {
        let folder = try RunFolder.resume(run)
        let saved = try folder.readConfiguration()
        let task = saved["task"]?.asString ?? "unknown"
        guard task == "lm" else {
            throw DataError(.badData, path: folder.configurationPath, "task '\(task)' cannot be trained by this program")
        }
        let merged = try changed(saved, by: flags, folder)
        let settings = try TrainSettings(SettingsReader(configuration: merged, path: folder.configurationPath))
        guard let files = saved["_files"]?.asArray?.compactMap(\.asString), !files.isEmpty else {
            throw DataError(.badData, path: folder.configurationPath, "'_files' is missing; the run cannot be resumed")
        }
        let sources = TextSources(training: files, development: saved["_dev"]?.asString)
        console.note("reading \(printable((files + [sources.development].compactMap { $0 }).joined(separator: ", ")))")
        let texts = try LanguageModelTexts(sources, settings)
        let model = try LanguageModel.untrained(folder, seed: settings.options.seed)
        let corpora = try texts.corpora(model.vocabulary)
        if let fingerprint = saved["_text"]?.asString, fingerprint != corpora.fingerprint {
            throw DataError(
                .badData, path: files[0],
                "is not the text with which the run was begun, or \(folder.vocabularyPath) is not its vocabulary; put it back")
        }
        try describe(texts, model.vocabulary, corpora, settings, console)
        let loop = try makeLoop(model, corpora, settings, folder)
        Signals.install()
        if loop.hasCheckpoint {
            try loop.resume()
            guard loop.progress.epoch <= settings.options.epochs else {
                console.note("\(counted(settings.options.epochs, "epoch")) done already; --epochs with a larger number goes on")
                return
            }
        } else {
            console.note("no checkpoint was saved yet: beginning anew")
            try folder.truncateLog(toLineCount: 0)
        }
        if merged != saved { try folder.write(configuration: merged, programVersion: elmanVersion) }
        try train(loop, unit: texts.unitName, console)
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

    private static func makeLoop(
        _ model: LanguageModel, _ corpora: LanguageModelCorpora, _ settings: TrainSettings, _ folder: RunFolder?
    ) throws -> TrainingLoop {
        let task = LanguageModelTask(
            model, training: corpora.training, development: corpora.development, batches: settings.batches,
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
        for member in settings.json.members where !changeable.contains(member.key) { loop.settings[member.key] = member.value }
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

    /// Trains with signals installed, which are restored at the end.
    private static func train(_ loop: TrainingLoop, unit: String, _ console: Console) throws {
        defer { Signals.restore() }
        let display = TrainingDisplay(console: console, metricName: "dev perplexity", unit: unit)
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
                _ = try loop.save { try loop.task.saveModel(to: folder.weightsPath) }
            }
            console.note(
                "saved update \(grouped(loop.progress.update)); continue with: elman train --resume \(shellQuoted(folder.path))")
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
        if let best = loop.progress.bestValue {
            line += "; best dev perplexity \(fixed(best, 2)) at epoch \(loop.progress.bestEpoch)"
        }
        console.note(line)
        console.detailPeakMemory()
        let run = shellQuoted(folder.path)
        console.note("next: elman evaluate \(run) FILE, elman generate \(run), or open \(shellQuoted(folder.reportPath))")
    }
}

/// Ends the program with a status and no further message.
struct ExitWithStatus: Error {
    let status: ExitStatus
}
