import ElmanGraph
import ElmanText

/// How well a translator predicts given targets.
public struct TargetPrediction: Sendable, Hashable {
    /// Of all tokens of the targets and one end mark each; tokens that the vocabulary lacks are predicted as the unknown one.
    public var tokens = LanguageModelMetrics()
    /// The same without unknown tokens.
    public var known = LanguageModelMetrics()

    /// The perplexity without unknown tokens.
    public var knownPerplexity: Double { known.perplexity }
}

extension Translator {
    /// The natural logarithms of the probabilities of the tokens of targets and of their ends. The same pair gets the same bits
    /// alone and among others.
    public func logProbabilities(of pairs: EncodedPairs) -> [[Float]] {
        let graph = ComputationGraph(keepsForBackward: false)
        var result: [[Float]] = []
        for group in sentenceGroups(pairs.targets.lengths.map { $0 + 1 }) {
            graph.renew()
            let losses = group.map { pair in
                self.losses(of: pairs.targets[pair], after: pairs.sources[pair], in: graph)
            }
            _ = sum(losses.map { sum($0) }).value
            result += losses.map { $0.map { -$0.value.scalar } }
        }
        return result
    }

    /// How well it predicts the targets of pairs.
    public func prediction(of pairs: EncodedPairs) -> TargetPrediction {
        var prediction = TargetPrediction()
        for (pair, logProbabilities) in logProbabilities(of: pairs).enumerated() {
            let target = Array(pairs.targets[pair]) + [vocabularies.target.boundary]
            prediction.tokens.sentences += 1
            prediction.known.sentences += 1
            for (token, value) in zip(target, logProbabilities) {
                prediction.tokens.tokens += 1
                prediction.tokens.negativeLogLikelihood -= Double(value)
                guard token != vocabularies.target.unknown else {
                    prediction.tokens.unknown += 1
                    continue
                }
                prediction.known.tokens += 1
                prediction.known.negativeLogLikelihood -= Double(value)
            }
        }
        return prediction
    }
}
