import ElmanFiles
import ElmanLayers
import ElmanText

/// What a tagger is made of. It is saved with the model and rebuilds it.
public struct TaggerConfiguration: Sendable, Hashable {
    /// Words and the network that reads them.
    public var encoder = EncoderConfiguration()
    /// What it learns by.
    public var loss = TaggerLoss.softmax
    /// The scheme that tags of spans are learned in; nil: that of the training file.
    public var scheme: TagScheme?
    /// The scheme of the training file, in which tags are given out; nil where they are no tags of spans. Found in the file.
    public var fileScheme: TagScheme?
    /// Whether only tags that the scheme allows after each other are given out.
    public var isConstrained = true
    /// What a wrong tag costs in the margin loss.
    public var marginCost: Float = 1
    /// Elements of a tag's vector where the previous tag is part of the input.
    public var tagEmbeddingSize = 16
    /// In the first epoch, how often the previous tag of the input is the right one rather than the tagger's own (scheduled
    /// sampling, Bengio et al. 2015); 1: always, which is teacher forcing.
    public var teacherForcing: Float = 1
    /// By how much that falls from one epoch to the next.
    public var teacherForcingDecay: Float = 0
    /// Below which it does not fall.
    public var teacherForcingFloor: Float = 0.2
    /// The loss of the next words beside that of the tags, summed over a sentence as theirs; for networks that read from the
    /// beginning alone.
    public var languageModel = NextWordObjective()
    /// Character language models whose states stand beside the words' vectors; nil: none.
    public var contextual: ContextualConfiguration?
    /// Elements that these states are projected to by a learned linear layer; 0: they stand as they are.
    public var contextualProjection = 0

    /// The lecture's tagger: 64-dimensional word vectors, one LSTM layer of 64 units in each direction, softmax.
    public init() {}

    /// The scheme of the tags that are learned; nil for tags that are no spans.
    public var trainedScheme: TagScheme? { fileScheme == nil ? nil : scheme ?? fileScheme }

    /// How often the previous tag is the right one in an epoch, counted from 1.
    public func teacherForcing(inEpoch epoch: Int) -> Float {
        let fallen = teacherForcing - teacherForcingDecay * Float(epoch - 1)
        return max(fallen, min(teacherForcing, teacherForcingFloor))
    }

    /// Throws `.configuration` where sizes or rates are out of range.
    public func validate() throws(DataError) {
        try encoder.validate()
        try languageModel.validate(encoder)
        try contextual?.validate()
        try ConfigurationCheck.require(contextualProjection, "contextual-projection", in: 0...65536)
        if contextual != nil, languageModel.weight > 0 {
            throw DataError(
                .configuration,
                "lm-loss is \(languageModel.weight), but contextual vectors have seen the next words; leave one of them out")
        }
        guard marginCost >= 0, marginCost.isFinite else {
            throw DataError(.configuration, "margin is \(marginCost); give a number of at least 0")
        }
        try ConfigurationCheck.require(tagEmbeddingSize, "tag-embedding", in: 1...65536)
        try ConfigurationCheck.requireProbability(teacherForcing, "teacher-forcing")
        try ConfigurationCheck.requireProbability(teacherForcingDecay, "teacher-forcing-decay")
        try ConfigurationCheck.requireProbability(teacherForcingFloor, "teacher-forcing-floor")
    }
}

extension TaggerConfiguration {
    /// As keys and values of `config.json`.
    public var json: JSONObject {
        let own: JSONObject = [
            "task": "tag", "loss": .string(loss.rawValue), "tag-scheme": scheme.map { .string($0.rawValue) } ?? .null,
            "file-scheme": fileScheme.map { .string($0.rawValue) } ?? .null, "constrained": .bool(isConstrained),
            "margin": JSONValue(marginCost), "tag-embedding": JSONValue(tagEmbeddingSize),
            "teacher-forcing": JSONValue(teacherForcing), "teacher-forcing-decay": JSONValue(teacherForcingDecay),
            "teacher-forcing-floor": JSONValue(teacherForcingFloor),
            "contextual-projection": JSONValue(contextualProjection),
        ]
        var object = own.adding(languageModel.json).adding(encoder.json)
        // No setting: it comes from the runs of the language models.
        if let contextual { object[Self.contextualKey] = .object(contextual.json) }
        return object
    }

    private static let contextualKey = "_contextual-models"

    /// Reads what `json` wrote; other keys are left alone. Throws `.badData` for a missing or wrong value.
    public init(json: JSONObject, path: String) throws(DataError) {
        let reader = ConfigurationReader(json, path: path)
        try reader.requireTask("tag", title: "a tagger")
        encoder = try EncoderConfiguration(reader)
        loss = try reader.choice("loss", TaggerLoss.init(rawValue:))
        scheme = try reader.optionalChoice("tag-scheme", TagScheme.init(rawValue:))
        fileScheme = try reader.optionalChoice("file-scheme", TagScheme.init(rawValue:))
        isConstrained = try reader.bool("constrained")
        marginCost = Float(try reader.number("margin"))
        tagEmbeddingSize = try reader.integer("tag-embedding")
        teacherForcing = Float(try reader.number("teacher-forcing"))
        teacherForcingDecay = Float(try reader.number("teacher-forcing-decay"))
        teacherForcingFloor = Float(try reader.number("teacher-forcing-floor"))
        languageModel = try NextWordObjective(reader)
        contextual = try (json[Self.contextualKey]?.asObject).map { object throws(DataError) in
            try ContextualConfiguration(json: object, path: path)
        }
        contextualProjection = try reader.integer("contextual-projection", default: 0)
        do { try validate() } catch { throw reader.error(error.message) }
    }
}
