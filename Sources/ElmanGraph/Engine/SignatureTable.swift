/// Signatures by number: nodes with equal numbers may run as one batch. Keys are compared in full, never by hash alone.
///
/// A signature is the op, its shared settings, and for each argument its shape and whether it needs a gradient, or for a
/// shared argument which node it is.
struct SignatureTable {
    /// Keys, one after the other; key i is `words[starts[i]..<starts[i + 1]]`.
    private var words = Column<Int32>(capacity: 1024)
    private var starts = Column<Int32>(capacity: 128)
    private var slots = Column<Int32>(capacity: 256)
    /// The slot of each signature, to empty the table in as many steps as it has entries.
    private var slotOf = Column<Int32>(capacity: 128)

    init() {
        starts.append(0)
        slots.resize(to: 256)
        slots.pointer.update(repeating: -1, count: 256)
    }

    func deallocate() {
        words.deallocate()
        starts.deallocate()
        slots.deallocate()
        slotOf.deallocate()
    }

    /// How many signatures there are.
    var count: Int { slotOf.count }

    mutating func clear() {
        for index in 0..<slotOf.count { slots[Int(slotOf[index])] = -1 }
        slotOf.truncate(to: 0)
        words.truncate(to: 0)
        starts.truncate(to: 1)
    }

    /// The number of the key of `length` words that `fill` writes.
    @inline(__always)
    mutating func number(length: Int, _ fill: (UnsafeMutablePointer<Int32>) -> Void) -> Int32 {
        let start = words.extend(by: length)
        let key = words.pointer + start
        fill(key)
        let mask = slots.count - 1
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
        for index in 0..<length {
            hash = (hash ^ UInt64(UInt32(bitPattern: key[index]))) &* 0xD6E8_FEB8_6659_FD93
            hash ^= hash >> 29
        }
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let candidate = Int(slots[slot])
            if candidate < 0 { return insert(length: length, at: slot) }
            if matches(candidate, key, length) {
                words.truncate(to: start)
                return Int32(candidate)
            }
            slot = (slot + 1) & mask
        }
    }

    @inline(__always)
    private func matches(_ candidate: Int, _ key: UnsafeMutablePointer<Int32>, _ length: Int) -> Bool {
        let start = Int(starts[candidate])
        guard Int(starts[candidate + 1]) - start == length else { return false }
        let other = words.pointer + start
        for index in 0..<length where other[index] != key[index] { return false }
        return true
    }

    @inline(never)
    private mutating func insert(length: Int, at slot: Int) -> Int32 {
        let index = Int32(slotOf.count)
        starts.append(Int32(words.count))
        slotOf.append(Int32(slot))
        slots[slot] = index
        if slotOf.count * 2 > slots.count { rehash() }
        return index
    }

    private mutating func rehash() {
        let size = slots.count * 2
        slots.resize(to: size)
        slots.pointer.update(repeating: -1, count: size)
        for index in 0..<slotOf.count {
            let start = Int(starts[index])
            var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
            for word in start..<Int(starts[index + 1]) {
                hash = (hash ^ UInt64(UInt32(bitPattern: words[word]))) &* 0xD6E8_FEB8_6659_FD93
                hash ^= hash >> 29
            }
            var slot = Int(truncatingIfNeeded: hash) & (size - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = Int32(index)
            slotOf[index] = Int32(slot)
        }
    }
}
