import ElmanFiles
import ElmanText

/// How texts in pairs become tokens: words as they stand, or pieces of words by byte-pair encoding.
public struct PairPreparation: Sendable, Hashable {
    /// The form of characters that can be written in more than one way, in every text that the model is given.
    public var normalization: TextNormalization = .none
    /// Merges of the byte-pair encoding (Sennrich et al. 2016) to learn on either side; 0: tokens are words.
    public var mergeCount = 0
    /// One list of merges, learned from both sides together; else one for each side.
    public var sharesMerges = false
    /// Types that occur less often on their side are unknown.
    public var minimumCount = 1
    /// The most entries of either side's vocabulary, the special ones included; nil: all.
    public var vocabularySize: Int?
    /// The probability with which a training token whose type occurs once is read as the unknown one, drawn anew at each visit,
    /// so that the unknown token is learned as well; in 0...1.
    public var unknownRate: Float = 0.5

    /// Words as they stand.
    public init() {}

    /// Whether tokens are pieces of words.
    public var usesSubwords: Bool { mergeCount > 0 }

    /// Throws `.configuration` for a value out of range.
    public func validate() throws(DataError) {
        try ConfigurationCheck.require(mergeCount, "bpe-merges", in: 0...1_000_000)
        try ConfigurationCheck.require(minimumCount, "min-count", in: 1...1_000_000_000)
        if let vocabularySize { try ConfigurationCheck.require(vocabularySize, "vocabulary-size", in: 2...100_000_000) }
        try ConfigurationCheck.requireProbability(unknownRate, "unknown-rate")
    }

    /// Keys and values of `config.json`.
    var json: JSONObject {
        [
            "normalize": .string(normalization.rawValue), "bpe-merges": JSONValue(mergeCount), "shared-bpe": .bool(sharesMerges),
            "min-count": JSONValue(minimumCount), "vocabulary-size": vocabularySize.map { JSONValue($0) } ?? .null,
            "unknown-rate": JSONValue(unknownRate),
        ]
    }

    /// Reads what `json` gave.
    init(_ reader: ConfigurationReader) throws(DataError) {
        normalization = try reader.choice("normalize", TextNormalization.init(rawValue:))
        mergeCount = try reader.integer("bpe-merges")
        sharesMerges = try reader.bool("shared-bpe")
        minimumCount = try reader.integer("min-count")
        vocabularySize = try reader.optionalInteger("vocabulary-size")
        unknownRate = Float(try reader.number("unknown-rate"))
    }
}
