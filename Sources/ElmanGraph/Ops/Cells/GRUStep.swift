import CElmanKernels
import ElmanTensor

/// One step of a GRU whose reset gate follows the recurrent product (cuDNN, PyTorch), from the projected input on. With
/// `p = projected` and `u = recurrentWeights * hidden`, gates in the order r, z, n:
/// `r = σ(p_r + u_r)`, `z = σ(p_z + u_z)`, `n = tanh(p_n + r .* (u_n + recurrentBias))`,
/// `hidden' = (1 - z) .* n + z .* hidden`.
///
/// - Parameters:
///   - projected: `[3 H]`, the input's part of the gates with the bias.
///   - hidden: `[H]`, the hidden value before the step.
///   - recurrentWeights: `[3 H, H]`.
///   - recurrentBias: `[H]`, of the candidate n.
/// - Returns: the hidden value after the step, `[H]`.
public func gruStep(
    projected: Expression, hidden: Expression, recurrentWeights: Expression, recurrentBias: Expression
) -> Expression {
    projected.graph.apply(
        .gruStepAfter, projected, hidden, recurrentWeights, recurrentBias,
        OpSettings(attribute0: hidden.isZeroLeaf ? 1 : 0))
}

/// One step of a GRU whose reset gate comes before the recurrent product (Cho et al. 2014, DyNet), from the projected input
/// on. With `p = projected` and `u = recurrentWeights * hidden`, gates in the order r, z, n:
/// `r = σ(p_r + u_r)`, `z = σ(p_z + u_z)`, `n = tanh(p_n + candidateWeights * (r .* hidden))`,
/// `hidden' = (1 - z) .* hidden + z .* n`.
///
/// - Parameters:
///   - projected: `[3 H]`, the input's part of the gates with the bias.
///   - hidden: `[H]`, the hidden value before the step.
///   - recurrentWeights: `[2 H, H]`, of r and z.
///   - candidateWeights: `[H, H]`, of n.
/// - Returns: the hidden value after the step, `[H]`.
public func gruStep(
    projected: Expression, hidden: Expression, recurrentWeights: Expression, candidateWeights: Expression
) -> Expression {
    projected.graph.apply(
        .gruStepBefore, projected, hidden, recurrentWeights, candidateWeights,
        OpSettings(attribute0: hidden.isZeroLeaf ? 1 : 0))
}

extension Op {
    /// Arguments: projected input, hidden, recurrent weights, recurrent bias. `attribute0` 1: the hidden value is zero and
    /// its product is left out.
    static let gruStepAfter = Op(
        "gruStepAfter", batching: .sharing([2, 3]), acceptsPadding: true, scattered: [0], reducible: [2],
        samples: [OpSample([[9], [3], [9, 3], [3]]), OpSample([Shape([9], batchSize: 2), [3], [9, 3], [3]])],
        shape: { shapes throws(ShapeError) in
            let size = shapes[1].rows
            guard shapes[0].count == 3 * size, shapes[1].count == size, shapes[2] == Shape(matrix: 3 * size, size),
                shapes[3].totalCount == size
            else {
                throw ShapeError("for a hidden size of \(size), [\(3 * size)], [\(size)], [\(3 * size), \(size)], [\(size)] fit")
            }
            return Shape(vector: size)
        },
        forward: { call in resetAfterForward(call) },
        backward: { call in resetAfterBackward(call) })

    /// Arguments: projected input, hidden, recurrent weights, candidate weights. `attribute0` as above.
    static let gruStepBefore = Op(
        "gruStepBefore", batching: .sharing([2, 3]), acceptsPadding: true, scattered: [0], reducible: [2, 3],
        samples: [OpSample([[9], [3], [6, 3], [3, 3]]), OpSample([Shape([9], batchSize: 2), [3], [6, 3], [3, 3]])],
        shape: { shapes throws(ShapeError) in
            let size = shapes[1].rows
            guard shapes[0].count == 3 * size, shapes[1].count == size, shapes[2] == Shape(matrix: 2 * size, size),
                shapes[3] == Shape(matrix: size, size)
            else {
                throw ShapeError(
                    "for a hidden size of \(size), [\(3 * size)], [\(size)], [\(2 * size), \(size)], [\(size), \(size)] fit")
            }
            return Shape(vector: size)
        },
        forward: { call in resetBeforeForward(call) },
        backward: { call in resetBeforeBackward(call) })
}

// MARK: Reset after the product. The auxiliary rows are r, z, u, n: four blocks of H.

private func resetAfterForward(_ call: OpCall) {
    let projected = call.input(0), hidden = call.input(1), bias = call.input(3), y = call.output
    let size = y.size, count = call.rowCount, stride = 4 * size
    let gates = call.reserve(count * stride)
    call.copyRows(projected, count: 2 * size, to: gates, stride: stride)
    call.copyRows(projected, from: 2 * size, count: size, to: gates + 3 * size, stride: stride)
    for row in 0..<count { (gates + row * stride + 2 * size).update(from: bias.base, count: size) }
    if call.attribute0 == 0 { call.addProduct(hidden, 2, outputSize: 3 * size, to: gates, stride: stride) }
    ek_gru_after_forward(count, size, gates, stride, hidden.base, hidden.stride, y.base, y.stride)
}

private func resetAfterBackward(_ call: OpCall) {
    let hidden = call.input(1), dy = call.outputGradient
    let size = dy.size, count = call.rowCount, stride = 4 * size
    let gates = call.auxiliary
    let dhidden = call.inputGradient(1)
    forEachIndependentRow(dhidden, count) { first, count in
        ek_gru_after_backward(
            count, size, gates + first * stride, stride, hidden[first], hidden.stride, dy[first], dy.stride,
            dhidden?[first], dhidden?.stride ?? 0)
    }
    let recurrent = part(of: gates, from: 0, size: 3 * size, stride: stride, count: count)
    if call.attribute0 == 0 { call.accumulateProduct(argument: 2, x: hidden, d: recurrent) }
    call.accumulateSum(argument: 3, d: part(of: gates, from: 2 * size, size: size, stride: stride, count: count))
    let candidate = part(of: gates, from: 3 * size, size: size, stride: stride, count: count)
    accumulate(part(of: gates, from: 0, size: 2 * size, stride: stride, count: count), into: call.inputGradient(0), at: 0)
    accumulate(candidate, into: call.inputGradient(0), at: 2 * size)
    call.addTransposedProduct(recurrent, 2, to: dhidden)
}

// MARK: Reset before the product. The auxiliary rows are r, z, n, r ⊙ h: four blocks of H.

private func resetBeforeForward(_ call: OpCall) {
    let hidden = call.input(1), y = call.output
    let size = y.size, count = call.rowCount, stride = 4 * size
    let gates = call.reserve(count * stride)
    call.copyRows(call.input(0), count: 3 * size, to: gates, stride: stride)
    if call.attribute0 == 0 { call.addProduct(hidden, 2, outputSize: 2 * size, to: gates, stride: stride) }
    ek_gru_before_gates(count, size, gates, stride, hidden.base, hidden.stride, gates + 3 * size, stride)
    if call.attribute0 == 0 {
        let reset = part(of: gates, from: 3 * size, size: size, stride: stride, count: count)
        call.addProduct(reset, 3, outputSize: size, to: gates + 2 * size, stride: stride)
    }
    ek_gru_before_forward(count, size, gates, stride, hidden.base, hidden.stride, y.base, y.stride)
}

private func resetBeforeBackward(_ call: OpCall) {
    let hidden = call.input(1), dy = call.outputGradient
    let size = dy.size, count = call.rowCount, stride = 4 * size
    let gates = call.auxiliary
    let dhidden = call.inputGradient(1)
    forEachIndependentRow(dhidden, count) { first, count in
        ek_gru_before_backward(
            count, size, gates + first * stride, stride, hidden[first], hidden.stride, dy[first], dy.stride,
            dhidden?[first], dhidden?.stride ?? 0)
    }
    let candidate = part(of: gates, from: 2 * size, size: size, stride: stride, count: count)
    let dreset = part(of: call.reserve(count * size), from: 0, size: size, stride: size, count: count)
    dreset.base.update(repeating: 0, count: count * size)
    call.addTransposedProduct(candidate, 3, to: dreset)
    forEachIndependentRow(dhidden, count) { first, count in
        ek_gru_before_backward_reset(
            count, size, gates + first * stride, stride, hidden[first], hidden.stride, dreset[first], size,
            dhidden?[first], dhidden?.stride ?? 0)
    }
    let recurrent = part(of: gates, from: 0, size: 2 * size, stride: stride, count: count)
    if call.attribute0 == 0 {
        call.accumulateProduct(argument: 2, x: hidden, d: recurrent)
        let reset = part(of: gates, from: 3 * size, size: size, stride: stride, count: count)
        call.accumulateProduct(argument: 3, x: reset, d: candidate)
    }
    accumulate(part(of: gates, from: 0, size: 3 * size, stride: stride, count: count), into: call.inputGradient(0), at: 0)
    call.addTransposedProduct(recurrent, 2, to: dhidden)
}
