import ElmanTensor

/// Where a node like the next one may be found: networks do the same at every word, so a node's shape and signature are
/// most often those of an earlier one, and comparing the two costs less than working them out.
struct Twins {
    private static let size = 256
    /// The last node inserted with each hash of op and arguments; a hint, to be checked.
    private let hints: UnsafeMutablePointer<Int32>

    init() {
        hints = .allocate(capacity: Self.size)
        hints.update(repeating: 0, count: Self.size)
    }

    func deallocate() { hints.deallocate() }

    subscript(hash: Int) -> Int32 {
        @inline(__always) get { hints[hash & (Self.size - 1)] }
        @inline(__always) nonmutating set { hints[hash & (Self.size - 1)] = newValue }
    }
}

// On the pointer and not on the storage, which would be copied at each call.
extension UnsafeMutablePointer<GraphStorage> {
    /// Nodes that may be twins have equal hashes.
    @inline(__always)
    func twinHash(_ op: Op, _ arguments: UnsafeBufferPointer<Int32>, _ settings: OpSettings) -> Int {
        guard let first = arguments.first else { return Int(op.id) }
        let shared = op.firstShared
        let key = shared < arguments.count ? arguments[shared] : pointee.nodes[Int(first)].shape
        return Int(op.id) &* 37 &+ Int(key) &+ settings.attribute0 &* 5
    }

    /// A node of the same signature as one that is about to be inserted, whose arguments the op can read where they lie; -1
    /// where none is at hand. Where neither has settings of its own, their shapes are the same too.
    @inline(__always)
    func twin(of op: Op, _ arguments: UnsafeBufferPointer<Int32>, _ settings: OpSettings) -> Int {
        let candidate = Int(pointee.twins[twinHash(op, arguments, settings)])
        guard candidate < pointee.nodes.count, !op.isSingle else { return -1 }
        let nodes = pointee.nodes.pointer, twin = nodes + candidate
        guard twin.pointee.op == op.id, Int(twin.pointee.argumentCount) == arguments.count,
            Int(twin.pointee.attribute0) == settings.attribute0, Int(twin.pointee.attribute1) == settings.attribute1,
            twin.pointee.scalar.bitPattern == settings.scalar.bitPattern
        else { return -1 }
        let others = pointee.arguments.pointer + Int(twin.pointee.firstArgument)
        for position in 0..<arguments.count {
            let argument = arguments[position], other = others[position]
            if argument == other { continue }
            if op.shares(position) { return -1 }
            let flags = nodes[Int(argument)].flags
            guard nodes[Int(argument)].shape == nodes[Int(other)].shape, flags == nodes[Int(other)].flags,
                flags.isDisjoint(with: [.poisoned, .padded, .parameter])
            else { return -1 }
        }
        return candidate
    }
}
