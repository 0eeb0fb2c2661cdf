import ElmanTensor

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// McNemar's exact test (1947): whether two classifiers that judged the same examples differ by more than chance.
public struct McNemar: Sendable, Hashable {
    /// Examples that only the first has right.
    public let onlyFirst: Int
    /// Examples that only the second has right.
    public let onlySecond: Int

    /// The test of two lists of outcomes. Fails where they are not equally long.
    public init(_ first: [Bool], _ second: [Bool]) {
        guard first.count == second.count else { fail("\(first.count) outcomes are compared with \(second.count)") }
        onlyFirst = zip(first, second).count { $0 && !$1 }
        onlySecond = zip(first, second).count { !$0 && $1 }
    }

    /// The two-sided probability of a difference this large or larger, if each example on which they differ might as well have gone
    /// the other way (a binomial test with one half).
    public var probability: Double {
        let trials = onlyFirst + onlySecond
        guard trials > 0 else { return 1 }
        // Terms of the binomial distribution from the smaller count down, each from the one before.
        var logTerm = -Double(trials) * log(2.0), total = 0.0
        for count in 0...min(onlyFirst, onlySecond) {
            if count > 0 { logTerm += log(Double(trials - count + 1)) - log(Double(count)) }
            total += exp(logTerm)
        }
        return min(1, 2 * total)
    }
}
