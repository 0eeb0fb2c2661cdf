import ElmanTensor

/// Whether one of two configurations is better, by the differences of their scores over the same seeds.
public struct PairedDifferences: Sendable, Hashable {
    /// The mean difference.
    public let mean: Double
    /// Differences.
    public let count: Int
    /// How likely a mean at least as far from 0 is where neither is better, by flipping signs.
    public let pValue: Double
    /// Whether all signs were tried; otherwise some were drawn.
    public let isExact: Bool
    /// Between which values the mean lies with a confidence of 95 %, by bootstrap.
    public let interval: ConfidenceInterval

    /// Up to so many differences all signs are tried.
    public static let exactLimit = 16

    /// The test of differences; nil where there are none or one is not finite.
    ///
    /// Sign flips (Fisher 1935; Noreen 1989): were both configurations the same, each difference d could as well be -d. p is the
    /// share of the 2^n choices of signs whose |Σ ±d| is at least |Σ d|; beyond `exactLimit` differences, of `samples` choices that
    /// are drawn, the given one counted in: (1 + hits) / (1 + samples) (Phipson and Smyth 2010). Either way, equal configurations get
    /// p <= α at a rate of at most α.
    ///
    /// The interval is the middle 95 % of the means of `samples` resamples of n differences with replacement (Efron 1979).
    public init?(_ differences: [Double], samples: Int = 10_000, seed: UInt64 = 1) {
        guard !differences.isEmpty, differences.allSatisfy(\.isFinite) else { return nil }
        count = differences.count
        mean = differences.reduce(0, +) / Double(count)
        isExact = count <= Self.exactLimit
        // Sums that are equal on paper may differ by roundings.
        let least = abs(differences.reduce(0, +)) - 1e-12 * differences.reduce(0) { $0 + abs($1) }
        var random = RandomGenerator(seed: seed, stream: 1)
        pValue =
            isExact
            ? Self.exactShare(differences, least) : Self.drawnShare(differences, least, samples: samples, &random)
        random = RandomGenerator(seed: seed, stream: 2)
        let means = (0..<max(samples, 1)).map { _ in
            (0..<differences.count).reduce(0) { sum, _ in sum + differences[random.integer(below: differences.count)] }
                / Double(differences.count)
        }
        interval = ConfidenceInterval(middle: 0.95, of: means) ?? ConfidenceInterval(low: mean, high: mean)
    }

    /// Of all choices of signs; the last sign is kept, since turning all of them changes nothing.
    private static func exactShare(_ differences: [Double], _ least: Double) -> Double {
        let choices = 1 << (differences.count - 1)
        let hits = (0..<choices).count { abs(sum(differences, flipping: UInt64($0))) >= least }
        return Double(hits) / Double(choices)
    }

    private static func drawnShare(
        _ differences: [Double], _ least: Double, samples: Int, _ random: inout RandomGenerator
    ) -> Double {
        var hits = 0
        for _ in 0..<samples {
            var total = 0.0
            for start in stride(from: 0, to: differences.count, by: 64) {
                let word = differences[start..<min(start + 64, differences.count)]
                total += sum(word, flipping: random.next())
            }
            hits += abs(total) >= least ? 1 : 0
        }
        return Double(1 + hits) / Double(1 + samples)
    }

    /// The sum with the signs of those turned whose bit is set.
    private static func sum(_ differences: some Collection<Double>, flipping bits: UInt64) -> Double {
        var bits = bits, sum = 0.0
        for difference in differences {
            sum += bits & 1 == 0 ? difference : -difference
            bits >>= 1
        }
        return sum
    }
}

/// p-values of several tests, corrected so that the chance of even one false discovery is at most the α that they are compared with
/// (Holm 1979).
///
/// With the values in rising order, the i-th of m is multiplied by m - i + 1, is at least the one before, and at most 1.
public func holmCorrected(_ pValues: [Double]) -> [Double] {
    var result = pValues
    var largest = 0.0
    let order = pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
    for (rank, index) in order.enumerated() {
        largest = max(largest, min(1, pValues[index] * Double(pValues.count - rank)))
        result[index] = largest
    }
    return result
}
