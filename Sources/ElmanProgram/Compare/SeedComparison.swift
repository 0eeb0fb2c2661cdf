import Elman

/// What the runs of several configurations reached, and whether the configurations differ.
struct SeedComparison {
    /// A run that was trained and measured.
    struct Run {
        let seed: Int
        let path: String
        let evaluation: JSONObject
        /// Time of its training, evaluations included, over all starts.
        let seconds: Double?
        let wordsPerSecond: Double?
        /// In megabytes.
        let peakMemory: Double
        /// After how many seconds the target was reached.
        let secondsToTarget: Double?
        /// Its log.
        let log: TrainingRun

        func value(_ key: String) -> Double? { evaluation[key]?.asDouble }
    }

    /// A configuration with its runs.
    struct Entry {
        let configuration: ComparedConfiguration
        /// By seed, without those that failed.
        let runs: [Run]

        var name: String { configuration.name }

        func summary(_ key: String) -> SampleSummary? { SampleSummary(runs.compactMap { $0.value(key) }) }

        func mean(_ value: (Run) -> Double?) -> Double? { SampleSummary(runs.compactMap(value))?.mean }
    }

    /// Two configurations.
    struct Pair {
        let first: Int
        let second: Int
        /// first - second.
        let test: PairedDifferences
        /// Corrected for the number of pairs (Holm 1979).
        let correctedPValue: Double
    }

    let entries: [Entry]
    let score: ComparedScore
    /// All pairs of configurations that have runs of the same seeds.
    let pairs: [Pair]
    /// The rate at which equal configurations may be told apart.
    let alpha: Double

    /// Reads the logs of the runs and does the tests.
    init(
        _ configurations: [ComparedConfiguration], _ runs: [[ManagedRun]], scoreKey: String?, target: Double?, alpha: Double
    ) throws {
        let evaluations = runs.joined().compactMap(\.evaluation)
        let score = try ComparedScore(scoreKey, among: evaluations.first.map(ComparedScore.keys) ?? [])
        let entries = try zip(configurations, runs).map { configuration, runs in
            Entry(
                configuration: configuration,
                runs: try runs.compactMap { try Self.run($0, named: configuration.name, score, target) })
        }
        let tests = Self.tests(entries, score)
        let corrected = holmCorrected(tests.map(\.test.pValue))
        pairs = zip(tests, corrected).map { test, pValue in
            Pair(first: test.first, second: test.second, test: test.test, correctedPValue: pValue)
        }
        self.entries = entries
        self.score = score
        self.alpha = alpha
    }

    private static func run(
        _ run: ManagedRun, named name: String, _ score: ComparedScore, _ target: Double?
    ) throws -> Run? {
        guard let evaluation = run.evaluation else { return nil }
        var log = try RunReport.trainingRun(RunFolder.open(run.path))
        log.name = "\(name), seed \(run.recipe.seed)"
        return Run(
            seed: run.recipe.seed, path: run.path, evaluation: evaluation, seconds: log.values("seconds").last,
            wordsPerSecond: log.median("words_per_second"), peakMemory: run.record.peakMemory,
            secondsToTarget: target.flatMap { secondsToReach($0, in: log, score) }, log: log)
    }

    /// The metric on dev data that goes with a score: the same, or the one that matters most.
    static func developmentMetric(_ logs: [TrainingRun], _ score: ComparedScore) -> Metric? {
        let metrics = Metric.onDev(logs)
        return metrics.first { $0.key == "dev_" + score.key } ?? metrics.first
    }

    /// The time in a log at which the score on dev data was first as good as a target.
    static func secondsToReach(_ target: Double, in log: TrainingRun, _ score: ComparedScore) -> Double? {
        guard let metric = developmentMetric([log], score) else { return nil }
        let row = log.rows.first { row in
            row[metric.key].map { $0 == target || metric.isBetter($0, than: target) } ?? false
        }
        return row?["seconds"]
    }

    private static func tests(
        _ entries: [Entry], _ score: ComparedScore
    ) -> [(first: Int, second: Int, test: PairedDifferences)] {
        var result: [(first: Int, second: Int, test: PairedDifferences)] = []
        for first in entries.indices {
            for second in entries.indices.dropFirst(first + 1) {
                let differences = entries[first].runs.compactMap { run -> Double? in
                    guard let other = entries[second].runs.first(where: { $0.seed == run.seed }),
                        let value = run.value(score.key), let otherValue = other.value(score.key)
                    else { return nil }
                    return value - otherValue
                }
                if let test = PairedDifferences(differences) { result.append((first, second, test)) }
            }
        }
        return result
    }

    /// The index of the better configuration of a pair; nil where they do not differ at `alpha`.
    func better(of pair: Pair) -> Int? {
        guard pair.correctedPValue <= alpha, pair.test.mean != 0 else { return nil }
        return (pair.test.mean > 0) == score.isLowerBetter ? pair.second : pair.first
    }

    /// Why no pair could have been told apart, however different; nil where some could.
    var weakness: String? {
        guard let count = pairs.map(\.test.count).max() else { return nil }
        let least = { (seeds: Int) in Double(pairs.count) * (seeds > 60 ? 0 : 1 / Double(1 << (seeds - 1))) }
        guard least(count) > alpha, let enough = (count...64).first(where: { least($0) <= alpha }) else { return nil }
        return "with \(counted(count, "seed")) no difference can be shown at \(significant(alpha)), however large; "
            + "give --seeds \(enough) or more"
    }
}
