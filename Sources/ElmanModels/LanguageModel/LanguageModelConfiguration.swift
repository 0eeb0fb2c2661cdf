import ElmanFiles
import ElmanLayers
import ElmanText

/// What a language model is made of. It is saved with the model and rebuilds it.
public struct LanguageModelConfiguration: Sendable, Hashable {
    /// Words or characters.
    public var unit: TextUnit = .word
    /// The form of characters that can be written in more than one way, in every text that the model is given.
    public var normalization: TextNormalization = .none
    /// What of the text the model sees.
    public var architecture: LanguageModelArchitecture = .recurrent
    /// Of a feed-forward model: n, the next token and those before it that are looked at.
    public var order = 3
    /// Of a feed-forward model: whether the tokens' vectors are connected with the scores directly too.
    public var hasDirectConnections = false
    /// The recurrent cell.
    public var cell: CellKind = .lstm
    /// Recurrent layers.
    public var layerCount = 1
    /// Elements of a token's vector.
    public var embeddingSize = 64
    /// Units of each recurrent layer, or of the one layer of a feed-forward model. Where embeddings are tied, the top layer has as
    /// many as a token's vector has elements.
    public var hiddenSize = 128
    /// Share of embeddings, outputs between layers and outputs of the top layer that is left out in training; in 0..<1.
    public var dropout: Float = 0
    /// One mask for a whole sequence instead of one a step, and the recurrent state is masked too.
    public var isDropoutVariational = false
    /// What else is done against learning by heart.
    public var regularization = LanguageModelRegularization()
    /// The output weights are the embeddings; with a single layer, embedding and hidden size must be equal.
    public var tiesEmbeddings = false
    /// A layer's input is added to its output, from the second layer on.
    public var isResidual = false
    /// All parameters start uniform in ±this range; nil: Glorot's range for weights, zeros for biases of cells.
    public var initialRange: Float?
    /// What the forget gates of `.lstm` start with, give or take `initialRange`; nil: 1.
    public var initialForgetBias: Float?
    /// From the network's output to the words.
    public var output = OutputConfiguration()
    /// Trained on one continuous stream, the state carried along; evaluated and scored in the same way.
    public var carriesState = false
    /// Every line is read from its end to its beginning: what the backward direction of another model can take over.
    public var isBackward = false
    /// The state is carried within a document and starts anew with the next one: blank lines stand between them.
    public var separatesDocuments = false

    /// The lecture's model: one LSTM layer of 128 units over 64-dimensional word vectors.
    public init() {}

    /// Throws `.configuration` where sizes or rates are out of range or do not fit together.
    public func validate() throws(DataError) {
        try Self.require(layerCount, "layers", in: 1...64)
        try Self.require(embeddingSize, "embedding", in: 1...65536)
        try Self.require(hiddenSize, "hidden", in: 1...65536)
        guard dropout >= 0, dropout < 1 else {
            throw DataError(.configuration, "dropout is \(dropout); give a rate of at least 0 and below 1")
        }
        if architecture == .feedForward { try validateFeedForward() }
        try validateTies()
        try regularization.validate(of: self)
        try output.validate(tiesEmbeddings: tiesEmbeddings)
        if let initialRange, !(initialRange > 0 && initialRange.isFinite) {
            throw DataError(.configuration, "the initial range is \(initialRange); give a positive number")
        }
        if let initialForgetBias { try validateForgetBias(initialForgetBias) }
    }

    private func validateForgetBias(_ bias: Float) throws(DataError) {
        guard architecture == .recurrent, cell == .lstm else {
            throw DataError(.configuration, "forget-bias is for --cell lstm; leave it out")
        }
        guard bias >= 0, bias.isFinite else {
            throw DataError(.configuration, "forget-bias is \(bias); give a number of at least 0")
        }
    }

    /// The top layer of tied embeddings has their size: with layers below it, which then hand on to it, any size fits.
    private func validateTies() throws(DataError) {
        guard tiesEmbeddings, embeddingSize != hiddenSize, layerCount == 1 || isResidual || architecture == .feedForward else {
            return
        }
        let other = isResidual || architecture == .feedForward ? "" : ", or take a second layer"
        throw DataError(
            .configuration,
            "tied embeddings of size \(embeddingSize) do not fit \(hiddenSize) hidden units; make the two sizes equal\(other)")
    }

    /// Units of each recurrent layer, lowest first: those of the top layer are as many as output weights that are embeddings need.
    var layerSizes: [Int] {
        var sizes = Array(repeating: hiddenSize, count: layerCount)
        if tiesEmbeddings { sizes[layerCount - 1] = embeddingSize }
        return sizes
    }

    /// What only recurrent models have is refused.
    private func validateFeedForward() throws(DataError) {
        try Self.require(order, "order", in: 2...64)
        let refused = [
            (layerCount > 1, "second layer"), (isDropoutVariational, "variational dropout"),
            (isResidual, "residual connections"), (tiesEmbeddings && hasDirectConnections, "direct connections where it is tied"),
        ]
        let wrong = refused.first { $0.0 }?.1
        guard let wrong else { return }
        throw DataError(.configuration, "a feed-forward language model has no \(wrong); leave that out")
    }

    private static func require(_ value: Int, _ name: String, in range: ClosedRange<Int>) throws(DataError) {
        guard range.contains(value) else {
            throw DataError(.configuration, "\(name) is \(value); give a number from \(range.lowerBound) to \(range.upperBound)")
        }
    }
}

extension LanguageModelConfiguration {
    /// As keys and values of `config.json`.
    public var json: JSONObject {
        var object: JSONObject = [
            "task": "lm", "unit": .string(unit.rawValue), "normalize": .string(normalization.rawValue),
            "cell": .string(cell.rawValue), "layers": JSONValue(layerCount),
            "embedding": JSONValue(embeddingSize), "hidden": JSONValue(hiddenSize), "dropout": JSONValue(dropout),
            "variational-dropout": .bool(isDropoutVariational), "tie-embeddings": .bool(tiesEmbeddings),
            "residual": .bool(isResidual), "initial-range": initialRange.map { JSONValue($0) } ?? nil,
            "forget-bias": initialForgetBias.map { JSONValue($0) } ?? nil,
            "carries-state": .bool(carriesState), "backward": .bool(isBackward),
            "documents": separatesDocuments ? true : nil,
        ]
        for member in regularization.json.members { object[member.key] = member.value }
        if output.kind != .full {
            object["softmax"] = .string(output.kind.rawValue)
            for member in output.settings.members { object[member.key] = member.value }
        }
        if architecture == .feedForward {
            object["architecture"] = .string(architecture.rawValue)
            object["order"] = JSONValue(order)
            object["direct-connections"] = .bool(hasDirectConnections)
        }
        return object
    }

    /// Reads what `json` wrote; other keys are left alone. Throws `.badData` for a missing or wrong value.
    public init(json: JSONObject, path: String) throws(DataError) {
        let reader = ConfigurationReader(json, path: path)
        let task = try reader.string("task")
        guard task == "lm" else {
            throw DataError(.badData, path: path, "is a run of task '\(task)', not a language model; name another run")
        }
        unit = try reader.choice("unit", TextUnit.init(rawValue:))
        normalization = try reader.choice("normalize", default: .none, TextNormalization.init(rawValue:))
        architecture = try reader.choice("architecture", default: .recurrent, LanguageModelArchitecture.init(rawValue:))
        if architecture == .feedForward {
            order = try reader.integer("order")
            hasDirectConnections = try reader.bool("direct-connections")
        }
        cell = try reader.choice("cell", CellKind.init(rawValue:))
        layerCount = try reader.integer("layers")
        embeddingSize = try reader.integer("embedding")
        hiddenSize = try reader.integer("hidden")
        dropout = Float(try reader.number("dropout"))
        isDropoutVariational = try reader.bool("variational-dropout")
        regularization = try LanguageModelRegularization(reader)
        tiesEmbeddings = try reader.bool("tie-embeddings")
        isResidual = try reader.bool("residual")
        initialRange = try reader.optionalNumber("initial-range").map { Float($0) }
        initialForgetBias = try reader.optionalNumber("forget-bias").map { Float($0) }
        output = try OutputConfiguration(reader)
        carriesState = try reader.bool("carries-state")
        isBackward = try reader.bool("backward", default: false)
        separatesDocuments = json["documents"] == nil || json["documents"] == .null ? false : try reader.bool("documents")
        do { try validate() } catch { throw DataError(.badData, path: path, error.message) }
    }
}

extension LanguageModelConfiguration {
    /// How a text is read that is scored.
    /// - Parameter carriesState: whether the state is carried where the model can do so.
    public func reading(carriesState: Bool) -> ReadingOptions {
        let carries = carriesState && self.carriesState
        return ReadingOptions(
            unit: unit, keepsBlankLines: unit == .char && carries && !separatesDocuments,
            separatesDocuments: separatesDocuments && carries, normalization: normalization, isReversed: isBackward)
    }
}
