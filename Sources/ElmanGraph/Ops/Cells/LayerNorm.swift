import CElmanKernels
import ElmanTensor

/// Layer normalisation (Ba et al. 2016) of a vector: `gain .* (x - mean) / (deviation + 1e-8) + bias`, with the deviation of
/// the whole (not of a sample). Shapes `[n]`, `[n]`, `[n]`. Where all elements of x are equal the result is the bias, and no
/// gradient reaches x.
public func layerNorm(_ x: Expression, gain: Expression, bias: Expression) -> Expression {
    x.graph.apply(.layerNorm, x, gain, bias)
}

extension Op {
    /// Arguments: x, gain, bias.
    static let layerNorm = Op(
        "layerNorm", batching: .sharing([1, 2]),
        samples: [OpSample([[5], [5], [5]]), OpSample([Shape([4], batchSize: 3), [4], [4]])],
        shape: { shapes throws(ShapeError) in
            let x = shapes[0]
            guard x.rank == 1, shapes[1].totalCount == x.rows, shapes[2].totalCount == x.rows else {
                throw ShapeError("a vector, and a gain and a bias of its length, are needed")
            }
            return Shape(vector: x.rows)
        },
        forward: { call in
            let x = call.input(0), gain = call.input(1).base, bias = call.input(2).base, y = call.output
            let size = y.size, count = call.rowCount
            // For each row the normalised values, behind them all the deviations.
            let normalized = call.reserve(count * (size + 1)), deviations = normalized + count * size
            for row in 0..<count {
                let from = x[row], to = normalized + row * size, result = y[row]
                let mean = Float(ek_sum(size, from) / Double(size))
                for index in 0..<size { to[index] = from[index] - mean }
                let deviation = Float((ek_sum_squares(size, to) / Double(size)).squareRoot())
                deviations[row] = deviation
                for index in 0..<size {
                    to[index] /= deviation + layerNormEpsilon
                    result[index] = gain[index] * to[index] + bias[index]
                }
            }
        },
        backward: { call in
            let dy = call.outputGradient, size = dy.size, count = call.rowCount
            let normalized = call.auxiliary, deviations = normalized + count * size
            call.accumulateSum(argument: 2, d: dy)
            let scratch = call.reserve(size)
            if let dx = call.inputGradient(0) {
                for row in 0..<count where deviations[row] > 0 {
                    addNormGradient(
                        size, normalized + row * size, deviations[row], dy[row], call.input(1).base, scratch, dx[row])
                }
            }
            guard call.needsGradient(1) else { return }
            for row in 0..<count {
                let values = normalized + row * size, dy = dy[row]
                for index in 0..<size { values[index] *= dy[index] }
            }
            call.accumulateSum(
                argument: 1, d: Rows(base: normalized, stride: size, size: size, count: count, columnStride: size))
        })
}

private let layerNormEpsilon: Float = 1e-8

/// With v = dy ⊙ gain, n the normalised values and s the deviation:
/// dx += (v - mean(v)) / (s + ε) - n mean(v ⊙ n) / s.
private func addNormGradient(
    _ size: Int, _ normalized: UnsafePointer<Float>, _ deviation: Float, _ dy: UnsafePointer<Float>,
    _ gain: UnsafePointer<Float>, _ scratch: UnsafeMutablePointer<Float>, _ dx: UnsafeMutablePointer<Float>
) {
    ek_multiply(size, dy, gain, scratch)
    let mean = Float(ek_sum(size, scratch) / Double(size))
    let inner = ek_dot(size, scratch, normalized) / Float(size) / deviation
    let scale = 1 / (deviation + layerNormEpsilon)
    for index in 0..<size { dx[index] += (scratch[index] - mean) * scale - normalized[index] * inner }
}
