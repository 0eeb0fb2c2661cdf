import ElmanFiles
import ElmanGraph
import ElmanTensor
import ElmanText
import ElmanTraining

/// Training of a translator: batches of pairs whose sources are about as long, in an order shuffled for each epoch. The
/// objective is the sum of the pairs' losses.
public final class TranslatorTask: TrainingTask {
    /// What is trained.
    public let model: Translator
    /// The model's parameters.
    public var parameters: ParameterCollection { model.parameters }
    /// Nothing is carried from update to update.
    public var carriedState: [[Tensor]]? {
        get { nil }
        set {}
    }
    private let training: EncodedPairs
    private let development: EncodedPairs?
    private let batchSize: Int
    private let translatesDevelopment: Bool
    private let seed: UInt64
    private let rareTokens: RarePairTokens
    private var order: [[Int]] = []
    private var epoch = 0

    /// Training on pairs, evaluated on others.
    /// - Parameters:
    ///   - batchSize: pairs of an update; 1 is the lecture's way.
    ///   - translatesDevelopment: whether an evaluation also translates, greedily, and logs `dev_bleu` and `dev_exact_match`.
    public init(
        _ model: Translator, training: EncodedPairs, development: EncodedPairs?, batchSize: Int = 16,
        translatesDevelopment: Bool = true, seed: UInt64
    ) {
        self.model = model
        self.training = training
        self.development = development
        self.batchSize = batchSize
        self.translatesDevelopment = translatesDevelopment
        self.seed = seed
        rareTokens = RarePairTokens(
            training, model.vocabularies, rate: model.configuration.preparation.unknownRate, seed: seed)
    }

    /// Puts the pairs into batches for an epoch; gives the number of updates.
    public func beginEpoch(_ epoch: Int) -> Int {
        self.epoch = epoch
        let epochSeed = RandomGenerator(seed: seed, stream: UInt64(epoch) &+ 0x6570_6F63_0000).state
        order = SentenceBatches.byLength(training.sources.lengths, limit: .sentences(batchSize), seed: epochSeed).batches
        return order.count
    }

    /// The pairs of an update, and their numbers in the data, counted from 0.
    public func contents(ofUpdate update: Int) -> JSONObject {
        pairContents(of: order[update], in: training)
    }

    /// The loss of a batch of pairs, summed over the targets' tokens and ends.
    public func loss(ofUpdate update: Int, in graph: ComputationGraph) -> TrainingLoss {
        var tokenCount = 0
        let losses = order[update].map { number in
            let pair = rareTokens.masking(number, of: training, epoch: epoch)
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

    /// Writes the weights.
    public func saveModel(to path: String) throws { try model.parameters.save(to: path, metadata: ["format": "elman"]) }
}
