import ElmanTensor

/// Whether one of two models is better on one test set, by resampling its examples.
///
/// It says whether another test set of the same kind would show the difference too. It does not say whether the same configurations
/// trained from other seeds would: for that compare over seeds, `PairedDifferences`.
public struct PairedExampleTest: Sendable, Hashable {
    /// The score of the first model.
    public let first: Double
    /// The score of the second model.
    public let second: Double
    /// Examples.
    public let count: Int
    /// Between which values first - second lies with a confidence of 95 %, by bootstrap.
    public let interval: ConfidenceInterval
    /// In what share of the resampled test sets the first has the higher score, ties counted half (Koehn 2004).
    public let firstHigherShare: Double
    /// How likely a difference at least as large is where neither model is better, by bootstrap.
    public let bootstrapPValue: Double
    /// The same by swapping outputs.
    public let randomizationPValue: Double

    /// first - second.
    public var difference: Double { first - second }

    /// The test of two models' numbers for the same examples in the same order; nil where there are none or a score is not finite.
    ///
    /// Paired bootstrap (Koehn 2004): test sets of the same size are drawn with replacement, and both models scored on each. The
    /// interval is the middle 95 % of the differences δ*, and p = (1 + #(|δ* - mean δ*| >= |δ|)) / (1 + samples), the differences
    /// being moved to where neither model is better (Noreen 1989; so does sacreBLEU).
    ///
    /// Approximate randomisation (Noreen 1989; Riezler and Maxwell 2005): the two outputs of each example change places with
    /// probability 1/2; p = (1 + #(|δ*| >= |δ|)) / (1 + samples).
    public init?(_ first: ExampleSums, _ second: ExampleSums, samples: Int = 10_000, seed: UInt64 = 1) {
        guard first.count == second.count, first.score == second.score else {
            fail("two models with numbers for \(first.count) and \(second.count) examples cannot be paired")
        }
        let difference = first.value - second.value
        guard first.count > 0, difference.isFinite else { return nil }
        self.first = first.value
        self.second = second.value
        count = first.count
        var random = RandomGenerator(seed: seed, stream: 1)
        let resampled = Self.resampled(first, second, samples: samples, &random)
        let mean = resampled.reduce(0, +) / Double(max(samples, 1))
        let least = abs(difference) * (1 - 1e-9)
        interval = ConfidenceInterval(middle: 0.95, of: resampled) ?? ConfidenceInterval(low: difference, high: difference)
        firstHigherShare =
            resampled.reduce(0) { $0 + ($1 > 0 ? 1 : $1 == 0 ? 0.5 : 0) } / Double(max(samples, 1))
        bootstrapPValue = Double(1 + resampled.count { abs($0 - mean) >= least }) / Double(1 + samples)
        random = RandomGenerator(seed: seed, stream: 2)
        let hits = Self.swappedHits(first, second, least: least, samples: samples, &random)
        randomizationPValue = Double(1 + hits) / Double(1 + samples)
    }

    /// Differences on test sets drawn with replacement; those on which a score is not a number count as 0.
    private static func resampled(
        _ first: ExampleSums, _ second: ExampleSums, samples: Int, _ random: inout RandomGenerator
    ) -> [Double] {
        let score = first.score, count = first.count
        return (0..<samples).map { _ in
            var firstSums = [Double](repeating: 0, count: score.width), secondSums = firstSums
            for _ in 0..<count {
                let start = random.integer(below: count) * score.width
                first.add(start, to: &firstSums)
                second.add(start, to: &secondSums)
            }
            let difference = score.value(ofSums: firstSums) - score.value(ofSums: secondSums)
            return difference.isFinite ? difference : 0
        }
    }

    /// In how many of the swapped outputs the difference is large.
    private static func swappedHits(
        _ first: ExampleSums, _ second: ExampleSums, least: Double, samples: Int, _ random: inout RandomGenerator
    ) -> Int {
        let score = first.score
        // Examples on which both are the same change nothing.
        let starts = stride(from: 0, to: first.numbers.count, by: score.width).filter { start in
            (start..<start + score.width).contains { first.numbers[$0] != second.numbers[$0] }
        }
        let (firstTotals, secondTotals) = (first.totals, second.totals)
        var hits = 0
        for _ in 0..<samples {
            var moved = [Double](repeating: 0, count: score.width)
            var bits: UInt64 = 0
            for (place, start) in starts.enumerated() {
                if place % 64 == 0 { bits = random.next() }
                if bits & 1 == 1 {
                    for column in 0..<score.width {
                        moved[column] += second.numbers[start + column] - first.numbers[start + column]
                    }
                }
                bits >>= 1
            }
            let swapped =
                score.value(ofSums: zip(firstTotals, moved).map { $0 + $1 })
                - score.value(ofSums: zip(secondTotals, moved).map { $0 - $1 })
            hits += abs(swapped) >= least ? 1 : 0
        }
        return hits
    }
}
