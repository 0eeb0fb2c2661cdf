import ElmanTensor

/// The point of the probability simplex closest to a vector: like softmax, with exact zeros (Martins and Astudillo 2016).
/// Of a matrix, for each column.
public func sparsemax(_ x: Expression) -> Expression { x.applying(.sparsemax) }

/// The loss that belongs to sparsemax, for a target distribution q that is uniform over `classes`:
/// -q·x + ½ Σ_{i in the support} (xᵢ² - τ²) + ½ |q|². One number; 0 where sparsemax(x) is q.
public func sparsemaxLoss(_ x: Expression, _ classes: [Int]) -> Expression {
    x.applying(.sparsemaxLoss, OpSettings(data: classes.map { Int32(clamping: $0) }))
}

extension Op {
    static let sparsemax = Op(
        "sparsemax", batching: .stacked, samples: [OpSample([[4]]), OpSample([Shape([3, 2], batchSize: 2)])],
        shape: { shapes throws(ShapeError) in shapes[0] },
        forward: { call in
            let x = call.input(0), y = call.output, axis = Axis(call.outputShape, 0)
            for row in 0..<y.count {
                axis.forEachLine { offset, _ in
                    let threshold = sparsemaxThreshold(x[row] + offset, count: axis.count)
                    for index in offset..<offset + axis.count { y[row][index] = Swift.max(0, x[row][index] - threshold) }
                }
            }
        },
        backward: { call in
            guard let dx = call.inputGradient(0) else { return }
            let y = call.output, dy = call.outputGradient, axis = Axis(call.outputShape, 0)
            for row in 0..<dx.count {
                axis.forEachLine { offset, _ in
                    var sum: Float = 0, count: Float = 0
                    for index in offset..<offset + axis.count where y[row][index] > 0 {
                        sum += dy[row][index]
                        count += 1
                    }
                    let mean = sum / count
                    for index in offset..<offset + axis.count where y[row][index] > 0 {
                        dx[row][index] += dy[row][index] - mean
                    }
                }
            }
        })

    /// Data: the classes of the target.
    static let sparsemaxLoss = Op(
        "sparsemaxLoss", batching: .stacked,
        samples: [
            OpSample([[4]], settings: OpSettings(data: [1])),
            OpSample([Shape([3], batchSize: 2)], settings: OpSettings(data: [0, 2])),
        ],
        shape: { shapes throws(ShapeError) in
            guard shapes[0].rank == 1, !shapes.data.isEmpty, Set(shapes.data).count == shapes.data.count else {
                throw ShapeError("a vector and different classes are needed")
            }
            for index in shapes.data where index < 0 || Int(index) >= shapes[0].rows {
                throw ShapeError("class \(index) of \(shapes[0].rows)")
            }
            return .scalar
        },
        forward: { call in
            let x = call.input(0), perNode = call.rowCount / call.nodeCount
            for row in 0..<call.rowCount {
                let classes = call.data(ofNode: row / perNode), share = 1 / Float(classes.count)
                let threshold = sparsemaxThreshold(x[row], count: x.size)
                var loss = 0.5 * share
                for index in classes { loss -= share * x[row][Int(index)] }
                for index in 0..<x.size where x[row][index] > threshold {
                    loss += 0.5 * (x[row][index] * x[row][index] - threshold * threshold)
                }
                call.output[row].pointee = loss
            }
        },
        backward: { call in
            guard let dx = call.inputGradient(0) else { return }
            let x = call.input(0), dy = call.outputGradient, perNode = call.rowCount / call.nodeCount
            for row in 0..<dx.count {
                let classes = call.data(ofNode: row / perNode), gradient = dy[row].pointee
                let threshold = sparsemaxThreshold(x[row], count: x.size)
                for index in classes { dx[row][Int(index)] -= gradient / Float(classes.count) }
                for index in 0..<x.size { dx[row][index] += gradient * Swift.max(0, x[row][index] - threshold) }
            }
        })
}

/// The number τ with Σ max(0, xᵢ - τ) = 1.
private func sparsemaxThreshold(_ x: UnsafePointer<Float>, count: Int) -> Float {
    let sorted = UnsafeBufferPointer(start: x, count: count).sorted(by: >)
    var sum: Float = 0, threshold: Float = 0
    for (index, value) in sorted.enumerated() {
        sum += value
        guard 1 + Float(index + 1) * value > sum else { break }
        threshold = (sum - 1) / Float(index + 1)
    }
    return threshold
}
