import CElmanKernels
import ElmanTensor

/// One step of an LSTM, from the projected input on: `z = projected + recurrentWeights * hidden` holds the gates
/// i, f, g, o in this order; `cell' = σ(f + forgetBias) .* cell + σ(i) .* tanh(g)`; `hidden' = σ(o) .* tanh(cell')`.
///
/// - Parameters:
///   - projected: `[4 H]`, the input's part of the gates with the bias.
///   - hidden: `[H]`, the hidden value before the step.
///   - cell: `[H]`, the cell value before the step.
///   - recurrentWeights: `[4 H, H]`.
/// - Returns: hidden and cell value after the step, `[H]` each.
public func lstmStep(
    projected: Expression, hidden: Expression, cell: Expression, recurrentWeights: Expression, forgetBias: Float = 0
) -> (hidden: Expression, cell: Expression) {
    let size = hidden.shape.rows
    let step = projected.graph.apply(
        .lstmStep, projected, hidden, cell, recurrentWeights,
        OpSettings(attribute0: hidden.isZeroLeaf ? 1 : 0, scalar: forgetBias))
    return (step[0..<size], step[size..<2 * size])
}

extension Op {
    /// Arguments: projected input, hidden, cell, recurrent weights. Result: hidden and cell, one behind the other.
    /// `attribute0` 1: the hidden value is zero and its product is left out.
    static let lstmStep = Op(
        "lstmStep", batching: .sharing([3]), acceptsPadding: true, scattered: [0], reducible: [3],
        samples: [OpSample([[12], [3], [3], [12, 3]], settings: OpSettings(scalar: 1))],
        shape: { shapes throws(ShapeError) in
            let size = shapes[1].rows
            guard shapes[0].count == 4 * size, shapes[2].count == size, shapes[1].count == size,
                shapes[3] == Shape(matrix: 4 * size, size)
            else {
                throw ShapeError("for a hidden size of \(size), [\(4 * size)], [\(size)], [\(size)], [\(4 * size), \(size)] fit")
            }
            return Shape(vector: 2 * size)
        },
        forward: { call in
            let projected = call.input(0), hidden = call.input(1), cell = call.input(2)
            let size = hidden.size, count = call.rowCount, y = call.output
            let gates = call.reserve(count * 4 * size)
            for row in 0..<count { (gates + row * 4 * size).update(from: projected[row], count: 4 * size) }
            if call.attribute0 == 0 { call.addProduct(hidden, 3, outputSize: 4 * size, to: gates, stride: 4 * size) }
            ek_lstm_forward(
                count, size, call.scalar, gates, 4 * size, cell.base, cell.stride, y.base, y.stride, y.base + size, y.stride)
        },
        backward: { call in
            let hidden = call.input(1), cell = call.input(2), weights = call.input(3)
            let size = hidden.size, count = call.rowCount, y = call.output, dy = call.outputGradient
            let gates = call.auxiliary
            let dcell = call.inputGradient(2)
            forEachIndependentRow(dcell, count) { first, count in
                ek_lstm_backward(
                    count, size, gates + first * 4 * size, 4 * size, cell[first], cell.stride, y[first] + size, y.stride,
                    dy[first], dy.stride, dy[first] + size, dy.stride, dcell?[first], dcell?.stride ?? 0)
            }
            let dz = Rows(base: gates, stride: 4 * size, size: 4 * size, count: count, columnStride: 4 * size)
            if call.attribute0 == 0 { call.accumulateProduct(argument: 3, x: hidden, d: dz) }
            accumulate(dz, into: call.inputGradient(0))
            guard let dhidden = call.inputGradient(1) else { return }
            forEachIndependentRow(dhidden, count) { first, count in
                ek_gemm_nt_gradient(
                    count, size, 4 * size, dz[first], 4 * size, weights.base, weights.columnStride, dhidden[first],
                    max(dhidden.stride, size), Int32(EK_KEEP), nil)
            }
        })
}
