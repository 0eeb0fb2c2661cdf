import ElmanFiles
import ElmanGraph
import ElmanOptimizers
import ElmanTensor

/// Trains a task: epochs, evaluations, the best model kept, early stopping, checkpoints, and going on after an interruption as
/// if there had been none. Where the trainer keeps averages of the weights, they are what is evaluated and kept.
///
/// The same task, options and seed give the same bits of all weights, with any number of threads and with any number of
/// interruptions in between.
public final class TrainingLoop {
    /// What is trained.
    public let task: any TrainingTask
    /// By which rule.
    public let trainer: Trainer
    /// For how long.
    public let options: TrainingOptions
    /// Where the run is kept; nil: nowhere.
    public let folder: RunFolder?
    /// Where the run stands.
    public internal(set) var progress = RunProgress()
    /// The learning rate of an update; by default the trainer's first one throughout.
    public var learningRate: (RunProgress) -> Double
    /// Is told what happens, and says how to go on.
    public var handler: (TrainingEvent) throws -> TrainingRequest = { _ in .proceed }

    /// What of the model is trained when, and at which rate; nil: what is not frozen, at one rate.
    public var fineTuning: FineTuning?

    /// What the run is, kept with every checkpoint: the run is resumed with equal settings or not at all.
    public var settings: JSONObject = [:]

    let graph = ComputationGraph()
    /// Skipped updates since the last good one.
    var skipsInARow = 0
    /// Folders kept of updates that went wrong, since the start.
    var keptFaultCount = 0
    /// Why the last checkpoint, and the last model that was the best, could not be written.
    private var checkpointFailure: DataError?
    private var modelFailure: DataError?
    private var isResumed = false
    private lazy var events = EventLog(folder)
    private var startTime = 0.0
    private var secondsBefore = 0.0
    private var lastCheckpoint = 0.0
    private var lastEvaluationSeconds = 0.0
    /// Of the update before the evaluation that comes.
    private var health: TrainingHealth?
    private var lastEvaluationUnits = 0

    /// A loop that has not begun.
    public init(_ task: any TrainingTask, trainer: Trainer, options: TrainingOptions, folder: RunFolder? = nil) {
        self.task = task
        self.trainer = trainer
        self.options = options
        self.folder = folder
        graph.productPrecision = options.precision
        let rate = trainer.learningRate
        learningRate = { _ in rate }
    }

    /// Trains until an end is reached. Throws what the handler throws, `DataError` where saving fails, and `.computation`
    /// where the loss or a gradient stops being finite.
    @discardableResult
    public func run() throws -> TrainingEnd {
        let end = try runToEnd()
        // A last chance for what was left unsaved on the way.
        if checkpointFailure != nil { try checkpoint(mustSucceed: true) }
        if let modelFailure { throw modelFailure }
        return end
    }

    private func runToEnd() throws -> TrainingEnd {
        startTime = monotonicSeconds()
        lastCheckpoint = startTime
        secondsBefore = progress.seconds
        lastEvaluationSeconds = progress.seconds
        lastEvaluationUnits = progress.unitCount
        _ = try handler(.started(progress, isResumed: isResumed))
        fineTuning?.begin(trainer)
        while progress.epoch <= options.epochs {
            fineTuning?.begin(epoch: progress.epoch, parameters)
            let updateCount = task.beginEpoch(progress.epoch)
            _ = try handler(.epochBegan(progress.epoch, updateCount: updateCount))
            while progress.updateInEpoch < updateCount {
                if let end = try step(updateCount) { return end }
            }
            progress.epoch += 1
            progress.updateInEpoch = 0
            if options.evaluateEvery == nil, let end = try evaluate() { return end }
        }
        if progress.lossUnits > 0, let end = try evaluate() { return end }
        return .finished
    }

    /// One update, and what is due after it.
    private func step(_ updateCount: Int) throws -> TrainingEnd? {
        let report = try update(updateCount)
        let request = try handler(.updated(report))
        if let interval = options.evaluateEvery, progress.update % interval == 0, let end = try evaluate() { return end }
        if case .stop = request {
            try checkpoint(mustSucceed: true)
            return .stopped
        }
        let now = monotonicSeconds()
        progress.seconds = secondsBefore + now - startTime
        if let limit = options.maximumMinutes, progress.seconds >= limit * 60 {
            if progress.lossUnits > 0 { _ = try evaluate() }
            try checkpoint(mustSucceed: true)
            return .outOfTime
        }
        var isSaveDue = now - lastCheckpoint > options.checkpointMinutes * 60
        if case .save = request { isSaveDue = true }
        if isSaveDue { try checkpoint() }
        return nil
    }

    private func update(_ updateCount: Int) throws -> UpdateReport {
        trainer.learningRate = learningRate(progress)
        let carried = task.carriedState
        graph.renew()
        graph.seed = seed(ofUpdate: progress.update)
        let outcome = learnInSegments() ?? learnAtOnce(isExamined: isEvaluationNext(updateCount))
        let isGood = outcome.total.isFinite && outcome.badGradients.isEmpty
        if isGood {
            skipsInARow = 0
            progress.unitCount += outcome.unitCount
            progress.lossSum += outcome.total
            progress.lossUnits += outcome.unitCount
        } else {
            task.carriedState = carried
            try react(to: findFault(loss: outcome.total, gradients: outcome.badGradients, repeats: !outcome.isSegmented))
        }
        progress.update += 1
        progress.updateInEpoch += 1
        return UpdateReport(
            progress: progress, updateCount: updateCount, loss: outcome.total / Double(max(outcome.unitCount, 1)),
            gradientNorm: isGood ? trainer.lastGradientNorm : nil, unitCount: isGood ? outcome.unitCount : 0)
    }

    /// What came of an update.
    private struct Outcome {
        var total: Double
        var unitCount: Int
        /// Parameters whose gradients are not finite; then nothing was changed.
        var badGradients: [String] = []
        var isSegmented = false
    }

    private func learnAtOnce(isExamined: Bool) -> Outcome {
        graph.recording = isExamined ? Recording(includesGates: false) : nil
        let loss = task.loss(ofUpdate: progress.updateInEpoch, in: graph)
        var outcome = Outcome(total: Double(loss.total.value.scalar), unitCount: loss.unitCount)
        if outcome.total.isFinite { outcome.badGradients = isExamined ? examine(loss) : learn(loss) }
        return outcome
    }

    /// An update that does not fit into memory as a whole; nil for one that does.
    private func learnInSegments() -> Outcome? {
        graph.recording = nil
        guard let loss = task.backpropagateInSegments(progress.updateInEpoch, in: graph) else { return nil }
        var outcome = Outcome(total: loss.total, unitCount: loss.unitCount, isSegmented: true)
        guard loss.total.isFinite else {
            parameters.clearGradients()
            return outcome
        }
        task.finishUpdate()
        outcome.badGradients = changeWeights(rateFactor: loss.rateFactor)
        return outcome
    }

    /// Whether the model is evaluated after the present update, as far as that is known.
    private func isEvaluationNext(_ updateCount: Int) -> Bool {
        guard let interval = options.evaluateEvery else { return progress.updateInEpoch + 1 == updateCount }
        return (progress.update + 1) % interval == 0
    }

    /// Learns, and keeps what that says of weights and units.
    private func examine(_ loss: TrainingLoss) -> [String] {
        var examined = graph.recording.map { TrainingHealth($0) }
        let before = WeightSample(parameters)
        let names = learn(loss)
        if names.isEmpty, examined != nil { before.compare(into: &examined!) }
        health = examined
        return names
    }

    /// Changes the weights by the gradient of a loss. Where it is not finite, changes none and names its parameters.
    private func learn(_ loss: TrainingLoss) -> [String] {
        loss.objective.backward()
        task.finishUpdate()
        return changeWeights(rateFactor: loss.rateFactor)
    }

    private func changeWeights(rateFactor: Double) -> [String] {
        let rate = trainer.learningRate
        defer { trainer.learningRate = rate }
        trainer.learningRate = rate * rateFactor
        if case .skippedNonFinite(let names) = trainer.update() { return names }
        return []
    }

    /// Random numbers of an update follow from the run's seed and the update alone.
    func seed(ofUpdate update: Int) -> UInt64 { RandomGenerator(seed: options.seed, stream: UInt64(update) + 1).state }

    // MARK: Evaluation

    /// Seconds that the run has taken, with those of earlier parts.
    private var elapsedSeconds: Double { secondsBefore + monotonicSeconds() - startTime }

    private func evaluate() throws -> TrainingEnd? {
        let seconds = elapsedSeconds - lastEvaluationSeconds
        let (evaluation, isBest) = try trainer.withAverages {
            let evaluation = task.evaluate()
            return (evaluation, try keepIfBest(evaluation))
        }
        progress.seconds = elapsedSeconds
        let rate = Double(progress.unitCount - lastEvaluationUnits) / max(seconds, 1e-9)
        let trainLoss = progress.runningLoss
        note(evaluation, isBest: isBest)
        trainer.beginAveragingIfDue(developmentLosses: progress.history)
        let report = EvaluationReport(
            progress: progress, trainLoss: trainLoss, evaluation: evaluation, isBest: isBest,
            learningRate: trainer.learningRate, unitsPerSecond: rate, health: health)
        health = nil
        try log(report)
        lastEvaluationUnits = progress.unitCount
        let request = try handler(.evaluated(report))
        if case .stop = request {
            try checkpoint(mustSucceed: true)
            return .stopped
        }
        try checkpoint()
        lastEvaluationSeconds = elapsedSeconds
        if let patience = options.patience, evaluation != nil, progress.evaluationsSinceBest >= patience { return .outOfPatience }
        return nil
    }

    /// Writes the model if it is the best so far. One that cannot be written does not count as the best: what is in the folder is.
    private func keepIfBest(_ evaluation: Evaluation?) throws -> Bool {
        guard evaluation?.isBetter(than: progress.bestValue) ?? true else { return false }
        guard let folder else { return true }
        modelFailure = try save { try task.saveModel(to: folder.weightsPath) }
        return modelFailure == nil
    }

    private func note(_ evaluation: Evaluation?, isBest: Bool) {
        progress.lossSum = 0
        progress.lossUnits = 0
        guard let evaluation else { return }
        progress.history.append(evaluation.isLowerBetter ? evaluation.value : -evaluation.value)
        if isBest {
            progress.bestValue = evaluation.value
            progress.bestUpdate = progress.update
            progress.bestEpoch = progress.updateInEpoch == 0 ? progress.epoch - 1 : progress.epoch
            progress.evaluationsSinceBest = 0
        } else {
            progress.evaluationsSinceBest += 1
        }
    }

    private func log(_ report: EvaluationReport) throws {
        guard let folder else { return }
        let isEpochEnd = progress.updateInEpoch == 0
        var entry: JSONObject = [
            "step": JSONValue(progress.update), "epoch": JSONValue(isEpochEnd ? progress.epoch - 1 : progress.epoch),
            "train_loss": JSONValue(report.trainLoss),
        ]
        if let evaluation = report.evaluation {
            entry[evaluation.name] = JSONValue(evaluation.value)
            for other in evaluation.others { entry[other.name] = JSONValue(other.value) }
        }
        entry["learning_rate"] = JSONValue(report.learningRate)
        if let norm = trainer.lastGradientNorm { entry["gradient_norm"] = JSONValue(norm) }
        if let health = report.health {
            if let ratio = health.updateRatio { entry["update_ratio"] = JSONValue(ratio) }
            if health.unitCount > 0 {
                entry["dead_units"] = JSONValue(health.deadUnitCount)
                entry["saturated"] = JSONValue(health.saturatedShare)
            }
        }
        entry["words_per_second"] = JSONValue(report.unitsPerSecond.rounded())
        entry["seconds"] = JSONValue((progress.seconds * 1000).rounded() / 1000)
        entry["best"] = .bool(report.isBest)
        if try save({ try folder.appendToLog(entry) }) == nil { progress.logLineCount += 1 }
        if options.writesEvents { _ = try save { try events.add(entry, report.health) } }
    }

    // MARK: Checkpoints

    private func checkpoint(mustSucceed: Bool = false) throws {
        lastCheckpoint = monotonicSeconds()
        guard let folder else { return }
        progress.seconds = secondsBefore + lastCheckpoint - startTime
        checkpointFailure = try save(mustSucceed: mustSucceed) { try Checkpoint.write(self, to: Checkpoint.path(in: folder)) }
        if checkpointFailure == nil { _ = try handler(.saved(update: progress.update)) }
    }

    /// Writes a checkpoint of where the run stands, so that it can be resumed even if nothing more is saved. Throws a `DataError`
    /// where it cannot be written.
    public func saveCheckpoint() throws {
        if startTime == 0 {
            startTime = monotonicSeconds()
            secondsBefore = progress.seconds
        }
        try checkpoint(mustSucceed: true)
    }

    /// Whether the folder has a checkpoint to go on from.
    public var hasCheckpoint: Bool { folder.map { FileSystem.exists(Checkpoint.path(in: $0)) } ?? false }

    /// Goes on from the folder's last checkpoint. Throws `.missingInput` where there is none, `.configuration` where it was made
    /// with other settings, `.badData` where it is damaged or does not fit.
    public func resume() throws(DataError) {
        guard let folder else { throw DataError(.configuration, "a run that is kept nowhere cannot be resumed") }
        try Checkpoint.read(into: self, from: folder)
        try folder.truncateLog(toLineCount: progress.logLineCount)
        isResumed = true
    }
}
