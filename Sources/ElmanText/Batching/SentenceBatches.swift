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
        SentenceBatches(batches: cut(Array(0..<max(count, 0)), [], .sentences(size)), padding: nil)
    }

    /// Batches of examples in random order, the last one perhaps smaller.
    public static func shuffled(count: Int, size: Int, seed: UInt64) -> SentenceBatches {
        var order = Array(0..<max(count, 0))
        var generator = RandomGenerator(seed: seed)
        generator.shuffle(&order)
        return SentenceBatches(batches: cut(order, [], .sentences(size)), padding: nil)
    }

    /// Batches of sentences of about the same length, in random order.
    ///
    /// Sentences are shuffled, then sorted by length (equally long ones stay shuffled), cut into batches, and the batches are
    /// shuffled.
    public static func byLength(_ lengths: [Int], limit: Limit, seed: UInt64) -> SentenceBatches {
        byLengths([lengths], limit: limit, seed: seed)
    }

    /// Batches of examples of several sides, such as sources and targets, that are about as long: sorted by the first side, then
    /// by the next. Each side is padded to its own longest, so a pair costs what its sides cost together.
    /// - Parameter sides: for each side the lengths of all examples. Fails where there is none, or one has others than the first.
    public static func byLengths(_ sides: [[Int]], limit: Limit, seed: UInt64) -> SentenceBatches {
        guard let first = sides.first, sides.allSatisfy({ $0.count == first.count }) else {
            fail("lengths of \(sides.map(\.count)) examples; every side needs one for each example")
        }
        var order = Array(first.indices)
        var generator = RandomGenerator(seed: seed)
        generator.shuffle(&order)
        let unsorted = cut(order, sides, limit)
        let places = order.indices.sorted { one, other in
            for lengths in sides where lengths[order[one]] != lengths[order[other]] {
                return lengths[order[one]] < lengths[order[other]]
            }
            return one < other
        }
        var batches = cut(places.map { order[$0] }, sides, limit)
        generator.shuffle(&batches)
        let padding = Padding(
            tokens: sides.reduce(0) { $0 + $1.reduce(0, +) }, paddedTokens: Padding.positions(of: batches, sides),
            paddedTokensUnsorted: Padding.positions(of: unsorted, sides))
        return SentenceBatches(batches: batches, padding: padding)
    }

    private static func cut(_ order: [Int], _ sides: [[Int]], _ limit: Limit) -> [[Int]] {
        switch limit {
        case .sentences(let size), .tokens(let size):
            guard size > 0 else { fail("a batch of \(size) sentences or tokens; it needs one at least") }
        }
        var batches: [[Int]] = []
        var batch: [Int] = []
        var longest = sides.map { _ in 0 }
        for index in order {
            var lengths = zip(longest, sides).map { max($0, $1[index]) }
            let isFull =
                switch limit {
                case .sentences(let size): batch.count >= size
                case .tokens(let budget): !batch.isEmpty && lengths.reduce(0, +) * (batch.count + 1) > budget
                }
            if isFull {
                batches.append(batch)
                batch.removeAll()
                lengths = sides.map { $0[index] }
            }
            batch.append(index)
            longest = lengths
        }
        if !batch.isEmpty { batches.append(batch) }
        return batches
    }
}
