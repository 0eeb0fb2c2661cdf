import ElmanTensor

/// chrF2 (Popović 2015) as sacreBLEU defines it: F-score of character n-grams up to 6, recall counted twice, white space left out.
///
/// Precision and recall are means over the orders that both texts are long enough for. Characters are Unicode scalars. Add
/// sentences, then ask for `score`, 0 to 100.
public struct ChrF: Sendable, Hashable {
    /// n-grams of one order: of hypotheses, of references, and of both.
    public struct Counts: Sendable, Hashable {
        /// Of hypotheses.
        public var hypothesis = 0
        /// Of references.
        public var reference = 0
        /// Of both.
        public var matches = 0
    }

    /// Counts by order from 1, over all sentences.
    public private(set) var counts = [Counts](repeating: Counts(), count: Self.maximumOrder)
    /// The most references that a sentence has.
    public private(set) var referenceCount = 0

    private static let maximumOrder = 6
    /// β², by which recall weighs more.
    private static let recallWeight = 4.0

    /// Nothing counted yet.
    public init() {}

    /// chrF2 of one sentence.
    public static func sentenceScore(_ hypothesis: String, references: [String]) -> Double {
        var metric = ChrF()
        metric.add(hypothesis, references: references)
        return metric.score
    }

    /// Counts a sentence by the reference that it agrees with best. Fails without a reference.
    public mutating func add(_ hypothesis: String, references: [String]) {
        guard !references.isEmpty else { fail("a sentence without a reference cannot be scored") }
        let own = Self.nGrams(of: hypothesis)
        var best: (counts: [Counts], score: Double)?
        for reference in references {
            let counts = zip(own, Self.nGrams(of: reference)).map { Self.counts($0, $1) }
            let score = Self.score(of: counts)
            if best.map({ score > $0.score }) ?? true { best = (counts, score) }
        }
        guard let best else { return }
        for order in 0..<Self.maximumOrder {
            counts[order].hypothesis += best.counts[order].hypothesis
            counts[order].reference += best.counts[order].reference
            counts[order].matches += best.counts[order].matches
        }
        referenceCount = max(referenceCount, references.count)
    }

    /// The score, 0 to 100.
    public var score: Double { Self.score(of: counts) }

    /// What was computed, in the form of sacreBLEU's signatures. The version is that of Elman: this is not sacreBLEU.
    public func signature(version: String) -> String {
        "nrefs:\(referenceCount)|case:mixed|eff:yes|nc:\(Self.maximumOrder)|nw:0|space:no|version:elman-\(version)"
    }

    private static func nGrams(of text: String) -> [[SIMD8<UInt32>: Int]] {
        let scalars = text.unicodeScalars.filter { !isWhiteSpace($0) }.map(\.value)
        var result = [[SIMD8<UInt32>: Int]](repeating: [:], count: maximumOrder)
        for start in scalars.indices {
            var nGram = SIMD8<UInt32>(repeating: .max)
            for offset in 0..<min(maximumOrder, scalars.count - start) {
                nGram[offset] = scalars[start + offset]
                result[offset][nGram, default: 0] += 1
            }
        }
        return result
    }

    private static func counts(_ hypothesis: [SIMD8<UInt32>: Int], _ reference: [SIMD8<UInt32>: Int]) -> Counts {
        var counts = Counts()
        for (nGram, count) in hypothesis {
            counts.hypothesis += count
            counts.matches += min(count, reference[nGram] ?? 0)
        }
        if reference.isEmpty { counts.hypothesis = 0 }
        counts.reference = reference.values.reduce(0, +)
        return counts
    }

    private static func score(of counts: [Counts]) -> Double {
        let used = counts.filter { $0.hypothesis > 0 && $0.reference > 0 }
        guard !used.isEmpty else { return 0 }
        let precision = used.reduce(0) { $0 + Double($1.matches) / Double($1.hypothesis) } / Double(used.count)
        let recall = used.reduce(0) { $0 + Double($1.matches) / Double($1.reference) } / Double(used.count)
        guard precision + recall > 0 else { return 0 }
        return 100 * ((1 + recallWeight) * precision * recall / (recallWeight * precision + recall))
    }
}
