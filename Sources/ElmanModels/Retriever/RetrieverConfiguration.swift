import ElmanFiles
import ElmanLayers
import ElmanTensor

/// What a sentence retriever is made of. It is saved with the model and rebuilds it.
public struct RetrieverConfiguration: Sendable, Hashable {
    /// How texts become tokens, on both sides.
    public var preparation = PairPreparation()
    /// The recurrent cell of both encoders.
    public var cell: CellKind = .lstm
    /// Recurrent layers of each encoder.
    public var layerCount = 1
    /// Elements of a token's vector.
    public var embeddingSize = 64
    /// Units of each layer in each direction; a text's vector has twice as many elements, or six times as many with `.concatenation`.
    public var hiddenSize = 64
    /// How the states of a text become its vector.
    public var pooling: PoolingKind = .last
    /// What makes the vectors of a pair alike.
    public var loss: RetrievalLoss = .hinge
    /// By how much the right score should exceed every wrong one (hinge).
    public var margin: Float = 1
    /// Whether sources are also found by their targets; else only targets by their sources, as in the lecture.
    public var isSymmetric = false
    /// How alike two vectors are.
    public var similarity: RetrievalSimilarity = .dot
    /// What scores are multiplied by in training; for cosines with softmax 20 or so.
    public var scale: Float = 1
    /// Share of embeddings, outputs between layers and vectors that is left out in training; in 0..<1.
    public var dropout: Float = 0
    /// A layer's input is added to its output, from the second layer on.
    public var isResidual = false
    /// All parameters start uniform in ±this range; nil: Glorot's range for weights, zeros for biases of cells.
    public var initialRange: Float?

    /// The lecture's model: LSTM layers of 64 units in each direction over 64-dimensional vectors, hinge loss.
    public init() {}

    /// Elements of a text's vector.
    public var vectorSize: Int { pooling.outputSize(ofStates: 2 * hiddenSize) }

    /// Throws `.configuration` where sizes or rates are out of range.
    public func validate() throws(DataError) {
        try preparation.validate()
        try ConfigurationCheck.require(layerCount, "layers", in: 1...64)
        try ConfigurationCheck.require(embeddingSize, "embedding", in: 1...65536)
        try ConfigurationCheck.require(hiddenSize, "hidden", in: 1...65536)
        try ConfigurationCheck.requireRate(dropout, "dropout")
        try ConfigurationCheck.requirePositive(margin, "margin")
        try ConfigurationCheck.requirePositive(scale, "scale")
        try ConfigurationCheck.requirePositive(initialRange, "initial-range")
    }
}

extension RetrieverConfiguration {
    /// As keys and values of `config.json`.
    public var json: JSONObject {
        let own: JSONObject = [
            "cell": .string(cell.rawValue), "layers": JSONValue(layerCount), "embedding": JSONValue(embeddingSize),
            "hidden": JSONValue(hiddenSize), "pooling": .string(pooling.rawValue), "loss": .string(loss.rawValue),
            "margin": JSONValue(margin), "both-directions": .bool(isSymmetric),
            "similarity": .string(similarity.rawValue), "scale": JSONValue(scale), "dropout": JSONValue(dropout),
            "residual": .bool(isResidual), "initial-range": initialRange.map { JSONValue($0) } ?? .null,
        ]
        return (["task": "retrieve"] as JSONObject).adding(preparation.json).adding(own)
    }

    /// Reads what `json` wrote; other keys are left alone. Throws `.badData` for a missing or wrong value.
    public init(json: JSONObject, path: String) throws(DataError) {
        let reader = ConfigurationReader(json, path: path)
        try reader.requireTask("retrieve", title: "a sentence retriever")
        preparation = try PairPreparation(reader)
        cell = try reader.choice("cell", CellKind.init(rawValue:))
        layerCount = try reader.integer("layers")
        embeddingSize = try reader.integer("embedding")
        hiddenSize = try reader.integer("hidden")
        pooling = try reader.choice("pooling", PoolingKind.init(rawValue:))
        loss = try reader.choice("loss", RetrievalLoss.init(rawValue:))
        margin = Float(try reader.number("margin"))
        isSymmetric = try reader.bool("both-directions")
        similarity = try reader.choice("similarity", RetrievalSimilarity.init(rawValue:))
        scale = Float(try reader.number("scale"))
        dropout = Float(try reader.number("dropout"))
        isResidual = try reader.bool("residual")
        initialRange = try reader.optionalNumber("initial-range").map { Float($0) }
        do { try validate() } catch { throw reader.error(error.message) }
    }
}
