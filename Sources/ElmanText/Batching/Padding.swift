/// What padding costs: how many positions of padded batches hold tokens.
public struct Padding: Sendable, Hashable {
    /// Tokens of all sentences.
    public let tokens: Int
    /// Positions of all batches when every sentence is padded to the longest in its batch.
    public let paddedTokens: Int
    /// The same for batches of the same limit in shuffled order, without regard to length.
    public let paddedTokensUnsorted: Int

    /// The share of positions that hold nothing.
    public var share: Double { paddedTokens == 0 ? 0 : 1 - Double(tokens) / Double(paddedTokens) }

    /// The same for batches of the same limit in shuffled order.
    public var shareUnsorted: Double {
        paddedTokensUnsorted == 0 ? 0 : 1 - Double(tokens) / Double(paddedTokensUnsorted)
    }

    /// The share of positions that sorting by length saves.
    public var shareSaved: Double {
        paddedTokensUnsorted == 0 ? 0 : 1 - Double(paddedTokens) / Double(paddedTokensUnsorted)
    }

    /// The positions of batches each side of which is padded to its longest.
    static func positions(of batches: [[Int]], _ sides: [[Int]]) -> Int {
        batches.reduce(0) { sum, batch in
            sum + batch.count * sides.reduce(0) { sum, lengths in sum + (batch.lazy.map { lengths[$0] }.max() ?? 0) }
        }
    }
}
