import ElmanFiles
import ElmanGraph
import ElmanTensor
import ElmanText
import ElmanTraining

/// Training of a tagger. The objective is the sum of the losses of a batch; losses are reported per word.
public final class TaggerTask: BatchedTask {
    /// What is trained.
    public let model: Tagger
    /// The model's parameters.
    public var parameters: ParameterCollection { model.parameters }
    private let training: TaggedTexts
    private let sentences: EncodedTexts
    private let tags: EncodedLists
    private let development: (texts: TaggedTexts, encoded: EncodedTexts)?
    private let seed: UInt64
    package private(set) var batches: EpochBatches
    private let contexts = ContextCache(), developmentContexts = ContextCache()

    /// Training on some sentences, `batchSize` an update, or as many of about the same length as would have at most `batchTokens`
    /// words if they were padded; evaluated on others. Throws `.badData` where they have no tags, or a training sentence has one
    /// that the model does not know.
    public init(
        _ model: Tagger, training: TaggedTexts, development: TaggedTexts?, batchSize: Int, batchTokens: Int? = nil,
        seed: UInt64
    ) throws(DataError) {
        guard let fileTags = training.tags, development.map({ $0.tags != nil }) ?? true else {
            throw DataError(.badData, "texts to train on and to measure on need tags; give texts with tags")
        }
        self.model = model
        self.training = training
        self.seed = seed
        batches = EpochBatches(examples: batchSize, tokens: batchTokens, lengths: training.words.lengths, seed: seed)
        let learned = Tagger.trainingTags(fileTags, model.configuration)
        let indices = learned.indices(in: model.tags)
        if let unknown = learned.types.firstIndex(where: { indices[Int($0)] < 0 }) {
            let sentence = learned.starts.firstIndex { $0 > unknown }! - 1
            throw DataError(
                .badData, line: training.lines[sentence],
                "the tag “\(learned.counts.token(Int(learned.types[unknown])))” is none of the model's; "
                    + "train a new model on these texts")
        }
        tags = try learned.encoded(with: model.tags)
        let encoder = model.configuration.encoder
        sentences = EncodedTexts(training.words, model.vocabularies, encoder)
        self.development = development.map { ($0, EncodedTexts($0.words, model.vocabularies, encoder)) }
    }

    /// Shuffles the sentences; gives the number of updates.
    public func beginEpoch(_ epoch: Int) -> Int { batches.begin(epoch) }

    /// The loss of a batch of sentences.
    public func loss(ofUpdate update: Int, in graph: ComputationGraph) -> TrainingLoss {
        let batch = batches[update], epoch = batches.epoch
        let epochSeed = RandomGenerator(seed: seed, stream: UInt64(epoch) &+ 0x7461_6773_0000).state
        let texts = model.inContext(
            batch.map { sentences.sentence($0, inEpoch: epoch, seed: seed) }, numbers: batch,
            tokens: { training.words.tokens(of: $0) }, cache: contexts, isSketch: graph.isSketch)
        let outputs = texts.map { model.wordOutputs(of: $0, in: graph, isTraining: true) }
        let losses = model.losses(
            of: outputs, tags: batch.map { tags[$0].map { Int($0) } }, in: graph,
            teacherForcing: model.configuration.teacherForcing(inEpoch: epoch),
            seeds: batch.map { RandomGenerator(seed: epochSeed, stream: UInt64($0)).state })
        let total = sum(losses), unitCount = batch.reduce(0) { $0 + tags[$1].count }
        let nextWords = zip(texts, outputs).compactMap { model.nextWordHead?.loss(of: $0.words, $1) }
        guard !nextWords.isEmpty else { return TrainingLoss(objective: total, unitCount: unitCount) }
        return TrainingLoss(
            objective: total + sum(nextWords) * model.configuration.languageModel.weight, total: total, unitCount: unitCount)
    }

    /// The sentences of an update, as `word|tag`, and their numbers, counted from 0.
    public func contents(ofUpdate update: Int) -> JSONObject {
        let texts = batches[update].map { index -> JSONValue in
            let words = zip(training.words.tokens(of: index), tags[index]).map { "\($0)|\(model.tags[Int($1)])" }
            return .string(words.joined(separator: " "))
        }
        return ["sentence_numbers": .array(batches[update].map { JSONValue($0) }), "sentences": .array(texts)]
    }

    /// The F1 of spans on the development sentences, or the accuracy where tags are no spans.
    public func evaluate() -> Evaluation? {
        guard let development else { return nil }
        let metrics = model.evaluate(development.texts, development.encoded, cache: developmentContexts)
        let accuracy = Evaluation.Measure("dev_accuracy", metrics.spans.accuracy)
        guard model.configuration.fileScheme != nil else {
            return Evaluation(accuracy.name, accuracy.value, isLowerBetter: false)
        }
        return Evaluation("dev_span_f1", metrics.spans.spans.f1, isLowerBetter: false, others: [accuracy])
    }
}
