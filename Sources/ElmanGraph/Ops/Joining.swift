import CElmanKernels
import ElmanTensor

/// Expressions one behind the other along a dimension; the other dimensions are equal. Fails for an empty list.
public func concatenate(_ parts: [Expression], dimension: Int = 0) -> Expression {
    guard let first = parts.first else { fail("the concatenation of no expressions has no graph; give at least one") }
    return first.graph.apply(.concatenate, parts, OpSettings(attribute0: dimension))
}

/// Expressions one behind the other along the first dimension.
public func concatenate(_ parts: Expression...) -> Expression { concatenate(parts) }

/// Vectors `[n]` as the columns of a matrix `[n, parts.count]`; matrices side by side.
public func concatenateColumns(_ parts: [Expression]) -> Expression { concatenate(parts, dimension: 1) }

/// The members of several batches as one batch; the dimensions are equal. Fails for an empty list.
public func concatenateToBatch(_ parts: [Expression]) -> Expression {
    guard let first = parts.first else { fail("the batch of no expressions has no graph; give at least one") }
    return parts.count == 1 ? first : first.graph.apply(.concatenateToBatch, parts)
}

extension Expression {
    /// Several members of the batch, in the order of the indices; one may come twice.
    public func members(_ indices: [Int]) -> Expression {
        applying(.members, OpSettings(data: indices.map { Int32(clamping: $0) }))
    }

    /// The members of the batch as columns: `[n]×b` becomes `[n, b]`, and `[n, c]×b` becomes `[n, c b]`.
    public func batchToColumns() -> Expression {
        let shape = shape
        return rebatched([shape.rows, shape.columns * shape.batchSize])
    }

    /// The columns of a matrix as a batch: `[n, b]` becomes `[n]×b`.
    public func columnsToBatch() -> Expression {
        let shape = shape
        return rebatched(Shape([shape.rows], batchSize: shape.columns * shape.batchSize))
    }

    /// All elements of the batch in the same order as another batch of other dimensions. Fails where their number differs.
    public func rebatched(_ shape: Shape) -> Expression {
        let dimensions = shape.dimensions.map { Int32(truncatingIfNeeded: $0) }
        return applying(.rebatch, OpSettings(attribute0: shape.batchSize, data: dimensions))
    }
}

extension Op {
    /// Along dimension `attribute0`.
    static let concatenate = Op(
        "concatenate", batching: .stacked, isRagged: true,
        samples: [
            OpSample([[2], [3], [1]]), OpSample([Shape([2, 3], batchSize: 2), [1, 3]]),
            OpSample([[3], [3, 2]], settings: OpSettings(attribute0: 1)),
        ],
        shape: { shapes throws(ShapeError) in
            let dimension = shapes.attribute0
            guard dimension >= 0, dimension < Shape.maximumRank else { throw ShapeError("there is no dimension \(dimension)") }
            var size = 0, widest = shapes[0]
            for index in 0..<shapes.count {
                size += shapes[index][dimension]
                if shapes[index].rank > widest.rank { widest = shapes[index] }
                guard shapes[index].replacing(dimension, by: 1).hasSameDimensions(as: shapes[0].replacing(dimension, by: 1))
                else { throw ShapeError("\(shapes[0]) and \(shapes[index]) differ beyond dimension \(dimension)") }
            }
            return widest.replacing(dimension, by: size)
        },
        forward: { call in
            let y = call.output
            forEachPiece(call) { row, argument, from, to, count in
                (y[row] + to).update(from: call.input(argument)[row] + from, count: count)
            }
        },
        backward: { call in
            let dy = call.outputGradient
            forEachPiece(call) { row, argument, from, to, count in
                guard let dx = call.inputGradient(argument) else { return }
                ek_accumulate(count, dy[row] + to, dx[row] + from)
            }
        })

    static let concatenateToBatch = Op(
        "concatenateToBatch", batching: .stacked, decidesBatch: true,
        samples: [OpSample([[3], [3]]), OpSample([Shape([2], batchSize: 2), [2], Shape([2], batchSize: 3)])],
        shape: { shapes throws(ShapeError) in
            var size = 0
            for index in 0..<shapes.count {
                guard shapes[index].hasSameDimensions(as: shapes[0]) else {
                    throw ShapeError("members have the shapes \(shapes[0]) and \(shapes[index])")
                }
                size += shapes[index].batchSize
            }
            return shapes[0].batched(size)
        },
        forward: { call in
            let y = call.output
            forEachMember(call) { row, argument, from in y[row].update(from: call.input(argument)[from], count: y.size) }
        },
        backward: { call in
            let dy = call.outputGradient
            forEachMember(call) { row, argument, from in
                if let dx = call.inputGradient(argument) { ek_accumulate(dy.size, dy[row], dx[from]) }
            }
        })

    /// Data: the members.
    static let members = Op(
        "members", batching: .stacked, decidesBatch: true,
        samples: [OpSample([Shape([3], batchSize: 3)], settings: OpSettings(data: [2, 0, 2, 1]))],
        shape: { shapes throws(ShapeError) in
            let size = shapes[0].batchSize
            guard !shapes.data.isEmpty else { throw ShapeError("no members are asked for") }
            for index in shapes.data where index < 0 || Int(index) >= size {
                throw ShapeError("member \(index) of a batch of \(size) is asked for")
            }
            return shapes[0].batched(shapes.data.count)
        },
        forward: { call in
            let x = call.input(0), y = call.output
            forEachRow(call) { row, from in y[row].update(from: x[from], count: y.size) }
        },
        backward: { call in
            guard let dx = call.inputGradient(0) else { return }
            forEachRow(call) { row, from in ek_accumulate(dx.size, call.outputGradient[row], dx[from]) }
        })

    /// Data: the dimensions of the result. `attribute0`: its batch.
    static let rebatch = Op(
        "rebatch", batching: .stacked, decidesBatch: true,
        samples: [
            OpSample([Shape([3], batchSize: 4)], settings: OpSettings(attribute0: 1, data: [3, 4])),
            OpSample([[2, 3]], settings: OpSettings(attribute0: 3, data: [2])),
        ],
        shape: { shapes throws(ShapeError) in
            let result = Shape(shapes.data.map(Int.init), batchSize: Swift.max(shapes.attribute0, 1))
            guard result.totalCount == shapes[0].totalCount else {
                throw ShapeError("\(shapes[0].totalCount) elements cannot have the shape \(result)")
            }
            return result
        },
        forward: { call in
            let x = call.input(0), y = call.output
            for row in 0..<x.count { (y.base + row * x.size).update(from: x[row], count: x.size) }
        },
        backward: { call in
            guard let dx = call.inputGradient(0) else { return }
            let dy = call.outputGradient
            for row in 0..<dx.count { ek_accumulate(dx.size, dy.base + row * dx.size, dx[row]) }
        })
}

/// Calls `body` with the pieces of the arguments and of the result that correspond in `concatenate`.
private func forEachPiece(
    _ call: OpCall, _ body: (_ row: Int, _ argument: Int, _ from: Int, _ to: Int, _ count: Int) -> Void
) {
    let total = Axis(call.outputShape, call.attribute0)
    var start = 0
    for argument in 0..<call.inputCount {
        let count = call.inputShape(argument)[call.attribute0] * total.inner
        for row in 0..<call.rowCount {
            for block in 0..<total.outer {
                body(row, argument, block * count, block * total.count * total.inner + start, count)
            }
        }
        start += count
    }
}

/// Calls `body` with the row of the result, the argument and its row that correspond in `concatenateToBatch`.
private func forEachMember(_ call: OpCall, _ body: (_ row: Int, _ argument: Int, _ from: Int) -> Void) {
    var row = 0
    for node in 0..<call.nodeCount {
        for argument in 0..<call.inputCount {
            let count = call.inputShape(argument).batchSize
            for member in 0..<count {
                body(row, argument, node * count + member)
                row += 1
            }
        }
    }
}

/// Calls `body` with the rows of the result and of the argument that correspond in `members`.
private func forEachRow(_ call: OpCall, _ body: (_ row: Int, _ from: Int) -> Void) {
    let size = call.inputShape(0).batchSize
    var row = 0
    for node in 0..<call.nodeCount {
        for member in call.data(ofNode: node) {
            body(row, node * size + Int(member))
            row += 1
        }
    }
}
