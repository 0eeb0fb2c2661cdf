import CElmanKernels
import ElmanTensor

/// `x` repeated along the dimensions in which it has size 1 and `shape` more: `[n]` to `[n, columns]`, `[]` to anything.
/// The batch stays that of `x`. Fails where another dimension differs.
public func broadcast(_ x: Expression, to shape: Shape) -> Expression {
    x.applying(.broadcast, OpSettings(data: shape.dimensions.map { Int32(truncatingIfNeeded: $0) }))
}

/// The vector `vector`, `[n]`, added to every column of `matrix`, `[n, columns]` (DyNet's `colwise_add`).
public func addToColumns(_ matrix: Expression, _ vector: Expression) -> Expression {
    matrix.applying(.addToColumns, with: vector)
}

/// Column i of `matrix`, `[n, columns]`, times element i of `factors`, `[columns]`.
public func scaleColumns(_ matrix: Expression, by factors: Expression) -> Expression {
    matrix .* broadcast(factors.reshaped([1, factors.shape.count]), to: matrix.shape)
}

extension Op {
    /// Data: the dimensions of the result.
    static let broadcast = rearrangement(
        "broadcast",
        samples: [
            OpSample([[3]], settings: OpSettings(data: [3, 4])), OpSample([[]], settings: OpSettings(data: [2, 2])),
            OpSample([Shape([1, 3], batchSize: 2)], settings: OpSettings(data: [2, 3, 2])),
        ],
        shape: { shapes throws(ShapeError) in
            guard shapes.data.count <= Shape.maximumRank else { throw ShapeError("more than four dimensions are asked for") }
            let result = Shape(shapes.data.map(Int.init))
            for dimension in 0..<Shape.maximumRank {
                let own = shapes[0][dimension]
                guard own == 1 || own == result[dimension] else {
                    throw ShapeError("a shape of \(shapes[0]) cannot be spread over \(result)")
                }
            }
            return result
        },
        map: { call, _ in
            let shape = call.inputShape(0)
            var map = ElementMap(call.outputShape)
            map.strides = ElementMap.steps(shape)
            for dimension in 0..<Shape.maximumRank where shape[dimension] == 1 { map.strides[dimension] = 0 }
            return map
        })

    /// Arguments: matrix, vector.
    static let addToColumns = Op(
        "addToColumns", batching: .stacked, samples: [OpSample([[3, 4], [3]]), OpSample([Shape([3, 2], batchSize: 2), [3]])],
        shape: { shapes throws(ShapeError) in
            guard shapes[0].rank <= 2, shapes[1].rank <= 1 || shapes[1].columns == 1, shapes[0].rows == shapes[1].count else {
                throw ShapeError("a vector of \(shapes[1]) cannot be added to the columns of \(shapes[0])")
            }
            return shapes[0]
        },
        forward: { call in
            let x = call.input(0), vector = call.input(1), y = call.output
            for row in 0..<y.count {
                for offset in stride(from: 0, to: y.size, by: vector.size) {
                    ek_add(vector.size, x[row] + offset, vector[row], y[row] + offset)
                }
            }
        },
        backward: { call in
            let dy = call.outputGradient
            accumulate(dy, into: call.inputGradient(0))
            guard let dvector = call.inputGradient(1) else { return }
            for row in 0..<dy.count {
                for offset in stride(from: 0, to: dy.size, by: dvector.size) {
                    ek_accumulate(dvector.size, dy[row] + offset, dvector[row])
                }
            }
        })

    /// Arguments: anything, and a single number that all its elements are multiplied by.
    static let scaleBy = Op(
        "scaleBy", batching: .stacked, samples: [OpSample([[4], []]), OpSample([Shape([2, 3], batchSize: 2), []])],
        shape: { shapes throws(ShapeError) in
            guard shapes[1].count == 1 else { throw ShapeError("\(shapes[1]) is no single number") }
            return shapes[0]
        },
        forward: { call in
            let x = call.input(0), y = call.output
            for row in 0..<y.count {
                let factor = call.input(1)[row].pointee, from = x[row], to = y[row]
                for index in 0..<y.size { to[index] = factor * from[index] }
            }
        },
        backward: { call in
            let x = call.input(0), factors = call.input(1), dy = call.outputGradient
            for row in 0..<dy.count {
                if let dx = call.inputGradient(0) {
                    ek_scale_accumulate(dx.size, factors[row].pointee, dy[row], dx[row])
                }
                if let dfactors = call.inputGradient(1) { dfactors[row].pointee += ek_dot(dy.size, x[row], dy[row]) }
            }
        })
}
