import ElmanTensor

/// The copying problem (Hochreiter and Schmidhuber 1997; in the form of Arjovsky et al. 2016): ten symbols of eight kinds, `length` blanks,
/// a mark, and then the ten symbols are to be given out in order.
public struct CopyTask: MemoryTask {
    /// `copy`.
    public static let name = "copy"
    /// Symbols to remember.
    public static let symbolCount = 10
    private static let kindCount = 8
    /// Blanks between the symbols and the mark.
    public let length: Int
    /// The kinds of symbols, the blank and the mark.
    public var inputSize: Int { Self.kindCount + 2 }
    /// The kinds of symbols.
    public var outputSize: Int { Self.kindCount }
    /// One in eight.
    public var baseline: Double { 1 / Double(Self.kindCount) }
    /// 99 of 100 symbols.
    public var threshold: Double { 0.99 }

    /// So many blanks.
    public init(length: Int) { self.length = max(0, length) }

    /// Examples.
    public func batch(of count: Int, _ random: inout RandomGenerator) -> MemoryBatch {
        let symbols = (0..<Self.symbolCount).map { _ in (0..<count).map { _ in random.integer(below: Self.kindCount) } }
        let blank = [Int](repeating: Self.kindCount, count: count), mark = [Int](repeating: Self.kindCount + 1, count: count)
        let blanksAfter = [[Int]](repeating: blank, count: Self.symbolCount - 1)
        let steps = symbols + [[Int]](repeating: blank, count: length) + [mark] + blanksAfter
        return MemoryBatch(inputs: steps.map { oneHot($0, size: inputSize) }, targets: .classes(symbols))
    }
}

/// Vectors with a single one, one behind the other.
func oneHot(_ indices: [Int], size: Int) -> [Float] {
    var result = [Float](repeating: 0, count: indices.count * size)
    for (place, index) in indices.enumerated() { result[place * size + index] = 1 }
    return result
}
