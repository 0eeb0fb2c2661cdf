import ElmanFiles
import ElmanGraph
import ElmanText
import ElmanTraining

/// Training of a classifier of trees: so many trees an update, in an order shuffled for each epoch. The objective is the sum of
/// the losses of all nodes.
public final class TreeClassifierTask: BatchedTask {
    /// What is trained.
    public let model: TreeClassifier
    /// The model's parameters.
    public var parameters: ParameterCollection { model.parameters }
    private let training: EncodedTrees
    private let development: EncodedTrees?
    private let seed: UInt64
    package private(set) var batches: EpochBatches

    /// Training on trees, evaluated on others.
    public init(
        _ model: TreeClassifier, training: EncodedTrees, development: EncodedTrees?, batchSize: Int, seed: UInt64
    ) {
        self.model = model
        self.training = training
        self.development = development
        self.seed = seed
        batches = EpochBatches(examples: batchSize, tokens: nil, lengths: training.labels.lengths, seed: seed)
    }

    /// Shuffles the trees for an epoch; gives the number of updates.
    public func beginEpoch(_ epoch: Int) -> Int { batches.begin(epoch) }

    /// The loss of a batch of trees.
    public func loss(ofUpdate update: Int, in graph: ComputationGraph) -> TrainingLoss {
        var nodes = 0
        let losses = batches[update].map { number in
            nodes += model.configuration.learnsAllNodes ? training.labels[number].count : 1
            let words = training.texts.sentence(number, inEpoch: batches.epoch, seed: seed)
            return model.loss(
                of: training.bank[number], words: words, labels: training.labels[number], in: graph, isTraining: true)
        }
        return TrainingLoss(objective: sum(losses), unitCount: nodes)
    }

    /// The trees of an update, and their numbers in the data, counted from 0.
    public func contents(ofUpdate update: Int) -> JSONObject {
        [
            "sentence_numbers": .array(batches[update].map { JSONValue($0) }),
            "sentences": .array(batches[update].map { .string(training.bank.text(of: $0)) }),
        ]
    }

    /// The accuracy at the roots of the development trees.
    public func evaluate() -> Evaluation? {
        guard let development else { return nil }
        let metrics = model.metrics(of: development)
        var others = [Evaluation.Measure("dev_node_accuracy", metrics.accuracy.nodeAccuracy)]
        if let binary = metrics.binary { others.append(.init("dev_binary_root_accuracy", binary.accuracy)) }
        return Evaluation("dev_root_accuracy", metrics.accuracy.rootAccuracy, isLowerBetter: false, others: others)
    }
}
