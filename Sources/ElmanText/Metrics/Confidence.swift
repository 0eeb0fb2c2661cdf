/// An interval for a share that was counted, as an accuracy.
public struct Confidence: Sendable, Hashable {
    /// The lower end, 0 at least.
    public let low: Double
    /// The upper end, 1 at most.
    public let high: Double

    /// Wilson's score interval (1927), which also holds for few trials and shares near 0 or 1.
    ///
    /// `deviations` is the quantile of the normal distribution: 1.96 for 95 %. Without trials the interval is 0 to 1.
    public static func wilson(successes: Int, trials: Int, deviations: Double = 1.959963984540054) -> Confidence {
        guard trials > 0 else { return Confidence(low: 0, high: 1) }
        let count = Double(trials)
        let share = Double(successes) / count
        let square = deviations * deviations
        let centre = share + square / (2 * count)
        let spread = deviations * (share * (1 - share) / count + square / (4 * count * count)).squareRoot()
        let scale = 1 + square / count
        // At the ends the exact result is 0 or 1, which rounding would miss.
        let low = successes == 0 ? 0 : (centre - spread) / scale
        let high = successes == trials ? 1 : (centre + spread) / scale
        return Confidence(low: low, high: high)
    }
}
