import ElmanGraph
import ElmanTensor

/// A linear-chain conditional random field over the scores of tags (Lafferty et al. 2001; on recurrent networks Huang et al.
/// 2015, Lample et al. 2016):
///
///     score(y) = begin[y₁] + Σ_t emissions[y_t, t] + Σ_t transitions[y_t, y_{t-1}] + end[y_T]
///     p(y) = exp(score(y)) / Σ_y' exp(score(y'))
///
/// Emissions are given either as one matrix `[tagCount, T]`, a batch of such for sentences of one length, or as T vectors.
/// T is at least 1. Sentences of one length run as one batch by themselves. With a constraint, paths that it does not allow have
/// probability 0, in the loss as in decoding.
///
/// Parameters: `transitions` [tagCount, tagCount] (row: the tag after; column: the tag before), `begin` [tagCount],
/// `end` [tagCount].
public struct LinearChainCRF: Sendable {
    /// [tagCount, tagCount].
    public let transitions: Parameter
    /// [tagCount].
    public let begin: Parameter
    /// [tagCount].
    public let end: Parameter
    /// What may follow what; nil: everything.
    public let constraint: ChainConstraint?

    /// A field whose transitions all have the score 0 unless `initializer` says otherwise.
    public init(
        tagCount: Int, constraint: ChainConstraint? = nil, initializer: Initializer = .zeros, in parameters: ParameterCollection
    ) {
        guard constraint.map({ $0.tagCount == tagCount }) ?? true else {
            fail("a constraint of \(constraint!.tagCount) tags is given for \(tagCount) tags")
        }
        transitions = parameters.add([tagCount, tagCount], named: "transitions", initializer: initializer)
        begin = parameters.add([tagCount], named: "begin", initializer: initializer)
        end = parameters.add([tagCount], named: "end", initializer: initializer)
        self.constraint = constraint
    }

    /// How many tags there are.
    public var tagCount: Int { begin.shape.count }

    /// -log p(tags), one number for each member of the batch. Fails for tags that the constraint does not allow; see
    /// `ChainConstraint.firstViolation(in:)`.
    public func negativeLogLikelihood(_ emissions: Expression, tags: [Int]) -> Expression {
        let graph = emissions.graph
        return chainNegativeLogLikelihood(
            emissions: emissions, transitions: transitions(in: graph), begin: begin(in: graph), end: end(in: graph), tags: tags,
            constraint: constraint)
    }

    /// max_y (score(y) + cost · wrong tags) - score(tags): the structured margin loss (Taskar et al. 2003), one number for each
    /// member of the batch.
    public func marginLoss(_ emissions: Expression, tags: [Int], cost: Float = 1) -> Expression {
        let graph = emissions.graph
        return chainMarginLoss(
            emissions: emissions, transitions: transitions(in: graph), begin: begin(in: graph), end: end(in: graph), tags: tags,
            cost: cost, constraint: constraint)
    }

    /// max_y score(y) - score(tags): the loss of the structured perceptron (Collins 2002).
    public func perceptronLoss(_ emissions: Expression, tags: [Int]) -> Expression {
        marginLoss(emissions, tags: tags, cost: 0)
    }

    /// The probability of each tag at each step, `[tagCount, T]`; no gradient goes through it.
    public func marginals(_ emissions: Expression) -> Expression {
        let graph = emissions.graph
        return chainMarginals(
            emissions: emissions, transitions: transitions(in: graph), begin: begin(in: graph), end: end(in: graph),
            constraint: constraint)
    }

    /// The best tags as numbers, `[T]`: to decode many sentences as batches, join the paths of all before asking for a value.
    public func bestPath(_ emissions: Expression) -> Expression {
        let graph = emissions.graph
        return bestChainPath(
            emissions: emissions, transitions: transitions(in: graph), begin: begin(in: graph), end: end(in: graph),
            constraint: constraint)
    }

    /// The best tags of a sentence. Of equally good ones those with the lowest last tag, then the lowest before it, and so on.
    public func decode(_ emissions: Expression) -> [Int] { decode([emissions])[0] }

    /// The best tags of several sentences, each of its own length, computed together.
    public func decode(_ sentences: [Expression]) -> [[Int]] {
        guard !sentences.isEmpty else { return [] }
        let tags = concatenate(sentences.map(bestPath)).value.scalars
        var start = 0
        return sentences.map { emissions in
            let range = start..<start + emissions.shape.columns
            start = range.upperBound
            return tags[range].map { Int($0) }
        }
    }

    /// -log p(tags) of a sentence whose emissions are T vectors.
    public func negativeLogLikelihood(_ emissions: [Expression], tags: [Int]) -> Expression {
        negativeLogLikelihood(concatenateColumns(emissions), tags: tags)
    }
}
