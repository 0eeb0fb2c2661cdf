/// The dimensions of a tensor, and how many of them lie in a batch.
///
/// Up to four dimensions. Elements are stored column by column (the first dimension is contiguous), as in DyNet: a matrix
/// of shape `[rows, columns]` is `columns` vectors of `rows` elements, one after the other. The members of a batch follow
/// each other; a shape without a batch has `batchSize` 1.
public struct Shape: Hashable, Sendable, BitwiseCopyable {
    /// The dimensions, with 1 for those past `rank`.
    package let extents: SIMD4<Int32>
    /// How many dimensions there are: 0 (a scalar) to 4.
    public let rank: Int
    /// How many tensors of these dimensions lie in the batch; 1 or more.
    public let batchSize: Int

    /// The largest number of dimensions.
    public static let maximumRank = 4

    /// A shape of the given dimensions. Fails where there are more than four, or one is negative or above 2^31 - 1.
    public init(_ dimensions: [Int], batchSize: Int = 1) {
        guard dimensions.count <= Self.maximumRank else {
            fail("a shape has at most \(Self.maximumRank) dimensions, not \(dimensions.count)")
        }
        guard batchSize >= 1, batchSize <= Int(Int32.max) else { fail("a batch has at least one member, not \(batchSize)") }
        var extents = SIMD4<Int32>(repeating: 1)
        for (index, dimension) in dimensions.enumerated() {
            guard dimension >= 0, dimension <= Int(Int32.max) else { fail("\(dimension) is no dimension of a shape") }
            extents[index] = Int32(dimension)
        }
        self.extents = extents
        self.rank = dimensions.count
        self.batchSize = batchSize
    }

    package init(extents: SIMD4<Int32>, rank: Int, batchSize: Int) {
        self.extents = extents
        self.rank = rank
        self.batchSize = batchSize
    }

    /// The shape of a vector, or of a batch of vectors.
    @inline(__always)
    package init(vector size: Int, batchSize: Int = 1) {
        self.init(extents: SIMD4(Int32(truncatingIfNeeded: size), 1, 1, 1), rank: 1, batchSize: batchSize)
    }

    /// The shape of a matrix.
    @inline(__always)
    package init(matrix rows: Int, _ columns: Int) {
        let extents = SIMD4(Int32(truncatingIfNeeded: rows), Int32(truncatingIfNeeded: columns), 1, 1)
        self.init(extents: extents, rank: 2, batchSize: 1)
    }

    /// The shape of a single number.
    public static let scalar = Shape([])

    /// The dimensions, first to last.
    public var dimensions: [Int] { (0..<rank).map { Int(extents[$0]) } }

    /// Dimension `index`; 1 for an index past the last dimension.
    public subscript(index: Int) -> Int { index < Self.maximumRank ? Int(extents[index]) : 1 }

    /// Elements of one member of the batch.
    public var count: Int { Int(extents[0]) * Int(extents[1]) * Int(extents[2]) * Int(extents[3]) }

    /// Elements of the whole batch.
    public var totalCount: Int { count * batchSize }

    /// The first dimension: the length of a vector, the rows of a matrix.
    public var rows: Int { Int(extents[0]) }

    /// The second dimension: the columns of a matrix, 1 for a vector.
    public var columns: Int { Int(extents[1]) }

    /// Whether both have the same dimensions, whatever their batches; trailing ones do not count.
    public func hasSameDimensions(as other: Shape) -> Bool { extents == other.extents }

    /// The same dimensions in a batch of `size`.
    public func batched(_ size: Int) -> Shape { Shape(extents: extents, rank: rank, batchSize: size) }
}

extension Shape: ExpressibleByArrayLiteral {
    /// A shape without a batch.
    public init(arrayLiteral elements: Int...) { self.init(elements) }
}

extension Shape: CustomStringConvertible {
    /// `[512, 128]`, or `[512]×16` for a batch of 16.
    public var description: String {
        let list = "[" + dimensions.map(String.init).joined(separator: ", ") + "]"
        return batchSize == 1 ? list : "\(list)×\(batchSize)"
    }
}
