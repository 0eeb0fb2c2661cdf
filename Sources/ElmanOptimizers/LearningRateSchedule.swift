import ElmanTensor

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The learning rate as a pure function of the progress: nothing is remembered, so a resumed training goes on as it would
/// have. Before each update: `trainer.learningRate = schedule.rate(initialRate, at: progress)`.
///
/// η is the initial rate, u the number of updates made before the one the rate is for.
public struct LearningRateSchedule: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case constant
        case step(factor: Double, after: Int)
        case plateau(factor: Double, patience: Int, threshold: Double)
        case cosine(total: Int)
        case inverseSquareRoot
        case linear(total: Int)
        case slantedTriangular(total: Int, cutFraction: Double, ratio: Double)
    }

    let kind: Kind
    /// Over how many updates the rate rises at the beginning, linearly: η (u + 1) / warmUp before update number `warmUp`.
    public let warmUp: Int
    /// No rate is below this fraction of η, the warm-up apart.
    public let minimum: Double

    private init(_ kind: Kind, warmUp: Int = 0, minimum: Double = 0) {
        self.kind = kind
        self.warmUp = max(warmUp, 0)
        self.minimum = minimum
    }

    /// η, always.
    public static let constant = LearningRateSchedule(.constant)

    /// η factor^max(0, epoch - afterEpoch), epochs counted from 1: multiplied once for every epoch past `afterEpoch` (Zaremba
    /// et al. 2014, small: factor 0.5 after epoch 4).
    public static func step(factor: Double, afterEpoch: Int) -> LearningRateSchedule {
        checkPositive(factor, "the factor of a schedule")
        return LearningRateSchedule(.step(factor: factor, after: afterEpoch))
    }

    /// Multiplied by `factor` whenever more than `patience` evaluations in a row were no better than the best so far; the count
    /// starts again then. Better: below best - threshold |best|; NaN is never better.
    /// - Parameters:
    ///   - factor: one half by default.
    ///   - patience: 0 acts at the first evaluation without improvement.
    ///   - threshold: the smallest relative improvement that counts.
    ///   - minimum: the rate does not fall below this fraction of η.
    public static func plateau(
        factor: Double = 0.5, patience: Int = 0, threshold: Double = 0, minimum: Double = 0
    ) -> LearningRateSchedule {
        checkPositive(factor, "the factor of a schedule")
        return LearningRateSchedule(
            .plateau(factor: factor, patience: patience, threshold: threshold), minimum: minimum)
    }

    /// Half a cosine from η to `minimum` η (Loshchilov and Hutter 2017, without restarts): with f = (u - warmUp) /
    /// (updateCount - warmUp), η (minimum + (1 - minimum) (1 + cos π f) / 2); `minimum` η past the end.
    public static func cosine(updateCount: Int, warmUp: Int = 0, minimum: Double = 0) -> LearningRateSchedule {
        LearningRateSchedule(.cosine(total: updateCount), warmUp: warmUp, minimum: minimum)
    }

    /// η √(warmUp / (u + 1)) after the warm-up (Vaswani et al. 2017, with η as the largest rate).
    public static func inverseSquareRoot(warmUp: Int) -> LearningRateSchedule {
        LearningRateSchedule(.inverseSquareRoot, warmUp: max(warmUp, 1))
    }

    /// η (1 - f) with f as for `cosine`: falls to zero at `updateCount` updates.
    public static func linear(updateCount: Int, warmUp: Int = 0) -> LearningRateSchedule {
        LearningRateSchedule(.linear(total: updateCount), warmUp: warmUp)
    }

    /// A short rise and a long fall (Howard and Ruder 2018, ULMFiT): with T = `updateCount`, cut = ⌊T cutFraction⌋ and p = u / cut
    /// before the cut, 1 - (u - cut) / (cut (1 / cutFraction - 1)) after it, the rate is η (1 + p (ratio - 1)) / ratio; past the end it
    /// is η / ratio.
    /// - Parameters:
    ///   - updateCount: the updates of the whole training.
    ///   - cutFraction: the share of them in which the rate rises, above 0 and below 1.
    ///   - ratio: how many times the largest rate η is the smallest; 1 or more.
    public static func slantedTriangular(
        updateCount: Int, cutFraction: Double = 0.1, ratio: Double = 32
    ) -> LearningRateSchedule {
        checkPositive(cutFraction, "the rising part of a schedule")
        check(cutFraction, in: 0..<1, "the rising part of a schedule")
        guard ratio >= 1, ratio.isFinite else { fail("the ratio of a schedule's rates is at least 1, not \(ratio)") }
        return LearningRateSchedule(.slantedTriangular(total: updateCount, cutFraction: cutFraction, ratio: ratio))
    }

    /// The rate of the next update.
    /// - Parameters:
    ///   - initialRate: η.
    ///   - progress: how far the training is.
    public func rate(_ initialRate: Double, at progress: TrainingProgress) -> Double {
        if progress.update < warmUp { return initialRate * Double(progress.update + 1) / Double(warmUp) }
        return initialRate * max(fraction(at: progress), minimum)
    }

    private func fraction(at progress: TrainingProgress) -> Double {
        switch kind {
        case .constant: return 1
        case .step(let factor, let after): return power(factor, max(0, progress.epoch - after))
        case .plateau(let factor, let patience, let threshold):
            return power(factor, plateaus(progress.developmentLosses, patience: patience, threshold: threshold))
        case .inverseSquareRoot: return (Double(warmUp) / Double(progress.update + 1)).squareRoot()
        case .linear(let total): return 1 - done(progress.update, of: total)
        case .cosine(let total):
            return minimum + (1 - minimum) * (1 + cos(Double.pi * done(progress.update, of: total))) / 2
        case .slantedTriangular(let total, let cutFraction, let ratio):
            return (1 + Self.slant(progress.update, total, cutFraction) * (ratio - 1)) / ratio
        }
    }

    /// p of ULMFiT, 0...1.
    private static func slant(_ update: Int, _ total: Int, _ cutFraction: Double) -> Double {
        let cut = (Double(total) * cutFraction).rounded(.down), update = Double(update)
        if update < cut { return update / cut }
        // Of fewer than 1 / cutFraction updates none rises.
        let fall = cut > 0 ? cut * (1 / cutFraction - 1) : Double(max(total, 1))
        return max(0, 1 - (update - cut) / fall)
    }

    /// The part of the updates after the warm-up that lies behind, 0...1.
    private func done(_ update: Int, of total: Int) -> Double {
        total > warmUp ? min(Double(update - warmUp) / Double(total - warmUp), 1) : 1
    }

    private func plateaus(_ losses: [Double], patience: Int, threshold: Double) -> Int {
        var best = Double.infinity, waited = 0, count = 0
        for loss in losses {
            if loss < (best.isFinite ? best - threshold * abs(best) : best) {
                best = loss
                waited = 0
            } else {
                waited += 1
                if waited > patience {
                    count += 1
                    waited = 0
                }
            }
        }
        return count
    }
}
