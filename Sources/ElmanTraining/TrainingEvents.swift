import ElmanGraph

/// How long a run lasts and how often it is looked at.
public struct TrainingOptions: Sendable, Hashable {
    /// Passes over the data at most.
    public var epochs = 10
    /// Minutes at most, over all starts of the run; nil: no limit.
    public var maximumMinutes: Double?
    /// Evaluations without improvement after which the run ends; nil: never.
    public var patience: Int?
    /// Updates between two evaluations; nil: one evaluation after each epoch.
    public var evaluateEvery: Int?
    /// Minutes between two checkpoints, besides those at evaluations.
    public var checkpointMinutes = 10.0
    /// What to do about an update whose loss or gradient is not finite.
    public var onNonFinite = NonFiniteReaction.stop
    /// Seconds to wait before each further try where a model, a log or a checkpoint could not be written.
    public var saveWaits: [Double] = [1, 4]
    /// Whether a run goes on where all tries failed. What could not be saved at its end is an error all the same.
    public var ignoresSaveErrors = false
    /// Whether the log is written for TensorBoard too, `RunFolder.eventsPath`.
    public var writesEvents = false
    /// With what precision matrix products read their factors in training. Evaluations are of single precision.
    public var precision = ProductPrecision.float32
    /// Seed of the order of examples and of dropout.
    public var seed: UInt64 = 1

    /// The defaults.
    public init() {}
}

/// What a training loop tells while it runs.
public enum TrainingEvent: Sendable {
    /// The loop starts, or goes on from a checkpoint.
    case started(RunProgress, isResumed: Bool)
    /// An epoch begins and has so many updates.
    case epochBegan(Int, updateCount: Int)
    /// An update is done.
    case updated(UpdateReport)
    /// The model was evaluated.
    case evaluated(EvaluationReport)
    /// The state was saved and the run can be resumed from here.
    case saved(update: Int)
    /// Something is worth a look.
    case warning(String)
}

/// What is known after an update.
public struct UpdateReport: Sendable {
    /// Where the run stands.
    public var progress: RunProgress
    /// Updates of this epoch.
    public var updateCount: Int
    /// Loss per unit of this update.
    public var loss: Double
    /// Norm of the gradient before clipping, where it was computed.
    public var gradientNorm: Double?
    /// Units of this update.
    public var unitCount: Int
}

/// What is known after an evaluation.
public struct EvaluationReport: Sendable {
    /// Where the run stands.
    public var progress: RunProgress
    /// Mean training loss per unit since the evaluation before.
    public var trainLoss: Double
    /// How good the model is; nil where there are no data to evaluate on.
    public var evaluation: Evaluation?
    /// Whether it is the best so far.
    public var isBest: Bool
    /// The rate of the last update.
    public var learningRate: Double
    /// Units trained on per second since the evaluation before, evaluations and what is saved with them apart.
    public var unitsPerSecond: Double
    /// What the last update before it says of weights and units; nil where it was not examined.
    public var health: TrainingHealth?
}

/// What a handler asks of the loop.
public enum TrainingRequest: Sendable {
    /// Go on.
    case proceed
    /// Save the state now and go on.
    case save
    /// Save the state and end.
    case stop
}

/// Why a run ended.
public enum TrainingEnd: Sendable, Hashable {
    /// All epochs are done.
    case finished
    /// No improvement for as many evaluations as `patience` says.
    case outOfPatience
    /// The time is up.
    case outOfTime
    /// A handler asked for it.
    case stopped
}
