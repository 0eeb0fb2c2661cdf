import ElmanFiles
import ElmanLayers

/// How a translator writes.
public struct TranslationOptions: Sendable, Hashable {
    /// Hypotheses that the search follows; 1: always the likeliest token (greedy).
    public var beamSize: Int
    /// How hypotheses of different lengths are compared.
    public var normalization: LengthNormalization
    /// Tokens are drawn at random instead, their scores divided by this: below 1 safer, above 1 wilder. Nil: no sampling.
    public var temperature: Float?
    /// Equal seeds draw equal texts.
    public var seed: UInt64
    /// The most tokens of a translation; nil: twice as many as the source has, and ten.
    public var maximumLength: Int?
    /// Whether the unknown token may be written.
    public var allowsUnknown: Bool
    /// In place of an unknown token stands the source token that was looked at most (Luong et al. 2015). Needs attention, and
    /// lets the unknown token be written.
    public var replacesUnknown: Bool

    /// Options; greedy and without unknown tokens by default.
    public init(
        beamSize: Int = 1, normalization: LengthNormalization = .power(alpha: 1), temperature: Float? = nil, seed: UInt64 = 1,
        maximumLength: Int? = nil, allowsUnknown: Bool = false, replacesUnknown: Bool = false
    ) {
        self.beamSize = beamSize
        self.normalization = normalization
        self.temperature = temperature
        self.seed = seed
        self.maximumLength = maximumLength
        self.allowsUnknown = allowsUnknown
        self.replacesUnknown = replacesUnknown
    }

    /// Throws `.configuration` for a value out of range, or where options do not fit together.
    public func validate(hasAttention: Bool) throws(DataError) {
        guard (1...10_000).contains(beamSize) else {
            throw DataError(.configuration, "the beam is \(beamSize); give a number from 1 to 10000")
        }
        if let maximumLength, !(1...1_000_000).contains(maximumLength) {
            throw DataError(.configuration, "the longest length is \(maximumLength); give a number from 1 to 1000000")
        }
        if let temperature {
            guard temperature > 0, temperature.isFinite else {
                throw DataError(.configuration, "the temperature is \(temperature); give a positive number")
            }
            guard beamSize == 1 else {
                throw DataError(.configuration, "a beam of \(beamSize) does not go with sampling; choose one of the two")
            }
        }
        if replacesUnknown, !hasAttention {
            throw DataError(
                .configuration, "unknown words are replaced through attention, which this model lacks; train one with attention")
        }
    }

    /// The most tokens of a translation of a source of so many.
    func limit(sourceCount: Int) -> Int { maximumLength ?? 2 * sourceCount + 10 }
}
