#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a run's log tells: one row of numbers for each evaluation.
struct TrainingRun: Sendable {
    /// What to call it.
    var name: String
    /// The rows, by rising step. Keys are those of `log.jsonl`.
    let rows: [[String: Double]]
    /// How it was trained, for a comparison of what differs among runs.
    var settings: [(name: String, value: String)]
    /// What it has to beat.
    var baseline: Baseline?

    /// A run's rows in the order of its log. Where a run was resumed from an earlier step, what it had logged beyond is dropped, since
    /// it was done again.
    init(
        name: String, rows: [[String: Double]], settings: [(name: String, value: String)] = [], baseline: Baseline? = nil
    ) {
        var kept: [[String: Double]] = []
        for row in rows {
            if let step = row["step"] {
                while let last = kept.last?["step"], last >= step { kept.removeLast() }
            }
            kept.append(row)
        }
        self.name = name
        self.rows = kept
        self.settings = settings
        self.baseline = baseline
    }

    /// A key's values that are finite.
    func values(_ key: String) -> [Double] { rows.compactMap { $0[key] }.filter(\.isFinite) }

    /// The row with the best value of a metric, the first of equals.
    func bestRow(_ metric: Metric) -> Int? {
        var best: (row: Int, value: Double)?
        for (index, row) in rows.enumerated() {
            guard let value = row[metric.key], value.isFinite else { continue }
            if best.map({ metric.isBetter(value, than: $0.value) }) ?? true { best = (index, value) }
        }
        return best?.row
    }

    /// The middle of a key's values.
    func median(_ key: String) -> Double? {
        let sorted = values(key).sorted()
        if sorted.isEmpty { return nil }
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    /// Mean negative log-likelihood on the dev data: logged as such, or the logarithm of the perplexity.
    static func devLoss(_ row: [String: Double]) -> Double? {
        row["dev_loss"] ?? row["dev_nll"] ?? row["dev_perplexity"].map { log($0) }
    }

    /// The runs with names that tell them apart.
    static func distinguished(_ runs: [TrainingRun]) -> [TrainingRun] {
        var seen: [String: Int] = [:]
        return runs.map { run in
            seen[run.name, default: 0] += 1
            var run = run
            if let count = seen[run.name], count > 1 { run.name += " (\(count))" }
            return run
        }
    }
}

/// A number that says how good a model is.
struct Metric: Sendable, Hashable {
    /// The key in the log: `dev_perplexity`.
    let key: String

    /// The name for people: `dev perplexity`, `dev macro F1`.
    var name: String {
        let names = ["f1": "F1", "bleu": "BLEU", "chrf": "chrF", "mrr": "MRR", "uas": "UAS", "las": "LAS", "nll": "NLL"]
        return key.split(separator: "_").map { names[String($0)] ?? String($0) }.joined(separator: " ")
    }

    /// The name at the beginning of a line.
    var heading: String { name.prefix(1).uppercased() + name.dropFirst() }

    /// Whether less is better, as for losses.
    var isLowerBetter: Bool {
        key.split(separator: "_").contains { ["loss", "perplexity", "nll", "bits", "error"].contains($0) }
    }

    /// From which ratio of the highest to the lowest value on a chart needs a logarithmic axis. A loss is a logarithm already, and needs
    /// one only when it ran away.
    var logarithmicFrom: Double {
        if !isLowerBetter { return .infinity }
        return key.hasSuffix("perplexity") ? 4 : 100
    }

    /// Whether one value beats another.
    func isBetter(_ value: Double, than other: Double) -> Bool { isLowerBetter ? value < other : value > other }

    /// The value in four digits.
    func text(_ value: Double) -> String { significant(value, keepsZeros: true) }

    /// The metrics on dev data that some run has, the one that matters most first.
    static func onDev(_ runs: [TrainingRun]) -> [Metric] {
        let keys = Set(runs.flatMap { run in run.rows.flatMap(\.keys) }).filter { $0.hasPrefix("dev_") }
        let order = [
            "perplexity", "span_f1", "bleu", "las", "uas", "mrr", "accuracy", "root_accuracy", "macro_f1", "node_accuracy",
            "exact_match", "recall@1", "recall@5", "recall@10",
        ]
        let last = ["loss", "nll", "bits_per_token", "bits_per_character"]
        func rank(_ key: String) -> Int {
            let name = String(key.dropFirst(4))
            return order.firstIndex(of: name) ?? (last.firstIndex(of: name).map { $0 + 200 } ?? 100)
        }
        return keys.sorted { (rank($0), $0) < (rank($1), $1) }.map(Metric.init(key:))
    }
}
