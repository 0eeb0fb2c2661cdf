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
            } else if let regular = regularRows(position, of: record, op) {
                rows = regular
            } else {
                rows = irregularRows(position, of: record, op)
            }
            pointee.batchRows[firstRows + position] = rows
        }
    }

    /// Rows that each node of a batch has of an argument.
    @inline(__always)
    func rowsPerNode(_ argument: Int, _ record: ExecutedBatch, _ op: Op) -> Int {
        let node = op.decidesBatch ? argument : Int(pointee.batchNodes[Int(record.firstNode)])
        return Int(pointee.size(of: node).batchSize)
    }

    /// The rows of an argument that is one expression for the whole batch.
    @inline(__always)
    private func singleRows(of argument: Int) -> Rows {
        let node = pointee.nodes.pointer + argument, size = pointee.size(of: argument)
        return Rows(
            base: node.pointee.value.unsafelyUnwrapped, stride: Int(node.pointee.rowStride), size: Int(size.count),
            count: Int(size.batchSize), columnStride: Int(node.pointee.columnStride))
    }

    /// The rows of a stacked argument where one distance leads from each to the next, and none overlaps another; nil
    /// otherwise.
    @inline(__always)
    private func regularRows(_ position: Int, of batch: ExecutedBatch, _ op: Op) -> Rows? {
        let nodes = pointee.nodes.pointer, members = pointee.batchNodes.pointer + Int(batch.firstNode)
        let argument = pointee.argument(position, of: Int(members[0]))
        let first = nodes + argument, size = pointee.size(of: argument)
        let perNode = rowsPerNode(argument, batch, op), count = Int(batch.nodeCount)
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
        let count = rowsPerNode(first, record, op) * Int(record.nodeCount)
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
        let perNode = rowsPerNode(pointee.argument(position, of: Int(members[0])), batch, op)
        let count = perNode * Int(batch.nodeCount)
        let pointers = UnsafeMutableRawPointer(pointee.auxiliary.allocate(count * 2))
            .bindMemory(to: UnsafeMutablePointer<Float>.self, capacity: count)
        for member in 0..<Int(batch.nodeCount) {
            let node = pointee.argument(position, of: Int(members[member]))
            let stride = pointee.size(of: node).batchSize == 1 ? 0 : Int(nodes[node].rowStride)
            for row in 0..<perNode {
                pointers[member * perNode + row] = nodes[node].value.unsafelyUnwrapped + row * stride
            }
        }
        return pointers
    }
}
