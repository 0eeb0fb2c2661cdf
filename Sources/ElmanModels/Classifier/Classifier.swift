import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanTensor
import ElmanText

/// Gives a text one of several labels.
///
///     let model = try Classifier(contentsOf: "runs/sentiment")
///     let prediction = model.predict([["a", "gripping", "film"]])[0]
///     print(model.labels[prediction.label], prediction.probabilities)
///
/// It is a value of handles and may be used by many threads at once, as long as none of them trains it.
public struct Classifier: Sendable {
    /// What it is made of.
    public let configuration: ClassifierConfiguration
    /// The words and characters that it knows.
    public let vocabularies: EncoderVocabularies
    /// The labels.
    public let labels: Vocabulary
    /// All its parameters: `encoder/…`, `scores/weights`, `scores/bias`, where next words are predicted too `language/…`.
    public let parameters: ParameterCollection
    let reader: TextReader
    package let nextWordHead: NextWordHead?
    private let scoreLayer: Linear

    /// What a classifier says of a text.
    public struct Prediction: Sendable, Hashable {
        /// The index of the likeliest label; of equally likely ones the first.
        public let label: Int
        /// The probability of every label.
        public let probabilities: [Float]
    }

    /// A model with new parameters, drawn from `seed`. Throws `.configuration` where the settings do not fit together.
    public init(
        _ configuration: ClassifierConfiguration, vocabularies: EncoderVocabularies, labels: Vocabulary, seed: UInt64 = 1
    ) throws(DataError) {
        try self.init(
            configuration, vocabularies: vocabularies, labels: labels, in: ParameterCollection(seed: seed))
    }

    init(
        _ configuration: ClassifierConfiguration, vocabularies: EncoderVocabularies, labels: Vocabulary,
        in parameters: ParameterCollection
    ) throws(DataError) {
        try configuration.validate()
        guard labels.count > 0 else { throw DataError(.configuration, "there are no labels to tell apart") }
        self.configuration = configuration
        self.vocabularies = vocabularies
        self.labels = labels
        self.parameters = parameters
        let reader = TextReader(configuration, vocabularies, in: parameters.scope("encoder"))
        self.reader = reader
        let uniform = configuration.encoder.initialRange.map { Initializer.uniform($0) }
        scoreLayer = Linear(
            inputSize: reader.outputSize, outputSize: labels.count, initializer: uniform ?? .glorot(),
            biasInitializer: uniform ?? .zeros, in: parameters.scope("scores"))
        nextWordHead = reader.stateSize.flatMap {
            configuration.languageModel.head(reader.tokens, outputSize: $0, in: parameters)
        }
    }

    /// A model for training texts: their words, characters and labels.
    public init(
        _ configuration: ClassifierConfiguration, for texts: LabelledTexts, seed: UInt64 = 1
    ) throws(DataError) {
        try self.init(configuration, for: texts, in: ParameterCollection(seed: seed))
    }

    /// The words' vectors.
    public var embeddings: LookupParameter { reader.tokens.embeddings }

    /// Puts pretrained vectors in place of the words' initial ones, before training; see `TokenEncoder.load`.
    public func load(_ pretrained: PretrainedEmbeddings) throws(DataError) { try reader.tokens.load(pretrained) }

    /// The scores of all labels before softmax, `[labels.count]`.
    public func scores(
        _ text: EncodedSentence, in graph: ComputationGraph, isTraining: Bool = false
    ) -> Expression {
        scoreLayer(reader(text, in: graph, isTraining: isTraining))
    }

    /// The negative log-probability of a label, one number.
    public func loss(
        of text: EncodedSentence, label: Int, in graph: ComputationGraph, isTraining: Bool = false
    ) -> Expression {
        pickNegativeLogSoftmax(scores(text, in: graph, isTraining: isTraining), label)
    }
}

// MARK: Next words

extension Classifier {
    /// The negative log-probability of a label, and that of the text's words but the first, each given those before it, as a mean
    /// over them; nil where the model predicts no words or the text has no second one.
    func losses(
        of text: EncodedSentence, label: Int, in graph: ComputationGraph, isTraining: Bool = false
    ) -> (label: Expression, words: Expression?) {
        guard let nextWordHead else { return (loss(of: text, label: label, in: graph, isTraining: isTraining), nil) }
        var words: Expression?
        let vector = reader.read(text, in: graph, isTraining: isTraining) { outputs in
            words = nextWordHead.loss(of: text.words, outputs).map { $0 / Float(text.count - 1) }
        }
        return (pickNegativeLogSoftmax(scoreLayer(vector), label), words)
    }
}

// MARK: Prediction

extension Classifier {
    /// What the classifier says of texts, in their order. A text gets the same bits alone and among others.
    public func predict(_ texts: [[String]]) -> [Prediction] {
        var predictions: [Prediction] = []
        predictions.reserveCapacity(texts.count)
        forEachText(lengths: texts.map(\.count), { vocabularies.encode(texts[$0]) }) { _, logProbabilities in
            predictions.append(Prediction(logProbabilities))
        }
        return predictions
    }

    /// Calls `body` with the log-probabilities of the labels of each of some texts, in order.
    func forEachText(
        lengths: [Int], _ text: (Int) -> EncodedSentence, _ body: (_ index: Int, _ logProbabilities: ArraySlice<Float>) -> Void
    ) {
        let graph = ComputationGraph(keepsForBackward: false)
        for group in sentenceGroups(lengths) {
            graph.renew()
            let values = concatenate(group.map { logSoftmax(scores(text($0), in: graph)) }).value.scalars
            for (offset, index) in group.enumerated() {
                body(index, values[offset * labels.count..<(offset + 1) * labels.count])
            }
        }
    }
}

extension Classifier.Prediction {
    init(_ logProbabilities: ArraySlice<Float>) {
        label = argumentOfMaximum(logProbabilities)
        probabilities = logProbabilities.map { Float(exponential(Double($0))) }
    }
}
