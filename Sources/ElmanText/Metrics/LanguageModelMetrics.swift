#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// How well a language model predicts a text.
public struct LanguageModelMetrics: Sendable, Hashable {
    /// Sentences of the text.
    public var sentences: Int
    /// Predicted tokens: all of them and one end mark a sentence, no start symbol.
    public var tokens: Int
    /// How many of them stand for unknown tokens.
    public var unknown: Int
    /// The sum of -ln p over all tokens.
    public var negativeLogLikelihood: Double

    /// Metrics from a sum over tokens.
    public init(sentences: Int = 0, tokens: Int = 0, unknown: Int = 0, negativeLogLikelihood: Double = 0) {
        self.sentences = sentences
        self.tokens = tokens
        self.unknown = unknown
        self.negativeLogLikelihood = negativeLogLikelihood
    }

    /// The mean of -ln p; not a number where there are no tokens.
    public var meanNegativeLogLikelihood: Double { negativeLogLikelihood / Double(tokens) }

    /// exp of the mean of -ln p.
    public var perplexity: Double { exp(meanNegativeLogLikelihood) }

    /// The mean of -log2 p: bits a word, or for a model of characters bits a character.
    public var bitsPerToken: Double { bits(per: tokens) }

    /// Bits for each of so many other units, as the characters or the words of the same text.
    public func bits(per count: Int) -> Double { negativeLogLikelihood / (Double(count) * M_LN2) }

    /// Perplexity for each of so many other units, as the words of a text that was predicted by characters.
    public func perplexity(per count: Int) -> Double { exp(negativeLogLikelihood / Double(count)) }

    /// Both texts together.
    public static func + (left: LanguageModelMetrics, right: LanguageModelMetrics) -> LanguageModelMetrics {
        LanguageModelMetrics(
            sentences: left.sentences + right.sentences, tokens: left.tokens + right.tokens,
            unknown: left.unknown + right.unknown,
            negativeLogLikelihood: left.negativeLogLikelihood + right.negativeLogLikelihood)
    }
}
