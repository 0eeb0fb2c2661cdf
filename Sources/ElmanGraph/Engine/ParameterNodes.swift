/// Which node stands for a parameter in a graph: a small hash table that is emptied in one step.
struct ParameterNodes {
    private struct Slot {
        var key: UInt
        var epoch: UInt32
        var node: Int32
    }

    private var slots = Column<Slot>(capacity: 64)
    private var epoch: UInt32 = 1
    private var count = 0

    init() {
        slots.resize(to: 64)
        slots.pointer.update(repeating: Slot(key: 0, epoch: 0, node: 0), count: 64)
    }

    func deallocate() { slots.deallocate() }

    mutating func clear() {
        epoch &+= 1
        count = 0
    }

    @inline(__always)
    private static func key(_ entry: Unmanaged<ParameterEntry>, _ isUpdated: Bool) -> UInt {
        UInt(bitPattern: entry.toOpaque()) | (isUpdated ? 1 : 0)
    }

    @inline(__always)
    private func slot(of key: UInt) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: (key >> 4) &* 0x9E37_79B9_7F4A_7C15 >> 20 ^ key) & mask
        while slots[slot].epoch == epoch, slots[slot].key != key { slot = (slot + 1) & mask }
        return slot
    }

    /// The node of a parameter, or -1.
    @inline(__always)
    func node(of entry: Unmanaged<ParameterEntry>, isUpdated: Bool) -> Int32 {
        let found = slots[slot(of: Self.key(entry, isUpdated))]
        return found.epoch == epoch ? found.node : -1
    }

    mutating func insert(_ node: Int32, for entry: ParameterEntry, isUpdated: Bool) {
        if count * 2 >= slots.count { grow() }
        let key = Self.key(.passUnretained(entry), isUpdated)
        slots[slot(of: key)] = Slot(key: key, epoch: epoch, node: node)
        count += 1
    }

    private mutating func grow() {
        let old = (0..<slots.count).map { slots[$0] }.filter { $0.epoch == epoch }
        let size = slots.count * 2
        slots.resize(to: size)
        slots.pointer.update(repeating: Slot(key: 0, epoch: 0, node: 0), count: size)
        for entry in old { slots[slot(of: entry.key)] = entry }
    }
}
