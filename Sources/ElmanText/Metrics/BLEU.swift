#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif
import ElmanTensor

/// BLEU (Papineni et al. 2002) as sacreBLEU defines it (Post 2018): n-grams up to 4, exponential smoothing, case kept.
///
/// Add sentences, then ask for `score`, 0 to 100. Quote it with `signature`. For hypotheses of a model whose text is in tokens already,
/// as the lecture's, use the tokenisation `none`.
public struct BLEU: Sendable, Hashable {
    /// How lines are cut into tokens.
    public enum Tokenization: String, Sendable, CaseIterable {
        /// Spaces separate; the text is in tokens already.
        case none
        /// That of the script mteval-v13a, which WMT uses: for text as people write it.
        case v13a = "13a"
    }

    /// How lines are cut.
    public let tokenization: Tokenization
    /// Whether orders that a hypothesis is too short for are left out. For single sentences, never for a corpus.
    public let usesEffectiveOrder: Bool
    /// n-grams of the hypotheses that a reference has, by order from 1, each as often as the reference has it.
    public private(set) var matches = [Int](repeating: 0, count: Self.maximumOrder)
    /// n-grams of the hypotheses by order.
    public private(set) var totals = [Int](repeating: 0, count: Self.maximumOrder)
    /// Tokens of the hypotheses.
    public private(set) var hypothesisLength = 0
    /// Tokens of the references, each time of the one closest in length.
    public private(set) var referenceLength = 0
    /// The most references that a sentence has.
    public private(set) var referenceCount = 0

    private static let maximumOrder = 4

    /// Nothing counted yet.
    public init(tokenization: Tokenization = .v13a, usesEffectiveOrder: Bool = false) {
        self.tokenization = tokenization
        self.usesEffectiveOrder = usesEffectiveOrder
    }

    /// What was counted elsewhere, or summed over sentences. Fails unless there are four orders.
    init(matches: [Int], totals: [Int], hypothesisLength: Int, referenceLength: Int) {
        guard matches.count == Self.maximumOrder, totals.count == Self.maximumOrder else {
            fail("BLEU of n-grams of \(matches.count) and \(totals.count) orders")
        }
        self.init()
        self.matches = matches
        self.totals = totals
        self.hypothesisLength = hypothesisLength
        self.referenceLength = referenceLength
    }

    /// BLEU of one sentence, with effective order.
    public static func sentenceScore(
        _ hypothesis: String, references: [String], tokenization: Tokenization = .v13a
    ) -> Double {
        var bleu = BLEU(tokenization: tokenization, usesEffectiveOrder: true)
        bleu.add(hypothesis, references: references)
        return bleu.score
    }

    /// Counts a sentence. Fails without a reference.
    public mutating func add(_ hypothesis: String, references: [String]) {
        guard !references.isEmpty else { fail("a sentence without a reference cannot be scored") }
        var words = WordNumbers()
        let hypothesisTokens = words.numbers(of: tokens(of: hypothesis))
        var (best, length) = ([SIMD4<Int32>: Int](), 0)
        for (index, reference) in references.enumerated() {
            let tokens = words.numbers(of: tokens(of: reference))
            let distance = abs(tokens.count - hypothesisTokens.count)
            let bestDistance = abs(length - hypothesisTokens.count)
            if index == 0 || distance < bestDistance || distance == bestDistance && tokens.count < length {
                length = tokens.count
            }
            best.merge(Self.nGrams(of: tokens)) { max($0, $1) }
        }
        for (nGram, count) in Self.nGrams(of: hypothesisTokens) {
            let order = (0..<Self.maximumOrder).count { nGram[$0] >= 0 }
            totals[order - 1] += count
            matches[order - 1] += min(count, best[nGram] ?? 0)
        }
        hypothesisLength += hypothesisTokens.count
        referenceLength += length
        referenceCount = max(referenceCount, references.count)
    }

    /// The tokens of a line.
    public func tokens(of line: String) -> [[Unicode.Scalar]] {
        tokenization == .none ? splitAtWhiteSpace(line.unicodeScalars) : Tokenizer13a.tokens(of: line)
    }

    private static func nGrams(of tokens: [Int32]) -> [SIMD4<Int32>: Int] {
        var counts: [SIMD4<Int32>: Int] = [:]
        for start in tokens.indices {
            var nGram = SIMD4<Int32>(repeating: -1)
            for offset in 0..<min(maximumOrder, tokens.count - start) {
                nGram[offset] = tokens[start + offset]
                counts[nGram, default: 0] += 1
            }
        }
        return counts
    }
}

extension BLEU {
    /// exp(1 - r/h) where hypotheses are shorter than references, else 1.
    public var brevityPenalty: Double {
        if hypothesisLength >= referenceLength { return 1 }
        return hypothesisLength == 0 ? 0 : exp(1 - Double(referenceLength) / Double(hypothesisLength))
    }

    /// The precisions of n-grams by order, 0 to 100. The k-th order without a match has 100 / (2^k total).
    public var precisions: [Double] {
        var precisions = [Double](repeating: 0, count: Self.maximumOrder)
        guard matches.contains(where: { $0 > 0 }) else { return precisions }
        var smoothing = 1.0
        for order in 0..<Self.maximumOrder where totals[order] > 0 {
            if matches[order] == 0 { smoothing *= 2 }
            precisions[order] =
                matches[order] == 0
                ? 100 / (smoothing * Double(totals[order])) : 100 * Double(matches[order]) / Double(totals[order])
        }
        return precisions
    }

    /// The score, 0 to 100: the geometric mean of the precisions, times the brevity penalty.
    public var score: Double {
        guard matches.contains(where: { $0 > 0 }) else { return 0 }
        let orders = usesEffectiveOrder ? totals.count { $0 > 0 } : Self.maximumOrder
        // sacreBLEU takes -9999999999 for the logarithm of 0, which makes the score 0 as well.
        let used = precisions.prefix(orders)
        guard used.allSatisfy({ $0 > 0 }) else { return 0 }
        return brevityPenalty * exp(used.reduce(0) { $0 + log($1) } / Double(orders))
    }

    /// What was computed, in the form of sacreBLEU's signatures. The version is that of Elman: this is not sacreBLEU.
    public func signature(version: String) -> String {
        "nrefs:\(referenceCount)|case:mixed|eff:\(usesEffectiveOrder ? "yes" : "no")|tok:\(tokenization.rawValue)|smooth:exp"
            + "|version:elman-\(version)"
    }
}

/// Numbers words in the order of their first appearance.
private struct WordNumbers {
    private var known: [[Unicode.Scalar]: Int32] = [:]

    mutating func numbers(of tokens: [[Unicode.Scalar]]) -> [Int32] {
        tokens.map { token in
            if let number = known[token] { return number }
            known[token] = Int32(known.count)
            return Int32(known.count - 1)
        }
    }
}
