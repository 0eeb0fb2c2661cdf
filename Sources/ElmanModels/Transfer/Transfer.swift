import ElmanFiles
import ElmanGraph
import ElmanText

/// What a new model takes over from models that were trained before: from a language model to a classifier, tagger or translator
/// (Dai and Le 2015; Howard and Ruder 2018).
///
///     let transfer = try Transfer(PretrainedEncoder(contentsOf: "runs/language-model"))
///     var configuration = ClassifierConfiguration()
///     transfer.adopt(into: &configuration.encoder)                       // cell, layers, sizes, direction
///     let model = try Classifier(configuration, for: texts, transfer)
///     print(transfer.audit(of: model, for: texts).lines.joined(separator: "\n"))
///
/// Word vectors go to the words that are spelled alike (`VocabularyMatch`); recurrent layers go to the layers of equal height that
/// read in the same direction. Where a layer has more inputs than before (characters, a second direction), the weights of the further
/// ones begin at 0, so that it begins as it was.
public struct Transfer: Sendable {
    /// What reads forwards, or in both directions.
    public let encoder: PretrainedEncoder
    /// A language model that reads backwards; nil: the backward direction is that of `encoder`, or begins with random values. Word
    /// vectors are those of both, one behind the other, since each was learnt with its own.
    public let backward: PretrainedEncoder?
    /// What vectors of words begin with that the pretrained vocabulary lacks.
    public var newWords = NewWordVectors.unknown
    /// Whether the model knows all words of the pretrained vocabularies, so that those of later texts have their vectors too.
    public var keepsVocabulary = true

    /// A transfer. Throws `.configuration` where the two do not fit together.
    public init(_ encoder: PretrainedEncoder, backward: PretrainedEncoder? = nil) throws(DataError) {
        if encoder.directions == .backward {
            throw DataError(
                .configuration, "\(encoder.run) reads backwards; it can be the second encoder beside one that reads forwards")
        }
        self.encoder = encoder
        self.backward = backward
        guard let backward else { return }
        guard encoder.directions == .forward, backward.directions == .backward else {
            throw DataError(
                .configuration,
                "\(backward.run) reads \(Self.text(backward.directions)) and \(encoder.run) \(Self.text(encoder.directions)); "
                    + "for two encoders name one that reads forwards and one that was trained with --backward")
        }
        let differences = [
            ("cell", encoder.cell.rawValue, backward.cell.rawValue),
            ("layers", "\(encoder.layerCount)", "\(backward.layerCount)"),
            ("hidden", "\(encoder.hiddenSize)", "\(backward.hiddenSize)"),
            ("residual", "\(encoder.isResidual)", "\(backward.isResidual)"),
        ].filter { $0.1 != $0.2 }
        if let (key, one, other) = differences.first {
            throw DataError(
                .configuration, "\(key) is \(one) in \(encoder.run) and \(other) in \(backward.run); name runs that are alike")
        }
    }

    private static func text(_ directions: ReadingDirections) -> String {
        switch directions {
        case .forward: "forwards"
        case .backward: "backwards"
        case .both: "in both directions"
        }
    }

    /// Elements of a word's vector.
    public var embeddingSize: Int { encoder.embeddingSize + (backward?.embeddingSize ?? 0) }

    /// The settings that follow from what is taken over, as keys and values of `config.json`: cell, layers, sizes, directions, the
    /// form of characters and, where words are made of more than themselves, how.
    public var settings: JSONObject {
        let own: JSONObject = [
            "cell": .string(encoder.cell.rawValue), "layers": JSONValue(encoder.layerCount),
            "embedding": JSONValue(embeddingSize),
            "hidden": JSONValue(encoder.hiddenSize), "residual": .bool(encoder.isResidual),
            "one-direction": .bool(encoder.directions == .forward && backward == nil),
            "normalize": .string(encoder.normalization.rawValue),
        ]
        return own.adding(encoder.wordSettings)
    }

    /// Settings that must be as in `settings`.
    package static let fixedKeys = ["cell", "layers", "embedding", "hidden"]

    /// Takes cell, layers, sizes, direction and the way words are looked up over into a configuration.
    public func adopt(into configuration: inout EncoderConfiguration) {
        configuration.cell = encoder.cell
        configuration.layerCount = encoder.layerCount
        configuration.embeddingSize = embeddingSize
        configuration.hiddenSize = encoder.hiddenSize
        configuration.isResidual = encoder.isResidual
        configuration.isOneDirectional = encoder.directions == .forward && backward == nil
        configuration.normalization = encoder.normalization
        let words = encoder.wordSettings
        configuration.lowercases = words["lowercase"]?.asBool ?? configuration.lowercases
        configuration.characterEmbeddingSize = words["character-embedding"]?.asInteger ?? configuration.characterEmbeddingSize
        configuration.characterHiddenSize = words["character-hidden"]?.asInteger ?? configuration.characterHiddenSize
        configuration.caseSize = words["case-embedding"]?.asInteger ?? configuration.caseSize
    }

    /// Takes cell, layers and sizes over into the configuration of a translator, whose decoder gets as many units as the encoder.
    public func adopt(into configuration: inout TranslatorConfiguration) {
        configuration.cell = encoder.cell
        configuration.layerCount = encoder.layerCount
        configuration.embeddingSize = embeddingSize
        configuration.hiddenSize = encoder.hiddenSize
        configuration.encoderHiddenSize = nil
        configuration.isResidual = encoder.isResidual
        configuration.isBidirectional = encoder.directions == .both || backward != nil
        configuration.preparation.normalization = encoder.normalization
    }
}

// MARK: Taking over

extension Transfer {
    /// A model that knows the words of the pretrained vocabularies too, where these are kept, and has new parameters.
    package func extended<Model: PretrainableModel>(
        _ model: Model, in parameters: ParameterCollection
    ) throws(DataError) -> Model {
        guard keepsVocabulary else { return try model.remade(in: parameters) }
        var vocabularies = [encoder.vocabulary]
        if let backward { vocabularies.append(backward.vocabulary) }
        return try model.adding(wordsOf: vocabularies, in: parameters)
    }

    /// Throws `.configuration` where a model cannot take over: its sizes are others, or its tokens are pieces of words and the
    /// pretrained ones are not.
    package func check(_ model: some PretrainableModel) throws(DataError) {
        guard model.usesSubwords == encoder.usesSubwords else {
            let (one, other) = encoder.usesSubwords ? ("pieces of words", "words") : ("words", "pieces of words")
            throw DataError(
                .configuration, "the tokens of \(encoder.run) are \(one), those of the new model \(other); make them alike")
        }
        _ = try plan(model)
    }

    /// Fills a new model with what it takes over.
    package func load(into model: some PretrainableModel) throws(DataError) {
        var sources = [try encoder.loadParameters()]
        if let backward { sources.append(try backward.loadParameters()) }
        try plan(model).fill(model.parameters, from: sources, newWords)
    }

    /// What a model takes over. Its parameters may be declared only.
    package func audit<Model: PretrainableModel>(_ model: Model, texts: Model.TrainingTexts) throws(DataError) -> TransferAudit {
        let counts = model.wordCounts(in: texts)
        return try plan(model).audit(wordCounts: counts, unknown: model.knownWords.unknown)
    }

    private func plan(_ model: some PretrainableModel) throws(DataError) -> TransferPlan {
        try TransferPlan(model, [encoder] + (backward.map { [$0] } ?? []), newWords: newWords)
    }
}
