#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// How hypotheses of different lengths are compared: without any, short ones win, since every token costs probability.
public enum LengthNormalization: Sendable, Hashable {
    /// log p.
    case none
    /// log p / length^alpha; alpha 1 is the mean per token.
    case power(alpha: Float)
    /// log p / ((5 + length) / 6)^alpha (Wu et al. 2016); the paper uses 0.6 to 0.7.
    case wu(alpha: Float)

    /// The score of a hypothesis of `length` tokens, one or more.
    public func score(logProbability: Float, length: Int) -> Float {
        switch self {
        case .none: logProbability
        case .power(let alpha): logProbability / powf(Float(length), alpha)
        case .wu(let alpha): logProbability / powf((5 + Float(length)) / 6, alpha)
        }
    }
}
