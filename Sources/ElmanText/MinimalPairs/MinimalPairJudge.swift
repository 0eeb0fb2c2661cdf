import ElmanTensor

/// What of two sentences is compared.
public enum MinimalPairScoring: String, Sendable, CaseIterable {
    /// The probability of the whole sentence, its end included (Marvin and Linzen 2018; BLiMP).
    case sentence
    /// The probability of the first word in which they differ, after the same beginning (Linzen et al. 2016).
    case word
    /// The probability of what follows the words in which they differ (the partial score of Trinh and Le 2018).
    case continuation
}

/// Lets a language model say which sentence of a pair it finds likelier.
///
/// Any model will do that gives the log-probabilities of tokens: `logProbabilities` gets sentences that end with the end mark, and
/// gives a number for each of their tokens.
public struct MinimalPairJudge {
    /// What the model says of a pair.
    public struct Judgement: Sendable, Hashable {
        /// The score of the better sentence: a sum of natural logarithms.
        public let good: Double
        /// The scores of the worse ones.
        public let bad: [Double]
        /// Words that the vocabulary does not have.
        public let unknownWords: [String]

        /// Whether the better sentence has a higher score than every other. Equal scores are not right.
        public var isRight: Bool { bad.allSatisfy { good > $0 } }
        /// Whether a worse sentence has exactly the score of the better one.
        public var isTie: Bool { bad.contains(good) }
    }

    private let vocabulary: Vocabulary
    private let logProbabilities: ([[Int32]]) -> [[Double]]
    private let isLowerCase: Bool
    /// Pairs scored in one go.
    private static let pairsAtOnce = 64

    /// A judge.
    /// - Parameters:
    ///   - vocabulary: the model's; it has an end mark and an entry for unknown words.
    ///   - lowercases: look words up in lower case; nil does so where not one entry in a hundred has a capital letter.
    ///   - logProbabilities: the model.
    public init(
        vocabulary: Vocabulary, lowercases: Bool? = nil, logProbabilities: @escaping ([[Int32]]) -> [[Double]]
    ) {
        guard vocabulary.boundary != nil, vocabulary.unknown != nil else {
            fail("pairs are judged with a vocabulary that has an end mark and an entry for unknown words")
        }
        self.vocabulary = vocabulary
        self.logProbabilities = logProbabilities
        isLowerCase = lowercases ?? (100 * vocabulary.entries.count { $0 != $0.lowercased() } < vocabulary.count)
    }

    /// Calls `body` with what the model says of each pair, in order.
    public func forEachJudgement(
        of pairs: MinimalPairs, by scoring: MinimalPairScoring = .sentence, _ body: (MinimalPair, Judgement) -> Void
    ) {
        for first in stride(from: 0, to: pairs.pairs.count, by: Self.pairsAtOnce) {
            let group = pairs.pairs[first..<min(first + Self.pairsAtOnce, pairs.pairs.count)]
            let encoded = group.map { pair in ([pair.good] + pair.bad).map(encode) }
            var scores = logProbabilities(encoded.flatMap { $0.map(\.tokens) })[...]
            for (pair, sentences) in zip(group, encoded) {
                let own = Array(scores.prefix(sentences.count))
                scores = scores.dropFirst(sentences.count)
                body(pair, judgement(sentences, own, scoring))
            }
        }
    }

    /// The tokens of a sentence, and its words that the vocabulary lacks. Marks that it lacks are left out: a text without
    /// punctuation was trained on.
    private func encode(_ words: [String]) -> (tokens: [Int32], unknown: [String]) {
        var tokens: [Int32] = [], unknown: [String] = []
        for word in words {
            let word = isLowerCase ? word.lowercased() : word
            if let index = vocabulary.index(of: word) {
                tokens.append(Int32(index))
            } else if !word.allSatisfy({ $0.isPunctuation || $0.isSymbol }) {
                tokens.append(Int32(vocabulary.unknown!))
                unknown.append(word)
            }
        }
        return (tokens + [Int32(vocabulary.boundary!)], unknown)
    }

    private func judgement(
        _ sentences: [(tokens: [Int32], unknown: [String])], _ scores: [[Double]], _ scoring: MinimalPairScoring
    ) -> Judgement {
        var good = -Double.infinity
        var bad: [Double] = []
        for other in sentences.indices.dropFirst() {
            let (before, behind) = MinimalPair.difference(sentences[0].tokens, sentences[other].tokens)
            func score(_ sentence: Int) -> Double {
                let values = scores[sentence]
                switch scoring {
                case .sentence: return values.reduce(0, +)
                case .word: return before < values.count ? values[before] : 0
                case .continuation: return values.suffix(behind).reduce(0, +)
                }
            }
            // What is compared of the better sentence depends on the other; the worst comparison counts.
            let own = score(0), others = score(other)
            if bad.isEmpty { good = own }
            bad.append(others + (good - own))
        }
        return Judgement(good: good, bad: bad, unknownWords: sentences.flatMap(\.unknown))
    }
}
