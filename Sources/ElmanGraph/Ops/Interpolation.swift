import ElmanTensor

/// Mixtures of two vectors, one behind the other: for each block s of the shares `other + s .* (x - other)`, as in RWKV's token shift
/// (Peng et al. 2023).
/// - Parameters:
///   - x: `[n]`, what a share of 1 gives.
///   - other: `[n]`, what a share of 0 gives.
///   - shares: `[blocks n]`.
/// - Returns: `[blocks n]`.
public func interpolate(_ x: Expression, _ other: Expression, shares: Expression) -> Expression {
    x.graph.apply(.interpolate, x, other, shares)
}

extension Op {
    /// Arguments: x, the other vector, shares.
    static let interpolate = Op(
        "interpolate", batching: .sharing([2]), scattered: [0, 1],
        samples: [OpSample([[3], [3], [6]]), OpSample([Shape([2], batchSize: 3), [2], [2]])],
        shape: { shapes throws(ShapeError) in
            let size = shapes[0].rows, shares = shapes[2].totalCount
            guard shapes[0].count == size, shapes[1].count == size, shares > 0, shares % size == 0 else {
                throw ShapeError("two vectors of one size, and shares of a multiple of it, are needed")
            }
            return Shape(vector: shares)
        },
        forward: { call in
            let shares = call.input(2).base, y = call.output, size = call.input(0).size
            for row in 0..<call.rowCount {
                let x = call.input(0)[row], other = call.input(1)[row]
                for start in stride(from: 0, to: y.size, by: size) {
                    let to = y[row] + start, share = shares + start
                    for i in 0..<size { to[i] = other[i] + share[i] * (x[i] - other[i]) }
                }
            }
        },
        backward: { call in
            let shares = call.input(2).base, dy = call.outputGradient, size = call.input(0).size
            let dx = call.inputGradient(0), dother = call.inputGradient(1)
            for row in 0..<call.rowCount {
                for start in stride(from: 0, to: dy.size, by: size) {
                    let d = dy[row] + start, share = shares + start
                    if let dx = dx?[row] { for i in 0..<size { dx[i] += d[i] * share[i] } }
                    if let dother = dother?[row] { for i in 0..<size { dother[i] += d[i] * (1 - share[i]) } }
                }
            }
            guard call.needsGradient(2) else { return }
            let dshares = call.zeroedRows(like: dy)
            for row in 0..<call.rowCount {
                let x = call.input(0)[row], other = call.input(1)[row]
                for start in stride(from: 0, to: dy.size, by: size) {
                    let d = dy[row] + start, to = dshares[row] + start
                    for i in 0..<size { to[i] = d[i] * (x[i] - other[i]) }
                }
            }
            call.accumulateSum(argument: 2, d: dshares)
        })
}
