import ElmanFiles
import ElmanText

/// What a classifier of trees is made of. It is saved with the model and rebuilds it.
public struct TreeClassifierConfiguration: Sendable, Hashable {
    /// The recursive network.
    public var cell: TreeCellKind = .treeLSTM
    /// Elements of a word's vector.
    public var embeddingSize = 300
    /// Elements of a node's vector.
    public var hiddenSize = 150
    /// The most children that a node may have; it does not count where the cell takes any number.
    public var childCount = 2
    /// Whether the labels of all nodes are learnt, or those of the roots alone.
    public var learnsAllNodes = true
    /// Share of words' and nodes' vectors that is left out in training; in 0..<1.
    public var dropout: Float = 0
    /// Whether words are made lower case.
    public var lowercases = false
    /// Words that occur less often in the training trees are unknown.
    public var minimumCount = 1
    /// How likely a word that occurs once in the training trees is read as unknown, drawn anew at every visit; in 0...1.
    public var unknownRate: Float = 0.5
    /// All parameters start uniform in ±this range; nil: Glorot's range for weights, zeros for biases.
    public var initialRange: Float?

    /// The most children that an ordered cell can have.
    static let childCounts = 1...16

    /// The setting of Tai et al. (2015): a binary tree-LSTM of 150 units over word vectors of 300.
    public init() {}

    /// Throws `.configuration` where sizes or rates are out of range.
    public func validate() throws(DataError) {
        try encoder.validate()
        try ConfigurationCheck.require(hiddenSize, "hidden", in: 1...65536)
        try ConfigurationCheck.require(childCount, "children", in: Self.childCounts)
    }

    /// How words are looked up.
    public var encoder: EncoderConfiguration {
        var encoder = EncoderConfiguration()
        encoder.embeddingSize = embeddingSize
        encoder.dropout = dropout
        encoder.initialRange = initialRange
        encoder.lowercases = lowercases
        encoder.minimumCount = minimumCount
        encoder.unknownRate = unknownRate
        return encoder
    }
}

extension TreeClassifierConfiguration {
    /// As keys and values of `config.json`.
    public var json: JSONObject {
        [
            "task": "tree", "cell": .string(cell.rawValue), "embedding": JSONValue(embeddingSize),
            "hidden": JSONValue(hiddenSize), "children": JSONValue(childCount), "all-nodes": .bool(learnsAllNodes),
            "dropout": JSONValue(dropout), "lowercase": .bool(lowercases), "min-count": JSONValue(minimumCount),
            "unknown-rate": JSONValue(unknownRate), "initial-range": initialRange.map { JSONValue($0) } ?? .null,
        ]
    }

    /// Reads what `json` wrote; other keys are left alone. Throws `.badData` for a missing or wrong value.
    public init(json: JSONObject, path: String) throws(DataError) {
        let reader = ConfigurationReader(json, path: path)
        try reader.requireTask("tree", title: "a classifier of trees")
        cell = try reader.choice("cell", TreeCellKind.init(rawValue:))
        embeddingSize = try reader.integer("embedding")
        hiddenSize = try reader.integer("hidden")
        childCount = try reader.integer("children")
        learnsAllNodes = try reader.bool("all-nodes")
        dropout = Float(try reader.number("dropout"))
        lowercases = try reader.bool("lowercase")
        minimumCount = try reader.integer("min-count")
        unknownRate = Float(try reader.number("unknown-rate"))
        initialRange = try reader.optionalNumber("initial-range").map { Float($0) }
        do { try validate() } catch { throw reader.error(error.message) }
    }
}
