import CElmanKernels
import ElmanTensor

/// A way down a binary tree of decisions: at each inner node to the left with probability σ(s), to the right with 1 - σ(s), s being the
/// node's score.
public struct BinaryPath: Sendable, Hashable {
    /// Each inner node on the way, times two, plus one where the way goes on to the right.
    let codes: [Int32]

    /// How many turns it has.
    public var turnCount: Int { codes.count }

    /// The way through inner nodes, root first.
    public init(_ turns: [(node: Int, isRight: Bool)]) {
        codes = turns.map { Int32(clamping: 2 * $0.node + ($0.isRight ? 1 : 0)) }
    }
}

/// The negative log-probability of a way down a tree of decisions, one way and one number for each member of the batch of x: what a
/// hierarchical softmax loses (Morin and Bengio 2005).
///
///     Σ softplus(∓(table[:, node] · x + bias[node]))     - where the way goes left, + where it goes right
///
/// Shapes: x `[k]`, table `[k, n]`, bias `[n]` of the n inner nodes. Nil skips a member: loss 0, no gradient.
public func binaryPathLoss(_ x: Expression, table: Expression, bias: Expression, _ paths: [BinaryPath?]) -> Expression {
    var data: [Int32] = []
    for path in paths {
        data.append(Int32(path?.codes.count ?? 0))
        if let path { data += path.codes }
    }
    return x.graph.apply(.binaryPathLoss, [x, table, bias], OpSettings(data: data))
}

extension Op {
    /// Arguments: x, table, bias. Data: for each member how many nodes there are on its way, and their codes.
    static let binaryPathLoss = Op(
        "binaryPathLoss", batching: .sharing([1, 2]), acceptsPadding: true, isRagged: true,
        samples: [
            OpSample([[4], [4, 5], [5]], settings: OpSettings(data: [3, 0, 3, 8])),
            OpSample([Shape([4], batchSize: 4), [4, 5], [5]], settings: OpSettings(data: [1, 1, 0, 2, 0, 5, 2, 1, 9])),
        ],
        shape: { shapes throws(ShapeError) in
            try shapes.checkTable()
            var members = 0, next = 0
            while next < shapes.data.count {
                let count = Int(shapes.data[next])
                guard count >= 0, next + count < shapes.data.count else { throw ShapeError("a way that ends too early") }
                for code in shapes.data[next + 1..<next + 1 + count] where code < 0 || Int(code) / 2 >= shapes[1].columns {
                    throw ShapeError("node \(code / 2) of \(shapes[1].columns)")
                }
                next += 1 + count
                members += 1
            }
            guard members == shapes[0].batchSize else {
                throw ShapeError("\(members) ways are given for a batch of \(shapes[0].batchSize)")
            }
            return .scalar
        },
        forward: { call in
            let x = call.input(0), table = call.input(1), bias = call.input(2)
            var total = 0
            forEachTurn(call) { _, _, _ in total += 1 }
            // Each turn's score, negative where it is taken for granted, and room for log(1 + exp(-|score|)).
            let scores = call.reserve(2 * total), logs = scores + total
            var next = 0
            forEachTurn(call) { row, node, isRight in
                let score = ek_dot(x.size, x[row], table.base + node * table.columnStride) + bias.base[node]
                scores[next] = isRight ? score : -score
                logs[next] = -Swift.abs(score)
                next += 1
            }
            ek_exp(total, logs, logs)
            for index in 0..<total { logs[index] += 1 }
            ek_log(total, logs, logs)
            for row in 0..<call.rowCount { call.output[row].pointee = 0 }
            next = 0
            forEachTurn(call) { row, _, _ in
                call.output[row].pointee += Swift.max(0, scores[next]) + logs[next]
                next += 1
            }
        },
        backward: { call in
            let x = call.input(0), table = call.input(1), dy = call.outputGradient, scores = call.auxiliary
            let dx = call.inputGradient(0), columns = ColumnGradients(call, argument: 1), bias = call.sharedGradient(2)
            var total = 0
            forEachTurn(call) { _, _, _ in total += 1 }
            let slopes = call.reserve(total)
            ek_sigmoid(total, scores, slopes)
            var next = 0
            forEachTurn(call) { row, node, isRight in
                let slope = (isRight ? 1 : -1) * slopes[next] * dy[row].pointee
                next += 1
                if let dx { ek_scale_accumulate(x.size, slope, table.base + node * table.columnStride, dx[row]) }
                if let columns { ek_scale_accumulate(x.size, slope, x[row], columns(node)) }
                if let bias { bias[node] += slope }
            }
        })
}

/// Calls `body` with every turn of every row, in order.
private func forEachTurn(_ call: OpCall, _ body: (_ row: Int, _ node: Int, _ isRight: Bool) -> Void) {
    var row = 0
    for node in 0..<call.nodeCount {
        let data = call.data(ofNode: node)
        var next = 0
        while next < data.count {
            for code in data[next + 1..<next + 1 + Int(data[next])] { body(row, Int(code) / 2, code & 1 == 1) }
            next += 1 + Int(data[next])
            row += 1
        }
    }
}

/// The log-probabilities of all leaves of a binary tree of decisions, from the scores of its inner nodes.
///
/// Shapes: scores `[n]`, result `[n + 1]`. `children` has two numbers for each inner node, of which 0 is the root and parents come
/// before their children: what is to the left and what to the right, an inner node as its number and a leaf as -1 minus its number.
/// Fails where this is no tree of n inner nodes and n + 1 leaves.
public func treeLogProbabilities(_ scores: Expression, children: [Int32]) -> Expression {
    scores.applying(.treeLogProbabilities, OpSettings(data: children))
}

extension Op {
    /// Data: the children of each node.
    static let treeLogProbabilities = Op(
        "treeLogProbabilities", batching: .stacked,
        samples: [
            OpSample([[1]], settings: OpSettings(data: [-2, -1])),
            OpSample([Shape([4], batchSize: 2)], settings: OpSettings(data: [1, 2, -4, -1, 3, -2, -5, -3])),
        ],
        shape: { shapes throws(ShapeError) in
            let count = shapes[0].rows
            guard shapes[0].rank == 1, shapes.data.count == 2 * count else {
                throw ShapeError("\(shapes.data.count) children are given for \(shapes[0]) scores")
            }
            var inner = 0, leaves = 0
            for (position, child) in shapes.data.enumerated() {
                guard child > Int32(position / 2), child < count else {
                    guard child < 0, -1 - child <= count else {
                        throw ShapeError("node \(position / 2) cannot have the child \(child)")
                    }
                    leaves += 1
                    continue
                }
                inner += 1
            }
            guard inner == count - 1, leaves == count + 1 else { throw ShapeError("the children are no binary tree") }
            return [count + 1]
        },
        forward: { call in
            let count = call.input(0).size, perNode = call.rowCount / call.nodeCount
            let logs = call.reserve(2 * count), inner = logs + count
            for row in 0..<call.rowCount {
                let scores = call.input(0)[row], y = call.output[row], children = call.data(ofNode: row / perNode)
                for index in 0..<count { logs[index] = -Swift.abs(scores[index]) }
                ek_exp(count, logs, logs)
                for index in 0..<count { logs[index] += 1 }
                ek_log(count, logs, logs)
                inner[0] = 0
                for index in 0..<count {
                    let sides = (Swift.min(scores[index], 0), -Swift.max(scores[index], 0))
                    for (side, child) in [(sides.0, children[2 * index]), (sides.1, children[2 * index + 1])] {
                        let value = inner[index] + (side - logs[index])
                        if child >= 0 { inner[Int(child)] = value } else { y[Int(-1 - child)] = value }
                    }
                }
            }
        },
        backward: { call in
            guard let dx = call.inputGradient(0) else { return }
            let count = dx.size, perNode = call.rowCount / call.nodeCount
            let sums = call.reserve(2 * count), slopes = sums + count
            for row in 0..<dx.count {
                let dy = call.outputGradient[row], children = call.data(ofNode: row / perNode)
                ek_sigmoid(count, call.input(0)[row], slopes)
                for index in (0..<count).reversed() {
                    let left = children[2 * index], right = children[2 * index + 1]
                    let leftSum = left >= 0 ? sums[Int(left)] : dy[Int(-1 - left)]
                    let rightSum = right >= 0 ? sums[Int(right)] : dy[Int(-1 - right)]
                    sums[index] = leftSum + rightSum
                    dx[row][index] += leftSum * (1 - slopes[index]) - rightSum * slopes[index]
                }
            }
        })
}
