import CElmanKernels
import ElmanTensor

extension ComputationGraph {
    /// Computes a node and everything it needs that is not computed yet.
    func evaluate(_ target: Int) {
        let graph = storage
        if graph.pointee.nodes[target].value != nil { return }
        graph.pointee.planner.plan(target, in: graph, batching: batching)
        productPrecision.use { runSteps() }
    }

    /// Runs what was planned.
    @inline(__always)
    private func runSteps() {
        let graph = storage
        let table = OpTable.pointer
        for step in 0..<graph.pointee.planner.steps.count {
            let record = graph.pointee.planner.steps[step]
            let nodes = UnsafePointer(graph.pointee.planner.order.pointer + Int(record.first))
            if record.isView {
                graph.pointee.resolveViews(nodes, count: Int(record.count), table)
            } else {
                let op = table[Int(graph.pointee.nodes[Int(nodes[0])].op)].unsafelyUnwrapped
                op._withUnsafeGuaranteedRef { run(nodes, count: Int(record.count), $0) }
            }
        }
    }

    /// Runs one batch forward.
    @inline(__always)
    private func run(_ nodes: UnsafePointer<Int32>, count: Int, _ op: Op) {
        let graph = storage
        let size = graph.pointee.size(of: Int(nodes[0]))
        let rowCount = op.isRagged ? graph.pointee.memberCount(of: nodes, count: count) : count * Int(size.batchSize)
        let output = graph.pointee.values.allocate(rowCount * Int(size.count))
        let firstNode = graph.pointee.batchNodes.extend(by: count)
        var value = output
        for position in 0..<count {
            let node = nodes[position]
            graph.pointee.batchNodes[firstNode + position] = node
            graph.pointee.nodes.pointer[Int(node)].value = value
            value += Int(op.isRagged ? graph.pointee.size(of: Int(node)).batchSize : size.batchSize) * Int(size.count)
        }
        let batch = graph.pointee.batches.count
        graph.pointee.batches.append(
            ExecutedBatch(
                op: op.id, firstNode: Int32(truncatingIfNeeded: firstNode), nodeCount: Int32(truncatingIfNeeded: count),
                rowCount: Int32(truncatingIfNeeded: rowCount),
                firstRows: Int32(truncatingIfNeeded: graph.pointee.batchRows.count), auxiliary: nil, output: output))
        let kept = graph.pointee.auxiliary.used
        graph.collectArguments(batch, op)
        let start = profile?.time
        op.forward(call(batch, inputGradients: nil))
        if let start { note(.forward, batch, op, since: start) }
        if !keepsForBackward { graph.pointee.auxiliary.reset(to: kept) }
        if checksFinite, ek_all_finite(rowCount * Int(size.count), output) == 0 { reportNonFinite(batch) }
    }

    /// Adds to the profile that a batch ran.
    @inline(never)
    func note(_ pass: ExecutionProfile.Pass, _ batch: Int, _ op: Op, since start: Double) {
        let record = storage.pointee.batches[batch]
        let shape = storage.pointee.shape(of: Int(storage.pointee.batchNodes[Int(record.firstNode)]))
        profile?.add(pass, op.name, shape, nodes: Int(record.nodeCount), rows: Int(record.rowCount), since: start)
    }

    /// The call of a batch.
    @inline(__always)
    func call(_ batch: Int, inputGradients: UnsafePointer<Rows?>?) -> OpCall {
        let graph = storage
        let record = graph.pointee.batches.pointer + batch
        let nodes = UnsafePointer(graph.pointee.batchNodes.pointer + Int(record.pointee.firstNode))
        let first = graph.pointee.nodes.pointer + Int(nodes[0])
        let size = graph.pointee.shapes.size(Int(first.pointee.shape)), nodeCount = Int(record.pointee.nodeCount)
        let output = Rows(
            base: record.pointee.output, stride: Int(size.count), size: Int(size.count),
            count: Int(record.pointee.rowCount), columnStride: Int(size.rows))
        return OpCall(
            graph: graph, batch: batch, nodeCount: nodeCount, output: output,
            inputs: UnsafePointer(graph.pointee.batchRows.pointer + Int(record.pointee.firstRows)),
            inputGradients: inputGradients, attribute0: Int(first.pointee.attribute0),
            attribute1: Int(first.pointee.attribute1), scalar: first.pointee.scalar, seed: graph.pointee.seed,
            keepsForBackward: keepsForBackward, firstNode: nodes)
    }

    /// Copies out the value of an expression.
    func value(of expression: Expression) -> Tensor {
        let index = node(expression)
        if isSketch { return Tensor(repeating: 0, shape: storage.pointee.shape(of: index)) }
        evaluate(index)
        return storage.pointee.copy(of: index, at: storage.pointee.nodes[index].value!)
    }
}

extension GraphStorage {
    /// A node's value or gradient as a tensor.
    func copy(of node: Int, at pointer: UnsafeMutablePointer<Float>) -> Tensor {
        let record = nodes[node]
        let shape = shape(of: node)
        if record.flags.contains(.parameter) {
            return Tensor(shape: shape, scalars: entries[Int(record.data)].copy(of: pointer))
        }
        let count = shape.count
        let scalars = [Float](unsafeUninitializedCapacity: shape.totalCount) { buffer, initialized in
            for member in 0..<shape.batchSize {
                (buffer.baseAddress! + member * count).update(from: pointer + member * Int(record.rowStride), count: count)
            }
            initialized = shape.totalCount
        }
        return Tensor(shape: shape, scalars: scalars)
    }

    /// Members of the batches of several nodes.
    func memberCount(of nodes: UnsafePointer<Int32>, count: Int) -> Int {
        var total = 0
        for position in 0..<count { total += Int(size(of: Int(nodes[position])).batchSize) }
        return total
    }

    /// Points views at their part of a computed value.
    func resolveViews(_ views: UnsafePointer<Int32>, count: Int, _ table: UnsafePointer<Unmanaged<Op>?>) {
        for position in 0..<count {
            let node = nodes.pointer + Int(views[position])
            let parent = nodes.pointer + Int(arguments[Int(node.pointee.firstArgument)])
            let isMember = table[Int(node.pointee.op)]!._withUnsafeGuaranteedRef { $0.kind == .memberView }
            let unit = isMember ? Int(parent.pointee.rowStride) : 1
            node.pointee.value = parent.pointee.value.unsafelyUnwrapped + Int(node.pointee.attribute0) * unit
            node.pointee.rowStride = parent.pointee.rowStride
        }
    }

    /// Takes the values of views whose arguments were forgotten by a rewind.
    func forgetViewsOfForgotten(below count: Int) {
        for index in 0..<count where nodes[index].argumentCount == 1 {
            guard OpTable.op(nodes[index].op).isView else { continue }
            if nodes[Int(arguments[Int(nodes[index].firstArgument)])].value == nil { nodes.pointer[index].value = nil }
        }
    }

    /// Drops what was remembered of leaves from node `count` on.
    mutating func forgetLeaves(from count: Int) {
        zeroNodes = zeroNodes.filter { $0.value < count }
        parameterNodes.clear()
        for index in 0..<count where nodes[index].flags.contains(.parameter) {
            let entry = entries[Int(nodes[index].data)]
            let isUpdated = nodes[index].flags.contains(.needsGradient) || entry.isFrozen
            parameterNodes.insert(Int32(index), for: entry, isUpdated: isUpdated)
        }
    }
}
