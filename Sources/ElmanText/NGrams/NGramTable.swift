/// The n-grams of one order, each numbered, found by the number of their first n-1 words and their last word.
struct NGramTable: Sendable {
    /// How many n-grams there are.
    var count: Int { keys.count }
    /// The keys by number.
    private(set) var keys: [UInt64] = []
    /// Numbers by hash of the key; -1 where there is none. Without the keys, a large text's n-grams take half the memory.
    private var slots: [Int32]
    private var shift: UInt64

    init() {
        slots = [Int32](repeating: -1, count: 1 << 10)
        shift = 64 - 10
    }

    /// What an n-gram is found by.
    static func key(prefix: Int, word: Int32) -> UInt64 { UInt64(prefix) << 32 | UInt64(UInt32(bitPattern: word)) }

    /// The number of the first n-1 words of an n-gram.
    func prefix(of number: Int) -> Int { Int(keys[number] >> 32) }

    /// The number of an n-gram, or -1.
    @inline(__always)
    func find(_ key: UInt64) -> Int { Int(slots[slot(of: key)]) }

    /// The number of an n-gram, which is new where the table did not have it.
    mutating func insert(_ key: UInt64) -> (number: Int, isNew: Bool) {
        let slot = slot(of: key)
        if slots[slot] >= 0 { return (Int(slots[slot]), false) }
        slots[slot] = Int32(count)
        keys.append(key)
        if 2 * count > slots.count { grow() }
        return (count - 1, true)
    }

    @inline(__always)
    private func slot(of key: UInt64) -> Int {
        var slot = Int((key &* 0x9E37_79B9_7F4A_7C15) >> shift)
        while slots[slot] >= 0, keys[Int(slots[slot])] != key { slot = (slot + 1) & (slots.count - 1) }
        return slot
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: 2 * slots.count)
        shift -= 1
        for (number, key) in keys.enumerated() { slots[slot(of: key)] = Int32(number) }
    }
}
