import ElmanTensor

/// The adding problem (Hochreiter and Schmidhuber 1997, experiment 4; in the form of Le, Jaitly and Hinton 2015): of `length` numbers
/// between 0 and 1 one in the first half and one in the second are marked; their sum is to be given out at the end.
public struct AddingTask: MemoryTask {
    /// `adding`.
    public static let name = "adding"
    /// Numbers of a sequence, at least 2.
    public let length: Int
    /// The number and its mark.
    public var inputSize: Int { 2 }
    /// The sum.
    public var outputSize: Int { 1 }
    /// The variance of the sum of two numbers: who always says 1 errs by that much.
    public var baseline: Double { 1 / 6 }
    /// 0.01.
    public var threshold: Double { 0.01 }

    /// Sequences of so many numbers.
    public init(length: Int) { self.length = max(2, length) }

    /// Examples.
    public func batch(of count: Int, _ random: inout RandomGenerator) -> MemoryBatch {
        var inputs = [[Float]](repeating: [Float](repeating: 0, count: 2 * count), count: length)
        var sums = [Float](repeating: 0, count: count)
        for example in 0..<count {
            for step in 0..<length { inputs[step][2 * example] = Float(random.uniform()) }
            let half = length / 2
            for step in [random.integer(below: half), half + random.integer(below: length - half)] {
                inputs[step][2 * example + 1] = 1
                sums[example] += inputs[step][2 * example]
            }
        }
        return MemoryBatch(inputs: inputs, targets: .numbers(sums))
    }
}
