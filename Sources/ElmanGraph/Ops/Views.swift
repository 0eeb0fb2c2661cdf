import ElmanTensor

// Parts of a value that lie in one piece: they take neither time nor memory.

extension Expression {
    /// The elements of a vector in a range.
    public subscript(range: Range<Int>) -> Expression {
        applying(.elements, OpSettings(attribute0: range.lowerBound, attribute1: range.count))
    }

    /// Column `index` of a matrix, as a vector.
    public func column(_ index: Int) -> Expression {
        let rows = shape.rows
        return applying(.columnView, OpSettings(attribute0: index * rows, attribute1: index))
    }

    /// Columns of a matrix in a range, as a matrix.
    public func columns(_ range: Range<Int>) -> Expression {
        let rows = shape.rows
        return applying(.columnsView, OpSettings(attribute0: range.lowerBound * rows, attribute1: range.count))
    }

    /// The same elements in the same order under other dimensions, each member of the batch by itself. Fails where the number
    /// of elements differs.
    public func reshaped(_ shape: Shape) -> Expression {
        applying(.reshape, OpSettings(data: shape.dimensions.map { Int32(truncatingIfNeeded: $0) }))
    }

    /// One member of the batch.
    public func member(_ index: Int) -> Expression { applying(.member, OpSettings(attribute0: index)) }
}

extension Op {
    /// `attribute1` elements from `attribute0` on.
    static let elements = Op(
        view: "elements", samples: [OpSample([[7]], settings: OpSettings(attribute0: 2, attribute1: 3))],
        shape: { shapes throws(ShapeError) in
            guard shapes[0].rank == 1, shapes.attribute0 >= 0, shapes.attribute0 + shapes.attribute1 <= shapes[0].rows else {
                throw ShapeError(
                    "elements \(shapes.attribute0)..<\(shapes.attribute0 + shapes.attribute1) of a vector are asked for")
            }
            return Shape(vector: shapes.attribute1)
        })

    static let columnView = Op(
        view: "column", samples: [OpSample([[3, 4]], settings: OpSettings(attribute0: 6, attribute1: 2))],
        shape: { shapes throws(ShapeError) in
            guard shapes[0].rank == 2, shapes.attribute1 >= 0, shapes.attribute1 < shapes[0].columns else {
                throw ShapeError("column \(shapes.attribute1) is asked for")
            }
            return [shapes[0].rows]
        })

    static let columnsView = Op(
        view: "columns", samples: [OpSample([[3, 4]], settings: OpSettings(attribute0: 3, attribute1: 2))],
        shape: { shapes throws(ShapeError) in
            let first = shapes.attribute0 / max(shapes[0].rows, 1)
            guard shapes[0].rank == 2, first >= 0, first + shapes.attribute1 <= shapes[0].columns else {
                throw ShapeError("columns \(first)..<\(first + shapes.attribute1) are asked for")
            }
            return [shapes[0].rows, shapes.attribute1]
        })

    /// Data: the dimensions.
    static let reshape = Op(
        view: "reshape", samples: [OpSample([[6]], settings: OpSettings(data: [2, 3]))],
        shape: { shapes throws(ShapeError) in
            let shape = Shape(shapes.data.map(Int.init))
            guard shape.count == shapes[0].count else {
                throw ShapeError("\(shapes[0].count) elements cannot have the shape \(shape)")
            }
            return shape
        })

    static let member = Op(
        view: "member", ofMember: true,
        samples: [OpSample([Shape([4], batchSize: 3)], settings: OpSettings(attribute0: 1))],
        shape: { shapes throws(ShapeError) in
            guard shapes.attribute0 >= 0, shapes.attribute0 < shapes[0].batchSize else {
                throw ShapeError("member \(shapes.attribute0) of a batch of \(shapes[0].batchSize) is asked for")
            }
            return shapes[0].batched(1)
        })
}
