import ElmanTensor

/// How high the right answers stand among all candidates.
///
/// Ranks count from 1. Among equal scores the right answer has the mean of their ranks, so that a model which scores everything alike
/// gains nothing by it.
public struct RetrievalMetrics: Sendable, Hashable {
    /// Queries.
    public private(set) var queries = 0
    /// The ranks of the right answers.
    public private(set) var ranks: [Double] = []

    /// Nothing counted yet.
    public init() {}

    /// The rank of a candidate by the scores of all, the highest first. A score that is not a number stands last.
    public static func rank(of target: Int, scores: some Collection<Float>) -> Double {
        let index = scores.index(scores.startIndex, offsetBy: target)
        let own = scores[index]
        if own.isNaN {
            let before = scores.count { !$0.isNaN }
            return Double(before) + Double(scores.count - before + 1) / 2
        }
        var (above, equal) = (0, 0)
        for score in scores {
            if score > own { above += 1 } else if score == own { equal += 1 }
        }
        return Double(above) + Double(equal + 1) / 2
    }

    /// Counts a query by the rank of its right answer, 1 or more; nil where it was not among the candidates.
    public mutating func add(rank: Double?) {
        guard rank.map({ $0 >= 1 }) ?? true else { fail("rank \(rank ?? 0) of an answer; ranks count from 1") }
        queries += 1
        ranks.append(rank ?? .infinity)
    }

    /// The share of queries whose right answer stands among the first `k`; not a number without queries.
    public func recall(at k: Int) -> Double { Double(ranks.count { $0 <= Double(k) }) / Double(queries) }

    /// The mean of 1 / rank; not a number without queries.
    public var meanReciprocalRank: Double { ranks.reduce(0) { $0 + 1 / $1 } / Double(queries) }
}
