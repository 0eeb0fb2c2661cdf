import ElmanFiles
import ElmanGraph
import ElmanText
import ElmanTraining

/// Training of a classifier. The objective is the sum of the losses of a batch, weighted by class where asked for; losses are
/// reported per text, unweighted.
public final class ClassifierTask: BatchedTask {
    /// What is trained.
    public let model: Classifier
    /// The model's parameters.
    public var parameters: ParameterCollection { model.parameters }
    private let training: LabelledTexts
    private let trainingTexts: EncodedTexts
    private let labels: [Int]
    private let weights: [Float]
    private let development: (texts: LabelledTexts, encoded: EncodedTexts)?
    private let seed: UInt64
    package private(set) var batches: EpochBatches

    /// Training on some texts, `batchSize` an update, or as many of about the same length as would have at most `batchTokens`
    /// words if they were padded; evaluated on others. Throws `.badData` where a training text has a label that the model does
    /// not know.
    public init(
        _ model: Classifier, training: LabelledTexts, development: LabelledTexts?, batchSize: Int, batchTokens: Int? = nil,
        seed: UInt64
    ) throws(DataError) {
        self.model = model
        self.training = training
        self.seed = seed
        batches = EpochBatches(examples: batchSize, tokens: batchTokens, lengths: training.texts.lengths, seed: seed)
        labels = training.labelIndices(in: model.labels).map { Int($0) }
        if let unknown = labels.firstIndex(of: -1) {
            throw DataError(
                .badData, line: training.lines[unknown],
                "the label “\(training.label(of: unknown))” is none of the model's; train a new model on these texts")
        }
        let encoder = model.configuration.encoder
        trainingTexts = EncodedTexts(training.texts, model.vocabularies, encoder)
        self.development = development.map { ($0, EncodedTexts($0.texts, model.vocabularies, encoder)) }
        weights = Self.weights(model.configuration.classWeights, labels, count: model.labels.count)
    }

    /// The weight of each class.
    static func weights(_ weighting: ClassWeighting, _ labels: [Int], count: Int) -> [Float] {
        guard weighting == .balanced else { return [Float](repeating: 1, count: count) }
        var counts = [Int](repeating: 0, count: count)
        for label in labels { counts[label] += 1 }
        let classCount = counts.count { $0 > 0 }
        return counts.map { $0 == 0 ? 1 : Float(labels.count) / (Float(classCount) * Float($0)) }
    }

    /// Shuffles the texts; gives the number of updates.
    public func beginEpoch(_ epoch: Int) -> Int { batches.begin(epoch) }

    /// The loss of a batch of texts.
    public func loss(ofUpdate update: Int, in graph: ComputationGraph) -> TrainingLoss {
        var nextWords: [Expression] = []
        let losses = batches[update].map { index in
            let losses = model.losses(
                of: trainingTexts.sentence(index, inEpoch: batches.epoch, seed: seed), label: labels[index], in: graph,
                isTraining: true)
            if let words = losses.words { nextWords.append(words) }
            return losses.label
        }
        let total = sum(losses)
        var objective = total
        if model.configuration.classWeights != .none {
            objective = sum(zip(losses, batches[update]).map { $0 * weights[labels[$1]] })
        }
        if !nextWords.isEmpty { objective = objective + sum(nextWords) * model.configuration.languageModel.weight }
        return TrainingLoss(objective: objective, total: total, unitCount: losses.count)
    }

    /// The texts of an update with their labels, and their numbers, counted from 0.
    public func contents(ofUpdate update: Int) -> JSONObject {
        let texts = batches[update].map { index -> JSONValue in
            [
                "label": .string(training.label(of: index)),
                "text": .string(training.texts.tokens(of: index).joined(separator: " ")),
            ]
        }
        return ["sentence_numbers": .array(batches[update].map { JSONValue($0) }), "sentences": .array(texts)]
    }

    /// The accuracy on the development texts.
    public func evaluate() -> Evaluation? {
        guard let development else { return nil }
        let metrics = model.evaluate(development.texts, development.encoded, worstErrorCount: 0)
        return Evaluation(
            "dev_accuracy", metrics.report.accuracy, isLowerBetter: false,
            others: [.init("dev_macro_f1", metrics.report.macroF1), .init("dev_loss", metrics.loss)])
    }
}
