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
    private struct Entry {
        var hash: UInt64
        var target: Int
        var batching: ComputationGraph.Batching
        var kinds: [Int64]
        var arguments: [Int32]
        var steps: [Planner.Step]
        var order: [Int32]
        var lastUse: Int
    }

    private static let capacity = 32
    private static let largestGraph = 1 << 16
    private var entries: [Entry] = []
    private var kinds = Column<Int64>(capacity: 1024)
    private var hash: UInt64 = 0
    private var clock = 0
    private var misses = 0

    func deallocate() { kinds.deallocate() }

    /// Fills `steps` and `order` where a graph of the same structure was planned before.
    mutating func restore(
        _ target: Int, _ graph: UnsafeMutablePointer<GraphStorage>, _ batching: ComputationGraph.Batching,
        steps: inout Column<Planner.Step>, order: inout Column<Int32>
    ) -> Bool {
        guard target < Self.largestGraph else { return false }
        describe(target, graph)
        clock += 1
        let argumentCount = Self.argumentCount(target, graph)
        for index in entries.indices {
            guard entries[index].hash == hash, entries[index].target == target, entries[index].batching == batching,
                entries[index].arguments.count == argumentCount,
                memcmp(entries[index].kinds, kinds.pointer, (target + 1) * 8) == 0,
                memcmp(entries[index].arguments, graph.pointee.arguments.pointer, argumentCount * 4) == 0
            else { continue }
            entries[index].lastUse = clock
            Self.fill(&steps, entries[index].steps)
            Self.fill(&order, entries[index].order)
            return true
        }
        return false
    }

    /// Remembers a plan that was made after `restore` found none.
    mutating func keep(
        _ target: Int, _ graph: UnsafeMutablePointer<GraphStorage>, _ batching: ComputationGraph.Batching,
        steps: Column<Planner.Step>, order: Column<Int32>
    ) {
        guard target < Self.largestGraph else { return }
        if entries.count >= Self.capacity {
            // Streams of ever new shapes would only copy plans that nobody asks for again.
            misses += 1
            guard misses % 8 == 0 else { return }
            let oldest = entries.indices.min { entries[$0].lastUse < entries[$1].lastUse }!
            entries.remove(at: oldest)
        }
        entries.append(
            Entry(
                hash: hash, target: target, batching: batching,
                kinds: Array(UnsafeBufferPointer(start: kinds.pointer, count: target + 1)),
                arguments: Array(
                    UnsafeBufferPointer(start: graph.pointee.arguments.pointer, count: Self.argumentCount(target, graph))),
                steps: Array(UnsafeBufferPointer(start: steps.pointer, count: steps.count)),
                order: Array(UnsafeBufferPointer(start: order.pointer, count: order.count)), lastUse: clock))
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

    private static func fill<Element: BitwiseCopyable>(_ column: inout Column<Element>, _ elements: [Element]) {
        column.resize(to: elements.count)
        elements.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            column.pointer.update(from: base, count: elements.count)
        }
    }
}
