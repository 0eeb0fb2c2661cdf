import CElmanKernels
import ElmanTensor

extension Op {
    /// The product of matrices `[n, k]` and `[k]` or `[k, columns]`, row by row: each has its own matrix.
    static let memberProduct = Op(
        "memberProduct", batching: .stacked,
        samples: [
            OpSample([Shape([3, 4], batchSize: 2), Shape([4], batchSize: 2)]),
            OpSample([Shape([3, 4], batchSize: 2), [4, 2]]),
        ],
        shape: { shapes throws(ShapeError) in
            let left = shapes[0], right = shapes[1]
            guard left.rank == 2, right.rank <= 2, left.columns == right.rows else {
                throw ShapeError("\(left) × \(right): inner sizes \(left.columns) and \(right.rows) differ")
            }
            return right.rank == 2 ? [left.rows, right.columns] : [left.rows]
        },
        forward: { call in
            let left = call.input(0), right = call.input(1), y = call.output
            let n = call.inputShape(0).rows, k = call.inputShape(0).columns, columns = right.size / k
            for row in 0..<y.count {
                ek_gemm_nn(columns, n, k, right[row], k, left[row], n, y[row], n, Int32(EK_ZERO), nil)
            }
        },
        backward: { call in
            let left = call.input(0), right = call.input(1), dy = call.outputGradient
            let n = call.inputShape(0).rows, k = call.inputShape(0).columns, columns = right.size / k
            for row in 0..<dy.count {
                if let dright = call.inputGradient(1) {
                    ek_gemm_nt_gradient(columns, k, n, dy[row], n, left[row], n, dright[row], k, Int32(EK_KEEP), nil)
                }
                guard let dleft = call.inputGradient(0) else { continue }
                for column in 0..<columns {
                    for inner in 0..<k {
                        let factor = right[row][column * k + inner]
                        ek_scale_accumulate(n, factor, dy[row] + column * n, dleft[row] + inner * n)
                    }
                }
            }
        })
}
