import ElmanFiles
import ElmanGraph
import ElmanText
import ElmanTraining

/// Training of a translator: batches of pairs whose sources are about as long, in an order shuffled for each epoch. The
/// objective is the sum of the pairs' losses.
public final class TranslatorTask: BatchedTask {
    /// What is trained.
    public let model: Translator
    /// The model's parameters.
    public var parameters: ParameterCollection { model.parameters }
    package var batches: EpochBatches { training.batches }
    private let development: EncodedPairs?
    private let translatesDevelopment: Bool
    private var training: PairBatches

    /// Training on pairs, evaluated on others.
    /// - Parameters:
    ///   - batchSize: pairs of an update; 1 is the lecture's way.
    ///   - batchTokens: instead, how many tokens the pairs of an update would have at most if both sides were padded.
    ///   - translatesDevelopment: whether an evaluation also translates, greedily, and logs `dev_bleu` and `dev_exact_match`.
    public init(
        _ model: Translator, training: EncodedPairs, development: EncodedPairs?, batchSize: Int = 16,
        batchTokens: Int? = nil, translatesDevelopment: Bool = true, seed: UInt64
    ) {
        self.model = model
        self.development = development
        self.translatesDevelopment = translatesDevelopment
        self.training = PairBatches(
            training, model.vocabularies, model.configuration.preparation,
            batchTokens.map { .tokens($0) } ?? .examplesByLength(batchSize), seed: seed)
    }

    /// Puts the pairs into batches for an epoch; gives the number of updates.
    public func beginEpoch(_ epoch: Int) -> Int { training.begin(epoch) }

    /// The pairs of an update, and their numbers in the data, counted from 0.
    public func contents(ofUpdate update: Int) -> JSONObject { training.contents(ofUpdate: update) }

    /// The loss of a batch of pairs, summed over the targets' tokens and ends.
    public func loss(ofUpdate update: Int, in graph: ComputationGraph) -> TrainingLoss {
        var tokenCount = 0
        let losses = training.pairs(ofUpdate: update).map { pair in
            tokenCount += pair.target.count + 1
            return sum(model.losses(of: pair.target, after: pair.source, in: graph, isTraining: true))
        }
        return TrainingLoss(objective: sum(losses), unitCount: tokenCount)
    }

    /// The perplexity of the development pairs, and what translating them gives.
    public func evaluate() -> Evaluation? {
        guard let development else { return nil }
        let prediction = model.prediction(of: development)
        var others = [
            Evaluation.Measure("dev_loss", prediction.tokens.meanNegativeLogLikelihood),
            Evaluation.Measure("dev_known_perplexity", prediction.knownPerplexity),
        ]
        if translatesDevelopment {
            let metrics = model.metrics(of: development, prediction: prediction)
            others.append(.init("dev_bleu", metrics.bleu.score))
            others.append(.init("dev_exact_match", metrics.exactMatch.share))
        }
        return Evaluation("dev_perplexity", prediction.tokens.perplexity, isLowerBetter: true, others: others)
    }
}
