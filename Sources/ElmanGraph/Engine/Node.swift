import ElmanTensor

/// One node of a graph: plain numbers, no references.
package struct Node: BitwiseCopyable {
    /// Index of its `Op` in the table of ops.
    var op: UInt16
    var flags: Flags
    /// Its shape, as an index into the graph's interned shapes.
    var shape: Int32
    /// Where its arguments begin in the column of arguments, and how many there are.
    var firstArgument: Int32
    var argumentCount: Int32
    /// Settings that nodes of one batch share (they enter the signature): an axis, bounds, a constant.
    var attribute0: Int32
    var attribute1: Int32
    var scalar: Float
    /// Settings of this node alone (a class to pick, rows to look up): a range of the column of integers.
    var data: Int32
    var dataCount: Int32
    /// Nodes of one signature may run as one batch.
    var signature: Int32
    /// Longest path from a leaf, or from what was computed when it was inserted.
    var depth: Int32
    /// Distance in floats between the members of its batch, and between the columns of a matrix.
    var rowStride: Int32
    var columnStride: Int32
    /// The graph's generation when it was inserted: an expression of another one is stale.
    var generation: UInt32
    /// The first element of the value; nil until it is computed.
    var value: UnsafeMutablePointer<Float>?

    struct Flags: OptionSet, BitwiseCopyable {
        let rawValue: UInt16
        /// The loss may depend on a parameter through it.
        static let needsGradient = Flags(rawValue: 1)
        /// A parameter or a lookup table: value and gradient lie in its collection.
        static let parameter = Flags(rawValue: 2)
        /// A parameter whose columns are padded.
        static let padded = Flags(rawValue: 4)
        /// The result of a failure under `checking`.
        static let poisoned = Flags(rawValue: 8)
        /// A parameter that is held in fewer bits: what `value` points to are zeros.
        static let reduced = Flags(rawValue: 16)
        /// One that products with the matrix itself take as it is; and products with its transpose, and look-ups.
        static let suitsProducts = Flags(rawValue: 32)
        static let suitsTransposedProducts = Flags(rawValue: 64)
    }
}

/// The rows of one argument, or of the result, of a batch: row r of `count` begins at `base + r * stride`.
///
/// A row is one member of one node's batch. A stride of 0 is one row seen by all.
public struct Rows: BitwiseCopyable {
    /// The first element of the first row.
    public let base: UnsafeMutablePointer<Float>
    /// Distance between rows, in floats.
    public let stride: Int
    /// Elements of a row, without padding.
    public let size: Int
    /// How many rows.
    public let count: Int
    /// Distance between the columns of a matrix within a row; more than its rows for padded parameters.
    public let columnStride: Int
    /// Where each row begins, for rows that lie anywhere; nil where `base` and `stride` say it.
    let pointers: UnsafePointer<UnsafeMutablePointer<Float>>?
    /// They are copies of rows that lay scattered.
    let isGathered: Bool

    init(
        base: UnsafeMutablePointer<Float>, stride: Int, size: Int, count: Int, columnStride: Int,
        pointers: UnsafePointer<UnsafeMutablePointer<Float>>? = nil, isGathered: Bool = false
    ) {
        self.base = base
        self.stride = stride
        self.size = size
        self.count = count
        self.columnStride = columnStride
        self.pointers = pointers
        self.isGathered = isGathered
    }

    /// The rows lie one after the other without gaps.
    public var isDense: Bool { pointers == nil && (stride == size || count == 1) }

    /// The first element of row `index`.
    @inline(__always)
    public subscript(index: Int) -> UnsafeMutablePointer<Float> {
        if let pointers { return pointers[index] }
        return base + index * stride
    }
}
