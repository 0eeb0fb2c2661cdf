/// What a number was in several runs: mean, spread, and how well the mean is known.
public struct SampleSummary: Sendable, Hashable {
    /// How many values there are, 1 at least.
    public let count: Int
    /// Their mean.
    public let mean: Double
    /// √(Σ (x - mean)² / (n - 1)), the standard deviation of what the values are a sample of; nil for a single one.
    public let standardDeviation: Double?
    /// The lowest value.
    public let lowest: Double
    /// The highest value.
    public let highest: Double

    /// The summary of values; nil where there are none or one is not finite.
    public init?(_ values: [Double]) {
        guard let lowest = values.min(), let highest = values.max(), values.allSatisfy(\.isFinite) else { return nil }
        let mean = values.reduce(0, +) / Double(values.count)
        count = values.count
        self.mean = mean
        self.lowest = lowest
        self.highest = highest
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        standardDeviation = count > 1 ? (squares / Double(count - 1)).squareRoot() : nil
    }

    /// The interval mean ± t s / √n of Student (1908), which holds the mean of all possible runs with the given confidence where
    /// the values are spread normally; nil for a single value.
    public func interval(confidence: Double = 0.95) -> ConfidenceInterval? {
        guard let standardDeviation else { return nil }
        let bound = StudentDistribution(degreesOfFreedom: count - 1).bound(containing: confidence)
        let half = bound * standardDeviation / Double(count).squareRoot()
        return ConfidenceInterval(low: mean - half, high: mean + half)
    }
}

/// Between which values a number lies with some confidence.
public struct ConfidenceInterval: Sendable, Hashable {
    /// The lower end.
    public let low: Double
    /// The upper end.
    public let high: Double

    /// An interval.
    public init(low: Double, high: Double) {
        self.low = low
        self.high = high
    }

    /// The middle values of a sample that hold a share of it: its quantiles (1 - share) / 2 and (1 + share) / 2, between neighbours
    /// by linear interpolation (type 7 of Hyndman and Fan 1996). Nil for no values.
    public init?(middle share: Double, of values: [Double]) {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        func quantile(_ share: Double) -> Double {
            let place = share * Double(sorted.count - 1)
            let lower = min(max(Int(place), 0), sorted.count - 1), upper = min(lower + 1, sorted.count - 1)
            return sorted[lower] + (place - Double(lower)) * (sorted[upper] - sorted[lower])
        }
        self.init(low: quantile((1 - share) / 2), high: quantile((1 + share) / 2))
    }
}
