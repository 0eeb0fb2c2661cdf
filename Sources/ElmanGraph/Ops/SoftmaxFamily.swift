import CElmanKernels
import ElmanTensor

/// The softmax of every line along a dimension: of the columns of a matrix for 0, of its rows for 1.
public func softmax(_ x: Expression, dimension: Int) -> Expression {
    alongFirst(x, dimension) { softmax($0) }
}

/// The logarithm of the softmax of every line along a dimension.
public func logSoftmax(_ x: Expression, dimension: Int) -> Expression {
    alongFirst(x, dimension) { logSoftmax($0) }
}

/// The logarithm of the softmax over some classes of a vector; -∞ for all others. Use it where few actions are legal: the
/// gradient reaches the scores of `classes` alone. Fails where `classes` is empty, has one twice or one outside the vector.
public func logSoftmax(_ x: Expression, restrictedTo classes: [Int]) -> Expression {
    let data = classes.map { Int32(clamping: $0) }
    let scores = logSoftmax(select(x, classes, dimension: 0))
    return scores.applying(.placeElements, OpSettings(attribute0: x.shape.count, scalar: -.infinity, data: data))
}

/// log Σ exp(xᵢ) over all elements of a vector, one number; of a matrix, over each column.
public func logSumExp(_ x: Expression) -> Expression { x.applying(.logSumExp) }

/// log Σ exp along one dimension, which disappears.
public func logSumExp(_ x: Expression, dimension: Int) -> Expression {
    let shape = x.shape
    if dimension == 0, shape.rank <= 2 { return x.applying(.logSumExp) }
    let order = movedToFront(dimension, shape.rank)
    let first = transposed(x, dimensions: order)
    let lines = first.reshaped([shape[dimension], shape.count / Swift.max(shape[dimension], 1)])
    return lines.applying(.logSumExp).reshaped(shape.removing(dimension))
}

/// log Σ exp of expressions of one shape, element by element. Fails for an empty list.
public func logSumExp(_ terms: [Expression]) -> Expression {
    guard let first = terms.first else { fail("logSumExp of no expressions has no graph; give at least one") }
    let shape = first.shape
    let lines = terms.map { $0.reshaped([1, $0.shape.count]) }
    return logSumExp(concatenate(lines), dimension: 0).reshaped(shape)
}

/// Runs a function of the columns of a matrix along another dimension.
private func alongFirst(_ x: Expression, _ dimension: Int, _ function: (Expression) -> Expression) -> Expression {
    let shape = x.shape
    guard dimension != 0 || shape.rank > 2 else { return function(x) }
    let order = movedToFront(dimension, shape.rank)
    var back = order
    for (position, from) in order.enumerated() { back[from] = position }
    let first = transposed(x, dimensions: order)
    let lines = first.reshaped([shape[dimension], shape.count / Swift.max(shape[dimension], 1)])
    return transposed(function(lines).reshaped(first.shape), dimensions: back)
}

private func movedToFront(_ dimension: Int, _ rank: Int) -> [Int] {
    [dimension] + (0..<rank).filter { $0 != dimension }
}

extension Op {
    /// log Σ exp of a vector or of each column of a matrix.
    static let logSumExp = Op(
        "logSumExp", batching: .stacked, samples: [OpSample([[5]]), OpSample([Shape([3, 2], batchSize: 2)])],
        shape: { shapes throws(ShapeError) in
            guard shapes[0].rank <= 2 else { throw ShapeError("a vector or matrix is needed") }
            return shapes[0].removing(0)
        },
        forward: { call in
            let x = call.input(0), y = call.output, rows = call.inputShape(0).rows
            for row in 0..<y.count { ek_log_sum_exp(y.size, rows, x[row], rows, y[row]) }
        },
        backward: { call in
            guard let dx = call.inputGradient(0) else { return }
            let x = call.input(0), y = call.output, dy = call.outputGradient, rows = call.inputShape(0).rows
            let scratch = call.reserve(rows)
            for row in 0..<dx.count {
                for column in 0..<y.size {
                    let offset = column * rows, sum = y[row][column]
                    for index in 0..<rows { scratch[index] = x[row][offset + index] - sum }
                    ek_exp(rows, scratch, scratch)
                    ek_scale_accumulate(rows, dy[row][column], scratch, dx[row] + offset)
                }
            }
        })

    /// A vector of `attribute0` elements that has those of the argument at the places of data and `scalar` elsewhere.
    static let placeElements = Op(
        "placeElements", batching: .stacked,
        samples: [OpSample([Shape([2], batchSize: 2)], settings: OpSettings(attribute0: 4, scalar: 0.5, data: [3, 1]))],
        shape: { shapes throws(ShapeError) in
            guard shapes[0].rank == 1, shapes.data.count == shapes[0].rows, Set(shapes.data).count == shapes.data.count else {
                throw ShapeError("\(Array(shapes.data)) are no places of the elements of \(shapes[0])")
            }
            return [shapes.attribute0]
        },
        forward: { call in
            let x = call.input(0), y = call.output, perNode = y.count / call.nodeCount
            for row in 0..<y.count {
                y[row].update(repeating: call.scalar, count: y.size)
                for (index, place) in call.data(ofNode: row / perNode).enumerated() { y[row][Int(place)] = x[row][index] }
            }
        },
        backward: { call in
            guard let dx = call.inputGradient(0) else { return }
            let dy = call.outputGradient, perNode = dy.count / call.nodeCount
            for row in 0..<dx.count {
                for (index, place) in call.data(ofNode: row / perNode).enumerated() { dx[row][index] += dy[row][Int(place)] }
            }
        })
}
