import ElmanTensor

/// The matrix with rows and columns exchanged; a vector becomes a matrix of one row.
public func transposed(_ x: Expression) -> Expression { transposed(x, dimensions: [1, 0]) }

/// The tensor with its dimensions in another order: dimension i of the result is dimension `dimensions[i]` of `x`.
public func transposed(_ x: Expression, dimensions: [Int]) -> Expression {
    x.applying(.transpose, OpSettings(data: dimensions.map { Int32(clamping: $0) }))
}

/// The matrix x yᵀ of shape `[n, m]` of the vectors `x`, `[n]`, and `y`, `[m]`.
public func outerProduct(_ x: Expression, _ y: Expression) -> Expression {
    x.reshaped([x.shape.count, 1]).applying(.memberProduct, with: y.reshaped([1, y.shape.count]))
}

/// The trace of a bᵀ for two matrices of one shape: Σ aᵢⱼ bᵢⱼ, one number.
public func traceOfProduct(_ a: Expression, _ b: Expression) -> Expression { dotProduct(a, b) }

/// y[k] = Σᵢ a[i] b[(k - i) mod n] for two vectors of n elements.
public func circularConvolution(_ a: Expression, _ b: Expression) -> Expression {
    a.applying(.circularProduct, with: b, OpSettings(attribute0: -1))
}

/// y[k] = Σᵢ a[i] b[(k + i) mod n] for two vectors of n elements.
public func circularCorrelation(_ a: Expression, _ b: Expression) -> Expression {
    a.applying(.circularProduct, with: b, OpSettings(attribute0: 1))
}

extension Op {
    /// Data: for each dimension of the result, the dimension of the argument.
    static let transpose = rearrangement(
        "transpose",
        samples: [
            OpSample([[3, 4]], settings: OpSettings(data: [1, 0])), OpSample([[3]], settings: OpSettings(data: [1, 0])),
            OpSample([Shape([2, 3, 2], batchSize: 2)], settings: OpSettings(data: [2, 0, 1])),
        ],
        shape: { shapes throws(ShapeError) in
            let order = shapes.data.map(Int.init)
            guard order.count <= Shape.maximumRank, order.count >= shapes[0].rank, order.sorted() == Array(0..<order.count)
            else { throw ShapeError("\(order) is no order of the dimensions of \(shapes[0])") }
            let shape = shapes[0]
            return Shape(order.map { shape[$0] })
        },
        map: { call, node in
            let steps = ElementMap.steps(call.inputShape(0))
            var map = ElementMap(call.outputShape)
            for (dimension, from) in call.data(ofNode: node).enumerated() { map.strides[dimension] = steps[Int(from)] }
            return map
        })

    /// Convolution (`attribute0` -1) or correlation (1) of vectors that are closed to circles.
    static let circularProduct = Op(
        "circularProduct", batching: .stacked,
        samples: [
            OpSample([[4], [4]], settings: OpSettings(attribute0: -1)),
            OpSample([Shape([3], batchSize: 2), [3]], settings: OpSettings(attribute0: 1)),
        ],
        shape: { shapes throws(ShapeError) in
            guard shapes[0].rank == 1, shapes[0].hasSameDimensions(as: shapes[1]) else {
                throw ShapeError("two vectors of one size are needed")
            }
            return shapes[0]
        },
        forward: { call in
            let a = call.input(0), b = call.input(1), y = call.output
            for row in 0..<y.count {
                y[row].update(repeating: 0, count: y.size)
                forEachTriple(y.size, call.attribute0) { k, i, j in y[row][k] += a[row][i] * b[row][j] }
            }
        },
        backward: { call in
            let a = call.input(0), b = call.input(1), dy = call.outputGradient
            for row in 0..<dy.count {
                if let da = call.inputGradient(0)?[row] {
                    forEachTriple(dy.size, call.attribute0) { k, i, j in da[i] += dy[row][k] * b[row][j] }
                }
                if let db = call.inputGradient(1)?[row] {
                    forEachTriple(dy.size, call.attribute0) { k, i, j in db[j] += dy[row][k] * a[row][i] }
                }
            }
        })
}

/// Calls `body` for all k and i below n, with j = (k ± i) mod n.
@inline(__always)
private func forEachTriple(_ n: Int, _ sign: Int, _ body: (_ k: Int, _ i: Int, _ j: Int) -> Void) {
    for k in 0..<n {
        for i in 0..<n {
            let j = k + sign * i
            body(k, i, j < 0 ? j + n : j >= n ? j - n : j)
        }
    }
}
