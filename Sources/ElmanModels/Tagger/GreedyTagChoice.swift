import ElmanGraph

/// Chooses tags from left to right so that the whole sentence stays legal: never one after which the rest could not be tagged.
struct GreedyTagChoice {
    private let tagCount: Int
    private let constraint: ChainConstraint?
    /// For so many words to come, from which tags on they can be tagged. For more words than there are entries the last holds.
    private var reachable: [[Bool]] = []

    init(tagCount: Int, constraint: ChainConstraint?) {
        self.tagCount = tagCount
        self.constraint = constraint
        guard let constraint else { return }
        reachable = [(0..<tagCount).map { constraint.allowsLast($0) }]
        // The sets settle after as many steps as there are tags, unless tags must alternate, which no scheme asks for.
        for _ in 0..<tagCount {
            let last = reachable[reachable.count - 1]
            let next = (0..<tagCount).map { from in
                (0..<tagCount).contains { last[$0] && constraint.allows($0, after: from) }
            }
            if next == last { break }
            reachable.append(next)
        }
    }

    /// The tag with the highest score of those that may come after `previous` (nil: first) with `remaining` words to come. Of
    /// equally good ones it is the first; where none is legal, any tag may be chosen.
    func best(_ scores: ArraySlice<Float>, after previous: Int?, remaining: Int) -> Int {
        guard let constraint else { return argumentOfMaximum(scores) }
        let canGoOn = reachable[min(remaining, reachable.count - 1)]
        var best: Int?
        for tag in 0..<tagCount {
            guard canGoOn[tag], previous.map({ constraint.allows(tag, after: $0) }) ?? constraint.allowsFirst(tag) else {
                continue
            }
            if let known = best, !(scores[scores.startIndex + tag] > scores[scores.startIndex + known]) { continue }
            best = tag
        }
        return best ?? argumentOfMaximum(scores)
    }
}
