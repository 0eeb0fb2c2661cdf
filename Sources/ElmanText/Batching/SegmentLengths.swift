import ElmanTensor

/// Lengths of segments that vary, so that a text is not cut at the same places in every epoch (Merity, Keskar and Socher 2018):
/// drawn from a normal distribution of a deviation of 5 around the mean with probability 0.95, around half of it otherwise, cut to
/// whole numbers, and at least 5.
///
/// The normal numbers are sums of twelve uniform ones less six: the same bits everywhere, and at most six deviations away.
public struct SegmentLengths: Sendable {
    /// The mean of most of them.
    public let mean: Int
    private var generator: RandomGenerator

    /// How likely a segment is about as long as the mean, and not half of it.
    static let fullShare = 0.95
    static let deviation = 5.0
    /// No length is shorter.
    public static let minimum = 5

    /// Lengths around a mean.
    public init(mean: Int, generator: RandomGenerator) {
        self.mean = mean
        self.generator = generator
    }

    /// The longest length that can be drawn.
    public static func longest(mean: Int) -> Int { max(minimum, mean + Int(6 * deviation)) }

    /// The next length.
    public mutating func next() -> Int {
        let center = generator.uniform() < Self.fullShare ? Double(mean) : Double(mean) / 2
        let normal = (0..<12).reduce(-6.0) { sum, _ in sum + generator.uniform() }
        return max(Self.minimum, Int(center + Self.deviation * normal))
    }

    /// Where segments begin that are as long as drawn, and the end of the last, which is cut where the text ends.
    func starts(upTo end: Int) -> [Int] {
        var lengths = self, starts = [0]
        while let last = starts.last, last < end { starts.append(min(last + lengths.next(), end)) }
        return starts
    }
}
