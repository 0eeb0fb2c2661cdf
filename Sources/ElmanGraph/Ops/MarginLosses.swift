import ElmanTensor

/// Σ_{j ≠ index} max(0, margin - x[index] + x[j]) of a vector of scores, one number.
public func hinge(_ scores: Expression, _ index: Int, margin: Float = 1) -> Expression {
    hinge(scores, [index], margin: margin)
}

/// As above for a batch: one index for each member, one number each. A negative index skips its member.
public func hinge(_ scores: Expression, _ indices: [Int], margin: Float = 1) -> Expression {
    scores.applying(.hinge, OpSettings(scalar: margin, data: indices.map { Int32(clamping: $0) }))
}

/// The hinge loss of every line of a matrix `[rows, columns]`: for dimension 0 of every column, `indices` naming a row each,
/// result `[columns]`; for dimension 1 of every row, `indices` naming a column each, result `[rows]`. For a batch the
/// indices of its members follow each other.
public func hinge(_ scores: Expression, _ indices: [Int], dimension: Int, margin: Float = 1) -> Expression {
    hinge(dimension == 1 ? transposed(scores) : scores, indices, margin: margin)
}

/// max(0, margin - better + worse), element by element.
public func pairwiseRankLoss(_ better: Expression, _ worse: Expression, margin: Float = 1) -> Expression {
    relu(worse - better + margin)
}

extension Op {
    /// Of a vector, or of each column of a matrix. `scalar`: the margin. Data: the class of each column of each member.
    static let hinge = Op(
        "hinge", batching: .stacked,
        samples: [
            OpSample([[4]], settings: OpSettings(scalar: 1, data: [2])),
            OpSample([Shape([3], batchSize: 3)], settings: OpSettings(scalar: 2, data: [0, -1, 2])),
            OpSample([Shape([3, 2], batchSize: 2)], settings: OpSettings(scalar: 1, data: [0, 1, 2, 1])),
        ],
        shape: { shapes throws(ShapeError) in
            let scores = shapes[0]
            guard scores.rank <= 2, shapes.data.count == scores.columns * scores.batchSize else {
                throw ShapeError("\(shapes.data.count) classes are given for scores of \(scores)")
            }
            for index in shapes.data where Int(index) >= scores.rows { throw ShapeError("class \(index) of \(scores.rows)") }
            return scores.removing(0)
        },
        forward: { call in
            let x = call.input(0), size = call.inputShape(0).rows
            forEachColumn(call) { row, column, index in
                let scores = x[row] + column * size
                guard index >= 0 else { return call.output[row][column] = 0 }
                let limit = call.scalar - scores[index]
                var loss: Float = 0
                for other in 0..<size where other != index { loss += Swift.max(0, limit + scores[other]) }
                call.output[row][column] = loss
            }
        },
        backward: { call in
            guard let dx = call.inputGradient(0) else { return }
            let x = call.input(0), dy = call.outputGradient, size = call.inputShape(0).rows
            forEachColumn(call) { row, column, index in
                guard index >= 0 else { return }
                let scores = x[row] + column * size, target = dx[row] + column * size, gradient = dy[row][column]
                let limit = call.scalar - scores[index]
                for other in 0..<size where other != index && limit + scores[other] > 0 {
                    target[other] += gradient
                    target[index] -= gradient
                }
            }
        })
}

private func forEachColumn(_ call: OpCall, _ body: (_ row: Int, _ column: Int, _ index: Int) -> Void) {
    let columns = call.output.size
    var row = 0, column = 0
    for node in 0..<call.nodeCount {
        for index in call.data(ofNode: node) {
            body(row, column, Int(index))
            column += 1
            if column == columns {
                column = 0
                row += 1
            }
        }
    }
}
