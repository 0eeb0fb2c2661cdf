import ElmanFiles
import ElmanLayers
import ElmanText

/// How the words of a sentence become vectors and are read, from both ends or one: what classifiers, taggers, translators and parsers
/// have in common. Saved with the model.
public struct EncoderConfiguration: Sendable, Hashable {
    /// The recurrent cell.
    public var cell: CellKind = .lstm
    /// Recurrent layers, each in both directions.
    public var layerCount = 1
    /// Sentences are read from their beginning alone, as language models do.
    public var isOneDirectional = false
    /// Elements of a word's own vector.
    public var embeddingSize = 64
    /// Units of each recurrent layer in each direction.
    public var hiddenSize = 64
    /// Share of word vectors, outputs between layers and outputs of the top layer that is left out in training; in 0..<1.
    public var dropout: Float = 0
    /// One mask for a whole sentence instead of one a step, and the recurrent state is masked too.
    public var isDropoutVariational = false
    /// A layer's input is added to its output, from the second layer on.
    public var isResidual = false
    /// All parameters start uniform in ±this range; nil: Glorot's range for weights, zeros for biases.
    public var initialRange: Float?
    /// Word vectors start uniform in ±this range; nil: as all parameters, which is √(3 / embeddingSize) for Glorot's.
    public var embeddingRange: Float?
    /// Words are looked up in lower case; characters and the way a word is written are seen before.
    public var lowercases = false
    /// The form of characters that can be written in more than one way.
    public var normalization: TextNormalization = .none
    /// Elements of a character's vector; 0: words are not read by characters.
    public var characterEmbeddingSize = 0
    /// Units that read the characters of a word, in each direction.
    public var characterHiddenSize = 32
    /// Elements that tell how a word is written (`WordCase`); 0: none.
    public var caseSize = 0
    /// Words that occur less often in the training text are unknown.
    public var minimumCount = 1
    /// The most words to know, the unknown one included; nil: all.
    public var vocabularySize: Int?
    /// How likely a word that occurs once in the training text is read as unknown, drawn anew at every visit, so that there is
    /// something to learn for the unknown word (Lample et al. 2016); 0: never.
    public var unknownRate: Float = 0.5

    /// The lecture's sizes: one LSTM layer of 64 units in each direction over 64-dimensional word vectors.
    public init() {}

    /// Whether words are read by characters too.
    public var readsCharacters: Bool { characterEmbeddingSize > 0 }

    /// Throws `.configuration` where sizes or rates are out of range.
    public func validate() throws(DataError) {
        try ConfigurationCheck.require(layerCount, "layers", in: 1...64)
        try ConfigurationCheck.require(embeddingSize, "embedding", in: 1...65536)
        try ConfigurationCheck.require(hiddenSize, "hidden", in: 1...65536)
        try ConfigurationCheck.requireRate(dropout, "dropout")
        try ConfigurationCheck.requirePositive(initialRange, "initial-range")
        try ConfigurationCheck.requirePositive(embeddingRange, "embedding-range")
        try ConfigurationCheck.require(characterEmbeddingSize, "character-embedding", in: 0...65536)
        try ConfigurationCheck.require(characterHiddenSize, "character-hidden", in: 1...65536)
        try ConfigurationCheck.require(caseSize, "case-embedding", in: 0...65536)
        try ConfigurationCheck.require(minimumCount, "min-count", in: 1...1_000_000_000)
        if let vocabularySize { try ConfigurationCheck.require(vocabularySize, "vocabulary-size", in: 2...100_000_000) }
        try ConfigurationCheck.requireProbability(unknownRate, "unknown-rate")
    }
}

extension EncoderConfiguration {
    /// As keys and values of `config.json`.
    public var json: JSONObject {
        [
            "cell": .string(cell.rawValue), "layers": JSONValue(layerCount), "one-direction": .bool(isOneDirectional),
            "embedding": JSONValue(embeddingSize), "hidden": JSONValue(hiddenSize), "dropout": JSONValue(dropout),
            "variational-dropout": .bool(isDropoutVariational), "residual": .bool(isResidual),
            "initial-range": initialRange.map { JSONValue($0) } ?? .null,
            "embedding-range": embeddingRange.map { JSONValue($0) } ?? .null,
            "lowercase": .bool(lowercases), "normalize": .string(normalization.rawValue),
            "character-embedding": JSONValue(characterEmbeddingSize), "character-hidden": JSONValue(characterHiddenSize),
            "case-embedding": JSONValue(caseSize), "min-count": JSONValue(minimumCount),
            "vocabulary-size": vocabularySize.map { JSONValue($0) } ?? .null, "unknown-rate": JSONValue(unknownRate),
        ]
    }

    /// Reads what `json` wrote; other keys are left alone. Throws `.badData` for a missing or wrong value.
    package init(_ reader: ConfigurationReader) throws(DataError) {
        cell = try reader.choice("cell", CellKind.init(rawValue:))
        layerCount = try reader.integer("layers")
        isOneDirectional = try reader.bool("one-direction", default: false)
        embeddingSize = try reader.integer("embedding")
        hiddenSize = try reader.integer("hidden")
        dropout = Float(try reader.number("dropout"))
        isDropoutVariational = try reader.bool("variational-dropout")
        isResidual = try reader.bool("residual")
        initialRange = try reader.optionalNumber("initial-range").map { Float($0) }
        embeddingRange = try reader.optionalNumber("embedding-range").map { Float($0) }
        lowercases = try reader.bool("lowercase")
        normalization = try reader.choice("normalize", TextNormalization.init(rawValue:))
        characterEmbeddingSize = try reader.integer("character-embedding")
        characterHiddenSize = try reader.integer("character-hidden")
        caseSize = try reader.integer("case-embedding")
        minimumCount = try reader.integer("min-count")
        vocabularySize = try reader.optionalInteger("vocabulary-size")
        unknownRate = Float(try reader.number("unknown-rate"))
        do { try validate() } catch { throw reader.error(error.message) }
    }
}

extension JSONObject {
    /// This object with the members of another one behind its own.
    package func adding(_ other: JSONObject) -> JSONObject {
        var result = self
        for member in other.members { result[member.key] = member.value }
        return result
    }
}
