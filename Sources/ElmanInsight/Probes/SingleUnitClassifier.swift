import ElmanTensor
import ElmanText

/// One unit against all of them (Radford et al. 2017): how much of what a network knows about the label of a text one unit holds.
///
/// Both are logistic regressions on what the network holds at the end of a text, fitted on four fifths of the texts and measured
/// on the rest: one on the single unit that tells most on the former, one on all units with a penalty of absolute weights chosen by
/// cross-validation.
public struct SingleUnitClassifier: Sendable {
    /// The unit.
    public let unit: NetworkUnit
    /// The share of texts that it tells right.
    public let accuracy: Double
    /// The share that all units together tell right.
    public let accuracyOfAll: Double
    /// How many units the latter uses, of how many.
    public let used: (units: Int, of: Int)
    /// What always saying the commonest label reaches.
    public let majority: Double
    /// How many texts were fitted, and measured.
    public let texts: (fitted: Int, measured: Int)

    /// How many of the units with the highest correlations are tried alone.
    private static let candidates = 8

    /// Compares. Nil where there are too few texts or only one label.
    /// - Parameters:
    ///   - table: a row for every text (`StateTable.summaries()`).
    ///   - labels: the label of every row, counted from 0.
    public init?(_ table: StateTable, labels: [Int], seed: UInt64 = 1) {
        guard labels.count == table.tokens.count else { fail("\(labels.count) labels for \(table.tokens.count) texts") }
        var order = Array(labels.indices)
        var generator = RandomGenerator(seed: seed, stream: 0x756E_6974)
        generator.shuffle(&order)
        let measured = Array(order.prefix(labels.count / 5)), fitted = Array(order.dropFirst(labels.count / 5))
        guard measured.count >= 1, Set(fitted.map { labels[$0] }).count > 1 else { return nil }
        let classCount = (labels.max() ?? 0) + 1
        let gold = (fitted.map { labels[$0] }, measured.map { labels[$0] })
        let features = FeatureMatrix.joined(table.parts.map { FeatureMatrix(columns: $0.size, values: $0.values) })
        let training = features.rows(fitted), test = features.rows(measured)
        let names = table.parts.flatMap { part in (0..<part.size).map { NetworkUnit(part: part.name, index: $0) } }
        // The best of each class against all others, by correlation; then by what a regression on it reaches.
        let strongest = Self.strongest(training, gold.0, classCount)
        var best: (unit: Int, right: Double, probe: LogisticRegression)?
        for unit in strongest.prefix(Self.candidates) {
            let one = training.columns([unit])
            let probe = LogisticRegression(one, labels: gold.0, classCount: classCount)
            let right = probe.accuracy(on: one, labels: gold.0)
            if right > best?.right ?? -1 { best = (unit, right, probe) }
        }
        guard let best else { return nil }
        unit = names[best.unit]
        accuracy = best.probe.accuracy(on: test.columns([best.unit]), labels: gold.1)
        let all = RegularizedProbe(
            training, labels: gold.0, classCount: classCount, groups: Array(gold.0.indices), kind: .l1, seed: seed)
        accuracyOfAll = all.probe.accuracy(on: test, labels: gold.1)
        used = (all.probe.usedFeatures, names.count)
        var counts = [Int](repeating: 0, count: classCount)
        for label in gold.0 { counts[label] += 1 }
        let commonest = counts.indices.max { counts[$0] < counts[$1] } ?? 0
        majority = Double(gold.1.count { $0 == commonest }) / Double(gold.1.count)
        texts = (fitted.count, measured.count)
    }

    /// Units by the highest |r| with one label against the others.
    private static func strongest(_ features: FeatureMatrix, _ labels: [Int], _ classCount: Int) -> [Int] {
        let normal = Standardization(features)(features)
        let scores = (0..<features.columns).map { column -> Double in
            (0..<classCount).map { label -> Double in
                let share = Double(labels.count { $0 == label }) / Double(labels.count)
                guard share > 0, share < 1 else { return 0 }
                let product = labels.indices.reduce(0.0) {
                    $0 + Double(normal.values[$1 * features.columns + column]) * ((labels[$1] == label ? 1 : 0) - share)
                }
                return abs(product) / (Double(labels.count) * (share * (1 - share)).squareRoot())
            }.max() ?? 0
        }
        return scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    }
}
