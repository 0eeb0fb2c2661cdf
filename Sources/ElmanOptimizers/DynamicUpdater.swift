import ElmanGraph
import ElmanTensor

/// How a trained model follows the text that it is scored on: dynamic evaluation (Krause, Kahembwe, Murray and Renals 2018).
///
/// With θ the weights, θg the trained ones, g the gradient of the text just scored, η the rate and λ the decay:
///
///     sgd    θ ← θ - η g + λ (θg - θ)
///     rms    θ ← θ - η g / (r + ε) + min(λ r / r̄, 1) (θg - θ)
///
/// r is the root of the mean square of each weight's gradients on the training text, r̄ the mean of r over all weights.
public struct DynamicRule: Sendable, Hashable {
    /// By what gradients are divided.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// By nothing.
        case sgd
        /// By their size on the training text; weights whose gradients are large are drawn back more strongly.
        case rms
    }

    /// By what gradients are divided.
    public var kind: Kind
    /// η, at least 0.
    public var rate: Double
    /// λ, in 0...1.
    public var decay: Double
    /// ε of `rms`, above 0.
    public var epsilon: Double

    /// A rule. Fails where a number is out of range.
    public init(_ kind: Kind, rate: Double, decay: Double, epsilon: Double = 2e-5) {
        guard rate >= 0, rate.isFinite, (0...1).contains(decay) else {
            fail("dynamic evaluation takes a rate of at least 0 and a decay in 0...1, not \(rate) and \(decay)")
        }
        checkPositive(epsilon, "the epsilon of dynamic evaluation")
        self.kind = kind
        self.rate = rate
        self.decay = decay
        self.epsilon = epsilon
    }
}

/// Changes a model while it is scored, by a `DynamicRule`, and puts it back.
///
/// All parameters of a collection are changed at every update, but for frozen ones. It is used by one thread at a time.
public final class DynamicUpdater {
    /// How weights are changed.
    public let rule: DynamicRule
    private let store: ParameterStore
    private let entries: [ParameterEntry]
    /// θg, and r before it is made use of the sums of squares.
    private let trained: MomentSlab, sizes: MomentSlab
    private var spans = SpanList()
    private var statisticsCount = 0
    /// λ / r̄ of `rms`, when the statistics are complete.
    private var decayFactor: Float?

    /// An updater for parameters as they are now.
    public init(_ parameters: ParameterCollection, rule: DynamicRule) {
        self.rule = rule
        store = parameters.store
        entries = parameters.entries.filter { !$0.isFrozen }
        trained = MomentSlab(mirroring: store, number: 0)
        sizes = MomentSlab(mirroring: store, number: 1)
        trained.checkCapacity(usedCount: store.usedCount)
        sizes.checkCapacity(usedCount: store.usedCount)
        var joiner = SpanJoiner()
        for entry in entries {
            entry.clearGradient()
            joiner.add(Span(offset: entry.values - store.values.base, count: entry.paddedCount), to: &spans)
        }
        joiner.finish(&spans)
        let values = store.values.base, anchors = trained.base
        spans.forEach { _, span in (anchors + span.offset).update(from: values + span.offset, count: span.count) }
    }

    /// Whether there are the statistics that the rule needs.
    public var isReady: Bool { rule.kind == .sgd || decayFactor != nil }

    /// Adds the present gradients to the statistics of `rms`, and forgets them.
    public func addStatistics() {
        prepareGradients()
        let gradients = store.gradients.base, sums = sizes.base
        spans.forEach { _, span in
            let g = gradients + span.offset, s = sums + span.offset
            for index in 0..<span.count { s[index] += g[index] * g[index] }
        }
        statisticsCount += 1
        clearGradients()
    }

    /// Ends the statistics: from here on updates go by them. Fails where there are none.
    public func finishStatistics() {
        guard statisticsCount > 0 else { fail("statistics of no gradients are to be used") }
        let scale = 1 / Float(statisticsCount), sizes = sizes.base
        var total = 0.0, count = 0
        spans.forEach { _, span in
            let s = sizes + span.offset
            for index in 0..<span.count { s[index] = (s[index] * scale).squareRoot() }
        }
        for entry in entries {
            let first = sizes + (entry.values - store.values.base), rows = entry.shape.rows
            for column in 0..<entry.columnCount {
                for row in 0..<rows { total += Double(first[column * entry.columnStride + row]) }
            }
            count += entry.shape.count
        }
        let mean = total / Double(count)
        decayFactor = mean > 0 ? Float(rule.decay / mean) : 0
        statisticsCount = 0
    }

    /// Changes the weights by the present gradients, and forgets them. Fails where `rms` has no statistics.
    public func update() {
        guard isReady else { fail("dynamic evaluation by rms needs statistics; see addStatistics") }
        prepareGradients()
        let rate = Float(rule.rate), decay = Float(rule.decay), epsilon = Float(rule.epsilon), factor = decayFactor ?? 0
        let values = store.values.base, gradients = store.gradients.base, anchors = trained.base, sizes = sizes.base
        let isPlain = rule.kind == .sgd
        spans.forEach { _, span in
            let p = values + span.offset, g = gradients + span.offset, a = anchors + span.offset, r = sizes + span.offset
            if isPlain {
                for index in 0..<span.count { p[index] += decay * (a[index] - p[index]) - rate * g[index] }
            } else {
                for index in 0..<span.count {
                    let back = Swift.min(factor * r[index], 1) * (a[index] - p[index])
                    p[index] += back - rate * g[index] / (r[index] + epsilon)
                }
            }
        }
        clearGradients()
    }

    /// Puts the trained weights back, to the last bit.
    public func restore() {
        let values = store.values.base, anchors = trained.base
        spans.forEach { _, span in (values + span.offset).update(from: anchors + span.offset, count: span.count) }
        clearGradients()
    }

    private func prepareGradients() { for entry in entries { entry.prepareGradient() } }

    private func clearGradients() { for entry in entries { entry.clearGradient() } }
}
