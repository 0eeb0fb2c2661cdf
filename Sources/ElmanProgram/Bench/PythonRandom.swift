/// The Mersenne Twister as Python's `random.Random(seed)` uses it, so that a benchmark visits its sentences in the order in
/// which the peers' scripts do (Matsumoto and Nishimura 1998).
struct PythonRandom {
    private var state = [UInt32](repeating: 0, count: 624)
    private var index = 624

    init(seed: UInt32) {
        state[0] = 19_650_218
        for position in 1..<624 {
            let previous = state[position - 1]
            state[position] = 1_812_433_253 &* (previous ^ (previous >> 30)) &+ UInt32(position)
        }
        mix(key: seed)
    }

    /// Initialisation by an array of one word.
    private mutating func mix(key: UInt32) {
        var position = 1
        for _ in 0..<624 {
            let previous = state[position - 1]
            state[position] = (state[position] ^ ((previous ^ (previous >> 30)) &* 1_664_525)) &+ key
            advance(&position)
        }
        for _ in 0..<623 {
            let previous = state[position - 1]
            state[position] = (state[position] ^ ((previous ^ (previous >> 30)) &* 1_566_083_941)) &- UInt32(position)
            advance(&position)
        }
        state[0] = 0x8000_0000
    }

    private mutating func advance(_ position: inout Int) {
        position += 1
        if position == 624 {
            state[0] = state[623]
            position = 1
        }
    }

    mutating func next() -> UInt32 {
        if index == 624 { twist() }
        var word = state[index]
        index += 1
        word ^= word >> 11
        word ^= (word << 7) & 0x9D2C_5680
        word ^= (word << 15) & 0xEFC6_0000
        return word ^ (word >> 18)
    }

    private mutating func twist() {
        for position in 0..<624 {
            let word = (state[position] & 0x8000_0000) | (state[(position + 1) % 624] & 0x7FFF_FFFF)
            state[position] = state[(position + 397) % 624] ^ (word >> 1) ^ (word & 1 == 0 ? 0 : 0x9908_B0DF)
        }
        index = 0
    }

    /// A number below `bound` (which is under 2^32), drawn as `random.randrange` does.
    mutating func integer(below bound: Int) -> Int {
        let bits = Int.bitWidth - bound.leadingZeroBitCount
        while true {
            let draw = Int(next() >> UInt32(32 - bits))
            if draw < bound { return draw }
        }
    }

    /// The elements in the order of `random.shuffle`.
    mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
        var result = elements
        for last in stride(from: elements.count - 1, to: 0, by: -1) { result.swapAt(last, integer(below: last + 1)) }
        return result
    }
}
