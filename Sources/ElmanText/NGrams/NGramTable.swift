/// The n-grams of one order, each numbered, found by the number of their first n-1 words and their last word.
struct NGramTable: Sendable {
    /// How many n-grams there are.
    var count: Int { keys.count }
    /// The keys by number.
    private(set) var keys: [UInt64] = []
    private var slots: [Slot]
    private var shift: UInt64

    private struct Slot: Sendable {
        var key: UInt64 = 0
        var number: Int32 = -1
    }

    init() {
        slots = [Slot](repeating: Slot(), count: 1 << 10)
        shift = 64 - 10
    }

    /// What an n-gram is found by.
    static func key(prefix: Int, word: Int32) -> UInt64 { UInt64(prefix) << 32 | UInt64(UInt32(bitPattern: word)) }

    /// The number of the first n-1 words of an n-gram.
    func prefix(of number: Int) -> Int { Int(keys[number] >> 32) }

    /// The number of an n-gram, or -1.
    @inline(__always)
    func find(_ key: UInt64) -> Int { Int(slots[slot(of: key)].number) }

    /// The number of an n-gram, which is new where the table did not have it.
    mutating func insert(_ key: UInt64) -> (number: Int, isNew: Bool) {
        let slot = slot(of: key)
        if slots[slot].number >= 0 { return (Int(slots[slot].number), false) }
        slots[slot] = Slot(key: key, number: Int32(count))
        keys.append(key)
        if 2 * count > slots.count { grow() }
        return (count - 1, true)
    }

    @inline(__always)
    private func slot(of key: UInt64) -> Int {
        var slot = Int((key &* 0x9E37_79B9_7F4A_7C15) >> shift)
        while slots[slot].number >= 0, slots[slot].key != key { slot = (slot + 1) & (slots.count - 1) }
        return slot
    }

    private mutating func grow() {
        slots = [Slot](repeating: Slot(), count: 2 * slots.count)
        shift -= 1
        for (number, key) in keys.enumerated() { slots[slot(of: key)] = Slot(key: key, number: Int32(number)) }
    }
}
