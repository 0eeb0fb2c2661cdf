import CElmanKernels
import ElmanTensor

// Products with matrices that every row has of its own: the states that attention looks at. They are read where they lie.

/// The dot products of every column of a matrix with a vector: of `[d, n]` and `[d]` it is `[n]`. With a second matrix,
/// `[d, m]`, it is `[n, m]`: its columns against those of the first.
public func columnDots(_ matrix: Expression, _ vectors: Expression) -> Expression {
    matrix.applying(.columnDots, with: vectors)
}

/// Σ_j weights[j] · column j of a matrix: of `[d, n]` and `[n]` it is `[d]`.
public func weightedColumnSum(_ matrix: Expression, _ weights: Expression) -> Expression {
    matrix.applying(.weightedColumnSum, with: weights)
}

extension Op {
    /// Arguments: a matrix, and a vector or matrix.
    static let columnDots = Op(
        "columnDots", batching: .stacked, scattered: [0],
        samples: [OpSample([[3, 4], [3]]), OpSample([[3, 4], [3, 2]]), OpSample([Shape([3, 2], batchSize: 2), [3]])],
        shape: { shapes throws(ShapeError) in
            guard shapes[0].rank <= 2, shapes[1].rank <= 2, shapes[0].rows == shapes[1].rows else {
                throw ShapeError("columns of \(shapes[0].rows) and \(shapes[1].rows) elements")
            }
            return shapes[1].rank == 2 ? [shapes[0].columns, shapes[1].columns] : [shapes[0].columns]
        },
        forward: { call in
            let matrix = call.input(0), vectors = call.input(1), y = call.output, size = call.inputShape(0).rows
            for row in 0..<y.count {
                ek_gemm_nt(
                    vectors.size / size, matrix.size / size, size, vectors[row], size, matrix[row], size, y[row],
                    matrix.size / size, Int32(EK_ZERO), nil)
            }
        },
        backward: { call in
            let matrix = call.input(0), vectors = call.input(1), dy = call.outputGradient, size = call.inputShape(0).rows
            let columns = matrix.size / size, count = vectors.size / size
            for row in 0..<dy.count {
                if let dvectors = call.inputGradient(1) {
                    ek_gemm_nn(
                        count, size, columns, dy[row], columns, matrix[row], size, dvectors[row], size, Int32(EK_KEEP), nil)
                }
                guard let dmatrix = call.inputGradient(0) else { continue }
                for column in 0..<columns {
                    for other in 0..<count {
                        let factor = dy[row][other * columns + column]
                        ek_scale_accumulate(size, factor, vectors[row] + other * size, dmatrix[row] + column * size)
                    }
                }
            }
        })

    /// Arguments: a matrix, weights of its columns.
    static let weightedColumnSum = Op(
        "weightedColumnSum", batching: .stacked, scattered: [0],
        samples: [OpSample([[3, 4], [4]]), OpSample([Shape([3, 2], batchSize: 2), [2]]), OpSample([[3], [1]])],
        shape: { shapes throws(ShapeError) in
            guard shapes[0].rank <= 2, shapes[1].rank == 1, shapes[0].columns == shapes[1].rows else {
                throw ShapeError("\(shapes[1]) are no weights of the columns of \(shapes[0])")
            }
            return [shapes[0].rows]
        },
        forward: { call in
            let matrix = call.input(0), weights = call.input(1), y = call.output
            for row in 0..<y.count {
                ek_gemm_nn(
                    1, y.size, weights.size, weights[row], weights.size, matrix[row], y.size, y[row], y.size, Int32(EK_ZERO),
                    nil)
            }
        },
        backward: { call in
            let matrix = call.input(0), weights = call.input(1), dy = call.outputGradient
            for row in 0..<dy.count {
                if let dweights = call.inputGradient(1) {
                    ek_gemm_nt_gradient(
                        1, weights.size, dy.size, dy[row], dy.size, matrix[row], dy.size, dweights[row], weights.size,
                        Int32(EK_KEEP), nil)
                }
                guard let dmatrix = call.inputGradient(0) else { continue }
                for column in 0..<weights.size {
                    ek_scale_accumulate(dy.size, weights[row][column], dy[row], dmatrix[row] + column * dy.size)
                }
            }
        })
}
