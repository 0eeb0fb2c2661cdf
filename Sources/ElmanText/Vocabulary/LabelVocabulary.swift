extension Vocabulary {
    /// The vocabulary of labels or tags: every one of them, in an order that does not depend on the data's.
    ///
    /// Whole numbers stand by value (0, 1, … 10), everything else by its bytes. There is no unknown entry and no end mark.
    public init(labels: TokenCounts) {
        let types = Array(0..<labels.typeCount)
        let numbers = types.map { type in labels.table.withEntry(type) { $0.wholeNumber } }
        let areNumbers = numbers.allSatisfy { $0 != nil }
        let order = types.sorted { left, right in
            if areNumbers, let first = numbers[left], let second = numbers[right], first != second { return first < second }
            return labels.table.entry(left).lexicographicallyPrecedes(labels.table.entry(right))
        }
        var table = ByteTable(minimumCapacity: types.count)
        for type in order { labels.table.withEntry(type) { _ = table.insert($0) } }
        self.init(table: table, unknown: nil, boundary: nil)
    }

    /// The same entries under the same indices, and behind them the types that it lacks, in the order of their first appearance.
    ///
    /// For measuring: a label that only the test file has cannot be predicted, but counts as wrong.
    public func extended(with counts: TokenCounts) -> Vocabulary {
        var table = table
        for type in 0..<counts.typeCount { counts.table.withEntry(type) { _ = table.insert($0) } }
        return Vocabulary(table: table, unknown: unknown.map { self[$0] }, boundary: boundary.map { self[$0] })
    }
}
