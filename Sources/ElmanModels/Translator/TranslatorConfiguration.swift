import ElmanFiles
import ElmanLayers
import ElmanTensor
import ElmanText

/// What a translator is made of. It is saved with the model and rebuilds it.
public struct TranslatorConfiguration: Sendable, Hashable {
    /// How texts become tokens, on both sides.
    public var preparation = PairPreparation()
    /// The recurrent cell of encoder and decoder.
    public var cell: CellKind = .lstm
    /// Recurrent layers of the encoder, and of the decoder.
    public var layerCount = 1
    /// Elements of a token's vector.
    public var embeddingSize = 64
    /// Units of each layer of the decoder.
    public var hiddenSize = 128
    /// Whether the encoder reads the source in both directions.
    public var isBidirectional = false
    /// Units of each layer of the encoder, in each direction; nil: as many as the decoder's.
    public var encoderHiddenSize: Int?
    /// How the decoder's first state comes from the encoder.
    public var handOver: StateHandOver = .summary
    /// How the decoder looks at the source.
    public var attention: AttentionKind = .none
    /// Units of the perceptron of `AttentionKind.mlp`.
    public var attentionSize = 128
    /// The vector that a token was predicted from is part of the decoder's next input (Luong et al. 2015). Needs attention.
    public var feedsInput = false
    /// Share of embeddings, outputs between layers and vectors that tokens are predicted from that is left out in training; in
    /// 0..<1.
    public var dropout: Float = 0
    /// One mask for a whole sequence instead of one a step, and the recurrent states are masked too.
    public var isDropoutVariational = false
    /// The output weights are the target's embeddings; embedding and hidden size must be equal.
    public var tiesEmbeddings = false
    /// A layer's input is added to its output, from the second layer on.
    public var isResidual = false
    /// All parameters start uniform in ±this range; nil: Glorot's range for weights, zeros for biases of cells.
    public var initialRange: Float?

    /// The lecture's model: LSTM layers of 128 units over 64-dimensional vectors, without attention.
    public init() {}

    /// Elements of what the encoder says of a source token.
    var encoderOutputSize: Int { (encoderHiddenSize ?? hiddenSize) * (isBidirectional ? 2 : 1) }

    /// Elements of the decoder's input.
    var decoderInputSize: Int { embeddingSize + (feedsInput ? hiddenSize : 0) }

    /// Throws `.configuration` where sizes or rates are out of range or do not fit together.
    public func validate() throws(DataError) {
        try preparation.validate()
        try ConfigurationCheck.require(layerCount, "layers", in: 1...64)
        try ConfigurationCheck.require(embeddingSize, "embedding", in: 1...65536)
        try ConfigurationCheck.require(hiddenSize, "hidden", in: 1...65536)
        try ConfigurationCheck.require(encoderHiddenSize ?? 1, "encoder-hidden", in: 1...65536)
        try ConfigurationCheck.require(attentionSize, "attention-size", in: 1...65536)
        try ConfigurationCheck.requireRate(dropout, "dropout")
        try ConfigurationCheck.requirePositive(initialRange, "initial-range")
        if tiesEmbeddings, embeddingSize != hiddenSize {
            throw DataError(
                .configuration,
                "tied embeddings of size \(embeddingSize) do not fit \(hiddenSize) hidden units; make the two sizes equal")
        }
        if attention == .dot, encoderOutputSize != hiddenSize {
            throw DataError(
                .configuration,
                "attention by dot products needs states of one size, but the encoder's have \(encoderOutputSize) elements and the "
                    + "decoder's \(hiddenSize); change encoder-hidden, or take bilinear attention")
        }
        if feedsInput, attention == .none {
            throw DataError(.configuration, "input feeding needs attention; choose mlp, dot or bilinear")
        }
    }
}

extension TranslatorConfiguration {
    /// As keys and values of `config.json`.
    public var json: JSONObject {
        let own: JSONObject = [
            "cell": .string(cell.rawValue), "layers": JSONValue(layerCount), "embedding": JSONValue(embeddingSize),
            "hidden": JSONValue(hiddenSize), "bidirectional": .bool(isBidirectional),
            "encoder-hidden": encoderHiddenSize.map { JSONValue($0) } ?? .null, "hand-over": .string(handOver.rawValue),
            "attention": .string(attention.rawValue), "attention-size": JSONValue(attentionSize),
            "input-feeding": .bool(feedsInput), "dropout": JSONValue(dropout),
            "variational-dropout": .bool(isDropoutVariational), "tie-embeddings": .bool(tiesEmbeddings),
            "residual": .bool(isResidual), "initial-range": initialRange.map { JSONValue($0) } ?? .null,
        ]
        return (["task": "seq2seq"] as JSONObject).adding(preparation.json).adding(own)
    }

    /// Reads what `json` wrote; other keys are left alone. Throws `.badData` for a missing or wrong value.
    public init(json: JSONObject, path: String) throws(DataError) {
        let reader = ConfigurationReader(json, path: path)
        try reader.requireTask("seq2seq", title: "a translator")
        preparation = try PairPreparation(reader)
        cell = try reader.choice("cell", CellKind.init(rawValue:))
        layerCount = try reader.integer("layers")
        embeddingSize = try reader.integer("embedding")
        hiddenSize = try reader.integer("hidden")
        isBidirectional = try reader.bool("bidirectional")
        encoderHiddenSize = try reader.optionalInteger("encoder-hidden")
        handOver = try reader.choice("hand-over", StateHandOver.init(rawValue:))
        attention = try reader.choice("attention", AttentionKind.init(rawValue:))
        attentionSize = try reader.integer("attention-size")
        feedsInput = try reader.bool("input-feeding")
        dropout = Float(try reader.number("dropout"))
        isDropoutVariational = try reader.bool("variational-dropout")
        tiesEmbeddings = try reader.bool("tie-embeddings")
        isResidual = try reader.bool("residual")
        initialRange = try reader.optionalNumber("initial-range").map { Float($0) }
        do { try validate() } catch { throw reader.error(error.message) }
    }

    /// The dropout of the recurrent networks.
    func recurrentDropout(_ isTraining: Bool) -> RecurrentDropout {
        guard isTraining, dropout > 0 else { return .none }
        return isDropoutVariational
            ? RecurrentDropout(variationalInput: dropout, variationalState: dropout) : RecurrentDropout(betweenLayers: dropout)
    }

    /// The initial values of all parameters, where one range was given for all.
    var uniform: Initializer? { initialRange.map { .uniform($0) } }
}
