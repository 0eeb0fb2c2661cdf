/// How often a language model prefers the better sentence of a pair: in all, by group, and where it knows all words.
public struct MinimalPairMetrics: Sendable {
    /// A count of pairs.
    public struct Share: Sendable, Hashable {
        /// Pairs.
        public private(set) var pairs = 0
        /// Those judged rightly.
        public private(set) var right = 0

        /// The share judged rightly; not a number without pairs.
        public var accuracy: Double { Double(right) / Double(pairs) }
        /// Wilson's interval of the share, 95 %.
        public var confidence: Confidence { .wilson(successes: right, trials: pairs) }

        mutating func add(_ isRight: Bool) {
            pairs += 1
            right += isRight ? 1 : 0
        }
    }

    /// All pairs.
    public private(set) var all = Share()
    /// The pairs without unknown words.
    public private(set) var known = Share()
    /// Pairs of which a worse sentence got exactly the score of the better one, as where both words are unknown. They count as wrong.
    public private(set) var ties = 0
    /// The shares of each group, in the order of their first appearance.
    public private(set) var groups: [(group: MinimalPair.Group, share: Share)] = []
    /// Words that the vocabulary lacks, and in how many pairs they occur.
    public private(set) var unknownWords: [String: Int] = [:]
    /// Whether each pair was judged rightly, in order: what two models are compared by.
    public private(set) var outcomes: [Bool] = []
    private var groupPlaces: [MinimalPair.Group: Int] = [:]

    /// Nothing counted yet.
    public init() {}

    /// Counts a pair.
    public mutating func add(_ pair: MinimalPair, _ judgement: MinimalPairJudge.Judgement) {
        let isRight = judgement.isRight
        all.add(isRight)
        outcomes.append(isRight)
        ties += judgement.isTie ? 1 : 0
        if judgement.unknownWords.isEmpty { known.add(isRight) }
        for word in Set(judgement.unknownWords) { unknownWords[word, default: 0] += 1 }
        for group in pair.groups {
            let place = groupPlaces[group] ?? groups.count
            if place == groups.count {
                groupPlaces[group] = place
                groups.append((group, Share()))
            }
            groups[place].share.add(isRight)
        }
    }

    /// The unknown words that occur in most pairs, the commonest first, equally common ones by their spelling.
    public func commonestUnknownWords(_ count: Int) -> [(word: String, pairs: Int)] {
        let sorted = unknownWords.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return sorted.prefix(count).map { ($0.key, $0.value) }
    }
}
