import ElmanFiles
import ElmanText

/// What a dependency parser is made of. It is saved with the model and rebuilds it.
public struct ParserConfiguration: Sendable, Hashable {
    /// How trees are found.
    public var method: ParsingMethod = .biaffine
    /// How words become vectors and are read from both ends.
    public var encoder = EncoderConfiguration()
    /// Elements of the vector of a word's universal part of speech; 0: parts of speech are not looked at.
    public var tagEmbeddingSize = 32
    /// Units that score arcs (biaffine).
    public var arcSize = 256
    /// Units that score relations (biaffine).
    public var labelSize = 64
    /// Units of the networks of stack and buffer, and elements of what is on them (transitions).
    public var stackSize = 128
    /// Units between stack and buffer and the scores of actions (transitions).
    public var actionSize = 128
    /// Elements of the vector of a relation that is composed (transitions).
    public var relationEmbeddingSize = 32
    /// How likely, after the first epoch, the parser goes on by its own best action where it learns, rather than by a right one
    /// (arc-hybrid); in 0...1. Goldberg and Nivre (2013) take 0.9.
    public var explorationRate: Float = 0.9
    /// The relation of roots.
    public var rootRelation = "root"
    /// Whether that relation stands at other words too.
    public var isRootRelationElsewhere = false

    /// Word vectors of 100, two layers of 128 units in each direction, dropout 0.33.
    public init() {
        encoder.embeddingSize = 100
        encoder.hiddenSize = 128
        encoder.layerCount = 2
        encoder.dropout = 0.33
    }

    /// Throws `.configuration` where sizes or rates are out of range.
    public func validate() throws(DataError) {
        try encoder.validate()
        try ConfigurationCheck.require(tagEmbeddingSize, "tag-embedding", in: 0...65536)
        try ConfigurationCheck.require(arcSize, "arc-hidden", in: 1...65536)
        try ConfigurationCheck.require(labelSize, "label-hidden", in: 1...65536)
        try ConfigurationCheck.require(stackSize, "stack-hidden", in: 1...65536)
        try ConfigurationCheck.require(actionSize, "action-hidden", in: 1...65536)
        try ConfigurationCheck.require(relationEmbeddingSize, "relation-embedding", in: 1...65536)
        try ConfigurationCheck.requireProbability(explorationRate, "exploration")
    }

    /// Takes from training trees what the relation of roots is: that which most roots have.
    public mutating func setRootRelation(from bank: DependencyTreebank) {
        var atRoots = [Int](repeating: 0, count: bank.relations.counts.typeCount)
        for (head, type) in zip(bank.heads, bank.relations.types) where head == 0 { atRoots[Int(type)] += 1 }
        guard let best = atRoots.indices.max(by: { (atRoots[$0], $1) < (atRoots[$1], $0) }), atRoots[best] > 0 else { return }
        rootRelation = bank.relations.counts.token(best)
        isRootRelationElsewhere = bank.relations.counts.counts[best] > atRoots[best]
    }
}

extension ParserConfiguration {
    /// As keys and values of `config.json`.
    public var json: JSONObject {
        let own: JSONObject = [
            "tag-embedding": JSONValue(tagEmbeddingSize), "arc-hidden": JSONValue(arcSize),
            "label-hidden": JSONValue(labelSize), "stack-hidden": JSONValue(stackSize), "action-hidden": JSONValue(actionSize),
            "relation-embedding": JSONValue(relationEmbeddingSize), "exploration": JSONValue(explorationRate),
            "root-relation": .string(rootRelation), "root-relation-elsewhere": .bool(isRootRelationElsewhere),
        ]
        let first: JSONObject = ["task": "parse", "method": .string(method.rawValue)]
        return first.adding(encoder.json).adding(own)
    }

    /// Reads what `json` wrote; other keys are left alone. Throws `.badData` for a missing or wrong value.
    public init(json: JSONObject, path: String) throws(DataError) {
        let reader = ConfigurationReader(json, path: path)
        try reader.requireTask("parse", title: "a dependency parser")
        method = try reader.choice("method", ParsingMethod.init(rawValue:))
        encoder = try EncoderConfiguration(reader)
        tagEmbeddingSize = try reader.integer("tag-embedding")
        arcSize = try reader.integer("arc-hidden")
        labelSize = try reader.integer("label-hidden")
        stackSize = try reader.integer("stack-hidden")
        actionSize = try reader.integer("action-hidden")
        relationEmbeddingSize = try reader.integer("relation-embedding")
        explorationRate = Float(try reader.number("exploration"))
        rootRelation = try reader.string("root-relation")
        isRootRelationElsewhere = try reader.bool("root-relation-elsewhere")
        do { try validate() } catch { throw reader.error(error.message) }
    }
}
