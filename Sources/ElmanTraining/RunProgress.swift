import ElmanFiles
import ElmanTensor

/// Where a training run stands; with the weights, the trainer's state and the carried state it is all that a run needs to go on.
public struct RunProgress: Sendable, Hashable {
    /// The present epoch, counted from 1.
    public var epoch = 1
    /// Updates done in this epoch.
    public var updateInEpoch = 0
    /// Updates done in all.
    public var update = 0
    /// Units (tokens) trained on in all.
    public var unitCount = 0
    /// Sum of losses since the last evaluation.
    public var lossSum = 0.0
    /// Over how many units they were summed.
    public var lossUnits = 0
    /// The best value so far.
    public var bestValue: Double?
    /// The update at which it was reached.
    public var bestUpdate = 0
    /// The epoch in which it was reached.
    public var bestEpoch = 0
    /// Evaluations since the best one.
    public var evaluationsSinceBest = 0
    /// All values of the measure that decides, in order, those of one that is better when higher with the opposite sign:
    /// schedules and averages go by them.
    public var history: [Double] = []
    /// Lines of the log.
    public var logLineCount = 0
    /// Time spent training and evaluating, over all starts.
    public var seconds = 0.0

    /// The beginning.
    public init() {}

    /// Mean loss per unit since the last evaluation.
    public var runningLoss: Double { lossUnits > 0 ? lossSum / Double(lossUnits) : .nan }
}

extension RunProgress {
    /// As JSON; numbers that must be exact are written with all their bits.
    var json: JSONObject {
        [
            "epoch": JSONValue(epoch), "update_in_epoch": JSONValue(updateInEpoch), "update": JSONValue(update),
            "unit_count": JSONValue(unitCount), "loss_sum": Self.exact(lossSum), "loss_units": JSONValue(lossUnits),
            "best_value": bestValue.map(Self.exact) ?? nil, "best_update": JSONValue(bestUpdate),
            "best_epoch": JSONValue(bestEpoch), "evaluations_since_best": JSONValue(evaluationsSinceBest),
            "history": .array(history.map(Self.exact)), "log_line_count": JSONValue(logLineCount),
            "seconds": Self.exact(seconds),
        ]
    }

    /// Reads what `json` wrote; nil where something is missing or wrong.
    init?(json: JSONObject) {
        func integer(_ key: String) -> Int? { json[key]?.asInteger.flatMap { $0 >= 0 ? $0 : nil } }
        guard let epoch = integer("epoch"), let updateInEpoch = integer("update_in_epoch"), let update = integer("update"),
            let unitCount = integer("unit_count"), let lossSum = json["loss_sum"].flatMap(Self.number),
            let lossUnits = integer("loss_units"), let bestUpdate = integer("best_update"),
            let bestEpoch = integer("best_epoch"), let sinceBest = integer("evaluations_since_best"),
            let history = json["history"]?.asArray, let logLineCount = integer("log_line_count"),
            let seconds = json["seconds"].flatMap(Self.number)
        else { return nil }
        guard epoch >= 1 else { return nil }
        self.epoch = epoch
        self.updateInEpoch = updateInEpoch
        self.update = update
        self.unitCount = unitCount
        self.lossSum = lossSum
        self.lossUnits = lossUnits
        self.bestValue = json["best_value"].flatMap(Self.number)
        self.bestUpdate = bestUpdate
        self.bestEpoch = bestEpoch
        evaluationsSinceBest = sinceBest
        self.history = history.compactMap(Self.number)
        guard self.history.count == history.count else { return nil }
        self.logLineCount = logLineCount
        self.seconds = seconds
    }

    /// A number as the hexadecimal text of its bits.
    private static func exact(_ value: Double) -> JSONValue { .string(String(value.bitPattern, radix: 16)) }

    private static func number(_ value: JSONValue) -> Double? {
        value.asString.flatMap { UInt64($0, radix: 16) }.map { Double(bitPattern: $0) }
    }
}
