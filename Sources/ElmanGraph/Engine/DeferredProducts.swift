import CElmanKernels

/// Weight gradients that are still to be computed: one product over all steps that use a matrix, instead of one a step.
struct DeferredProducts {
    /// What is deferred for one node.
    private struct Group: BitwiseCopyable {
        /// The node of the matrix (or vector) whose gradient it is.
        var node: Int32
        /// The node whose backward pass waits for it: that node, or what it is a view of.
        var owner: Int32
        /// The ends of its chain of segments.
        var first: Int32
        var last: Int32
    }

    private struct Segment: BitwiseCopyable {
        /// The next segment of the group, or -1.
        var next: Int32
        /// Nil for a sum.
        var x: Rows?
        var d: Rows
    }

    /// In the order in which the nodes came up.
    private var groups = Column<Group>(capacity: 32)
    private var segments = Column<Segment>(capacity: 256)
    private var xRows = Column<UnsafePointer<Float>?>(capacity: 256)
    private var dRows = Column<UnsafePointer<Float>?>(capacity: 256)
    /// Whether some are for nodes that are no parameters, whose own backward pass waits for them.
    private(set) var hasExpressions = false

    func deallocate() {
        groups.deallocate()
        segments.deallocate()
        xRows.deallocate()
        dRows.deallocate()
    }

    mutating func add(node: Int32, owner: Int32, isParameter: Bool, x: Rows?, d: Rows) {
        let segment = Int32(truncatingIfNeeded: segments.count)
        segments.append(Segment(next: -1, x: x, d: d))
        if !isParameter { hasExpressions = true }
        if let group = group(of: node) {
            segments.pointer[Int(groups[group].last)].next = segment
            groups.pointer[group].last = segment
        } else {
            groups.append(Group(node: node, owner: owner, first: segment, last: segment))
        }
    }

    /// The first node with a product, or nil.
    var firstNode: Int32? { groups.count == 0 ? nil : groups[0].node }

    /// The first node with a product that `owner` waits for, or nil.
    func firstNode(of owner: Int32) -> Int32? {
        for index in 0..<groups.count where groups[index].owner == owner { return groups[index].node }
        return nil
    }

    /// Computes all products and sums of one node into `gradient`.
    mutating func flush(
        _ node: Int32, into gradient: UnsafeMutablePointer<Float>, columnStride: Int, keeps: Bool
    ) {
        guard let group = group(of: node) else { return }
        let first = groups[group].first
        var start = Int32(keeps ? EK_KEEP : EK_ZERO)
        if let (k, n) = collect(first, products: true) {
            ek_gemm_tn(k, n, dRows.count, xRows.pointer, dRows.pointer, gradient, columnStride, start)
            start = Int32(EK_KEEP)
        }
        if let (_, n) = collect(first, products: false) {
            ek_sum_rows(n, dRows.count, dRows.pointer, gradient, start)
        }
        for index in group + 1..<max(groups.count, group + 1) { groups[index - 1] = groups[index] }
        groups.truncate(to: groups.count - 1)
        if groups.count == 0 {
            segments.truncate(to: 0)
            hasExpressions = false
        }
    }

    @inline(__always)
    private func group(of node: Int32) -> Int? {
        for index in 0..<groups.count where groups[index].node == node { return index }
        return nil
    }

    /// Lists the rows of a node's products, or of its sums, and returns their sizes; nil where there are none.
    private mutating func collect(_ first: Int32, products: Bool) -> (k: Int, n: Int)? {
        var sizes: (k: Int, n: Int)?
        xRows.truncate(to: 0)
        dRows.truncate(to: 0)
        var index = first
        while index >= 0 {
            let segment = segments.pointer + Int(index)
            index = segment.pointee.next
            if (segment.pointee.x != nil) != products { continue }
            sizes = (segment.pointee.x?.size ?? 0, segment.pointee.d.size)
            Self.list(segment.pointee.d, in: &dRows)
            if let x = segment.pointee.x { Self.list(x, in: &xRows) }
        }
        return sizes
    }

    @inline(__always)
    private static func list(_ rows: Rows, in column: inout Column<UnsafePointer<Float>?>) {
        let first = column.extend(by: rows.count)
        for row in 0..<rows.count { column[first + row] = UnsafePointer(rows[row]) }
    }
}
