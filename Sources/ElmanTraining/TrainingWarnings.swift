/// Notices when a training goes wrong in one of the usual ways, and says by what it can be seen. Each is told once.
public struct TrainingWarnings: Sendable {
    /// What can go wrong.
    public enum Fault: String, Sendable, Hashable, CaseIterable {
        /// The training loss is many times what it was at first.
        case exploding
        /// The training loss does not fall.
        case notLearning
        /// The weights hardly change, or are overwritten at every update.
        case updateSize
        /// Units that always give out the same.
        case deadUnits
        /// Units at the ends of their range.
        case saturated
        /// The training loss falls and the development measure gets worse.
        case overfitting
    }

    private var reports: [EvaluationReport] = []
    private var told: Set<Fault> = []

    /// Nothing seen yet.
    public init() {}

    /// Looks at an evaluation, given with all before it, in order; gives what is new.
    public mutating func examine(_ report: EvaluationReport) -> [(fault: Fault, evidence: String)] {
        reports.append(report)
        var found: [(fault: Fault, evidence: String)] = []
        for fault in Fault.allCases where !told.contains(fault) {
            guard let evidence = evidence(of: fault, report) else { continue }
            told.insert(fault)
            found.append((fault, evidence))
        }
        return found
    }

    private func evidence(of fault: Fault, _ report: EvaluationReport) -> String? {
        switch fault {
        case .exploding: explosion(report)
        case .notLearning: standstill
        case .updateSize: updateSize(report)
        case .deadUnits: deadUnits(report)
        case .saturated: saturation(report)
        case .overfitting: overfitting(report)
        }
    }

    private func explosion(_ report: EvaluationReport) -> String? {
        guard let least = reports.map(\.trainLoss).min(), report.trainLoss > 3 * max(least, 0.1) else { return nil }
        return "the training loss is \(short(report.trainLoss)) after \(short(least)) before: it explodes; lower --learning-rate "
            + "or set --clip"
    }

    /// After four evaluations the loss is within a hundredth of the first.
    private var standstill: String? {
        guard reports.count >= 4, let first = reports.first?.trainLoss else { return nil }
        let losses = reports.suffix(3).map(\.trainLoss)
        guard losses.allSatisfy({ $0 > 0.99 * first && $0 < 1.5 * first }), first > 1e-3 else { return nil }
        return
            "the training loss was \(short(first)) at first and is \(losses.map(short).joined(separator: ", ")) now: nothing is "
            + "learnt; try another --learning-rate, and look whether labels and texts belong together (elman check-data)"
    }

    private func updateSize(_ report: EvaluationReport) -> String? {
        guard reports.count >= 2, let ratio = report.health?.updateRatio else { return nil }
        let before = reports[reports.count - 2].health?.updateRatio ?? ratio
        if ratio < 1e-7, before < 1e-7 {
            return "an update changes the weights by \(short(ratio)) of their size: next to nothing; raise --learning-rate"
        }
        if ratio > 0.3, before > 0.3 {
            return "an update changes the weights by \(short(ratio)) of their size: what was learnt is overwritten; lower "
                + "--learning-rate or set --clip"
        }
        return nil
    }

    private func deadUnits(_ report: EvaluationReport) -> String? {
        guard let health = report.health, health.unitCount > 0, 4 * health.deadUnitCount > health.unitCount else { return nil }
        return "\(health.deadUnitCount) of \(health.unitCount) recurrent units give out the same number at every word: they are "
            + "dead; lower --learning-rate or take another --cell"
    }

    private func saturation(_ report: EvaluationReport) -> String? {
        guard let health = report.health, health.saturatedShare > 0.5 else { return nil }
        return
            "\(short(100 * health.saturatedShare)) % of the recurrent outputs are beyond ±0.99, where no gradient comes through: "
            + "they are saturated; lower --learning-rate or --initial-range, or set --clip"
    }

    /// Three evaluations in a row worse than the best while the training loss falls.
    private func overfitting(_ report: EvaluationReport) -> String? {
        guard report.progress.evaluationsSinceBest >= 3, reports.count >= 4, let best = report.progress.bestValue,
            let evaluation = report.evaluation
        else { return nil }
        let losses = reports.suffix(4).map(\.trainLoss)
        guard zip(losses, losses.dropFirst()).allSatisfy({ $0 > $1 }) else { return nil }
        return
            "\(evaluation.name) is \(short(evaluation.value)), its best was \(short(best)) at epoch \(report.progress.bestEpoch), while "
            + "the training loss fell from \(short(losses[0])) to \(short(losses[3])): it overfits; the best model is kept; "
            + "--dropout, --weight-decay or --patience help"
    }

    /// Four digits.
    private func short(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e6, abs(value) >= 1e-4 || value == 0 else { return "\(Float(value))" }
        var scale = 1.0
        while abs(value) * scale < 1000, scale < 1e8 { scale *= 10 }
        return "\((value * scale).rounded() / scale)"
    }
}
