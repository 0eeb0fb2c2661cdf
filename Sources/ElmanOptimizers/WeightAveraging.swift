/// Averages of the weights over the updates, which often test better than the last weights.
///
/// With θ the weights after an update, ā ← ā + w (θ - ā), where w depends on the kind. All parameters of the trainer are
/// averaged, also those without a gradient in the update, but frozen ones only once they have been trained; it costs a pass
/// over all of them, which `every` makes rarer. Each parameter counts its own steps, from when it was added.
public struct WeightAveraging: Hashable, Sendable {
    /// Which average.
    public enum Kind: Hashable, Sendable {
        /// None.
        case none
        /// Exponential moving average: w = 1 - β. With bias correction w = (1 - β) / (1 - βᵗ) at the t-th step, that is, the
        /// weighted mean of the weights seen, the first of them included and the initial weights excluded (the correction of
        /// Kingma and Ba 2015, section 7.2). Without, it starts from the weights of the time when averaging begins.
        case exponential(decay: Double, correctsBias: Bool)
        /// The mean of all: w = 1 / t (Polyak and Juditsky 1992).
        case cumulative
        /// The mean of all from an update on that development losses decide: NT-ASGD (Merity, Keskar and Socher 2018). See
        /// `nonMonotonicTrigger` and `Trainer.beginAveragingIfDue`.
        case nonMonotonic(interval: Int)
    }

    /// Which average.
    public let kind: Kind
    /// The average is made after every so many updates; 1 or more.
    public let every: Int

    init(_ kind: Kind, every: Int) {
        if case .exponential(let decay, _) = kind { check(decay, in: 0..<1, "the decay of an average") }
        self.kind = kind
        self.every = max(every, 1)
    }

    /// No average.
    public static let none = WeightAveraging(.none, every: 1)

    /// An exponential moving average; see `Kind.exponential`.
    public static func exponential(decay: Double = 0.999, correctsBias: Bool = true, every: Int = 1) -> WeightAveraging {
        WeightAveraging(.exponential(decay: decay, correctsBias: correctsBias), every: every)
    }

    /// The mean of the weights after all updates from now on.
    public static func cumulative(every: Int = 1) -> WeightAveraging { WeightAveraging(.cumulative, every: every) }

    /// The mean of the weights after all updates from when an evaluation is worse than the best of those more than `interval`
    /// evaluations before it.
    public static func nonMonotonic(interval: Int = 5) -> WeightAveraging {
        WeightAveraging(.nonMonotonic(interval: max(interval, 0)), every: 1)
    }

    /// What the new weights get at the `step`-th step, counted from 1.
    func weight(at step: Int) -> Float {
        switch kind {
        case .none: 0
        case .cumulative, .nonMonotonic: Float(1 / Double(step))
        case .exponential(let decay, let correctsBias):
            Float(correctsBias ? (1 - decay) / (1 - power(decay, step)) : 1 - decay)
        }
    }

    /// Whether the average starts from the weights before the first step.
    var startsFromInitialWeights: Bool {
        if case .exponential(_, correctsBias: false) = kind { true } else { false }
    }
}

extension WeightAveraging: CustomStringConvertible {
    /// The kind with its numbers, as in saved states.
    public var description: String {
        switch kind {
        case .none: "none"
        case .cumulative: "cumulative every \(every)"
        case .exponential(let decay, let correctsBias):
            "exponential \(decay) \(correctsBias ? "corrected" : "uncorrected") every \(every)"
        case .nonMonotonic(let interval): "non-monotonic after \(interval)"
        }
    }
}

/// When to begin averaging, by the rule of NT-ASGD (Merity, Keskar and Socher 2018): as soon as the latest loss on the
/// development data is worse than the best of those more than `interval` evaluations before it. The averaging
/// `.nonMonotonic(interval:)` goes by it.
/// - Parameters:
///   - losses: the losses of all evaluations, oldest first; lower is better.
///   - interval: n of the paper.
public func nonMonotonicTrigger(_ losses: [Double], interval: Int = 5) -> Bool {
    guard let latest = losses.last, let best = losses.dropLast(max(interval, 0) + 1).min() else { return false }
    return latest > best
}
