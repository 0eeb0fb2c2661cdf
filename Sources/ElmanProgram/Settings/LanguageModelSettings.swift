import Elman

/// All settings of training a language model, resolved.
struct LanguageModelSettings {
    /// Every flag that a language model has, and what a run's configuration says beside them.
    static let keys =
        TrainingFlags.keys + TextFlags.keys + ModelFlags.keys + LanguageModelFlags.keys + RegularizationFlags.keys
        + OutputFlags.keys + ["carries-state"]

    var model: LanguageModelConfiguration
    var training: TrainSettings
    /// 0: sentence by sentence; otherwise the steps of a segment of the streams.
    var bptt: Int
    /// Segments of the streams vary in length around `bptt`.
    var variesSegments: Bool
    /// How the losses of an update become what is learnt by.
    var objective: LanguageModelObjective

    init(_ reader: SettingsReader) throws {
        bptt = try reader.integer("bptt", in: 0...1_000_000) ?? 0
        let separatesDocuments = try reader.bool("documents") ?? false
        training = try TrainSettings(
            reader, keys: Self.keys, maximumLength: bptt > 0 || separatesDocuments ? nil : TrainSettings.longestSentence)
        if bptt > 0, training.batchTokens != nil {
            throw reader.fault("batch-tokens", "is for sentences, and --bptt reads the text as a stream; leave one of them out")
        }
        variesSegments = try reader.bool("vary-bptt") ?? false
        if variesSegments, bptt == 0 { throw reader.fault("vary-bptt", "is for streams; give --bptt too") }
        if variesSegments, separatesDocuments {
            throw reader.fault("vary-bptt", "is for one continuous stream, and --documents makes several; leave one of them out")
        }
        let objectives = LanguageModelObjective.allCases.map(\.rawValue)
        objective = try reader.choice("objective", among: objectives).flatMap { LanguageModelObjective(rawValue: $0) } ?? .sum
        model = LanguageModelConfiguration()
        let unit = try reader.choice("unit", among: TextUnit.allCases.map(\.rawValue)).flatMap { TextUnit(rawValue: $0) }
        model.unit = unit ?? .word
        let architectures = LanguageModelArchitecture.allCases.map(\.rawValue)
        let architecture = try reader.choice("architecture", among: architectures)
        model.architecture = architecture.flatMap { LanguageModelArchitecture(rawValue: $0) } ?? .recurrent
        model.order = try reader.integer("order", in: 2...64) ?? model.order
        model.hasDirectConnections = try reader.bool("direct-connections") ?? false
        model.cell = try reader.cell() ?? model.cell
        model.layerCount = try reader.integer("layers", in: 1...64) ?? 1
        model.embeddingSize = try reader.integer("embedding", in: 1...65536) ?? 64
        model.hiddenSize = try reader.integer("hidden", in: 1...65536) ?? 128
        model.dropout = Float(try reader.number("dropout", above: 0, below: 1) ?? 0)
        model.isDropoutVariational = try reader.bool("variational-dropout") ?? false
        model.regularization = try reader.regularization()
        model.isResidual = try reader.bool("residual") ?? false
        model.tiesEmbeddings = try reader.bool("tie-embeddings") ?? false
        model.initialRange = try reader.number("initial-range", above: 0, isOpen: true).map { Float($0) }
        model.initialForgetBias = try reader.number("forget-bias", above: 0).map { Float($0) }
        model.output = try reader.output()
        model.carriesState = bptt > 0 || separatesDocuments
        model.separatesDocuments = separatesDocuments
        model.isBackward = try reader.bool("backward") ?? false
        model.normalization = training.normalization
        try model.validate()
    }

    /// How the text is cut into updates.
    var batches: LanguageModelBatches {
        if bptt > 0, model.separatesDocuments { return .documents(count: training.batchSize, steps: bptt) }
        if bptt > 0 { return .streams(count: training.batchSize, steps: bptt) }
        return training.batchTokens.map { .tokens($0) } ?? .sentences(training.batchSize)
    }

    /// How text is read.
    var reading: ReadingOptions {
        var options = training.reading
        options.unit = model.unit
        options.separatesDocuments = model.separatesDocuments
        options.keepsBlankLines = model.unit == .char && bptt > 0 && !model.separatesDocuments
        options.isReversed = model.isBackward
        return options
    }

    /// Everything, as it is saved in `config.json` and read again when the run is resumed.
    var json: JSONObject {
        var object = model.json
        object["bptt"] = JSONValue(bptt)
        object["vary-bptt"] = variesSegments ? true : .null
        object["objective"] = objective == .sum ? .null : .string(objective.rawValue)
        for member in training.json.members { object[member.key] = member.value }
        return object
    }
}

extension SettingsReader {
    /// What a language model's text is not to be learnt by heart with.
    fileprivate func regularization() throws -> LanguageModelRegularization {
        func rate(_ key: String) throws -> Float? { try number(key, above: 0, below: 1).map { Float($0) } }
        func factor(_ key: String) throws -> Float { try number(key, above: 0).map { Float($0) } ?? 0 }
        var regularization = LanguageModelRegularization()
        regularization.embeddingDropout = try rate("dropout-embedding") ?? 0
        regularization.inputDropout = try rate("dropout-input")
        regularization.hiddenDropout = try rate("dropout-hidden")
        regularization.outputDropout = try rate("dropout-output")
        regularization.stateDropout = try rate("dropout-state")
        regularization.weightDrop = try rate("weight-drop") ?? 0
        regularization.activationPenalty = try factor("activation-regularization")
        regularization.slownessPenalty = try factor("temporal-regularization")
        return regularization
    }

    /// The cell that is named, layer-normalised where that is asked for and not where it is refused; nil where nothing is said.
    func cell() throws -> CellKind? {
        let name = try choice("cell", among: CellKind.allCases.map(\.rawValue))
        let cell = name.flatMap { CellKind(rawValue: $0) }
        guard let isNormalised = try bool("layer-norm") else { return cell }
        guard isNormalised else { return cell == .layerNormLSTM ? .lstm : cell }
        let kind = cell ?? .lstm
        guard [.lstm, .coupledLSTM, .layerNormLSTM].contains(kind) else {
            throw DataError(.configuration, "layer normalisation is there for the LSTM only, not for \(kind.rawValue)")
        }
        return .layerNormLSTM
    }
}
