import ElmanFiles
import ElmanGraph
import ElmanTensor
import ElmanText
import ElmanTraining

/// Training of a sentence retriever: batches of pairs in an order shuffled for each epoch; every pair is compared with the
/// others of its batch. The objective is the sum of the pairs' losses.
public final class RetrieverTask: TrainingTask {
    /// What is trained.
    public let model: SentenceRetriever
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
    private let seed: UInt64
    private let rareTokens: RarePairTokens
    private var order: [[Int]] = []
    private var epoch = 0

    /// Training on pairs, evaluated on others; `batchSize` pairs an update. Throws `.configuration` for batches of one, which
    /// teach nothing.
    public init(
        _ model: SentenceRetriever, training: EncodedPairs, development: EncodedPairs?, batchSize: Int = 16, seed: UInt64
    ) throws(DataError) {
        guard batchSize >= 2 else {
            throw DataError(.configuration, "batch-size is \(batchSize); pairs are compared within a batch, so give 2 at least")
        }
        self.model = model
        self.training = training
        self.development = development
        self.batchSize = batchSize
        self.seed = seed
        rareTokens = RarePairTokens(
            training, model.vocabularies, rate: model.configuration.preparation.unknownRate, seed: seed)
    }

    /// Shuffles the pairs for an epoch; gives the number of updates.
    public func beginEpoch(_ epoch: Int) -> Int {
        self.epoch = epoch
        order = SentenceBatches.ofEpoch(epoch, count: training.count, size: batchSize, seed: seed)
        return order.count
    }

    /// The pairs of an update, and their numbers in the data, counted from 0.
    public func contents(ofUpdate update: Int) -> JSONObject { pairContents(of: order[update], in: training) }

    /// The loss of a batch of pairs.
    public func loss(ofUpdate update: Int, in graph: ComputationGraph) -> TrainingLoss {
        let pairs = order[update].map { rareTokens.masking($0, of: training, epoch: epoch) }
        return TrainingLoss(objective: model.loss(of: pairs, in: graph, isTraining: true), unitCount: pairs.count)
    }

    /// The mean reciprocal rank of the development targets, found by their sources among all of them, and recalls.
    public func evaluate() -> Evaluation? {
        guard let development, let metrics = try? model.metrics(of: development) else { return nil }
        let recalls = [1, 5, 10].map { Evaluation.Measure("dev_recall@\($0)", metrics.targets.recall(at: $0)) }
        let reverse = Evaluation.Measure("dev_reverse_mrr", metrics.sources.meanReciprocalRank)
        return Evaluation(
            "dev_mrr", metrics.targets.meanReciprocalRank, isLowerBetter: false, others: recalls + [reverse])
    }

    /// Writes the weights.
    public func saveModel(to path: String) throws { try model.parameters.save(to: path, metadata: ["format": "elman"]) }
}
