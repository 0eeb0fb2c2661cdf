import ElmanTensor

/// Lists of indices of a vocabulary, end to end in one array: texts without end marks, labels of tokens, nodes of trees.
public struct EncodedLists: Sendable, Equatable {
    /// The indices of all lists.
    public let tokens: [Int32]
    /// Where each list starts in `tokens`, and at last where they all end.
    public let starts: [Int]
    /// How many tokens became the unknown entry.
    public let unknownTokens: Int

    init(tokens: [Int32], starts: [Int], unknownTokens: Int) {
        self.tokens = tokens
        self.starts = starts
        self.unknownTokens = unknownTokens
    }

    /// Lists given as indices.
    public init(_ lists: [[Int32]]) {
        var starts = [0]
        for list in lists { starts.append(starts[starts.count - 1] + list.count) }
        self.init(tokens: lists.flatMap { $0 }, starts: starts, unknownTokens: 0)
    }

    /// How many lists there are.
    public var count: Int { starts.count - 1 }

    /// A list. Fails where there is no such list.
    public subscript(list: Int) -> ArraySlice<Int32> {
        guard (0..<count).contains(list) else { fail("list \(list) of \(count)") }
        return tokens[starts[list]..<starts[list + 1]]
    }

    /// The number of tokens of every list.
    public var lengths: [Int] { zip(starts.dropFirst(), starts).map { $0 - $1 } }
}
