import ElmanGraph
import ElmanTensor

/// The sum or the mean of the vectors of words, whatever their order (Mikolov et al. 2013; as a sentence's vector Iyyer et al.
/// 2015).
///
/// Parameters: `embeddings` [size, wordCount].
public struct ContinuousBagOfWords: Sendable {
    /// The words' vectors.
    public let embeddings: LookupParameter
    /// Whether the sum is divided by the number of words.
    public let isMean: Bool

    /// A bag with Glorot-uniform vectors.
    public init(
        wordCount: Int, size: Int, isMean: Bool = false, initializer: Initializer = .glorot(),
        in parameters: ParameterCollection
    ) {
        self.init(
            embeddings: parameters.addLookup(count: wordCount, size: size, named: "embeddings", initializer: initializer),
            isMean: isMean)
    }

    /// A bag of vectors that are used elsewhere too.
    public init(embeddings: LookupParameter, isMean: Bool = false) {
        self.embeddings = embeddings
        self.isMean = isMean
    }

    /// The bag's vector, `[size]`; zeros for no words.
    public func callAsFunction(_ words: [Int], in graph: ComputationGraph) -> Expression {
        if words.isEmpty { return graph.zeros([embeddings.size]) }
        let total = sumOverBatch(embeddings[words, in: graph])
        return isMean ? total / Float(words.count) : total
    }
}
