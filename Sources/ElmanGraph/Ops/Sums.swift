import CElmanKernels
import ElmanTensor

/// The sum of expressions of one shape. Fails for an empty list.
public func sum(_ terms: [Expression]) -> Expression {
    guard let first = terms.first else { fail("the sum of no expressions has no graph; give at least one") }
    return terms.count == 1 ? first : first.graph.apply(.sumOfTerms, terms)
}

/// The sum of all elements, one number for each member of the batch.
public func sum(_ x: Expression) -> Expression { x.applying(.sumOfElements) }

/// The sum over the members of the batch.
public func sumOverBatch(_ x: Expression) -> Expression {
    x.shape.batchSize == 1 ? x : x.applying(.sumOverBatch)
}

extension Op {
    static let sumOfTerms = Op(
        "sum", batching: .stacked, samples: [OpSample([[3], [3], [3]]), OpSample([Shape([2], batchSize: 2), [2]])],
        shape: { shapes throws(ShapeError) in
            for index in 1..<Swift.max(shapes.count, 1) where !shapes[index].hasSameDimensions(as: shapes[0]) {
                throw ShapeError("terms have the shapes \(shapes[0]) and \(shapes[index])")
            }
            return shapes[0]
        },
        forward: { call in
            let y = call.output
            for row in 0..<y.count {
                y[row].update(from: call.input(0)[row], count: y.size)
                for term in 1..<call.inputCount { ek_accumulate(y.size, call.input(term)[row], y[row]) }
            }
        },
        backward: { call in
            for term in 0..<call.inputCount { accumulate(call.outputGradient, into: call.inputGradient(term)) }
        })

    static let sumOfElements = Op(
        "sumOfElements", batching: .stacked, samples: [OpSample([[5]]), OpSample([[3, 2]])],
        shape: { _ throws(ShapeError) in .scalar },
        forward: { call in
            let x = call.input(0)
            for row in 0..<x.count { call.output[row].pointee = Float(ek_sum(x.size, x[row])) }
        },
        backward: { call in
            guard let dx = call.inputGradient(0) else { return }
            for row in 0..<dx.count {
                let gradient = call.outputGradient[row].pointee, target = dx[row]
                for index in 0..<dx.size { target[index] += gradient }
            }
        })

    static let sumOverBatch = Op(
        "sumOverBatch", batching: .stacked, decidesBatch: true, isRagged: true,
        samples: [OpSample([Shape([3], batchSize: 4)])],
        shape: { shapes throws(ShapeError) in shapes[0].batched(1) },
        forward: { call in
            let x = call.input(0), y = call.output
            var row = 0
            for node in 0..<call.nodeCount {
                y[node].update(from: x[row], count: y.size)
                let end = row + call.inputMemberCount(0, ofNode: node)
                for member in row + 1..<end { ek_accumulate(y.size, x[member], y[node]) }
                row = end
            }
        },
        backward: { call in
            guard let dx = call.inputGradient(0) else { return }
            let dy = call.outputGradient
            var row = 0
            for node in 0..<call.nodeCount {
                for _ in 0..<call.inputMemberCount(0, ofNode: node) {
                    ek_accumulate(dx.size, dy[node], dx[row])
                    row += 1
                }
            }
        })
}
