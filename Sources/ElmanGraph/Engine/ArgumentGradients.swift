import CElmanKernels
import ElmanTensor

// On the pointer and not on the storage, which would be copied at each call.
extension UnsafeMutablePointer<GraphStorage> {
    /// Where the gradient of an argument of a batch goes: to its nodes directly, or to zeroed memory that is scattered
    /// afterwards; nil where nobody needs it.
    @inline(__always)
    func gradientRows(_ position: Int, of record: ExecutedBatch, _ op: Op) -> Rows? {
        let first = pointee.argument(position, of: Int(pointee.batchNodes[Int(record.firstNode)]))
        let rows = pointee.batchRows.pointer + Int(record.firstRows) + position
        let flags = pointee.nodes[first].flags
        guard flags.contains(.needsGradient) || (rows.pointee.isGathered && anyNeedsGradient(position, record)) else {
            return nil
        }
        // That of a shared parameter is asked for by `beginSharedGradient`, `accumulateProduct` or `accumulateSum`.
        let isShared = op.shares(position) && !op.isSingle, isParameter = flags.contains(.parameter)
        if isShared, isParameter { return nil }
        if !isShared, isParameter || rows.pointee.isGathered || rows.pointee.pointers != nil {
            return distantGradientRows(of: first, rows.pointee)
        }
        let delta = pointee.gradients.base - pointee.values.base
        return Rows(
            base: rows.pointee.base + delta, stride: rows.pointee.stride, size: rows.pointee.size, count: rows.pointee.count,
            columnStride: rows.pointee.columnStride)
    }

    /// The gradient of rows that are copies, or a parameter, or lie anywhere.
    @inline(never)
    private func distantGradientRows(of node: Int, _ rows: Rows) -> Rows {
        if rows.isGathered {
            let block = pointee.auxiliary.allocate(rows.count * rows.size)
            block.update(repeating: 0, count: rows.count * rows.size)
            return Rows(
                base: block, stride: rows.size, size: rows.size, count: rows.count, columnStride: rows.columnStride)
        }
        if pointee.nodes[node].flags.contains(.parameter) {
            let entry = pointee.entries[Int(pointee.nodes[node].data)]
            pointee.flushProducts(of: Int32(node))
            entry.prepareGradient()
            return Rows(
                base: entry.gradients, stride: 0, size: rows.size, count: rows.count, columnStride: rows.columnStride)
        }
        let delta = pointee.gradients.base - pointee.values.base
        let moved = UnsafeMutableRawPointer(pointee.auxiliary.allocate(rows.count * 2))
            .bindMemory(to: UnsafeMutablePointer<Float>.self, capacity: rows.count)
        for row in 0..<rows.count { moved[row] = rows[row] + delta }
        return Rows(
            base: moved[0], stride: 0, size: rows.size, count: rows.count, columnStride: rows.columnStride, pointers: moved)
    }

    /// Whether one of a batch's arguments needs a gradient. They agree but for frozen parameters in a full backward pass.
    private func anyNeedsGradient(_ position: Int, _ record: ExecutedBatch) -> Bool {
        (0..<Int(record.nodeCount)).contains { member in
            let node = pointee.argument(position, of: Int(pointee.batchNodes[Int(record.firstNode) + member]))
            return pointee.nodes[node].flags.contains(.needsGradient)
        }
    }

    /// Adds the gradients of gathered rows to where they belong.
    func scatter(_ rows: Rows, _ position: Int, of record: ExecutedBatch, _ op: Op) {
        let members = pointee.batchNodes.pointer + Int(record.firstNode), nodes = pointee.nodes.pointer
        var next = 0
        for member in 0..<Int(record.nodeCount) {
            let node = pointee.argument(position, of: Int(members[member]))
            let own = next..<next + rowCount(position, ofNode: Int(members[member]), op)
            next = own.upperBound
            guard nodes[node].flags.contains(.needsGradient) else { continue }
            if nodes[node].flags.contains(.parameter) {
                pointee.flushProducts(of: Int32(node))
                pointee.entries[Int(nodes[node].data)].prepareGradient()
            }
            let target = pointee.gradient(of: node)
            let stride = pointee.size(of: node).batchSize == 1 ? 0 : Int(nodes[node].rowStride)
            for row in own { ek_accumulate(rows.size, rows[row], target + (row - own.lowerBound) * stride) }
        }
    }
}
