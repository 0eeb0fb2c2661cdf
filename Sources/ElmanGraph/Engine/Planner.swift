import ElmanTensor

/// Decides which nodes run together and in which order. Integer work only, linear in nodes and arguments.
struct Planner {
    /// One step of a plan: nodes `order[first..<first + count]` as one batch, or views to point at their arguments.
    struct Step {
        var first: Int32
        var count: Int32
        var isView: Bool
    }

    private(set) var steps = Column<Step>(capacity: 256)
    private(set) var order = Column<Int32>(capacity: 1024)

    /// Zero everywhere between two plans.
    private var needed = Column<UInt8>(capacity: 0)
    private var pending = Column<Int32>(capacity: 1024)
    private var successorStart = Column<Int32>(capacity: 1024)
    private var successors = Column<Int32>(capacity: 2048)
    private var nextReady = Column<Int32>(capacity: 1024)
    private var classes = Column<ClassState>(capacity: 64)
    private var active = Column<Int32>(capacity: 64)
    private var cache = PlanCache()

    /// What is known of the nodes of one signature while a plan is made.
    private struct ClassState {
        var firstReady: Int32 = -1
        var lastReady: Int32 = -1
        var readyCount: Int32 = 0
        var count: Int32 = 0
        var depthSum: Int64 = 0
        var averageDepth: Float = 0
    }

    func deallocate() {
        steps.deallocate()
        order.deallocate()
        needed.deallocate()
        pending.deallocate()
        successorStart.deallocate()
        successors.deallocate()
        nextReady.deallocate()
        classes.deallocate()
        active.deallocate()
        cache.deallocate()
    }

    /// Fills `steps` and `order` with what must run before `target` has a value.
    mutating func plan(
        _ target: Int, in graph: UnsafeMutablePointer<GraphStorage>, batching: ComputationGraph.Batching
    ) {
        let isFresh = graph.pointee.batches.count == 0
        if isFresh, cache.restore(target, graph, batching, steps: &steps, order: &order) { return }
        steps.truncate(to: 0)
        order.truncate(to: 0)
        let first = markNeeded(target, graph)
        switch batching {
        case .none: planOneByOne(first, target, graph)
        case .byDepth: planByDepth(first, target, graph)
        case .byAgenda: planByAgenda(first, target, graph)
        }
        (needed.pointer + first).update(repeating: 0, count: target - first + 1)
        if isFresh { cache.keep(target, graph, batching, steps: steps, order: order) }
    }

    /// Marks the nodes without a value that `target` needs and returns the first of them.
    private mutating func markNeeded(_ target: Int, _ graph: UnsafeMutablePointer<GraphStorage>) -> Int {
        let nodes = graph.pointee.nodes.pointer, arguments = graph.pointee.arguments.pointer
        let known = needed.count
        if target >= known {
            needed.resize(to: target + 1)
            (needed.pointer + known).update(repeating: 0, count: target + 1 - known)
        }
        let needed = needed.pointer
        needed[target] = 1
        var first = target, index = target, unvisited = 1
        while unvisited > 0 {
            if needed[index] != 0 {
                first = index
                unvisited -= 1
                let start = Int(nodes[index].firstArgument)
                for position in start..<start + Int(nodes[index].argumentCount) {
                    let argument = Int(arguments[position])
                    guard nodes[argument].value == nil, needed[argument] == 0 else { continue }
                    needed[argument] = 1
                    unvisited += 1
                }
            }
            index -= 1
        }
        return first
    }

    private mutating func planOneByOne(_ first: Int, _ target: Int, _ graph: UnsafeMutablePointer<GraphStorage>) {
        for index in first...target where needed[index] != 0 {
            emit(single: index, isView: isView(index, graph))
        }
    }

    private mutating func emit(single index: Int, isView: Bool) {
        steps.append(Step(first: Int32(order.count), count: 1, isView: isView))
        order.append(Int32(index))
    }

    /// Nodes that wait to be computed have a signature, but for views.
    @inline(__always)
    private func isView(_ node: Int, _ graph: UnsafeMutablePointer<GraphStorage>) -> Bool {
        graph.pointee.nodes.pointer[node].signature < 0
    }

    /// Nodes of one depth are independent; among them those of one signature are a batch.
    private mutating func planByDepth(_ first: Int, _ target: Int, _ graph: UnsafeMutablePointer<GraphStorage>) {
        let nodes = graph.pointee.nodes.pointer
        var list = (first...target).filter { needed[$0] != 0 }
        list.sort {
            (nodes[$0].depth, nodes[$0].signature, $0) < (nodes[$1].depth, nodes[$1].signature, $1)
        }
        var start = 0
        while start < list.count {
            let node = nodes[list[start]]
            var end = start + 1
            while end < list.count, nodes[list[end]].depth == node.depth, nodes[list[end]].signature == node.signature {
                end += 1
            }
            let isView = isView(list[start], graph)
            steps.append(Step(first: Int32(order.count), count: Int32(end - start), isView: isView))
            for position in start..<end { order.append(Int32(list[position])) }
            start = end
        }
    }

    // MARK: Agenda

    private mutating func planByAgenda(_ first: Int, _ target: Int, _ graph: UnsafeMutablePointer<GraphStorage>) {
        countSuccessors(first, target, graph)
        let nodes = graph.pointee.nodes.pointer
        let classCount = graph.pointee.signatures.count
        self.classes.resize(to: classCount)
        self.classes.pointer.update(repeating: ClassState(), count: classCount)
        active.truncate(to: 0)
        let needed = needed.pointer, classes = classes.pointer
        for index in first...target where needed[index] != 0 && nodes[index].signature >= 0 {
            let state = classes + Int(nodes[index].signature)
            state.pointee.count += 1
            state.pointee.depthSum += Int64(nodes[index].depth)
        }
        for index in 0..<classCount where classes[index].count > 0 {
            classes[index].averageDepth = Float(classes[index].depthSum) / Float(classes[index].count)
        }
        nextReady.resize(to: target + 1)
        let start = order.count
        for index in first...target where needed[index] != 0 && pending[index] == 0 { becomeReady(index, graph) }
        finishViews(from: start, graph)
        while active.count > 0 { runLowest(graph) }
    }

    /// Counts the arguments each node waits for and lists, for each node, who waits for it.
    private mutating func countSuccessors(_ first: Int, _ target: Int, _ graph: UnsafeMutablePointer<GraphStorage>) {
        let nodes = graph.pointee.nodes.pointer, arguments = graph.pointee.arguments.pointer
        let size = target + 1
        pending.resize(to: size)
        successorStart.resize(to: size + 1)
        (successorStart.pointer + first).update(repeating: 0, count: size + 1 - first)
        let needed = needed.pointer, pending = pending.pointer, starts = successorStart.pointer
        var edgeCount = 0
        for index in first...target where needed[index] != 0 {
            var waits: Int32 = 0
            let own = arguments + Int(nodes[index].firstArgument)
            for position in 0..<Int(nodes[index].argumentCount) {
                let argument = Int(own[position])
                if nodes[argument].value == nil {
                    waits += 1
                    starts[argument + 1] += 1
                }
            }
            pending[index] = waits
            edgeCount += Int(waits)
        }
        for index in first..<size { starts[index + 1] += starts[index] }
        successors.resize(to: edgeCount)
        let successors = successors.pointer
        // Filling moves each start to the next node's; walking backwards restores them.
        for index in stride(from: target, through: first, by: -1) where pending[index] != 0 && needed[index] != 0 {
            let own = arguments + Int(nodes[index].firstArgument)
            for position in 0..<Int(nodes[index].argumentCount) {
                let argument = Int(own[position])
                if nodes[argument].value == nil {
                    starts[argument + 1] -= 1
                    successors[Int(starts[argument + 1])] = Int32(truncatingIfNeeded: index)
                }
            }
        }
    }

    /// Successors of a node, after `countSuccessors`: the ends have become the starts.
    @inline(__always)
    private func successorRange(_ node: Int, _ last: Int) -> Range<Int> {
        let start = Int(successorStart[node + 1])
        let end = node + 2 <= last ? Int(successorStart[node + 2]) : successors.count
        return start..<end
    }

    @inline(__always)
    private mutating func becomeReady(_ index: Int, _ graph: UnsafeMutablePointer<GraphStorage>) {
        if isView(index, graph) {
            order.append(Int32(index))
            return
        }
        let number = Int(graph.pointee.nodes[index].signature)
        let state = classes.pointer + number
        nextReady[index] = -1
        if state.pointee.readyCount == 0 {
            state.pointee.firstReady = Int32(index)
            active.append(Int32(number))
        } else {
            nextReady[Int(state.pointee.lastReady)] = Int32(index)
        }
        state.pointee.lastReady = Int32(index)
        state.pointee.readyCount += 1
    }

    /// Emits the ready nodes of the class that lies lowest, and frees those that waited for them.
    private mutating func runLowest(_ graph: UnsafeMutablePointer<GraphStorage>) {
        let classes = classes.pointer, active = active.pointer
        var best = 0, lowest = classes[Int(active[0])].averageDepth
        for position in 1..<max(self.active.count, 1) {
            let state = classes + Int(active[position]), depth = state.pointee.averageDepth
            // Of equals the one that was built first: so that a part of a graph has the same order as by itself.
            if depth < lowest || (depth == lowest && state.pointee.firstReady < classes[Int(active[best])].firstReady) {
                best = position
                lowest = depth
            }
        }
        let state = classes + Int(active[best])
        active[best] = active[self.active.count - 1]
        self.active.truncate(to: self.active.count - 1)
        let start = order.count
        steps.append(Step(first: Int32(start), count: state.pointee.readyCount, isView: false))
        var node = state.pointee.firstReady
        while node >= 0 {
            order.append(node)
            node = nextReady[Int(node)]
        }
        state.pointee.readyCount = 0
        let end = order.count
        for position in start..<end { free(Int(order[position]), graph) }
        finishViews(from: end, graph)
    }

    /// Views that became ready are resolved at once, and free their successors in turn.
    private mutating func finishViews(from start: Int, _ graph: UnsafeMutablePointer<GraphStorage>) {
        var position = start
        while position < order.count {
            free(Int(order[position]), graph)
            position += 1
        }
        if order.count > start {
            steps.append(Step(first: Int32(start), count: Int32(order.count - start), isView: true))
        }
    }

    @inline(__always)
    private mutating func free(_ node: Int, _ graph: UnsafeMutablePointer<GraphStorage>) {
        let successors = successors.pointer, pending = pending.pointer
        for position in successorRange(node, successorStart.count - 1) {
            let successor = Int(successors[position])
            pending[successor] -= 1
            if pending[successor] == 0 { becomeReady(successor, graph) }
        }
    }
}
