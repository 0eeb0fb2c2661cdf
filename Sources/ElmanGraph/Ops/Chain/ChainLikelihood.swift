import CElmanKernels
import ElmanTensor

/// The negative log-likelihood of tags under a linear-chain conditional random field (Lafferty et al. 2001):
///
///     score(y) = begin[y₁] + Σ_t emissions[y_t, t] + Σ_t transitions[y_t, y_{t-1}] + end[y_T]
///     loss = log Σ_y exp(score(y)) - score(tags)
///
/// by the forward algorithm, in logarithms that are shifted at every step, so that any length and any scores are exact to
/// rounding. One node for a sentence; sentences of one length run as one batch.
///
/// - Parameters:
///   - emissions: `[K, T]`, the score of each of K tags at each of T steps, or a batch of such.
///   - transitions: `[K, K]`, rows: the tag after; columns: the tag before.
///   - begin: `[K]`, scores of a tag as the first.
///   - end: `[K]`, scores of a tag as the last.
///   - tags: T tags, for a batch those of its members one behind the other. Fails where one is outside 0..<K or not allowed.
///   - constraint: paths that it does not allow have probability 0.
/// - Returns: one number for each member of the batch, 0 or more.
public func chainNegativeLogLikelihood(
    emissions: Expression, transitions: Expression, begin: Expression, end: Expression, tags: [Int],
    constraint: ChainConstraint? = nil
) -> Expression {
    emissions.graph.apply(
        .chainNegativeLogLikelihood, emissions, transitions, begin, end, chainSettings(tags: tags, constraint))
}

/// The probability of each tag at each step under a linear-chain conditional random field, by the forward-backward algorithm:
/// `[K, T]`, every column sums to 1. No gradient goes through it. Arguments as of `chainNegativeLogLikelihood`.
public func chainMarginals(
    emissions: Expression, transitions: Expression, begin: Expression, end: Expression, constraint: ChainConstraint? = nil
) -> Expression {
    emissions.graph.apply(
        .chainMarginals, emissions, transitions, begin, end, chainSettings(constraint, isDifferentiable: false))
}

extension Op {
    static let chainNegativeLogLikelihood = Op(
        "chainNegativeLogLikelihood", batching: .sharing([1, 2, 3]), acceptsPadding: true,
        samples: chainSampleList(hasTags: true),
        shape: { shapes throws(ShapeError) in
            try checkChain(shapes, hasTags: true)
            return .scalar
        },
        forward: { call in
            let count = call.inputShape(0).rows, steps = call.chainStepCount, size = ChainFilter.size(count, steps)
            let memory = call.reserve((call.keepsForBackward ? call.rowCount : 1) * size)
            var tables = ChainTables(call)
            call.forEachChain(hasTags: true) { row, tags, words in
                tables.use(words)
                let filter = ChainFilter(count, steps, memory + (call.keepsForBackward ? row * size : 0))
                let emissions = call.input(0)[row]
                let total = filter.run(emissions, tables)
                call.output[row].pointee = Float(total - tables.score(tags!, emissions, stepCount: steps))
            }
        },
        backward: { call in
            let count = call.inputShape(0).rows, steps = call.chainStepCount, size = ChainFilter.size(count, steps)
            let sums = ChainGradients(call), dx = call.inputGradient(0)
            call.forEachChain(hasTags: true) { row, tags, _ in
                let filter = ChainFilter(count, steps, call.auxiliary + row * size), dy = call.outputGradient[row].pointee
                filter.smooth { step, marginals in
                    if let dx { ek_scale_accumulate(count, dy, marginals, dx[row] + step * count) }
                    if step == 0 { ek_scale_accumulate(count, dy, marginals, sums.begin) }
                    if step == steps - 1 { ek_scale_accumulate(count, dy, marginals, sums.end) }
                } pairs: { from, probabilities in
                    ek_scale_accumulate(count, dy, probabilities, sums.transitions + from * count)
                }
                sums.add(-dy, along: tags!, stepCount: steps, emissions: dx?[row])
            }
            sums.finish(call)
        })

    static let chainMarginals = Op(
        "chainMarginals", batching: .sharing([1, 2, 3]), acceptsPadding: true,
        samples: chainSampleList(hasTags: false, isDifferentiable: false),
        shape: { shapes throws(ShapeError) in
            try checkChain(shapes, hasTags: false)
            return shapes[0]
        },
        forward: { call in
            let count = call.inputShape(0).rows, steps = call.chainStepCount
            let filter = ChainFilter(count, steps, call.reserve(ChainFilter.size(count, steps)))
            var tables = ChainTables(call)
            call.forEachChain(hasTags: false) { row, _, words in
                tables.use(words)
                _ = filter.run(call.input(0)[row], tables)
                filter.smooth { step, marginals in
                    (call.output[row] + step * count).update(from: marginals, count: count)
                } pairs: { _, _ in
                }
            }
        },
        backward: { _ in })
}

/// The forward algorithm over one chain. It keeps, for every step but the first, the probability of each tag before given the
/// tag after and all steps so far; from these the backward pass finds all marginals by products alone, and none of them can
/// overflow.
private struct ChainFilter {
    let tagCount: Int, stepCount: Int
    /// Element `((step - 1) * tagCount + from) * tagCount + to`.
    let conditionals: UnsafeMutablePointer<Float>
    /// The marginals of the last step; then room for two steps.
    let last: UnsafeMutablePointer<Float>

    static func size(_ tagCount: Int, _ stepCount: Int) -> Int { (stepCount - 1) * tagCount * tagCount + 5 * tagCount }

    init(_ tagCount: Int, _ stepCount: Int, _ memory: UnsafeMutablePointer<Float>) {
        self.tagCount = tagCount
        self.stepCount = stepCount
        conditionals = memory
        last = memory + (stepCount - 1) * tagCount * tagCount
    }

    /// log Σ exp over all paths.
    func run(_ emissions: UnsafePointer<Float>, _ tables: ChainTables) -> Double {
        let alpha = last + tagCount
        var offset = 0.0
        for tag in 0..<tagCount { alpha[tag] = tables.begin[tag] + emissions[tag] }
        for step in 1..<max(stepCount, 1) {
            offset += shift(alpha)
            advance(alpha, tables.transitions, conditionals + (step - 1) * tagCount * tagCount)
            for tag in 0..<tagCount { alpha[tag] += emissions[step * tagCount + tag] }
        }
        for tag in 0..<tagCount { alpha[tag] += tables.end[tag] }
        offset += shift(alpha)
        ek_exp(tagCount, alpha, last)
        var total = 0.0
        for tag in 0..<tagCount { total += Double(last[tag]) }
        for tag in 0..<tagCount { last[tag] = Float(Double(last[tag]) / total) }
        return offset + logarithm(total)
    }

    /// Subtracts the largest element, where it is finite, from all.
    private func shift(_ alpha: UnsafeMutablePointer<Float>) -> Double {
        var top = -Float.infinity
        for tag in 0..<tagCount { top = Swift.max(top, alpha[tag]) }
        guard top.isFinite else { return 0 }
        for tag in 0..<tagCount { alpha[tag] -= top }
        return Double(top)
    }

    /// alpha[to] = log Σ_from exp(alpha[from] + transitions[from, to]), and the share of every `from` in it.
    private func advance(
        _ alpha: UnsafeMutablePointer<Float>, _ transitions: UnsafePointer<Float>, _ shares: UnsafeMutablePointer<Float>
    ) {
        let top = last + 2 * tagCount, total = last + 3 * tagCount
        top.update(repeating: -.infinity, count: tagCount)
        for from in 0..<tagCount {
            let start = alpha[from], row = transitions + from * tagCount, to = shares + from * tagCount
            for tag in 0..<tagCount {
                let score = start + row[tag]
                to[tag] = score
                top[tag] = score > top[tag] ? score : top[tag]
            }
        }
        for tag in 0..<tagCount where top[tag] == -.infinity { top[tag] = 0 }
        for from in 0..<tagCount {
            let to = shares + from * tagCount
            for tag in 0..<tagCount { to[tag] -= top[tag] }
        }
        ek_exp(tagCount * tagCount, shares, shares)
        total.update(repeating: 0, count: tagCount)
        for from in 0..<tagCount { ek_accumulate(tagCount, shares + from * tagCount, total) }
        ek_log(tagCount, total, alpha)
        for tag in 0..<tagCount {
            alpha[tag] += top[tag]
            total[tag] = total[tag] > 0 ? 1 / total[tag] : 0
        }
        for from in 0..<tagCount { ek_multiply(tagCount, shares + from * tagCount, total, shares + from * tagCount) }
    }

    /// Calls `marginals` with the probabilities of the tags at each step, last step first, and `pairs` with the probabilities
    /// of a tag and each tag after it.
    func smooth(
        _ marginals: (_ step: Int, _ probabilities: UnsafePointer<Float>) -> Void,
        pairs: (_ from: Int, _ probabilities: UnsafePointer<Float>) -> Void
    ) {
        let current = last + tagCount, before = last + 2 * tagCount, joint = last + 3 * tagCount
        current.update(from: last, count: tagCount)
        for step in stride(from: stepCount - 1, through: 1, by: -1) {
            marginals(step, current)
            let shares = conditionals + (step - 1) * tagCount * tagCount
            for from in 0..<tagCount {
                ek_multiply(tagCount, shares + from * tagCount, current, joint)
                before[from] = Float(ek_sum(tagCount, joint))
                pairs(from, joint)
            }
            current.update(from: before, count: tagCount)
        }
        marginals(0, current)
    }
}
