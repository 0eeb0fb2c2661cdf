/// Which scheme the tags of a corpus follow, and where they do not.
public struct TagSchemeReport: Sendable, Hashable {
    /// The scheme that fewest tags violate.
    public let scheme: TagScheme
    /// How many words have a tag that may not stand there in this scheme, a text's end included.
    public let violations: Int
    /// The first of them: text and word, counted from 0.
    public let firstViolation: Place?

    /// A word of a text.
    public struct Place: Sendable, Hashable {
        /// The text.
        public let text: Int
        /// The word in it.
        public let word: Int
    }

    /// Finds the scheme of some tags; nil where they are not tags of spans (`TagSet.hasSpans`).
    ///
    /// Any E or S makes it BIOES. Otherwise it is the one of IO, IOB2 and IOB1 that fewest words violate, the first of these where
    /// several do alike.
    public init?(_ tags: TokenLists) {
        let set = TagSet(Vocabulary(labels: tags.counts))
        guard set.hasSpans else { return nil }
        let indices = tags.indices(in: set.vocabulary)
        let hasEnds = set.prefixes.contains { $0 == .end || $0 == .single }
        let schemes: [TagScheme] = hasEnds ? [.bioes] : [.io, .iob2, .iob1]
        let best = schemes.map { scheme in
            Self.check(scheme, tags, TagTransitions(set, scheme: scheme), indices)
        }.min { $0.violations < $1.violations }
        guard let best else { return nil }
        self = best
    }

    private init(scheme: TagScheme, violations: Int, firstViolation: Place?) {
        self.scheme = scheme
        self.violations = violations
        self.firstViolation = firstViolation
    }

    private static func check(
        _ scheme: TagScheme, _ tags: TokenLists, _ transitions: TagTransitions, _ indices: [Int32]
    ) -> TagSchemeReport {
        var (violations, first) = (0, Place?.none)
        for text in 0..<tags.count {
            var previous: Int?
            for (word, type) in tags[text].enumerated() {
                let tag = Int(indices[Int(type)])
                let isLast = word == tags[text].count - 1
                let isLegal = previous.map { transitions.allows(from: $0, to: tag) } ?? transitions.canStart[tag]
                if !isLegal || isLast && !transitions.canEnd[tag] {
                    violations += 1
                    first = first ?? Place(text: text, word: word)
                }
                previous = tag
            }
        }
        return TagSchemeReport(scheme: scheme, violations: violations, firstViolation: first)
    }
}
