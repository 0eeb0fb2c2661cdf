/// A sentence beside one or more that are as like it as can be and worse: what a language model should find less likely.
public struct MinimalPair: Sendable, Hashable {
    /// What a pair is counted under, such as `attractors` 2 or `UID` anaphor_gender_agreement.
    public struct Group: Sendable, Hashable {
        /// What is told apart.
        public let key: String
        /// Which of it this is.
        public let name: String

        /// A group.
        public init(_ key: String, _ name: String) {
            self.key = key
            self.name = name
        }
    }

    /// The words of the better sentence.
    public var good: [String]
    /// The words of each worse one; at least one.
    public var bad: [[String]]
    /// What it is counted under.
    public var groups: [Group]
    /// The line of its file, counted from 1.
    public var line: Int

    /// A pair.
    public init(good: [String], bad: [[String]], groups: [Group] = [], line: Int = 0) {
        self.good = good
        self.bad = bad
        self.groups = groups
        self.line = line
    }

    /// Where two sequences differ: how many elements are the same before, and how many behind.
    static func difference<Element: Equatable>(_ left: [Element], _ right: [Element]) -> (before: Int, behind: Int) {
        let shorter = min(left.count, right.count)
        var before = 0
        while before < shorter, left[before] == right[before] { before += 1 }
        var behind = 0
        while behind < shorter - before, left[left.count - 1 - behind] == right[right.count - 1 - behind] { behind += 1 }
        return (before, behind)
    }
}
