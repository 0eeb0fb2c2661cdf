/// Byte strings numbered in the order of their first appearance, all in one buffer, found by hash.
///
/// Entries are compared byte by byte, so a composed and a decomposed é are two. Nothing is allocated to look one up.
struct ByteTable: Sendable {
    /// How many entries there are.
    var count: Int { hashes.count }
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var hashes: [UInt64] = []
    /// Entry numbers by hash, open addressing with linear probing; -1 is free. A power of two of them, at most half taken.
    private var slots: [Int32]

    init(minimumCapacity: Int = 16) {
        var size = 32
        while size < 2 * minimumCapacity { size *= 2 }
        slots = [Int32](repeating: -1, count: size)
    }

    /// The number of an entry, or nil where it is not in the table.
    func find(_ key: ByteView) -> Int? {
        let slot = slot(of: key, hash: Self.hash(key))
        return slots[slot] < 0 ? nil : Int(slots[slot])
    }

    /// The number of an entry, which is new where the table did not have it.
    mutating func insert(_ key: ByteView) -> Int {
        let hash = Self.hash(key)
        let slot = slot(of: key, hash: hash)
        if slots[slot] >= 0 { return Int(slots[slot]) }
        let number = count
        slots[slot] = Int32(number)
        bytes.append(contentsOf: key)
        ends.append(bytes.count)
        hashes.append(hash)
        if 2 * count > slots.count { grow() }
        return number
    }

    /// The number of an entry, which is new where the table did not have it.
    mutating func insert(_ key: String) -> Int {
        var key = key
        return key.withUTF8 { insert($0) }
    }

    /// The bytes of an entry.
    func entry(_ number: Int) -> ArraySlice<UInt8> { bytes[range(of: number)] }

    /// Calls `body` with the bytes of an entry.
    func withEntry<Result>(_ number: Int, _ body: (ByteView) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { body($0.part(range(of: number))) }
    }

    private func range(of number: Int) -> Range<Int> { (number == 0 ? 0 : ends[number - 1])..<ends[number] }

    /// The slot that holds the key, or the free one where it belongs.
    private func slot(of key: ByteView, hash: UInt64) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] >= 0 {
            let number = Int(slots[slot])
            if hashes[number] == hash, isEntry(number, key) { return slot }
            slot = (slot + 1) & mask
        }
        return slot
    }

    private func isEntry(_ number: Int, _ key: ByteView) -> Bool {
        let range = range(of: number)
        guard range.count == key.count else { return false }
        return bytes.withUnsafeBufferPointer { buffer in
            for offset in 0..<key.count where buffer[range.lowerBound + offset] != key[offset] { return false }
            return true
        }
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: 2 * slots.count)
        let mask = slots.count - 1
        for (number, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(number)
        }
    }

    /// Eight bytes at a time, each folded in by a full 128-bit product.
    @inline(__always)
    private static func hash(_ key: ByteView) -> UInt64 {
        let raw = UnsafeRawBufferPointer(key)
        var hash = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: key.count)
        var index = 0
        while index + 8 <= key.count {
            hash = mixed(hash ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index += 8
        }
        var rest: UInt64 = 0
        while index < key.count {
            rest = rest << 8 | UInt64(raw[index])
            index += 1
        }
        return mixed(hash ^ rest)
    }

    @inline(__always)
    private static func mixed(_ value: UInt64) -> UInt64 {
        let product = (value ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
        return product.high ^ product.low
    }
}

extension ByteTable: Equatable {
    /// The same entries under the same numbers.
    static func == (left: ByteTable, right: ByteTable) -> Bool { left.ends == right.ends && left.bytes == right.bytes }
}
