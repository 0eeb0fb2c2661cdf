import CElmanKernels
import ElmanTensor

/// The scores of single columns of a table: table[:, index] · x + bias[index], one index and one number for each member of the batch
/// of x.
///
/// Shapes: x `[k]`, table `[k, n]`, bias `[n]`. A negative index skips its member: score 0, no gradient. Of a lookup table
/// (`matrix(in:)`) only the columns in use get a gradient.
public func columnScores(_ x: Expression, table: Expression, bias: Expression, _ indices: [Int]) -> Expression {
    x.graph.apply(.columnScores, [x, table, bias], OpSettings(data: indices.map { Int32(clamping: $0) }))
}

extension Op {
    /// Arguments: x, table, bias. Data: the column of each member.
    static let columnScores = Op(
        "columnScores", batching: .sharing([1, 2]), acceptsPadding: true, isRagged: true,
        samples: [
            OpSample([[4], [4, 6], [6]], settings: OpSettings(data: [3])),
            OpSample([Shape([4], batchSize: 3), [4, 6], [6]], settings: OpSettings(data: [5, -1, 0])),
        ],
        shape: { shapes throws(ShapeError) in
            try shapes.checkTable()
            try checkClasses([shapes[1].columns], batchSize: shapes[0].batchSize, shapes.data)
            return .scalar
        },
        forward: { call in
            let x = call.input(0), table = call.input(1), bias = call.input(2), indices = call.gatheredData()
            for row in 0..<call.rowCount {
                let index = Int(indices[row])
                let score = index < 0 ? 0 : ek_dot(x.size, x[row], table.base + index * table.columnStride) + bias.base[index]
                call.output[row].pointee = score
            }
        },
        backward: { call in
            let x = call.input(0), table = call.input(1), dy = call.outputGradient, indices = call.gatheredData()
            let dx = call.inputGradient(0), columns = ColumnGradients(call, argument: 1), bias = call.sharedGradient(2)
            for row in 0..<dy.count where indices[row] >= 0 {
                let index = Int(indices[row]), slope = dy[row].pointee
                if let dx { ek_scale_accumulate(x.size, slope, table.base + index * table.columnStride, dx[row]) }
                if let columns { ek_scale_accumulate(x.size, slope, x[row], columns(index)) }
                if let bias { bias[index] += slope }
            }
        })
}
