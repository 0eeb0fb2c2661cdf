import ElmanTensor

/// Nested brackets of four kinds (the Dyck language; Hewitt et al. 2020): after `length` brackets, some of them closed again, the kind
/// of the innermost open one is to be told. It was opened up to `length` steps ago.
public struct DyckTask: MemoryTask {
    /// `dyck`.
    public static let name = "dyck"
    private static let kindCount = 4
    private static let deepest = 8
    /// Brackets of a sequence, at least 1.
    public let length: Int
    /// Opening and closing brackets.
    public var inputSize: Int { 2 * Self.kindCount }
    /// Kinds.
    public var outputSize: Int { Self.kindCount }
    /// One in four.
    public var baseline: Double { 1 / Double(Self.kindCount) }
    /// 99 of 100.
    public var threshold: Double { 0.99 }

    /// So many brackets.
    public init(length: Int) { self.length = max(1, length) }

    /// Examples.
    public func batch(of count: Int, _ random: inout RandomGenerator) -> MemoryBatch {
        var steps = [[Int]](repeating: [Int](repeating: 0, count: count), count: length)
        var kinds: [Int] = []
        for example in 0..<count {
            var open: [Int] = []
            for step in 0..<length {
                let opens = open.count <= 1 || open.count < Self.deepest && random.uniform() < 0.5
                if opens {
                    open.append(random.integer(below: Self.kindCount))
                    steps[step][example] = open[open.count - 1]
                } else {
                    steps[step][example] = Self.kindCount + open.removeLast()
                }
            }
            kinds.append(open[open.count - 1])
        }
        return MemoryBatch(inputs: steps.map { oneHot($0, size: inputSize) }, targets: .classes([kinds]))
    }
}
