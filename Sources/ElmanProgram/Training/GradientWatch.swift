/// Notices a gradient that is out of all proportion to those of the updates before it.
struct GradientWatch {
    private static let memory = 101
    private static let patience = 20
    private static let factor = 100.0
    /// Below it a gradient does no harm: where nearly nothing is left to learn, the usual norm is nearly nothing.
    private static let harmless = 20.0
    private var norms: [Double] = []
    private var next = 0
    /// Updates for which nothing is said, after something was.
    private var silence = 0

    /// Adds the norm of an update's gradient. Where it is more than a hundred times the median of the last ones, gives that
    /// median: at most once in a hundred updates.
    mutating func usualNorm(ifExceededBy norm: Double) -> Double? {
        silence -= 1
        var result: Double?
        if norms.count >= Self.patience, silence <= 0 {
            let median = norms.sorted()[norms.count / 2]
            if norm > max(Self.factor * median, Self.harmless) {
                result = median
                silence = Self.memory
            }
        }
        if norms.count < Self.memory { norms.append(norm) } else { norms[next] = norm }
        next = (next + 1) % Self.memory
        return result
    }
}
