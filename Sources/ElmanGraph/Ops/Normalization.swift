import CElmanKernels
import ElmanTensor

/// Layer normalisation of each column of a matrix `[n, columns]`, with gain and bias `[n]`; see `layerNorm` for vectors.
public func layerNormColumns(_ x: Expression, gain: Expression, bias: Expression) -> Expression {
    addToColumns(x.applying(.standardize) .* broadcast(gain, to: x.shape), bias)
}

/// (x - mean) / (deviation + 1e-8) of a vector, or of each column of a matrix.
public func standardized(_ x: Expression) -> Expression { x.applying(.standardize) }

/// gain · weights / |weights| with the norm over all elements (Salimans and Kingma 2016). `gain` is one number.
public func weightNorm(_ weights: Expression, gain: Expression) -> Expression {
    let norm = l2Norm(weights)
    return weights .* (gain.reshaped([]) ./ norm)
}

/// What is added to a deviation before it divides.
private let smallestDeviation: Float = 1e-8

extension Op {
    static let standardize = Op(
        "standardize", batching: .stacked, samples: [OpSample([[5]]), OpSample([Shape([4, 2], batchSize: 2)])],
        shape: { shapes throws(ShapeError) in shapes[0] },
        forward: { call in
            let x = call.input(0), y = call.output, rows = call.outputShape.rows, columns = y.size / rows
            let deviations = call.reserve(y.count * columns)
            for row in 0..<y.count {
                for column in 0..<columns {
                    let from = x[row] + column * rows, to = y[row] + column * rows
                    let mean = Float(ek_sum(rows, from) / Double(rows))
                    for index in 0..<rows { to[index] = from[index] - mean }
                    let deviation = Float((ek_sum_squares(rows, to) / Double(rows)).squareRoot())
                    let factor = 1 / (deviation + smallestDeviation)
                    for index in 0..<rows { to[index] *= factor }
                    deviations[row * columns + column] = deviation
                }
            }
        },
        backward: { call in
            guard let dx = call.inputGradient(0) else { return }
            let y = call.output, dy = call.outputGradient, rows = call.outputShape.rows, columns = y.size / rows
            for row in 0..<dx.count {
                for column in 0..<columns {
                    let offset = column * rows
                    let y = y[row] + offset, dy = dy[row] + offset, dx = dx[row] + offset
                    let deviation = call.auxiliary[row * columns + column]
                    let mean = Float(ek_sum(rows, dy) / Double(rows))
                    let slope = deviation == 0 ? 0 : ek_dot(rows, y, dy) / (Float(rows) * deviation)
                    let factor = 1 / (deviation + smallestDeviation)
                    for index in 0..<rows { dx[index] += (dy[index] - mean) * factor - y[index] * slope }
                }
            }
        })
}
