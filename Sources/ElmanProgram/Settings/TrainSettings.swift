import Elman

/// The settings that the training of every task has, resolved. Keys are the names of the flags without their dashes.
struct TrainSettings {
    /// Settings of the training of every task.
    static let commonKeys = TrainingFlags.keys.filter { $0 != "batch-tokens" } + ["invalid-utf8"]
    /// Settings of tasks whose examples are lists of tokens of any length.
    static let lengthKeys = ["max-length", "batch-tokens"]

    var batchSize: Int
    /// Tokens of a batch of sentences of about equal length; nil: batches have `batchSize` sentences.
    var batchTokens: Int?
    var minimumCount: Int
    var vocabularySize: Int?
    var maximumLength: Int?
    var replacesInvalidUTF8: Bool
    var normalization: TextNormalization
    var optimizer: String
    var learningRate: Double?
    var decay: Double?
    var decayAfter: Int
    var schedule: String?
    var warmUp: Int
    var clip: Double?
    var weightDecay: Double?
    var averaging: String
    /// Parts of the model that stay as they are.
    var freeze: [String]
    /// Epochs after which one more layer is trained; nil: all are from the start.
    var gradualUnfreezing: Int?
    /// What the rate of a layer is divided by for the one below; nil: one rate.
    var layerDecay: Double?
    /// Bytes that training may take; nil: what the machine has.
    var memoryLimit: Int?
    var options = TrainingOptions()
    /// The settings that the task has; nil: all.
    private let keys: Set<String>?

    /// Settings of tasks whose models can be fine-tuned layer by layer.
    static let fineTuningKeys = FineTuningFlags.keys

    /// Lines are cut after so many tokens where whole sentences are learnt and nothing else is asked for.
    static let longestSentence = 10_000

    /// Names that `--schedule` takes.
    static let scheduleNames = ["constant", "step", "plateau", "cosine", "linear", "inverse-square-root", "slanted-triangular"]

    /// - Parameters:
    ///   - keys: the settings that the task has, and no others are saved with the run; nil: all.
    ///   - batchSize: how many examples an update takes where nothing else is set.
    ///   - maximumLength: after how many tokens a text is cut where nothing else is set.
    init(
        _ reader: SettingsReader, keys: [String]? = nil, batchSize usualBatchSize: Int = 16,
        maximumLength usualLength: Int? = longestSentence
    ) throws {
        self.keys = keys.map { Set($0) }
        batchSize = try reader.integer("batch-size", in: 1...1_000_000) ?? usualBatchSize
        batchTokens = try reader.integer("batch-tokens", in: 1...1_000_000_000)
        minimumCount = try reader.integer("min-count", in: 1...1_000_000_000) ?? 1
        vocabularySize = try reader.integer("vocabulary-size", in: 2...100_000_000)
        maximumLength = try reader.integer("max-length", in: 1...1_000_000_000) ?? usualLength
        replacesInvalidUTF8 = try reader.choice("invalid-utf8", among: ["error", "replace"]) == "replace"
        let forms = TextNormalization.allCases.map(\.rawValue)
        normalization = try reader.choice("normalize", among: forms).flatMap { TextNormalization(rawValue: $0) } ?? .none
        optimizer = try reader.choice("optimizer", among: trainerNames) ?? "adam"
        learningRate = try reader.number("learning-rate", above: 0, isOpen: true)
        decay = try reader.number("decay", above: 0, isOpen: true, below: 1.000001)
        decayAfter = try reader.integer("decay-after", in: 0...1_000_000) ?? 0
        schedule = try reader.choice("schedule", among: Self.scheduleNames)
        warmUp = try reader.integer("warm-up", in: 0...1_000_000_000) ?? 0
        clip = try reader.number("clip", above: 0, isOpen: true)
        weightDecay = try reader.number("weight-decay", above: 0)
        averaging = try reader.choice("averaging", among: ["none", "exponential", "cumulative", "nt-asgd"]) ?? "none"
        freeze = try reader.string("freeze")?.split(separator: ",").map { String($0.filter { $0 != " " }) } ?? []
        gradualUnfreezing = try reader.integer("gradual-unfreezing", in: 1...1_000_000)
        layerDecay = try reader.number("layer-decay", above: 0, isOpen: true)
        memoryLimit = try reader.bytes("memory-limit")
        options.epochs = try reader.integer("epochs", in: 1...1_000_000) ?? 10
        options.maximumMinutes = try reader.number("max-minutes", above: 0, isOpen: true)
        options.patience = try reader.integer("patience", in: 1...1_000_000)
        options.evaluateEvery = try reader.integer("evaluate-every", in: 1...1_000_000_000)
        options.checkpointMinutes = try reader.number("checkpoint-minutes", above: 0, isOpen: true) ?? 10
        let reactions = NonFiniteReaction.allCases.map(\.rawValue)
        options.onNonFinite = try reader.choice("on-nan", among: reactions).flatMap { NonFiniteReaction(rawValue: $0) } ?? .stop
        options.ignoresSaveErrors = try reader.bool("ignore-save-errors") ?? false
        options.writesEvents = try reader.bool("tensorboard") ?? false
        let precisions = ProductPrecision.allCases.map(\.rawValue)
        options.precision =
            try reader.choice("precision", among: precisions).flatMap { ProductPrecision(rawValue: $0) } ?? .float32
        options.seed = UInt64(try reader.integer("seed", in: 0...Int.max) ?? 1)
    }

    /// How text of words is read.
    var reading: ReadingOptions {
        ReadingOptions(
            invalidUTF8: replacesInvalidUTF8 ? .replace : .refuse, maximumLength: maximumLength ?? .max,
            normalization: normalization)
    }

    /// What the trainer is told.
    var trainerOptions: TrainerOptions {
        var options = TrainerOptions(
            learningRate: learningRate, clipNorm: clip.map { Float($0) }, weightDecay: weightDecay)
        switch averaging {
        case "exponential": options.averaging = .exponential()
        case "cumulative": options.averaging = .cumulative()
        case "nt-asgd": options.averaging = .nonMonotonic()
        default: break
        }
        return options
    }

    /// What of a model with some parameters is trained when; nil: all of it, at one rate. What is frozen already stays so. Throws where
    /// a part is named that there is not, or nothing is left to train.
    func fineTuning(_ parameters: ParameterCollection) throws -> FineTuning? {
        guard !freeze.isEmpty || gradualUnfreezing != nil || layerDecay != nil else { return nil }
        var result = FineTuning(groups: parameters.layerGroups())
        result.frozen = try parameters.names(ofModules: freeze, key: "freeze")
        result.frozen.formUnion(parameters.entries.filter(\.isFrozen).map(\.name))
        guard !parameters.names.allSatisfy(result.frozen.contains) else {
            throw DataError(.configuration, "freeze names every part of the model, and nothing is left to train; leave some out")
        }
        result.epochsPerGroup = gradualUnfreezing
        result.layerDecay = layerDecay
        return result
    }

    /// How the rate changes over so many updates in all.
    func makeSchedule(updateCount: Int) -> LearningRateSchedule {
        LearningRateSchedule.named(
            schedule ?? (decay == nil ? "constant" : "step"),
            .init(updateCount: updateCount, warmUp: warmUp, factor: decay ?? 0.5, afterEpoch: decayAfter)) ?? .constant
    }

    /// Everything that the task has, as it is saved in `config.json` and read again when the run is resumed.
    var json: JSONObject {
        guard let keys else { return all }
        var object: JSONObject = [:]
        for member in all.members where keys.contains(member.key) { object[member.key] = member.value }
        return object
    }

    private var all: JSONObject {
        var object: JSONObject = ["batch-size": JSONValue(batchSize)]
        object["batch-tokens"] = batchTokens.map { JSONValue($0) } ?? .null
        object["min-count"] = JSONValue(minimumCount)
        object["vocabulary-size"] = vocabularySize.map { JSONValue($0) } ?? .null
        object["max-length"] = maximumLength.map { JSONValue($0) } ?? .null
        object["invalid-utf8"] = .string(replacesInvalidUTF8 ? "replace" : "error")
        object["normalize"] = .string(normalization.rawValue)
        object["optimizer"] = .string(optimizer)
        object["learning-rate"] = learningRate.map { JSONValue($0) } ?? .null
        object["decay"] = decay.map { JSONValue($0) } ?? .null
        object["decay-after"] = JSONValue(decayAfter)
        object["schedule"] = schedule.map { .string($0) } ?? .null
        object["warm-up"] = JSONValue(warmUp)
        object["clip"] = clip.map { JSONValue($0) } ?? .null
        object["weight-decay"] = weightDecay.map { JSONValue($0) } ?? .null
        object["averaging"] = .string(averaging)
        object["freeze"] = freeze.isEmpty ? .null : .string(freeze.joined(separator: ","))
        object["gradual-unfreezing"] = gradualUnfreezing.map { JSONValue($0) } ?? .null
        object["layer-decay"] = layerDecay.map { JSONValue($0) } ?? .null
        object["memory-limit"] = memoryLimit.map { JSONValue($0) } ?? .null
        object["epochs"] = JSONValue(options.epochs)
        object["max-minutes"] = options.maximumMinutes.map { JSONValue($0) } ?? .null
        object["patience"] = options.patience.map { JSONValue($0) } ?? .null
        object["evaluate-every"] = options.evaluateEvery.map { JSONValue($0) } ?? .null
        object["checkpoint-minutes"] = JSONValue(options.checkpointMinutes)
        object["on-nan"] = .string(options.onNonFinite.rawValue)
        object["ignore-save-errors"] = .bool(options.ignoresSaveErrors)
        object["tensorboard"] = .bool(options.writesEvents)
        object["precision"] = .string(options.precision.rawValue)
        object["seed"] = JSONValue(options.seed)
        return object
    }
}
