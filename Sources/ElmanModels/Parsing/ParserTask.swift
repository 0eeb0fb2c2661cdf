import ElmanFiles
import ElmanGraph
import ElmanTensor
import ElmanText
import ElmanTraining

/// Training of a dependency parser: so many sentences an update, in an order shuffled for each epoch.
public final class ParserTask: BatchedTask {
    /// What is trained.
    public let model: Parser
    /// Sentences of the training data that cannot be learnt, because a head is missing or, with arc-standard, arcs cross.
    public let skippedSentences: Int
    /// The model's parameters.
    public var parameters: ParameterCollection { model.parameters }
    private let training: EncodedDependencies
    private let development: EncodedDependencies?
    private let seed: UInt64
    package private(set) var batches: EpochBatches
    /// The sentences that can be learnt.
    private let learnable: [Int]

    /// Training on sentences with trees, evaluated on others. Throws `.badData` where none of them can be learnt.
    public init(
        _ model: Parser, training: EncodedDependencies, development: EncodedDependencies?, batchSize: Int, seed: UInt64
    ) throws(DataError) {
        self.model = model
        self.training = training
        self.development = development
        self.seed = seed
        learnable = (0..<training.count).filter { model.network.canLearn(training.heads(of: $0)) }
        let lengths = training.bank.words.lengths
        batches = EpochBatches(examples: batchSize, tokens: nil, lengths: learnable.map { lengths[$0] }, seed: seed)
        skippedSentences = training.count - learnable.count
        guard !learnable.isEmpty else {
            throw DataError(
                .badData,
                "none of the \(training.count) training sentences has a tree that \(model.configuration.method.rawValue) can learn; "
                    + "fill in the heads, or train with --method biaffine")
        }
    }

    /// Shuffles the sentences for an epoch; gives the number of updates.
    public func beginEpoch(_ epoch: Int) -> Int { batches.begin(epoch) }

    /// The sentences of an update.
    private func sentences(ofUpdate update: Int) -> [Int] { batches[update].map { learnable[$0] } }

    /// The loss of a batch of sentences, in words.
    public func loss(ofUpdate update: Int, in graph: ComputationGraph) -> TrainingLoss {
        let epoch = batches.epoch
        let epochSeed = RandomGenerator(seed: seed, stream: UInt64(epoch) &+ 0x7061_7273_0000).state
        let examples = sentences(ofUpdate: update).map { number in
            ParserExample(
                sentence: training.sentence(number, inEpoch: epoch, seed: seed), tree: training.tree(of: number),
                seed: RandomGenerator(seed: epochSeed, stream: UInt64(number)).state)
        }
        let losses = model.network.losses(of: examples, explores: epoch > 1, in: graph, isTraining: true)
        return TrainingLoss(objective: sum(losses), unitCount: examples.reduce(0) { $0 + $1.sentence.count })
    }

    /// The sentences of an update, and their numbers in the data, counted from 0.
    public func contents(ofUpdate update: Int) -> JSONObject {
        [
            "sentence_numbers": .array(sentences(ofUpdate: update).map { JSONValue($0) }),
            "sentences": .array(
                sentences(ofUpdate: update).map { .string(training.bank.words.tokens(of: $0).joined(separator: " ")) }),
        ]
    }

    /// The attachment scores of the development sentences.
    public func evaluate() -> Evaluation? {
        guard let development else { return nil }
        let metrics = model.metrics(of: development).attachment
        return Evaluation("dev_las", metrics.las, isLowerBetter: false, others: [.init("dev_uas", metrics.uas)])
    }
}
