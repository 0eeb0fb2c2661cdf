import ElmanGraph
import ElmanTensor

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A full softmax that is learnt by telling words from noise (Gutmann and Hyvärinen 2010; Mnih and Teh 2012).
///
/// With the scores s_w = weights_w · x + bias_w, a fixed normaliser log Z, and k noise words from a distribution q, of which word j was
/// drawn m_j times, the training loss of a word t is
///
///     softplus(-a_t) + Σ m_j softplus(a_j)      a_w = s_w - log Z - log(k q_w)
///
/// In training nothing is summed over all words, and exp(s - log Z) comes near to a distribution by itself; how near is
/// `logNormalizers`. One sample of noise serves all of a graph. `losses` and `logProbabilities` are normalised over all words.
///
/// Parameters: `weights` [outputCount, inputSize], a table, unless it is tied to embeddings; `bias` [outputCount], which begins as
/// log q + log Z, so that probabilities begin near those of the noise. The file of a model is that of one with `FullSoftmax`.
public struct NoiseContrastiveEstimation: OutputLayer {
    /// What noise is drawn from.
    public let sampler: WordSampler
    /// Noise words for an update, k.
    public let sampleCount: Int
    /// The normaliser that scores are to have, log Z.
    public let logNormalizer: Float
    private let scores: WordScores
    /// Elements of the vector.
    public let inputSize: Int
    /// How many words there are.
    public let outputCount: Int

    /// A layer for the words of a sampler; its weights are `embeddings`, or its own where that is nil.
    public init(
        inputSize: Int, sampler: WordSampler, sampleCount: Int, logNormalizer: Float = 0,
        tiedTo embeddings: LookupParameter? = nil, initializer: Initializer? = nil, in parameters: ParameterCollection
    ) {
        self.inputSize = inputSize
        self.sampler = sampler
        self.sampleCount = sampleCount
        self.logNormalizer = logNormalizer
        outputCount = sampler.logProbabilities.count
        scores = WordScores(
            inputSize: inputSize, count: outputCount, tiedTo: embeddings, initializer: initializer,
            biasInitializer: .values(sampler.logProbabilities.map { $0 + logNormalizer }), in: parameters)
    }

    /// What is minimised; see the formula above.
    public func trainingLosses(_ x: Expression, _ words: [Int]) -> Expression {
        let graph = x.graph, logZ = logNormalizer
        let sample = WordSample(of: scores, sampler, count: sampleCount, in: graph) { -logZ - $0.logExpected }
        let logCount = logf(Float(sampleCount))
        let shifts = words.map { $0 < 0 ? 0 : -logZ - logCount - sampler.logProbabilities[$0] }
        let targets = scores(x, words) + graph.input(Tensor(shape: Shape([], batchSize: words.count), scalars: shifts))
        return noiseContrastiveLoss(
            targets, noise: sample.scores(x), multiplicities: sample.multiplicities, isSkipped: words.map { $0 < 0 })
    }

    /// The negative log-probabilities of words; see `OutputLayer`.
    public func losses(_ x: Expression, _ words: [Int]) -> Expression { pickNegativeLogSoftmax(scores(x), words) }

    /// The log-probabilities of all words, `[outputCount]`.
    public func logProbabilities(_ x: Expression) -> Expression { logSoftmax(scores(x)) }

    /// log Σ_w exp(s_w - log Z), one number for each member of the batch of x: 0 where the scores are normalised by themselves.
    public func logNormalizers(_ x: Expression) -> Expression { logSumExp(scores(x)) - logNormalizer }

    /// About how many numbers the losses of so many words take.
    public func graphSize(wordCount: Int) -> Int {
        Swift.min(sampleCount, outputCount) * (2 * wordCount + 4 * inputSize) + 8 * wordCount
    }
}
