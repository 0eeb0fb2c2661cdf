/// Which tag may follow which in a scheme: what a conditional random field is held to when it decodes.
public struct TagTransitions: Sendable, Hashable {
    /// How many tags there are, n.
    public let count: Int
    /// n × n, row by row: whether the column's tag may follow the row's.
    public let isAllowed: [Bool]
    /// Whether a text may start with a tag.
    public let canStart: [Bool]
    /// Whether a text may end in a tag.
    public let canEnd: [Bool]

    /// The transitions of a scheme. A tag that is none of spans counts as one outside.
    public init(_ set: TagSet, scheme: TagScheme) {
        let prefixes = set.prefixes.map { $0 ?? .outside }
        count = prefixes.count
        canStart = prefixes.map { scheme.allows($0, after: .outside, isSameType: false) }
        canEnd = prefixes.map { scheme.allowsAtEnd($0) }
        var isAllowed: [Bool] = []
        for (previous, previousType) in zip(prefixes, set.types) {
            for (next, type) in zip(prefixes, set.types) {
                isAllowed.append(scheme.allows(next, after: previous, isSameType: type == previousType))
            }
        }
        self.isAllowed = isAllowed
    }

    /// Whether a tag may follow another one.
    public func allows(from previous: Int, to next: Int) -> Bool { isAllowed[previous * count + next] }
}
