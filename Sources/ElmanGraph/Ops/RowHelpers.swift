import CElmanKernels
import ElmanTensor

/// Calls `body` once with all rows, or, where all of them are one row in memory that is accumulated into, one by one.
func forEachIndependentRow(_ gradient: Rows?, _ count: Int, _ body: (_ first: Int, _ count: Int) -> Void) {
    if let gradient, gradient.stride == 0, gradient.pointers == nil, count > 1 {
        for row in 0..<count { body(row, 1) }
    } else {
        body(0, count)
    }
}

extension OpCall {
    /// Zeroed rows of the same size and number, one after the other, until the graph is renewed.
    func zeroedRows(like rows: Rows) -> Rows {
        let block = graph.pointee.auxiliary.allocate(rows.count * rows.size)
        block.update(repeating: 0, count: rows.count * rows.size)
        return Rows(base: block, stride: rows.size, size: rows.size, count: rows.count, columnStride: rows.columnStride)
    }
}

/// Adds rows to a gradient, row by row.
func accumulate(_ rows: Rows, into gradient: Rows?) {
    guard let gradient else { return }
    if rows.isDense, gradient.isDense {
        ek_accumulate(rows.size * rows.count, rows.base, gradient.base)
    } else {
        for row in 0..<rows.count { ek_accumulate(rows.size, rows[row], gradient[row]) }
    }
}

extension Expression {
    /// Whether it stands for a failure under `checking`.
    var isFailure: Bool { graph.storage.pointee.nodes[graph.node(self)].flags.contains(.poisoned) }

    /// Whether it is the constant zero of the graph.
    var isZeroLeaf: Bool { graph.storage.pointee.nodes[graph.node(self)].op == Op.zeros.id }
}
