import CElmanKernels
import ElmanTensor

extension ComputationGraph {
    /// Computes a node and everything it needs that is not computed yet.
    func evaluate(_ target: Int) {
        let graph = storage
        if graph.pointee.nodes[target].value != nil { return }
        graph.pointee.planner.plan(target, in: graph, batching: batching)
        let table = OpTable.pointer
        for step in 0..<graph.pointee.planner.steps.count {
            let record = graph.pointee.planner.steps[step]
            let nodes = UnsafePointer(graph.pointee.planner.order.pointer + Int(record.first))
            if record.isView {
                graph.pointee.resolveViews(nodes, count: Int(record.count), table)
            } else {
                run(nodes, count: Int(record.count), table)
            }
        }
    }

    /// Runs one batch forward.
    private func run(_ nodes: UnsafePointer<Int32>, count: Int, _ table: UnsafePointer<Unmanaged<Op>?>) {
        let graph = storage
        let first = graph.pointee.nodes[Int(nodes[0])]
        let op = table[Int(first.op)].unsafelyUnwrapped._withUnsafeGuaranteedRef { $0 }
        let shape = graph.pointee.shapes[Int(first.shape)]
        let rowCount = count * shape.batchSize
        let size = shape.count
        let output = graph.pointee.values.allocate(rowCount * size)
        let firstNode = graph.pointee.batchNodes.count
        for position in 0..<count {
            let node = nodes[position]
            graph.pointee.batchNodes.append(node)
            graph.pointee.nodes.pointer[Int(node)].value = output + position * shape.batchSize * size
        }
        let batch = graph.pointee.batches.count
        graph.pointee.batches.append(
            ExecutedBatch(
                op: first.op, firstNode: Int32(firstNode), nodeCount: Int32(count),
                firstRows: Int32(graph.pointee.batchRows.count), auxiliary: nil, output: output))
        graph.pointee.collectArguments(batch, op)
        op.forward(call(batch, inputGradients: nil))
        if checksFinite, ek_all_finite(rowCount * size, output) == 0 { reportNonFinite(batch) }
    }

    /// The call of a batch.
    func call(_ batch: Int, inputGradients: UnsafePointer<Rows?>?) -> OpCall {
        let graph = storage
        let record = graph.pointee.batches[batch]
        let nodes = UnsafePointer(graph.pointee.batchNodes.pointer + Int(record.firstNode))
        let first = graph.pointee.nodes.pointer + Int(nodes[0])
        let shape = graph.pointee.shapes[Int(first.pointee.shape)]
        let output = Rows(
            base: record.output, stride: shape.count, size: shape.count, count: Int(record.nodeCount) * shape.batchSize,
            columnStride: shape.rows)
        return OpCall(
            graph: graph, batch: batch, nodeCount: Int(record.nodeCount), output: output,
            inputs: UnsafePointer(graph.pointee.batchRows.pointer + Int(record.firstRows)), inputGradients: inputGradients,
            attribute0: Int(first.pointee.attribute0), attribute1: Int(first.pointee.attribute1),
            scalar: first.pointee.scalar, seed: seed, keepsForBackward: keepsForBackward, firstNode: nodes)
    }

    /// Copies out the value of an expression.
    func value(of expression: Expression) -> Tensor {
        let index = node(expression)
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

    // MARK: Arguments of a batch

    /// Finds where the rows of each argument lie, and gathers those that lie scattered.
    mutating func collectArguments(_ batch: Int, _ op: Op) {
        let record = batches[batch]
        let members = batchNodes.pointer + Int(record.firstNode)
        let argumentCount = Int(nodes[Int(members[0])].argumentCount)
        for position in 0..<argumentCount {
            let first = argument(position, of: Int(members[0]))
            if op.shares(position) && op.sharedArguments >> 63 == 0 {
                batchRows.append(singleRows(of: first))
            } else if let rows = regularRows(position, batch: record, op) {
                batchRows.append(rows)
            } else {
                // The gradients of parameters lie elsewhere: rows among which there is one are copied.
                let isScattered = op.scatteredArguments >> UInt64(position) & 1 == 1 && !hasParameter(position, record)
                let pointers = rowPointers(position, batch: record, op)
                let size = shape(of: first).count
                let count = rowsPerNode(first, record, op) * Int(record.nodeCount)
                if isScattered {
                    batchRows.append(
                        Rows(base: pointers[0], stride: 0, size: size, count: count, columnStride: size, pointers: pointers))
                } else {
                    batchRows.append(gather(pointers, count: count, size: size, rows: shape(of: first).rows))
                }
            }
        }
    }

    @inline(__always)
    func argument(_ position: Int, of node: Int) -> Int {
        Int(arguments[Int(nodes[node].firstArgument) + position])
    }

    /// Rows that each node of a batch has of an argument.
    @inline(__always)
    func rowsPerNode(_ argument: Int, _ record: ExecutedBatch, _ op: Op) -> Int {
        if op.decidesBatch { return shape(of: argument).batchSize }
        return shape(of: Int(batchNodes[Int(record.firstNode)])).batchSize
    }

    /// The rows of an argument that is one expression for the whole batch.
    private func singleRows(of node: Int) -> Rows {
        let shape = shape(of: node), record = nodes[node]
        return Rows(
            base: record.value.unsafelyUnwrapped, stride: Int(record.rowStride), size: shape.count, count: shape.batchSize,
            columnStride: Int(record.columnStride))
    }

    /// Whether a parameter is among the nodes that are one argument of a batch.
    private func hasParameter(_ position: Int, _ record: ExecutedBatch) -> Bool {
        (0..<Int(record.nodeCount)).contains { member in
            let node = Int(batchNodes[Int(record.firstNode) + member])
            return nodes[argument(position, of: node)].flags.contains(.parameter)
        }
    }

    /// The rows of a stacked argument where one distance leads from each to the next, and none overlaps another; nil
    /// otherwise.
    private func regularRows(_ position: Int, batch: ExecutedBatch, _ op: Op) -> Rows? {
        let members = batchNodes.pointer + Int(batch.firstNode)
        let first = argument(position, of: Int(members[0]))
        let shape = shape(of: first), record = nodes[first]
        let perNode = rowsPerNode(first, batch, op)
        let base = record.value.unsafelyUnwrapped
        let count = Int(batch.nodeCount)
        var stride = shape.batchSize == 1 ? 0 : Int(record.rowStride)
        if count > 1 {
            let step = nodes[argument(position, of: Int(members[1]))].value.unsafelyUnwrapped - base
            if perNode == 1 { stride = step } else if step != perNode * stride { return nil }
            for member in 1..<count {
                let node = nodes.pointer + argument(position, of: Int(members[member]))
                if node.pointee.value.unsafelyUnwrapped - base != member * step { return nil }
                if step != 0, node.pointee.flags.contains(.parameter) || record.flags.contains(.parameter) { return nil }
                if perNode > 1, shape.batchSize > 1, Int(node.pointee.rowStride) != stride { return nil }
            }
        } else if perNode == 1 {
            stride = shape.count
        }
        if stride != 0, stride < shape.count { return nil }
        return Rows(
            base: base, stride: stride, size: shape.count, count: perNode * count, columnStride: Int(record.columnStride))
    }

    /// Where each row of a stacked argument begins.
    mutating func rowPointers(
        _ position: Int, batch: ExecutedBatch, _ op: Op
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<Float>> {
        let members = batchNodes.pointer + Int(batch.firstNode)
        let perNode = rowsPerNode(argument(position, of: Int(members[0])), batch, op)
        let count = perNode * Int(batch.nodeCount)
        let pointers = UnsafeMutableRawPointer(auxiliary.allocate(count * 2))
            .bindMemory(to: UnsafeMutablePointer<Float>.self, capacity: count)
        for member in 0..<Int(batch.nodeCount) {
            let node = argument(position, of: Int(members[member]))
            let stride = shape(of: node).batchSize == 1 ? 0 : Int(nodes[node].rowStride)
            for row in 0..<perNode {
                pointers[member * perNode + row] = nodes[node].value.unsafelyUnwrapped + row * stride
            }
        }
        return pointers
    }

    /// Copies scattered rows into one block.
    private mutating func gather(
        _ pointers: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, count: Int, size: Int, rows: Int
    ) -> Rows {
        let block = auxiliary.allocate(count * size)
        for row in 0..<count { (block + row * size).update(from: pointers[row], count: size) }
        return Rows(base: block, stride: size, size: size, count: count, columnStride: rows, isGathered: true)
    }
}
