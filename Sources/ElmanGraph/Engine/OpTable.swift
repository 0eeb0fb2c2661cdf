import ElmanTensor

/// All ops of the process, by index. Reading takes no lock: entries are only ever added.
package enum OpTable {
    private static let capacity = 4096
    private nonisolated(unsafe) static let entries: UnsafeMutablePointer<Unmanaged<Op>?> = {
        let pointer = UnsafeMutablePointer<Unmanaged<Op>?>.allocate(capacity: capacity)
        pointer.initialize(repeating: nil, count: capacity)
        return pointer
    }()
    private static let next = Guarded(0)

    static func reserveIndex() -> UInt16 {
        next.withLock { count in
            guard count < capacity else { fail("more than \(capacity) ops are declared; declare each once, as a static value") }
            count += 1
            return UInt16(count - 1)
        }
    }

    static func register(_ op: Op) { entries[Int(op.id)] = Unmanaged.passRetained(op) }

    /// All ops that the process has touched so far.
    package static var declared: [Op] { (0..<next.withLock { $0 }).map { op(UInt16($0)) } }

    static var pointer: UnsafePointer<Unmanaged<Op>?> { UnsafePointer(entries) }

    static func op(_ id: UInt16) -> Op {
        guard let entry = entries[Int(id)] else { fail("op \(id) is not declared") }
        return entry.takeUnretainedValue()
    }
}
