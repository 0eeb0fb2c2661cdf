import CElmanKernels
import ElmanTensor

/// The scores of additive attention (Bahdanau et al. 2015): score_j = vectorᵀ tanh(keys_j + query) for every column of `keys`.
///
/// - Parameters:
///   - keys: `[A, n]`, the projected states.
///   - query: `[A]`, the projected query.
///   - vector: `[A]`, a weight.
/// - Returns: `[n]`.
public func additiveScores(keys: Expression, query: Expression, vector: Expression) -> Expression {
    keys.graph.apply(.additiveScores, keys, query, vector)
}

extension Op {
    /// Arguments: keys, query, vector.
    static let additiveScores = Op(
        "additiveScores", batching: .sharing([2]), scattered: [0],
        samples: [OpSample([[3, 4], [3], [3]]), OpSample([Shape([3, 2], batchSize: 2), [3], [3]])],
        shape: { shapes throws(ShapeError) in
            guard shapes[0].rank <= 2, shapes[1].count == shapes[0].rows, shapes[2].totalCount == shapes[0].rows else {
                throw ShapeError("keys [\(shapes[0].rows), n], query and vector [\(shapes[0].rows)] fit")
            }
            return [shapes[0].columns]
        },
        forward: { call in
            let keys = call.input(0), query = call.input(1), vector = call.input(2), y = call.output
            let size = query.size, block = call.reserve((call.keepsForBackward ? y.count : 1) * keys.size)
            for row in 0..<y.count {
                let activations = block + (call.keepsForBackward ? row * keys.size : 0)
                for offset in stride(from: 0, to: keys.size, by: size) {
                    ek_add(size, keys[row] + offset, query[row], activations + offset)
                }
                ek_tanh(keys.size, activations, activations)
                ek_gemm_nt(1, y.size, size, vector.base, size, activations, size, y[row], y.size, Int32(EK_ZERO), nil)
            }
        },
        backward: { call in
            let keys = call.input(0), query = call.input(1), vector = call.input(2), dy = call.outputGradient
            let size = query.size, dvector = call.reserve(2 * size), scratch = dvector + size
            dvector.update(repeating: 0, count: size)
            for row in 0..<dy.count {
                for column in 0..<dy.size {
                    let activations = call.auxiliary + row * keys.size + column * size, gradient = dy[row][column]
                    ek_scale_accumulate(size, gradient, activations, dvector)
                    for index in 0..<size {
                        scratch[index] = gradient * vector.base[index] * (1 - activations[index] * activations[index])
                    }
                    if let dkeys = call.inputGradient(0) { ek_accumulate(size, scratch, dkeys[row] + column * size) }
                    if let dquery = call.inputGradient(1) { ek_accumulate(size, scratch, dquery[row]) }
                }
            }
            call.accumulateSum(argument: 2, d: part(of: dvector, from: 0, size: size, stride: size, count: 1))
        })
}
