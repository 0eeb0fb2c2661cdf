import ElmanFiles
import ElmanLayers

/// How a classifier looks at a text.
public enum ClassifierArchitecture: String, Sendable, Hashable, CaseIterable {
    /// A recurrent network reads the words from both ends.
    case recurrent
    /// The words in any order: continuous bag of words, the baseline (Iyyer et al. 2015 without hidden layers).
    case bagOfWords = "bow"
}

/// How much the classes weigh in the loss.
public enum ClassWeighting: String, Sendable, Hashable, CaseIterable {
    /// Every example weighs 1.
    case none
    /// An example weighs examples / (classes · examples of its class): rare classes weigh as much as frequent ones together.
    case balanced
}

/// What a classifier is made of. It is saved with the model and rebuilds it.
public struct ClassifierConfiguration: Sendable, Hashable {
    /// Words and the network that reads them; words are looked up in lower case unless one says otherwise.
    public var encoder = EncoderConfiguration()
    /// How a text is looked at.
    public var architecture = ClassifierArchitecture.recurrent
    /// How the network's states, or the vectors of a bag of words, become one vector. A bag has no last state: there `last` is
    /// the sum of all.
    public var pooling = PoolingKind.last
    /// How much the classes weigh in training.
    public var classWeights = ClassWeighting.none
    /// The loss of the next words beside that of the label, as the mean over a text's words; for networks that read from the beginning
    /// alone.
    public var languageModel = NextWordObjective()

    /// The lecture's classifier: 64-dimensional word vectors, one LSTM layer of 64 units in each direction, its last states.
    public init() { encoder.lowercases = true }

    /// Throws `.configuration` where sizes or rates are out of range.
    public func validate() throws(DataError) {
        try encoder.validate()
        try languageModel.validate(encoder)
        if architecture == .bagOfWords, languageModel.weight > 0 {
            throw DataError(
                .configuration, "lm-loss is \(languageModel.weight), but a bag of words has no next word; leave it out")
        }
    }
}

extension ClassifierConfiguration {
    /// As keys and values of `config.json`.
    public var json: JSONObject {
        let own: JSONObject = [
            "task": "classify", "architecture": .string(architecture.rawValue), "pooling": .string(pooling.rawValue),
            "class-weights": .string(classWeights.rawValue),
        ]
        return own.adding(languageModel.json).adding(encoder.json)
    }

    /// Reads what `json` wrote; other keys are left alone. Throws `.badData` for a missing or wrong value.
    public init(json: JSONObject, path: String) throws(DataError) {
        let reader = ConfigurationReader(json, path: path)
        try reader.requireTask("classify", title: "a classifier")
        encoder = try EncoderConfiguration(reader)
        architecture = try reader.choice("architecture", ClassifierArchitecture.init(rawValue:))
        pooling = try reader.choice("pooling", PoolingKind.init(rawValue:))
        classWeights = try reader.choice("class-weights", ClassWeighting.init(rawValue:))
        languageModel = try NextWordObjective(reader)
        do { try validate() } catch { throw reader.error(error.message) }
    }
}
