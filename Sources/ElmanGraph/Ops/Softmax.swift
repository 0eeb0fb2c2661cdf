import CElmanKernels
import ElmanTensor

/// The softmax of a vector, or of each column of a matrix.
public func softmax(_ x: Expression) -> Expression { x.applying(.softmax) }

/// The logarithm of the softmax of a vector, or of each column of a matrix.
public func logSoftmax(_ x: Expression) -> Expression { x.applying(.logSoftmax) }

extension Op {
    static let softmax = Op(
        "softmax", batching: .stacked, samples: [OpSample([[5]]), OpSample([[4, 2]])],
        shape: { shapes throws(ShapeError) in shapes[0] },
        forward: { call in
            let x = call.input(0), y = call.output, rows = call.outputShape.rows
            for row in 0..<y.count { ek_softmax(y.size / rows, rows, x[row], rows, y[row], rows) }
        },
        backward: { call in
            guard let dx = call.inputGradient(0) else { return }
            let rows = call.outputShape.rows, y = call.output, dy = call.outputGradient
            for row in 0..<dx.count {
                for column in 0..<dx.size / rows {
                    let offset = column * rows
                    let y = y[row] + offset, dy = dy[row] + offset, dx = dx[row] + offset
                    let inner = ek_dot(rows, y, dy)
                    for index in 0..<rows { dx[index] += y[index] * (dy[index] - inner) }
                }
            }
        })

    static let logSoftmax = Op(
        "logSoftmax", batching: .stacked, samples: [OpSample([[5]]), OpSample([[4, 2]])],
        shape: { shapes throws(ShapeError) in shapes[0] },
        forward: { call in
            let x = call.input(0), y = call.output, rows = call.outputShape.rows
            for row in 0..<y.count { ek_log_softmax(y.size / rows, rows, x[row], rows, y[row], rows) }
        },
        backward: { call in
            guard let dx = call.inputGradient(0) else { return }
            let rows = call.outputShape.rows, y = call.output, dy = call.outputGradient
            let scratch = call.reserve(rows)
            for row in 0..<dx.count {
                for column in 0..<dx.size / rows {
                    let offset = column * rows
                    let dy = dy[row] + offset, dx = dx[row] + offset
                    let total = Float(ek_sum(rows, dy))
                    ek_exp(rows, y[row] + offset, scratch)
                    for index in 0..<rows { dx[index] += dy[index] - scratch[index] * total }
                }
            }
        })

    /// -log softmax(x)[class]. Data: the class of each member; negative skips.
    static let pickNegativeLogSoftmax = Op(
        "pickNegativeLogSoftmax", batching: .stacked, isRagged: true,
        samples: [
            OpSample([[5]], settings: OpSettings(data: [3])),
            OpSample([Shape([5], batchSize: 3)], settings: OpSettings(data: [3, -1, 0])),
        ],
        shape: { shapes throws(ShapeError) in
            try checkClasses(shapes[0], batchSize: shapes[0].batchSize, shapes.data)
            return .scalar
        },
        forward: { call in
            let x = call.input(0), sums = call.reserve(call.rowCount)
            forEachRowAndClass(call) { row, index in
                guard index >= 0 else { return call.output[row].pointee = 0 }
                ek_log_sum_exp(1, x.size, x[row], x.size, sums + row)
                call.output[row].pointee = sums[row] - x[row][Int(index)]
            }
        },
        backward: { call in
            guard let dx = call.inputGradient(0) else { return }
            let x = call.input(0), dy = call.outputGradient
            let sums = call.auxiliary, scratch = call.reserve(x.size)
            forEachRowAndClass(call) { row, index in
                guard index >= 0 else { return }
                for element in 0..<x.size { scratch[element] = x[row][element] - sums[row] }
                ek_exp(x.size, scratch, scratch)
                ek_scale_accumulate(x.size, dy[row].pointee, scratch, dx[row])
                dx[row][Int(index)] -= dy[row].pointee
            }
        })
}

private func forEachRowAndClass(_ call: OpCall, _ body: (_ row: Int, _ index: Int32) -> Void) {
    var row = 0
    for node in 0..<call.nodeCount {
        for index in call.data(ofNode: node) {
            body(row, index)
            row += 1
        }
    }
}
