import ElmanFiles
import ElmanGraph
import ElmanTensor
import ElmanText
import ElmanTraining

/// Training of a classifier. The objective is the sum of the losses of a batch, weighted by class where asked for; losses are
/// reported per text, unweighted.
public final class ClassifierTask: TrainingTask {
    /// What is trained.
    public let model: Classifier
    /// The model's parameters.
    public var parameters: ParameterCollection { model.parameters }
    /// Texts are independent: there is none.
    public var carriedState: [[Tensor]]?
    private let training: LabelledTexts
    private let trainingTexts: EncodedTexts
    private let labels: [Int]
    private let weights: [Float]
    private let development: (texts: LabelledTexts, encoded: EncodedTexts)?
    private let batchSize: Int
    private let seed: UInt64
    private var epoch = 1
    private var order: [[Int]] = []

    /// Training on some texts, `batchSize` an update, evaluated on others. Throws `.badData` where a training text has a label
    /// that the model does not know.
    public init(
        _ model: Classifier, training: LabelledTexts, development: LabelledTexts?, batchSize: Int, seed: UInt64
    ) throws(DataError) {
        self.model = model
        self.training = training
        self.batchSize = batchSize
        self.seed = seed
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
    public func beginEpoch(_ epoch: Int) -> Int {
        self.epoch = epoch
        order = SentenceBatches.ofEpoch(epoch, count: training.count, size: batchSize, seed: seed)
        return order.count
    }

    /// The loss of a batch of texts.
    public func loss(ofUpdate update: Int, in graph: ComputationGraph) -> TrainingLoss {
        let losses = order[update].map { index in
            model.loss(
                of: trainingTexts.sentence(index, inEpoch: epoch, seed: seed), label: labels[index], in: graph, isTraining: true)
        }
        let total = sum(losses)
        guard model.configuration.classWeights != .none else {
            return TrainingLoss(objective: total, unitCount: losses.count)
        }
        let weighted = zip(losses, order[update]).map { $0 * weights[labels[$1]] }
        return TrainingLoss(objective: sum(weighted), total: total, unitCount: losses.count)
    }

    /// The texts of an update with their labels, and their numbers, counted from 0.
    public func contents(ofUpdate update: Int) -> JSONObject {
        let texts = order[update].map { index -> JSONValue in
            [
                "label": .string(training.label(of: index)),
                "text": .string(training.texts.tokens(of: index).joined(separator: " ")),
            ]
        }
        return ["sentence_numbers": .array(order[update].map { JSONValue($0) }), "sentences": .array(texts)]
    }

    /// The accuracy on the development texts.
    public func evaluate() -> Evaluation? {
        guard let development else { return nil }
        let metrics = model.evaluate(development.texts, development.encoded, worstErrorCount: 0)
        return Evaluation(
            "dev_accuracy", metrics.report.accuracy, isLowerBetter: false,
            others: [.init("dev_macro_f1", metrics.report.macroF1), .init("dev_loss", metrics.loss)])
    }

    /// Writes the weights.
    public func saveModel(to path: String) throws { try model.parameters.save(to: path, metadata: ["format": "elman"]) }
}
