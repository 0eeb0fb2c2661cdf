#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif
import ElmanTensor

/// An interpolated Kneser-Ney n-gram language model with one fixed discount: what a neural model has to beat.
///
///     p(w | h) = max(c(h w) - D, 0) / c(h ·) + D N(h ·) / c(h ·) p(w | shorter h)
///
/// N(h ·) is the number of words seen after h. For the longest n-grams c counts occurrences, for all others in how many left
/// contexts an n-gram occurs (Kneser and Ney 1995, as interpolated by Chen and Goodman 1999). The recursion ends in the uniform
/// distribution over the vocabulary. Sentences are independent: n - 1 start symbols, which are never predicted, stand before
/// each, and its end mark is predicted like a word.
public struct KneserNey: Sendable {
    /// The words of the longest n-grams.
    public let order: Int
    /// What is taken from every count.
    public let discount: Double
    /// The entries of the vocabulary, the end mark included.
    public let vocabularySize: Int
    /// By length minus one.
    private var levels: [Level]

    private struct Level: Sendable {
        var table = NGramTable()
        /// Occurrences or left contexts, by n-gram.
        var counts: [Int32] = []
        /// The sum of counts, and how many n-grams have one, by the number of the first n-1 words.
        var totals: [Int32] = []
        var kinds: [Int32] = []
    }

    /// Counts the n-grams of a text. Fails where the order is not 1...8 or the discount not in 0...1.
    public init(training corpus: EncodedCorpus, vocabularySize: Int, order: Int = 3, discount: Double = 0.75) {
        guard (1...8).contains(order), (0...1).contains(discount), vocabularySize > 0 else {
            fail("a Kneser-Ney model of order \(order), discount \(discount) and vocabulary \(vocabularySize)")
        }
        self.order = order
        self.discount = discount
        self.vocabularySize = vocabularySize
        levels = [Level](repeating: Level(), count: order)
        // Number 0 of every length is the n-gram of start symbols alone, so that all contexts at a sentence's start are 0.
        for length in 0..<order {
            _ = levels[length].table.insert(NGramTable.key(prefix: 0, word: -1))
            levels[length].counts.append(0)
        }
        var contexts = [Int](repeating: 0, count: order)
        for sentence in 0..<corpus.sentenceCount {
            for length in 0..<order { contexts[length] = 0 }
            for token in corpus[sentence] { count(token, &contexts) }
        }
        sumUp()
    }

    /// Counts the n-grams that end in a token. `contexts[n]` is the number of the last n tokens.
    private mutating func count(_ token: Int32, _ contexts: inout [Int]) {
        var prefix = 0
        var shorter = 0
        for length in 0..<order {
            let (number, isNew) = levels[length].table.insert(NGramTable.key(prefix: prefix, word: token))
            if isNew {
                levels[length].counts.append(0)
                // One more left context for the n-gram without its first word.
                if length > 0 { levels[length - 1].counts[shorter] += 1 }
            }
            shorter = number
            if length + 1 < order {
                prefix = contexts[length + 1]
                contexts[length + 1] = number
            } else {
                levels[length].counts[number] += 1
            }
        }
    }

    private mutating func sumUp() {
        for length in 0..<order {
            let contextCount = length == 0 ? 1 : levels[length - 1].table.count
            var totals = [Int32](repeating: 0, count: contextCount)
            var kinds = totals
            for (number, count) in levels[length].counts.enumerated() where count > 0 {
                let prefix = levels[length].table.prefix(of: number)
                totals[prefix] += count
                kinds[prefix] += 1
            }
            levels[length].totals = totals
            levels[length].kinds = kinds
        }
    }

    /// The probability of a token, after which `contexts` are those of the next one.
    private func advance(_ token: Int32, _ contexts: inout [Int]) -> Double {
        var probability = 1 / Double(vocabularySize)
        var prefix = 0
        for length in 0..<order {
            var number = -1
            if prefix >= 0 {
                number = levels[length].table.find(NGramTable.key(prefix: prefix, word: token))
                let total = Double(levels[length].totals[prefix])
                if total > 0 {
                    let count = number < 0 ? 0 : Double(levels[length].counts[number])
                    let rest = discount * Double(levels[length].kinds[prefix])
                    probability = (max(count - discount, 0) + rest * probability) / total
                }
            }
            if length + 1 < order {
                prefix = contexts[length + 1]
                contexts[length + 1] = number
            }
        }
        return probability
    }

    /// The probability of a token after the tokens that stand before it in its sentence.
    public func probability(of token: Int32, after context: some Sequence<Int32>) -> Double {
        var contexts = [Int](repeating: 0, count: order)
        for token in context { _ = advance(token, &contexts) }
        return advance(token, &contexts)
    }

    /// The natural logarithm of the probability of each token of a sentence, which holds its end mark.
    public func logProbabilities(of sentence: some Sequence<Int32>) -> [Double] {
        var contexts = [Int](repeating: 0, count: order)
        return sentence.map { log(advance($0, &contexts)) }
    }

    /// The metrics of a text.
    public func evaluate(_ corpus: EncodedCorpus) -> LanguageModelMetrics {
        var contexts = [Int](repeating: 0, count: order)
        var sum = 0.0
        for sentence in 0..<corpus.sentenceCount {
            for length in 0..<order { contexts[length] = 0 }
            for token in corpus[sentence] { sum -= log(advance(token, &contexts)) }
        }
        return LanguageModelMetrics(
            sentences: corpus.sentenceCount, tokens: corpus.tokens.count, unknown: corpus.statistics.unknownTokens,
            negativeLogLikelihood: sum)
    }
}
