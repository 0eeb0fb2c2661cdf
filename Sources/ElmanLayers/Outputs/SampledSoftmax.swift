import ElmanGraph
import ElmanTensor

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A full softmax that is learnt from a sample of the words (Bengio and Senécal 2003; Jean et al. 2015).
///
/// With the scores s_w = weights_w · x + bias_w, and k words drawn with replacement from a distribution q, of which word j was drawn
/// m_j times, the training loss of a word t is
///
///     log(exp s_t + Σ_{j ≠ t} m_j / (k q_j) exp s_j) - s_t
///
/// in which the sum is an unbiased estimate of that over all other words: the larger the sample, the nearer loss and gradient are to
/// those of the full softmax. (The form that corrects the target's score too, as of TensorFlow, learns from a different objective.)
/// One sample serves all of a graph. `losses` and `logProbabilities` are those of the full softmax over all words.
///
/// Parameters: `weights` [outputCount, inputSize], a table, unless it is tied to embeddings; `bias` [outputCount]. The file of a
/// model is that of one with `FullSoftmax`.
public struct SampledSoftmax: OutputLayer {
    /// What is drawn from.
    public let sampler: WordSampler
    /// Words that are drawn for an update.
    public let sampleCount: Int
    private let scores: WordScores
    /// Elements of the vector.
    public let inputSize: Int
    /// How many words there are.
    public let outputCount: Int

    /// A layer for the words of a sampler; its weights are `embeddings`, or its own where that is nil.
    public init(
        inputSize: Int, sampler: WordSampler, sampleCount: Int, tiedTo embeddings: LookupParameter? = nil,
        initializer: Initializer? = nil, biasInitializer: Initializer = .zeros, in parameters: ParameterCollection
    ) {
        self.inputSize = inputSize
        self.sampler = sampler
        self.sampleCount = sampleCount
        outputCount = sampler.logProbabilities.count
        scores = WordScores(
            inputSize: inputSize, count: outputCount, tiedTo: embeddings, initializer: initializer,
            biasInitializer: biasInitializer, in: parameters)
    }

    /// What is minimised; see the formula above.
    public func trainingLosses(_ x: Expression, _ words: [Int]) -> Expression {
        let sample = WordSample(of: scores, sampler, count: sampleCount, in: x.graph) { logf($0.multiplicity) - $0.logExpected }
        return sampledSoftmaxLoss(
            scores(x, words), candidates: sample.scores(x), hits: words.map { $0 < 0 ? -2 : sample.place(of: $0) })
    }

    /// The negative log-probabilities of words; see `OutputLayer`.
    public func losses(_ x: Expression, _ words: [Int]) -> Expression { pickNegativeLogSoftmax(scores(x), words) }

    /// The log-probabilities of all words, `[outputCount]`.
    public func logProbabilities(_ x: Expression) -> Expression { logSoftmax(scores(x)) }

    /// About how many numbers the losses of so many words take.
    public func graphSize(wordCount: Int) -> Int {
        Swift.min(sampleCount, outputCount) * (2 * wordCount + 4 * inputSize) + 4 * wordCount
    }
}
