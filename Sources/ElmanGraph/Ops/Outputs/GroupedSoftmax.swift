import CElmanKernels
import ElmanTensor

/// The log-probabilities of elements that belong to groups: log-softmax of the scores within each group, plus the log-probability of
/// the group.
///
/// Shapes: scores `[n]`, groups `[g]`, result `[n]`. The groups lie one behind the other; `sizes` says how many elements each has.
public func groupedLogSoftmax(_ scores: Expression, groups: Expression, sizes: [Int]) -> Expression {
    scores.graph.apply(.groupedLogSoftmax, [scores, groups], OpSettings(data: sizes.map { Int32(clamping: $0) }))
}

extension Op {
    /// Data: the size of each group.
    static let groupedLogSoftmax = Op(
        "groupedLogSoftmax", batching: .stacked,
        samples: [
            OpSample([[5], [2]], settings: OpSettings(data: [2, 3])),
            OpSample([Shape([4], batchSize: 2), Shape([3], batchSize: 2)], settings: OpSettings(data: [1, 2, 1])),
        ],
        shape: { shapes throws(ShapeError) in
            guard shapes[0].rank == 1, shapes[1].rank == 1, shapes.data.count == shapes[1].rows,
                shapes.data.allSatisfy({ $0 > 0 }), shapes.data.reduce(0, { $0 + Int($1) }) == shapes[0].rows
            else { throw ShapeError("\(shapes[0]) scores and \(shapes[1]) groups for groups of \(Array(shapes.data))") }
            return shapes[0]
        },
        forward: { call in
            let scores = call.input(0), groups = call.input(1)
            forEachGroup(call) { row, group, first, size in
                let y = call.output[row] + first, shift = groups[row][group]
                ek_log_softmax(1, size, scores[row] + first, size, y, size)
                for index in 0..<size { y[index] += shift }
            }
        },
        backward: { call in
            let dScores = call.inputGradient(0), dGroups = call.inputGradient(1), groups = call.input(1)
            let scratch = call.reserve(call.output.size)
            forEachGroup(call) { row, group, first, size in
                let y = call.output[row] + first, dy = call.outputGradient[row] + first
                let total = Float(ek_sum(size, dy))
                if let dGroups { dGroups[row][group] += total }
                guard let dScores else { return }
                for index in 0..<size { scratch[index] = y[index] - groups[row][group] }
                ek_exp(size, scratch, scratch)
                let d = dScores[row] + first
                for index in 0..<size { d[index] += dy[index] - scratch[index] * total }
            }
        })
}

/// Calls `body` with every group of every row.
private func forEachGroup(_ call: OpCall, _ body: (_ row: Int, _ group: Int, _ first: Int, _ size: Int) -> Void) {
    let perNode = call.rowCount / call.nodeCount
    for row in 0..<call.rowCount {
        var first = 0
        for (group, size) in call.data(ofNode: row / perNode).enumerated() {
            body(row, group, first, Int(size))
            first += Int(size)
        }
    }
}
