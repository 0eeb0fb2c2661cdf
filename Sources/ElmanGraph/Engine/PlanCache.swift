#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Plans of earlier graphs, found again by the whole structure of a graph: for the next sentence of the same shape a plan
/// costs a look-up.
struct PlanCache {
    /// A plan in one piece of memory: what it is for (kinds, arguments), then the plan itself (steps, order).
    private struct Entry {
        var hash: UInt64
        var target: Int32
        var batching: ComputationGraph.Batching
        var argumentCount: Int32
        var stepCount: Int32
        var orderCount: Int32
        var memory: UnsafeMutableRawPointer

        var kindsSize: Int { (Int(target) + 1) * MemoryLayout<Int64>.stride }
        var argumentsSize: Int { Int(argumentCount) * MemoryLayout<Int32>.stride }
        var stepsSize: Int { Int(stepCount) * MemoryLayout<Planner.Step>.stride }
        var orderSize: Int { Int(orderCount) * MemoryLayout<Int32>.stride }
        var size: Int { kindsSize + argumentsSize + stepsSize + orderSize }
    }

    private static let slotCount = 2048
    private static let largestGraph = 1 << 16
    /// Bytes of a plan for each node of its graph, about: its kind, some two arguments, its place in the order, its part of a step.
    private static let bytesPerNode = 20
    /// Bytes of all plans together.
    private static let capacity = 16 << 20
    /// The plan of each hash, modulo their number.
    private var slots: [UnsafeMutablePointer<Entry>?] = []
    private var kinds = Column<Int64>(capacity: 1024)
    private var hash: UInt64 = 0
    private var size = 0
    private var misses = 0

    func deallocate() {
        kinds.deallocate()
        for case let entry? in slots {
            entry.pointee.memory.deallocate()
            entry.deallocate()
        }
    }

    /// Bytes that plans of graphs of so many nodes take, `total` nodes in all of them.
    static func bytes(graph: Int, total: Int) -> Int {
        graph < largestGraph ? min(total, capacity / bytesPerNode) * bytesPerNode : 0
    }

    private var slot: Int { Int(truncatingIfNeeded: hash % UInt64(Self.slotCount)) }

    /// Fills `steps` and `order` where a graph of the same structure was planned before.
    mutating func restore(
        _ target: Int, _ graph: UnsafeMutablePointer<GraphStorage>, _ batching: ComputationGraph.Batching,
        steps: inout Column<Planner.Step>, order: inout Column<Int32>
    ) -> Bool {
        guard target < Self.largestGraph else { return false }
        describe(target, graph)
        guard !slots.isEmpty, let entry = slots[slot]?.pointee, entry.hash == hash, Int(entry.target) == target,
            entry.batching == batching, Int(entry.argumentCount) == Self.argumentCount(target, graph),
            memcmp(entry.memory, kinds.pointer, entry.kindsSize) == 0,
            memcmp(entry.memory + entry.kindsSize, graph.pointee.arguments.pointer, entry.argumentsSize) == 0
        else { return false }
        let plan = entry.memory + entry.kindsSize + entry.argumentsSize
        steps.resize(to: Int(entry.stepCount))
        memcpy(steps.pointer, plan, entry.stepsSize)
        order.resize(to: Int(entry.orderCount))
        memcpy(order.pointer, plan + entry.stepsSize, entry.orderSize)
        return true
    }

    /// Remembers a plan that was made after `restore` found none.
    mutating func keep(
        _ target: Int, _ graph: UnsafeMutablePointer<GraphStorage>, _ batching: ComputationGraph.Batching,
        steps: Column<Planner.Step>, order: Column<Int32>
    ) {
        guard target < Self.largestGraph else { return }
        if slots.isEmpty { slots = [UnsafeMutablePointer<Entry>?](repeating: nil, count: Self.slotCount) }
        var entry = Entry(
            hash: hash, target: Int32(target), batching: batching, argumentCount: Int32(Self.argumentCount(target, graph)),
            stepCount: Int32(steps.count), orderCount: Int32(order.count), memory: UnsafeMutableRawPointer(kinds.pointer))
        if slots[slot] != nil {
            // Streams of ever new shapes would only copy plans that nobody asks for again.
            misses += 1
            guard misses % 8 == 0 else { return }
        }
        remove(at: slot)
        if size + entry.size > Self.capacity { for index in slots.indices { remove(at: index) } }
        entry.memory = .allocate(byteCount: entry.size, alignment: MemoryLayout<Int64>.alignment)
        memcpy(entry.memory, kinds.pointer, entry.kindsSize)
        memcpy(entry.memory + entry.kindsSize, graph.pointee.arguments.pointer, entry.argumentsSize)
        let plan = entry.memory + entry.kindsSize + entry.argumentsSize
        memcpy(plan, steps.pointer, entry.stepsSize)
        memcpy(plan + entry.stepsSize, order.pointer, entry.orderSize)
        let place = UnsafeMutablePointer<Entry>.allocate(capacity: 1)
        place.initialize(to: entry)
        slots[slot] = place
        size += entry.size
    }

    private mutating func remove(at index: Int) {
        guard let entry = slots[index] else { return }
        size -= entry.pointee.size
        entry.pointee.memory.deallocate()
        entry.deallocate()
        slots[index] = nil
    }

    /// Arguments of the nodes up to `target`.
    private static func argumentCount(_ target: Int, _ graph: UnsafeMutablePointer<GraphStorage>) -> Int {
        let node = graph.pointee.nodes[target]
        return Int(node.firstArgument) + Int(node.argumentCount)
    }

    /// Op, signature, number of arguments of every node up to `target` and whether it is computed, and a hash of them.
    private mutating func describe(_ target: Int, _ graph: UnsafeMutablePointer<GraphStorage>) {
        let nodes = graph.pointee.nodes.pointer
        kinds.resize(to: target + 1)
        var hash: UInt64 = 0
        for index in 0...target {
            let node = nodes + index
            let isComputed: Int64 = node.pointee.value == nil ? 0 : 1
            let kind =
                Int64(node.pointee.op) << 48 ^ Int64(node.pointee.argumentCount) << 33 ^ isComputed << 32
                ^ Int64(UInt32(bitPattern: node.pointee.signature))
            kinds[index] = kind
            hash = (hash ^ UInt64(bitPattern: kind)) &* 0xD6E8_FEB8_6659_FD93
            hash ^= hash >> 31
        }
        self.hash = hash
    }
}
