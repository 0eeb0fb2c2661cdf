import ElmanFiles
import ElmanGraph
import ElmanTensor

/// What a training loop needs to know of a task: how an epoch is cut into updates, the loss of each, and how good the model is.
///
/// Everything a task does must follow from its settings, the epoch and the number of the update, and from `carriedState`:
/// a resumed run repeats it to the last bit.
public protocol TrainingTask: AnyObject {
    /// What is trained.
    var parameters: ParameterCollection { get }
    /// Values that an update hands to the next, such as the state of a recurrent network; saved with checkpoints.
    var carriedState: [[Tensor]]? { get set }
    /// Whether values read from a file could be its `carriedState`, by their shapes.
    func fits(carriedState: [[Tensor]]) -> Bool
    /// Prepares an epoch, counted from 1, and says how many updates it has.
    func beginEpoch(_ epoch: Int) -> Int
    /// Builds the loss of one update, counted from 0 within the epoch, in a graph that was just renewed.
    func loss(ofUpdate update: Int, in graph: ComputationGraph) -> TrainingLoss
    /// Adds the gradients of an update that does not fit into memory to those of the parameters, part by part, in a graph that was
    /// just renewed, with the same bits as of `loss(ofUpdate:in:)`; nil where the update fits.
    func backpropagateInSegments(_ update: Int, in graph: ComputationGraph) -> SegmentedLoss?
    /// Called when the values of the update are computed and the graph still stands.
    func finishUpdate()
    /// What an update is of, such as the texts of its batch, for whoever looks into one that went wrong.
    func contents(ofUpdate update: Int) -> JSONObject
    /// How good the model is on data kept apart; nil where there are none.
    func evaluate() -> Evaluation?
    /// Writes the model into a file.
    func saveModel(to path: String) throws
}

extension TrainingTask {
    /// Nothing is carried from update to update unless the task says otherwise.
    public var carriedState: [[Tensor]]? {
        get { nil }
        set {}
    }

    /// Writes the weights.
    public func saveModel(to path: String) throws { try parameters.save(to: path, metadata: ["format": "elman"]) }

    /// Every update fits unless the task says otherwise.
    public func backpropagateInSegments(_ update: Int, in graph: ComputationGraph) -> SegmentedLoss? { nil }

    /// Nothing to do unless the task says otherwise.
    public func finishUpdate() {}

    /// Nothing is told unless the task does.
    public func contents(ofUpdate update: Int) -> JSONObject { [:] }

    /// A task that carries nothing fits anything.
    public func fits(carriedState: [[Tensor]]) -> Bool { true }
}

/// The loss of one update.
public struct TrainingLoss {
    /// What gradients are computed of: a single number.
    public var objective: Expression
    /// The same in the unit in which it is reported: summed over `unitCount` units.
    public var total: Expression
    /// Tokens, sentences or whatever the task counts.
    public var unitCount: Int
    /// What the learning rate of this update is multiplied by, and of no other.
    public var rateFactor: Double

    /// A loss. `total` is the objective unless another is given.
    public init(objective: Expression, total: Expression? = nil, unitCount: Int, rateFactor: Double = 1) {
        self.objective = objective
        self.total = total ?? objective
        self.unitCount = unitCount
        self.rateFactor = rateFactor
    }
}

/// The loss of an update whose gradients are computed already.
public struct SegmentedLoss: Sendable, Hashable {
    /// The sum over `unitCount` units, in the unit in which it is reported.
    public var total: Double
    /// Tokens, sentences or whatever the task counts.
    public var unitCount: Int
    /// What the learning rate of this update is multiplied by, and of no other.
    public var rateFactor: Double

    /// A loss.
    public init(total: Double, unitCount: Int, rateFactor: Double = 1) {
        self.total = total
        self.unitCount = unitCount
        self.rateFactor = rateFactor
    }
}

/// How good a model is.
public struct Evaluation: Sendable, Hashable {
    /// The measure by which the best model is chosen, as it is named in the log: `dev_perplexity`.
    public var name: String
    /// Its value.
    public var value: Double
    /// Whether smaller is better.
    public var isLowerBetter: Bool
    /// Further measures, in the order in which they are logged.
    public var others: [Measure]

    /// A named number.
    public struct Measure: Sendable, Hashable {
        /// The key in the log.
        public var name: String
        /// The number.
        public var value: Double

        /// A measure.
        public init(_ name: String, _ value: Double) {
            self.name = name
            self.value = value
        }
    }

    /// An evaluation by one measure, and maybe others.
    public init(_ name: String, _ value: Double, isLowerBetter: Bool, others: [Measure] = []) {
        self.name = name
        self.value = value
        self.isLowerBetter = isLowerBetter
        self.others = others
    }

    /// Whether it is better than an earlier value.
    public func isBetter(than other: Double?) -> Bool {
        guard let other, !other.isNaN else { return !value.isNaN }
        return isLowerBetter ? value < other : value > other
    }
}
