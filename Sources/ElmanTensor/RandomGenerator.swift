import CElmanKernels

/// A small, seeded generator: the same numbers from the same seed on every machine and in every version of Swift.
///
/// SplitMix64 (Steele, Lea and Flood 2014). Its whole state is one number, so it can be saved and restored exactly.
public struct RandomGenerator: RandomNumberGenerator, Hashable, Sendable {
    /// The state: equal states give equal numbers from here on.
    public var state: UInt64

    /// A generator for a seed.
    public init(seed: UInt64) { state = seed }

    /// A generator for one of many independent purposes under the same seed.
    public init(seed: UInt64, stream: UInt64) {
        var mixer = RandomGenerator(seed: seed ^ 0x6A09_E667_F3BC_C909)
        let first = mixer.next()
        mixer.state = first ^ (stream &* 0x9E37_79B9_7F4A_7C15)
        state = mixer.next()
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number in 0..<1 with 53 random bits.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A whole number in 0..<bound. Fails where the bound is not positive.
    public mutating func integer(below bound: Int) -> Int {
        guard bound > 0 else { fail("a random number below \(bound) does not exist") }
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// Puts the elements in random order (Fisher and Yates). Unlike the standard library's, its result is fixed for ever.
    public mutating func shuffle<Element>(_ elements: inout [Element]) {
        guard elements.count > 1 else { return }
        for last in stride(from: elements.count - 1, to: 0, by: -1) {
            elements.swapAt(last, integer(below: last + 1))
        }
    }

    /// An index drawn with the given weights, which need not sum to 1. Fails where none is positive.
    public mutating func index(weights: [Float]) -> Int {
        let total = weights.reduce(0) { $0 + Double($1) }
        guard total > 0 else { fail("no weight to draw from is positive") }
        var remaining = uniform() * total
        for (index, weight) in weights.enumerated() where weight > 0 {
            remaining -= Double(weight)
            if remaining < 0 { return index }
        }
        return weights.lastIndex { $0 > 0 } ?? 0
    }
}
