#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif
import ElmanTensor

/// A score of a whole test set, from sums of a few numbers over its examples.
public enum CorpusScore: Sendable, Hashable {
    /// a / b of (a, b): an accuracy of (right, all).
    case ratio
    /// exp(a / b) of (a, b): a perplexity of (negative log-likelihood, tokens).
    case perplexity
    /// 2 a / (b + c) of (a, b, c): the F1 of (right, predicted, expected); 0 without right ones.
    case f1
    /// BLEU, 0 to 100, of the matches and totals of n-grams by order and the lengths of hypotheses and references.
    case bleu

    /// How many numbers are summed.
    public var width: Int {
        switch self {
        case .ratio, .perplexity: 2
        case .f1: 3
        case .bleu: 10
        }
    }

    /// The score of the sums; not a number where they are empty.
    public func value(ofSums sums: [Double]) -> Double {
        guard sums.count == width else { fail("\(sums.count) sums for a score of \(width)") }
        switch self {
        case .ratio: return sums[0] / sums[1]
        case .perplexity: return exp(sums[0] / sums[1])
        case .f1: return sums[0] == 0 ? 0 : 2 * sums[0] / (sums[1] + sums[2])
        case .bleu:
            return BLEU(
                matches: sums[0..<4].map { Int($0) }, totals: sums[4..<8].map { Int($0) }, hypothesisLength: Int(sums[8]),
                referenceLength: Int(sums[9])
            ).score
        }
    }
}

/// The numbers of each example of a test set, from whose sums a score is computed.
public struct ExampleSums: Sendable, Hashable {
    /// What is computed of the sums.
    public let score: CorpusScore
    /// Example after example.
    private(set) var numbers: [Double] = []

    /// Nothing yet.
    public init(_ score: CorpusScore) { self.score = score }

    /// Adds an example. Fails where it has not as many numbers as the score sums.
    public mutating func add(_ example: [Double]) {
        guard example.count == score.width else { fail("\(example.count) numbers of an example, not \(score.width)") }
        numbers += example
    }

    /// Examples.
    public var count: Int { numbers.count / score.width }

    /// The score of all examples.
    public var value: Double { score.value(ofSums: totals) }

    /// The sums over all examples.
    var totals: [Double] {
        var sums = [Double](repeating: 0, count: score.width)
        for start in stride(from: 0, to: numbers.count, by: score.width) { add(start, to: &sums) }
        return sums
    }

    /// Adds the numbers of the example that begins at an index.
    func add(_ start: Int, to sums: inout [Double]) {
        for column in 0..<sums.count { sums[column] += numbers[start + column] }
    }
}

extension BLEU {
    /// The counts as `CorpusScore.bleu` sums them.
    public var sums: [Double] { (matches + totals + [hypothesisLength, referenceLength]).map { Double($0) } }
}
