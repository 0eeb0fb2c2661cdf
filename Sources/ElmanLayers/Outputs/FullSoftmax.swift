import ElmanGraph
import ElmanTensor

/// Softmax over all words: p(w) ∝ exp(weights_w · x + bias_w).
///
/// Parameters: `weights` [outputCount, inputSize], unless they are an embedding table; `bias` [outputCount].
public struct FullSoftmax: OutputLayer {
    private enum Scores: Sendable {
        case own(Linear)
        case tied(TiedLinear)
    }

    private let scores: Scores
    /// Elements of the vector.
    public let inputSize: Int
    /// How many words there are.
    public let outputCount: Int

    /// A layer with weights of its own.
    public init(
        inputSize: Int, outputCount: Int, initializer: Initializer = .glorot(), biasInitializer: Initializer = .zeros,
        in parameters: ParameterCollection
    ) {
        self.inputSize = inputSize
        self.outputCount = outputCount
        scores = .own(
            Linear(
                inputSize: inputSize, outputSize: outputCount, initializer: initializer, biasInitializer: biasInitializer,
                in: parameters))
    }

    /// A layer whose weights are the vectors of an embedding table (Press and Wolf 2017).
    public init(tiedTo embeddings: LookupParameter, biasInitializer: Initializer = .zeros, in parameters: ParameterCollection) {
        inputSize = embeddings.size
        outputCount = embeddings.count
        scores = .tied(TiedLinear(embeddings, biasInitializer: biasInitializer, in: parameters))
    }

    private func scores(_ x: Expression) -> Expression {
        switch scores {
        case .own(let layer): layer(x)
        case .tied(let layer): layer(x)
        }
    }

    /// The negative log-probabilities of words; see `OutputLayer`.
    public func losses(_ x: Expression, _ words: [Int]) -> Expression { pickNegativeLogSoftmax(scores(x), words) }

    /// The log-probabilities of all words, `[outputCount]`.
    public func logProbabilities(_ x: Expression) -> Expression { logSoftmax(scores(x)) }

    /// Beyond 2²⁶ the scores are computed a second time rather than kept.
    public func graphSize(wordCount: Int) -> Int { wordCount * outputCount <= 1 << 26 ? wordCount * outputCount : 0 }
}
