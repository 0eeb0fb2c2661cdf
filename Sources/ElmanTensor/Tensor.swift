/// Numbers with a shape, as a value: what goes into a graph and what comes out. It has no gradient.
///
/// Elements are stored as `Shape` says: the first dimension is contiguous, the members of a batch follow each other.
public struct Tensor: Hashable, Sendable {
    /// The dimensions and the batch.
    public let shape: Shape
    /// All elements, `shape.totalCount` of them.
    public var scalars: [Float]

    /// A tensor of the given elements. Fails where their number is not the shape's.
    public init(shape: Shape, scalars: [Float]) {
        guard scalars.count == shape.totalCount else {
            fail("a tensor of shape \(shape) has \(shape.totalCount) elements, not \(scalars.count)")
        }
        self.shape = shape
        self.scalars = scalars
    }

    /// A tensor with the same number everywhere.
    public init(repeating value: Float, shape: Shape) {
        self.init(shape: shape, scalars: [Float](repeating: value, count: shape.totalCount))
    }

    /// A vector.
    public init(_ vector: [Float]) { self.init(shape: [vector.count], scalars: vector) }

    /// A single number.
    public init(_ scalar: Float) { self.init(shape: .scalar, scalars: [scalar]) }

    /// A matrix given row by row, as it is written on paper. Fails where the rows differ in length.
    public init(rows: [[Float]]) {
        let columnCount = rows.first?.count ?? 0
        guard rows.allSatisfy({ $0.count == columnCount }) else { fail("the rows of a matrix have one length") }
        var scalars: [Float] = []
        scalars.reserveCapacity(rows.count * columnCount)
        for column in 0..<columnCount { for row in rows { scalars.append(row[column]) } }
        self.init(shape: [rows.count, columnCount], scalars: scalars)
    }

    /// The only element. Fails where there are several.
    public var scalar: Float {
        guard scalars.count == 1 else { fail("a tensor of shape \(shape) is not a single number") }
        return scalars[0]
    }

    /// Element `index` in storage order.
    public subscript(index: Int) -> Float {
        get { scalars[index] }
        set { scalars[index] = newValue }
    }

    /// The element in a row and a column of a matrix.
    public subscript(row: Int, column: Int) -> Float {
        get { scalars[column * shape.rows + row] }
        set { scalars[column * shape.rows + row] = newValue }
    }

    /// The rows of a matrix, as they are written on paper.
    public var rows: [[Float]] {
        (0..<shape.rows).map { row in (0..<shape.columns).map { self[row, $0] } }
    }

    /// The elements of one member of the batch.
    public func member(_ index: Int) -> Tensor {
        let count = shape.count
        return Tensor(shape: shape.batched(1), scalars: Array(scalars[index * count..<(index + 1) * count]))
    }

    /// The index of the largest element; the first of equals; 0 for an empty tensor.
    public var argmax: Int {
        var best = 0
        for index in scalars.indices where scalars[index] > scalars[best] { best = index }
        return best
    }

    /// The sum of all elements, in double precision.
    public var sum: Double { scalars.reduce(0) { $0 + Double($1) } }
}
