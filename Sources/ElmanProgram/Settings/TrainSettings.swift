import Elman

/// All settings of training a language model, resolved. Keys are the names of the flags without their dashes.
struct TrainSettings {
    /// Every flag of the model and of the training, and what a run's configuration says beside them.
    static let keys = ModelFlags.keys + TrainingFlags.keys + ["carries-state"]

    var model = LanguageModelConfiguration()
    var batchSize: Int
    var bptt: Int
    var minimumCount: Int
    var vocabularySize: Int?
    var maximumLength: Int?
    var replacesInvalidUTF8: Bool
    var optimizer: String
    var learningRate: Double?
    var decay: Double?
    var decayAfter: Int
    var schedule: String?
    var warmUp: Int
    var clip: Double?
    var weightDecay: Double?
    var averaging: String
    /// Bytes that training may take; nil: what the machine has.
    var memoryLimit: Int?
    var options = TrainingOptions()

    /// Lines are cut after so many tokens where whole sentences are learnt and nothing else is asked for.
    static let longestSentence = 10_000

    /// Names that `--schedule` takes.
    static let scheduleNames = ["constant", "step", "plateau", "cosine", "linear", "inverse-square-root"]

    init(_ reader: SettingsReader) throws {
        let unit = try reader.choice("unit", among: TextUnit.allCases.map(\.rawValue)).flatMap { TextUnit(rawValue: $0) }
        model.unit = unit ?? .word
        let cell = try reader.choice("cell", among: CellKind.allCases.map(\.rawValue)).flatMap { CellKind(rawValue: $0) }
        model.cell = cell ?? .lstm
        if try reader.bool("layer-norm") ?? false { model.cell = try Self.layerNormalised(model.cell) }
        model.layerCount = try reader.integer("layers", in: 1...64) ?? 1
        model.embeddingSize = try reader.integer("embedding", in: 1...65536) ?? 64
        model.hiddenSize = try reader.integer("hidden", in: 1...65536) ?? 128
        model.dropout = Float(try reader.number("dropout", above: 0, below: 1) ?? 0)
        model.isDropoutVariational = try reader.bool("variational-dropout") ?? false
        model.isResidual = try reader.bool("residual") ?? false
        model.tiesEmbeddings = try reader.bool("tie-embeddings") ?? false
        model.initialRange = try reader.number("initial-range", above: 0, isOpen: true).map { Float($0) }
        bptt = try reader.integer("bptt", in: 0...1_000_000) ?? 0
        model.carriesState = bptt > 0
        batchSize = try reader.integer("batch-size", in: 1...1_000_000) ?? 16
        minimumCount = try reader.integer("min-count", in: 1...1_000_000_000) ?? 1
        vocabularySize = try reader.integer("vocabulary-size", in: 2...100_000_000)
        maximumLength = try reader.integer("max-length", in: 1...1_000_000_000) ?? (bptt > 0 ? nil : Self.longestSentence)
        replacesInvalidUTF8 = try reader.choice("invalid-utf8", among: ["error", "replace"]) == "replace"
        let forms = TextNormalization.allCases.map(\.rawValue)
        model.normalization = try reader.choice("normalize", among: forms).flatMap { TextNormalization(rawValue: $0) } ?? .none
        optimizer = try reader.choice("optimizer", among: trainerNames) ?? "adam"
        learningRate = try reader.number("learning-rate", above: 0, isOpen: true)
        decay = try reader.number("decay", above: 0, isOpen: true, below: 1.000001)
        decayAfter = try reader.integer("decay-after", in: 0...1_000_000) ?? 0
        schedule = try reader.choice("schedule", among: Self.scheduleNames)
        warmUp = try reader.integer("warm-up", in: 0...1_000_000_000) ?? 0
        clip = try reader.number("clip", above: 0, isOpen: true)
        weightDecay = try reader.number("weight-decay", above: 0)
        averaging = try reader.choice("averaging", among: ["none", "exponential", "cumulative"]) ?? "none"
        memoryLimit = try reader.bytes("memory-limit")
        options.epochs = try reader.integer("epochs", in: 1...1_000_000) ?? 10
        options.maximumMinutes = try reader.number("max-minutes", above: 0, isOpen: true)
        options.patience = try reader.integer("patience", in: 1...1_000_000)
        options.evaluateEvery = try reader.integer("evaluate-every", in: 1...1_000_000_000)
        options.checkpointMinutes = try reader.number("checkpoint-minutes", above: 0, isOpen: true) ?? 10
        let reactions = NonFiniteReaction.allCases.map(\.rawValue)
        options.onNonFinite = try reader.choice("on-nan", among: reactions).flatMap { NonFiniteReaction(rawValue: $0) } ?? .stop
        options.ignoresSaveErrors = try reader.bool("ignore-save-errors") ?? false
        options.seed = UInt64(try reader.integer("seed", in: 0...Int.max) ?? 1)
        try model.validate()
    }

    private static func layerNormalised(_ cell: CellKind) throws -> CellKind {
        guard cell.rawValue.hasSuffix("lstm"), let normalised = CellKind(rawValue: "layernorm-lstm") else {
            throw DataError(.configuration, "layer normalisation is there for the LSTM only, not for \(cell.rawValue)")
        }
        return normalised
    }

    /// How the text is cut into updates.
    var batches: LanguageModelBatches {
        bptt > 0 ? .streams(count: batchSize, steps: bptt) : .sentences(batchSize)
    }

    /// How text is read.
    var reading: ReadingOptions {
        ReadingOptions(
            unit: model.unit, invalidUTF8: replacesInvalidUTF8 ? .replace : .refuse,
            keepsBlankLines: model.unit == .char && bptt > 0, maximumLength: maximumLength ?? .max,
            normalization: model.normalization)
    }

    /// Everything, as it is saved in `config.json` and read again when the run is resumed.
    var json: JSONObject {
        var object = model.json
        object["batch-size"] = JSONValue(batchSize)
        object["bptt"] = JSONValue(bptt)
        object["min-count"] = JSONValue(minimumCount)
        object["vocabulary-size"] = vocabularySize.map { JSONValue($0) } ?? .null
        object["max-length"] = maximumLength.map { JSONValue($0) } ?? .null
        object["invalid-utf8"] = .string(replacesInvalidUTF8 ? "replace" : "error")
        object["optimizer"] = .string(optimizer)
        object["learning-rate"] = learningRate.map { JSONValue($0) } ?? .null
        object["decay"] = decay.map { JSONValue($0) } ?? .null
        object["decay-after"] = JSONValue(decayAfter)
        object["schedule"] = schedule.map { .string($0) } ?? .null
        object["warm-up"] = JSONValue(warmUp)
        object["clip"] = clip.map { JSONValue($0) } ?? .null
        object["weight-decay"] = weightDecay.map { JSONValue($0) } ?? .null
        object["averaging"] = .string(averaging)
        object["memory-limit"] = memoryLimit.map { JSONValue($0) } ?? .null
        object["epochs"] = JSONValue(options.epochs)
        object["max-minutes"] = options.maximumMinutes.map { JSONValue($0) } ?? .null
        object["patience"] = options.patience.map { JSONValue($0) } ?? .null
        object["evaluate-every"] = options.evaluateEvery.map { JSONValue($0) } ?? .null
        object["checkpoint-minutes"] = JSONValue(options.checkpointMinutes)
        object["on-nan"] = .string(options.onNonFinite.rawValue)
        object["ignore-save-errors"] = .bool(options.ignoresSaveErrors)
        object["seed"] = JSONValue(options.seed)
        return object
    }
}
