import ElmanTensor

// On the pointer and not on the storage, which would be copied at each call.
extension UnsafeMutablePointer<GraphStorage> {
    /// Finds where the rows of each argument of a batch lie, and gathers those that lie scattered.
    func collectArguments(_ batch: Int, _ op: Op) {
        let record = pointee.batches[batch]
        let node = pointee.nodes.pointer + Int(pointee.batchNodes[Int(record.firstNode)])
        let firstRows = pointee.batchRows.extend(by: Int(node.pointee.argumentCount))
        for position in 0..<Int(node.pointee.argumentCount) {
            let rows: Rows
            if op.shares(position), !op.isSingle {
                rows = singleRows(of: Int(pointee.arguments[Int(node.pointee.firstArgument) + position]))
            } else if let stacked = stackedRows(position, of: record, op) {
                rows = stacked
            } else {
                rows = irregularRows(position, of: record, op)
            }
            pointee.batchRows[firstRows + position] = rows
        }
    }

    /// Rows that a node has of its argument.
    @inline(__always)
    func rowCount(_ position: Int, ofNode node: Int, _ op: Op) -> Int {
        Int(pointee.size(of: op.decidesBatch ? pointee.argument(position, of: node) : node).batchSize)
    }

    /// Rows that all nodes of a batch have of an argument.
    private func rowCount(_ position: Int, of record: ExecutedBatch, _ op: Op) -> Int {
        let members = pointee.batchNodes.pointer + Int(record.firstNode)
        guard op.isRagged else { return rowCount(position, ofNode: Int(members[0]), op) * Int(record.nodeCount) }
        var total = 0
        for member in 0..<Int(record.nodeCount) { total += rowCount(position, ofNode: Int(members[member]), op) }
        return total
    }

    /// The rows of an argument that is one expression for the whole batch.
    @inline(__always)
    private func singleRows(of argument: Int) -> Rows {
        let node = pointee.nodes.pointer + argument, size = pointee.size(of: argument)
        return Rows(
            base: node.pointee.value.unsafelyUnwrapped, stride: Int(node.pointee.rowStride), size: Int(size.count),
            count: Int(size.batchSize), columnStride: Int(node.pointee.columnStride))
    }

    /// The rows of a stacked argument where one distance leads from each to the next; nil otherwise.
    @inline(__always)
    private func stackedRows(_ position: Int, of batch: ExecutedBatch, _ op: Op) -> Rows? {
        if op.isRagged, batch.nodeCount > 1, hasRaggedRows(position, batch, op) { return raggedRows(position, of: batch, op) }
        return regularRows(position, of: batch, op)
    }

    /// Whether nodes of a batch have different numbers of rows of an argument.
    private func hasRaggedRows(_ position: Int, _ batch: ExecutedBatch, _ op: Op) -> Bool {
        let members = pointee.batchNodes.pointer + Int(batch.firstNode)
        let rows = rowCount(position, ofNode: Int(members[0]), op)
        for member in 1..<Int(batch.nodeCount) where rowCount(position, ofNode: Int(members[member]), op) != rows {
            return true
        }
        return false
    }

    /// The rows of an argument of which nodes have different numbers, where they lie one behind the other; nil otherwise.
    private func raggedRows(_ position: Int, of batch: ExecutedBatch, _ op: Op) -> Rows? {
        let nodes = pointee.nodes.pointer, members = pointee.batchNodes.pointer + Int(batch.firstNode)
        let argument = pointee.argument(position, of: Int(members[0]))
        let first = nodes + argument, size = Int(pointee.size(of: argument).count), stride = Int(first.pointee.rowStride)
        let base = first.pointee.value.unsafelyUnwrapped
        var count = 0
        for member in 0..<Int(batch.nodeCount) {
            let argument = pointee.argument(position, of: Int(members[member])), node = nodes + argument
            let rows = rowCount(position, ofNode: Int(members[member]), op)
            guard !node.pointee.flags.contains(.parameter), Int(pointee.size(of: argument).batchSize) == rows,
                Int(node.pointee.rowStride) == stride, node.pointee.value == base + count * stride
            else { return nil }
            count += rows
        }
        return Rows(base: base, stride: stride, size: size, count: count, columnStride: Int(first.pointee.columnStride))
    }

    /// The rows of a stacked argument, of which all nodes have equally many, where one distance leads from each to the next,
    /// and none overlaps another; nil otherwise.
    @inline(__always)
    private func regularRows(_ position: Int, of batch: ExecutedBatch, _ op: Op) -> Rows? {
        let nodes = pointee.nodes.pointer, members = pointee.batchNodes.pointer + Int(batch.firstNode)
        let argument = pointee.argument(position, of: Int(members[0]))
        let first = nodes + argument, size = pointee.size(of: argument)
        let perNode = rowCount(position, ofNode: Int(members[0]), op), count = Int(batch.nodeCount)
        var stride = size.batchSize == 1 ? 0 : Int(first.pointee.rowStride)
        if count > 1 {
            guard let step = regularStep(position, of: batch) else { return nil }
            if perNode == 1 { stride = step } else if step != perNode * stride { return nil }
            if perNode > 1, size.batchSize > 1 {
                for member in 1..<count {
                    let node = nodes + pointee.argument(position, of: Int(members[member]))
                    if Int(node.pointee.rowStride) != stride { return nil }
                }
            }
        } else if perNode == 1 {
            stride = Int(size.count)
        }
        if stride != 0, stride < Int(size.count) { return nil }
        return Rows(
            base: first.pointee.value.unsafelyUnwrapped, stride: stride, size: Int(size.count), count: perNode * count,
            columnStride: Int(first.pointee.columnStride))
    }

    /// The distance from each node's argument to the next one's, where it is the same throughout and, unless it is 0, no
    /// parameter is among them.
    private func regularStep(_ position: Int, of batch: ExecutedBatch) -> Int? {
        let nodes = pointee.nodes.pointer, members = pointee.batchNodes.pointer + Int(batch.firstNode)
        let arguments = pointee.arguments.pointer + position
        let first = nodes + Int(arguments[Int(nodes[Int(members[0])].firstArgument)])
        let base = first.pointee.value.unsafelyUnwrapped
        var flags = first.pointee.flags, step = 0
        for member in 1..<Int(batch.nodeCount) {
            let node = nodes + Int(arguments[Int(nodes[Int(members[member])].firstArgument)])
            let distance = node.pointee.value.unsafelyUnwrapped - base
            if member == 1 { step = distance }
            if distance != member * step { return nil }
            flags.formUnion(node.pointee.flags)
        }
        return step != 0 && flags.contains(.parameter) ? nil : step
    }

    /// The rows of a stacked argument that lie anywhere: their addresses where the kernels can do with them, a copy otherwise.
    @inline(never)
    private func irregularRows(_ position: Int, of record: ExecutedBatch, _ op: Op) -> Rows {
        let first = pointee.argument(position, of: Int(pointee.batchNodes[Int(record.firstNode)]))
        let pointers = rowPointers(position, of: record, op)
        let shape = pointee.shape(of: first), size = shape.count
        let count = rowCount(position, of: record, op)
        // The gradients of parameters lie elsewhere: rows among which there is one are copied.
        if op.scatteredArguments >> UInt64(position) & 1 == 1, !hasParameter(position, record) {
            return Rows(base: pointers[0], stride: 0, size: size, count: count, columnStride: size, pointers: pointers)
        }
        let block = pointee.auxiliary.allocate(count * size)
        for row in 0..<count { (block + row * size).update(from: pointers[row], count: size) }
        return Rows(base: block, stride: size, size: size, count: count, columnStride: shape.rows, isGathered: true)
    }

    /// Whether a parameter is among the nodes that are one argument of a batch.
    private func hasParameter(_ position: Int, _ record: ExecutedBatch) -> Bool {
        (0..<Int(record.nodeCount)).contains { member in
            let node = pointee.argument(position, of: Int(pointee.batchNodes[Int(record.firstNode) + member]))
            return pointee.nodes[node].flags.contains(.parameter)
        }
    }

    /// Where each row of a stacked argument begins.
    private func rowPointers(
        _ position: Int, of batch: ExecutedBatch, _ op: Op
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<Float>> {
        let nodes = pointee.nodes.pointer, members = pointee.batchNodes.pointer + Int(batch.firstNode)
        let count = rowCount(position, of: batch, op)
        let pointers = UnsafeMutableRawPointer(pointee.auxiliary.allocate(count * 2))
            .bindMemory(to: UnsafeMutablePointer<Float>.self, capacity: count)
        var next = 0
        for member in 0..<Int(batch.nodeCount) {
            let node = pointee.argument(position, of: Int(members[member]))
            let stride = pointee.size(of: node).batchSize == 1 ? 0 : Int(nodes[node].rowStride)
            for row in 0..<rowCount(position, ofNode: Int(members[member]), op) {
                pointers[next] = nodes[node].value.unsafelyUnwrapped + row * stride
                next += 1
            }
        }
        return pointers
    }
}
