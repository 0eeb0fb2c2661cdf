import ElmanFiles
import ElmanGraph
import ElmanText
import ElmanTraining

/// Training of a sentence retriever: batches of pairs in an order shuffled for each epoch; every pair is compared with the
/// others of its batch. The objective is the sum of the pairs' losses.
public final class RetrieverTask: BatchedTask {
    /// What is trained.
    public let model: SentenceRetriever
    /// The model's parameters.
    public var parameters: ParameterCollection { model.parameters }
    package var batches: EpochBatches { training.batches }
    private let development: EncodedPairs?
    private var training: PairBatches

    /// Training on pairs, evaluated on others; `batchSize` pairs an update, or as many of about the same length as would have at
    /// most `batchTokens` tokens if both sides were padded. Throws `.configuration` for batches of one, which teach nothing.
    public init(
        _ model: SentenceRetriever, training: EncodedPairs, development: EncodedPairs?, batchSize: Int = 16,
        batchTokens: Int? = nil, seed: UInt64
    ) throws(DataError) {
        guard batchSize >= 2 else {
            throw DataError(.configuration, "batch-size is \(batchSize); pairs are compared within a batch, so give 2 at least")
        }
        self.model = model
        self.development = development
        self.training = PairBatches(
            training, model.vocabularies, model.configuration.preparation,
            batchTokens.map { .tokens($0) } ?? .examples(batchSize), seed: seed)
    }

    /// Shuffles the pairs for an epoch; gives the number of updates.
    public func beginEpoch(_ epoch: Int) -> Int { training.begin(epoch) }

    /// The pairs of an update, and their numbers in the data, counted from 0.
    public func contents(ofUpdate update: Int) -> JSONObject { training.contents(ofUpdate: update) }

    /// The loss of a batch of pairs.
    public func loss(ofUpdate update: Int, in graph: ComputationGraph) -> TrainingLoss {
        let pairs = training.pairs(ofUpdate: update)
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
}
