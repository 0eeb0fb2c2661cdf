import CElmanKernels

/// Weight gradients that are still to be computed: one product over all steps that use a matrix, instead of one a step.
struct DeferredProducts {
    private struct Segment {
        /// The node of the matrix (or vector) whose gradient it is.
        var node: Int32
        /// The node whose backward pass waits for it: that node, or what it is a view of.
        var owner: Int32
        var x: Rows?
        var d: Rows
    }

    private var segments: [Segment] = []
    private var xRows = Column<UnsafePointer<Float>?>(capacity: 256)
    private var dRows = Column<UnsafePointer<Float>?>(capacity: 256)

    func deallocate() {
        xRows.deallocate()
        dRows.deallocate()
    }

    /// Whether some are for nodes that are no parameters, whose own backward pass waits for them.
    private(set) var hasExpressions = false

    mutating func add(node: Int32, owner: Int32, isParameter: Bool, x: Rows?, d: Rows) {
        segments.append(Segment(node: node, owner: owner, x: x, d: d))
        if !isParameter { hasExpressions = true }
    }

    /// The first node with a product, or nil.
    var firstNode: Int32? { segments.first?.node }

    /// The first node with a product that `owner` waits for, or nil.
    func firstNode(of owner: Int32) -> Int32? { segments.first { $0.owner == owner }?.node }

    /// Computes all products and sums of one node into `gradient`.
    mutating func flush(
        _ node: Int32, into gradient: UnsafeMutablePointer<Float>, columnStride: Int, keeps: Bool
    ) {
        var start = Int32(keeps ? EK_KEEP : EK_ZERO)
        if let (k, n) = collect(node, products: true) {
            ek_gemm_tn(k, n, dRows.count, xRows.pointer, dRows.pointer, gradient, columnStride, start)
            start = Int32(EK_KEEP)
        }
        if let (_, n) = collect(node, products: false) {
            ek_sum_rows(n, dRows.count, dRows.pointer, gradient, start)
        }
        segments.removeAll { $0.node == node }
        if segments.isEmpty { hasExpressions = false }
    }

    /// Lists the rows of a node's products, or of its sums, and returns their sizes; nil where there are none.
    private mutating func collect(_ node: Int32, products: Bool) -> (k: Int, n: Int)? {
        var sizes: (k: Int, n: Int)?
        xRows.truncate(to: 0)
        dRows.truncate(to: 0)
        for segment in segments where segment.node == node && (segment.x != nil) == products {
            sizes = (segment.x?.size ?? 0, segment.d.size)
            for row in 0..<segment.d.count {
                dRows.append(UnsafePointer(segment.d[row]))
                if let x = segment.x { xRows.append(UnsafePointer(x[row])) }
            }
        }
        return sizes
    }
}
