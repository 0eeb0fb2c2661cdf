import ElmanTensor

/// Recall of the first token (Bengio et al. 1994, the latch problem): one of eight symbols, then `length` distractors; which symbol it
/// was is to be told at the end.
public struct RecallTask: MemoryTask {
    /// `recall`.
    public static let name = "recall"
    private static let kindCount = 8
    /// Distractors after the symbol.
    public let length: Int
    /// Symbols and distractors.
    public var inputSize: Int { 2 * Self.kindCount }
    /// Symbols.
    public var outputSize: Int { Self.kindCount }
    /// One in eight.
    public var baseline: Double { 1 / Double(Self.kindCount) }
    /// 99 of 100.
    public var threshold: Double { 0.99 }

    /// So many distractors.
    public init(length: Int) { self.length = max(0, length) }

    /// Examples.
    public func batch(of count: Int, _ random: inout RandomGenerator) -> MemoryBatch {
        let symbols = (0..<count).map { _ in random.integer(below: Self.kindCount) }
        let distractors = (0..<length).map { _ in
            (0..<count).map { _ in Self.kindCount + random.integer(below: Self.kindCount) }
        }
        return MemoryBatch(
            inputs: ([symbols] + distractors).map { oneHot($0, size: inputSize) }, targets: .classes([symbols]))
    }
}
