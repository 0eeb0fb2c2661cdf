import ElmanTensor

/// Shapes by number, so that a node stores four bytes and equal shapes are equal numbers.
struct ShapeTable {
    /// What is asked for most often of a shape.
    struct Size: BitwiseCopyable {
        /// Elements of one member of the batch.
        var count: Int32
        var rows: Int32
        var batchSize: Int32
    }

    private var shapes = Column<Shape>(capacity: 64)
    private var sizes = Column<Size>(capacity: 64)
    private var slots = Column<Int32>(capacity: 256)

    init() {
        slots.resize(to: 256)
        slots.pointer.update(repeating: -1, count: 256)
    }

    func deallocate() {
        shapes.deallocate()
        sizes.deallocate()
        slots.deallocate()
    }

    @inline(__always)
    subscript(index: Int) -> Shape { shapes[index] }

    @inline(__always)
    func size(_ index: Int) -> Size { sizes[index] }

    /// The number of a shape, which is new where it has not been seen.
    @inline(__always)
    mutating func index(of shape: Shape) -> Int32 {
        let mask = slots.count - 1
        var slot = Self.hash(shape) & mask
        while true {
            let candidate = slots[slot]
            if candidate < 0 { return insert(shape, at: slot) }
            if shapes[Int(candidate)] == shape { return candidate }
            slot = (slot + 1) & mask
        }
    }

    /// Starts afresh after very many different shapes.
    mutating func clearIfLarge() {
        guard shapes.count > 4096 else { return }
        shapes.truncate(to: 0)
        sizes.truncate(to: 0)
        slots.pointer.update(repeating: -1, count: slots.count)
    }

    private static func hash(_ shape: Shape) -> Int {
        var hash = UInt64(truncatingIfNeeded: shape.batchSize) &* 0x9E37_79B9_7F4A_7C15
        for index in 0..<4 {
            hash = (hash ^ UInt64(UInt32(bitPattern: shape.extents[index]))) &* 0xD6E8_FEB8_6659_FD93
            hash ^= hash >> 32
        }
        return Int(truncatingIfNeeded: hash ^ UInt64(shape.rank)) & Int.max
    }

    @inline(never)
    private mutating func insert(_ shape: Shape, at slot: Int) -> Int32 {
        let index = Int32(shapes.count)
        shapes.append(shape)
        sizes.append(Size(count: Int32(shape.count), rows: Int32(shape.rows), batchSize: Int32(shape.batchSize)))
        slots[slot] = index
        if shapes.count * 2 > slots.count { rehash() }
        return index
    }

    private mutating func rehash() {
        let size = slots.count * 2
        slots.resize(to: size)
        slots.pointer.update(repeating: -1, count: size)
        for index in 0..<shapes.count {
            var slot = Self.hash(shapes[index]) & (size - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = Int32(index)
        }
    }
}
