import ElmanGraph
import ElmanTensor

/// The feed-forward n-gram language model (Bengio et al. 2003): the scores of the next word from the n - 1 words before it.
///
///     x = (C w_{t-n+1}; …; C w_{t-1})      scores = U tanh(H x + d) + W x + b
///
/// W x are the paper's optional direct connections. Its loss fuses layer, softmax and pick: use `pickNegativeLogSoftmax`.
///
/// Parameters: `embeddings` C [embeddingSize, wordCount]; in the scope `hidden` `weights` H [hiddenSize, (n - 1) embeddingSize]
/// and `bias` d; in the scope `output` `weights` U, and W beside it with direct connections,
/// [wordCount, hiddenSize (+ (n - 1) embeddingSize)], and `bias` b.
public struct FeedForwardNGram: Sendable {
    /// n - 1, how many words are looked at.
    public let contextCount: Int
    /// Whether the words have direct connections to the scores.
    public let hasDirectConnections: Bool
    /// The words' vectors.
    public let embeddings: LookupParameter
    /// The layer before tanh.
    public let hidden: Linear
    /// The scores' layer.
    public let output: Linear

    /// A model with Glorot-uniform weights and biases of zeros.
    public init(
        wordCount: Int, contextCount: Int, embeddingSize: Int, hiddenSize: Int, hasDirectConnections: Bool = false,
        initializer: Initializer = .glorot(), in parameters: ParameterCollection
    ) {
        guard contextCount >= 1 else { fail("an n-gram model looks at one word or more, not \(contextCount)") }
        let inputSize = contextCount * embeddingSize
        self.contextCount = contextCount
        self.hasDirectConnections = hasDirectConnections
        embeddings = parameters.addLookup(
            count: wordCount, size: embeddingSize, named: "embeddings", initializer: initializer)
        hidden = Linear(
            inputSize: inputSize, outputSize: hiddenSize, initializer: initializer, in: parameters.scope("hidden"))
        output = Linear(
            inputSize: hiddenSize + (hasDirectConnections ? inputSize : 0), outputSize: wordCount, initializer: initializer,
            in: parameters.scope("output"))
    }

    /// The scores of the next word, `[wordCount]`, after `contextCount` words, oldest first.
    public func callAsFunction(_ context: [Int], in graph: ComputationGraph) -> Expression {
        self([context], in: graph)
    }

    /// The scores of the next word after each context, a batch `[wordCount]×contexts.count`: a few nodes for a whole sentence.
    /// - Parameter dropout: rate of dropout behind tanh.
    public func callAsFunction(_ contexts: [[Int]], in graph: ComputationGraph, dropout rate: Float = 0) -> Expression {
        if let wrong = contexts.first(where: { $0.count != contextCount }) {
            fail("a context of \(wrong.count) words is given to a model of \(contextCount)")
        }
        let words = concatenate((0..<contextCount).map { place in embeddings[contexts.map { $0[place] }, in: graph] })
        let units = dropout(tanh(hidden(words)), rate: rate)
        return output(hasDirectConnections ? concatenate(units, words) : units)
    }

    /// What stands before each word of a sentence and before its end: `boundary` where the sentence has not begun.
    public func contexts(of sentence: [Int], boundary: Int) -> [[Int]] {
        let padded = Array(repeating: boundary, count: contextCount) + sentence
        return (0...sentence.count).map { Array(padded[$0..<$0 + contextCount]) }
    }
}
