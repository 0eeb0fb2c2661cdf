import ElmanText

/// How near the scores of a model that was trained by noise-contrastive estimation come to probabilities that sum to 1 by themselves:
/// mean and standard deviation of the logarithms of their sums, 0 and 0 where they do.
public struct NormalizerSpread: Sendable, Hashable {
    /// Places that were looked at.
    public var count = 0
    /// The mean of log Σ exp(scores).
    public var mean: Double { count > 0 ? sum / Double(count) : .nan }
    /// Its standard deviation.
    public var deviation: Double {
        guard count > 0 else { return .nan }
        return max(squares / Double(count) - mean * mean, 0).squareRoot()
    }
    private var sum = 0.0
    private var squares = 0.0

    mutating func add(_ value: Float) {
        count += 1
        sum += Double(value)
        squares += Double(value) * Double(value)
    }
}

extension LanguageModel {
    /// The normalisers before the first tokens of a corpus; nil for a model that was not trained by noise-contrastive estimation.
    public func normalizerSpread(of corpus: EncodedCorpus, carriesState: Bool? = nil, limit: Int = 2000) -> NormalizerSpread? {
        guard configuration.output.kind == .noiseContrastive else { return nil }
        let carriesState = carriesState ?? configuration.carriesState
        var spread = NormalizerSpread(), reader = LanguageModelReader(self)
        for sentence in 0..<corpus.sentenceCount {
            if !carriesState { reader = LanguageModelReader(self) }
            for token in corpus[sentence] {
                guard spread.count < limit else { return spread }
                if let value = reader.logNormalizer { spread.add(value) }
                reader.read(token)
            }
        }
        return spread
    }
}
