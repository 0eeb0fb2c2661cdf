import ElmanTensor

/// Indices of sentences (or any examples) in batches: the order of one pass over the data.
///
/// The same arguments give the same batches on every machine. Take another seed for every epoch, for instance
/// `RandomGenerator(seed: seed, stream: epoch).state`.
public struct SentenceBatches: Sendable, Equatable {
    /// Indices, batch by batch. No batch is empty and every index stands in one of them.
    public let batches: [[Int]]
    /// What padding costs, where lengths were given.
    public let padding: Padding?

    /// How much goes into a batch.
    public enum Limit: Sendable, Hashable {
        /// So many sentences.
        case sentences(Int)
        /// So many tokens, padding included; a sentence that is longer makes a batch alone.
        case tokens(Int)
    }

    /// Batches of examples in their own order, the last one perhaps smaller.
    public static func inOrder(count: Int, size: Int) -> SentenceBatches {
        SentenceBatches(batches: cut(Array(0..<max(count, 0)), lengths: nil, limit: .sentences(size)), padding: nil)
    }

    /// Batches of examples in random order, the last one perhaps smaller.
    public static func shuffled(count: Int, size: Int, seed: UInt64) -> SentenceBatches {
        var order = Array(0..<max(count, 0))
        var generator = RandomGenerator(seed: seed)
        generator.shuffle(&order)
        return SentenceBatches(batches: cut(order, lengths: nil, limit: .sentences(size)), padding: nil)
    }

    /// Batches of sentences of about the same length, in random order.
    ///
    /// Sentences are shuffled, then sorted by length (equally long ones stay shuffled), cut into batches, and the batches are
    /// shuffled.
    public static func byLength(_ lengths: [Int], limit: Limit, seed: UInt64) -> SentenceBatches {
        var order = Array(lengths.indices)
        var generator = RandomGenerator(seed: seed)
        generator.shuffle(&order)
        let unsorted = cut(order, lengths: lengths, limit: limit)
        let places = order.indices.sorted { (lengths[order[$0]], $0) < (lengths[order[$1]], $1) }
        var batches = cut(places.map { order[$0] }, lengths: lengths, limit: limit)
        generator.shuffle(&batches)
        let padding = Padding(
            tokens: lengths.reduce(0, +), paddedTokens: Padding.positions(of: batches, lengths: lengths),
            paddedTokensUnsorted: Padding.positions(of: unsorted, lengths: lengths))
        return SentenceBatches(batches: batches, padding: padding)
    }

    private static func cut(_ order: [Int], lengths: [Int]?, limit: Limit) -> [[Int]] {
        switch limit {
        case .sentences(let size), .tokens(let size):
            guard size > 0 else { fail("a batch of \(size) sentences or tokens; it needs one at least") }
        }
        var batches: [[Int]] = []
        var batch: [Int] = []
        var longest = 0
        for index in order {
            let length = max(longest, lengths?[index] ?? 1)
            let isFull =
                switch limit {
                case .sentences(let size): batch.count >= size
                case .tokens(let budget): !batch.isEmpty && length * (batch.count + 1) > budget
                }
            if isFull {
                batches.append(batch)
                batch.removeAll()
                longest = 0
            }
            batch.append(index)
            longest = max(longest, lengths?[index] ?? 1)
        }
        if !batch.isEmpty { batches.append(batch) }
        return batches
    }
}
