import CElmanKernels
import ElmanTensor

/// One step of a minimal gated unit (Zhou et al. 2016), from the projected input on. With `p = projected`, blocks f, n:
/// `f = σ(p_f + recurrentWeights * hidden)`, `n = tanh(p_n + candidateWeights * (f .* hidden))`,
/// `hidden' = (1 - f) .* hidden + f .* n`.
///
/// - Parameters:
///   - projected: `[2 H]`, the input's part with the bias.
///   - hidden: `[H]`, the hidden value before the step.
///   - recurrentWeights: `[H, H]`, of f.
///   - candidateWeights: `[H, H]`, of n.
/// - Returns: the hidden value after the step, `[H]`.
public func mguStep(
    projected: Expression, hidden: Expression, recurrentWeights: Expression, candidateWeights: Expression
) -> Expression {
    projected.graph.apply(
        .mguStep, projected, hidden, recurrentWeights, candidateWeights,
        OpSettings(attribute0: hidden.isZeroLeaf ? 1 : 0))
}

extension Op {
    /// Arguments: projected input, hidden, recurrent weights, candidate weights. `attribute0` 1: the hidden value is zero and its
    /// products are left out.
    static let mguStep = Op(
        "mguStep", batching: .sharing([2, 3]), acceptsPadding: true, scattered: [0], reducible: [2, 3],
        samples: [OpSample([[6], [3], [3, 3], [3, 3]]), OpSample([Shape([6], batchSize: 2), [3], [3, 3], [3, 3]])],
        shape: { shapes throws(ShapeError) in
            let size = shapes[1].rows
            guard shapes[0].count == 2 * size, shapes[1].count == size, shapes[2] == Shape(matrix: size, size),
                shapes[3] == Shape(matrix: size, size)
            else {
                throw ShapeError("for a hidden size of \(size), [\(2 * size)], [\(size)], [\(size), \(size)] twice fit")
            }
            return Shape(vector: size)
        },
        forward: { call in mguForward(call) },
        backward: { call in mguBackward(call) })
}

// The rows of what is kept are f, n, f ⊙ h: three blocks of H.

private func mguForward(_ call: OpCall) {
    let hidden = call.input(1), y = call.output
    let size = y.size, count = call.rowCount, stride = 3 * size
    let gates = call.reserve(count * stride)
    call.copyRows(call.input(0), count: 2 * size, to: gates, stride: stride)
    if call.attribute0 == 0 { call.addProduct(hidden, 2, outputSize: size, to: gates, stride: stride) }
    for row in 0..<count {
        let forget = gates + row * stride, masked = forget + 2 * size, h = hidden[row]
        ek_sigmoid(size, forget, forget)
        for i in 0..<size { masked[i] = forget[i] * h[i] }
    }
    if call.attribute0 == 0 {
        let masked = part(of: gates, from: 2 * size, size: size, stride: stride, count: count)
        call.addProduct(masked, 3, outputSize: size, to: gates + size, stride: stride)
    }
    for row in 0..<count {
        let forget = gates + row * stride, candidate = forget + size, h = hidden[row], next = y[row]
        ek_tanh(size, candidate, candidate)
        for i in 0..<size { next[i] = h[i] + forget[i] * (candidate[i] - h[i]) }
    }
}

private func mguBackward(_ call: OpCall) {
    let hidden = call.input(1), dy = call.outputGradient, dhidden = call.inputGradient(1)
    let size = dy.size, count = call.rowCount, stride = 3 * size
    let gates = call.auxiliary
    // Of the candidate; that of the gate as far as it decides between the two.
    let dgate = part(of: call.reserve(2 * count * size), from: 0, size: size, stride: size, count: count)
    let dmasked = part(of: dgate.base + count * size, from: 0, size: size, stride: size, count: count)
    dmasked.base.update(repeating: 0, count: count * size)
    for row in 0..<count {
        let forget = gates + row * stride, candidate = forget + size, h = hidden[row], d = dy[row], df = dgate[row]
        for i in 0..<size {
            df[i] = d[i] * (candidate[i] - h[i])
            candidate[i] = d[i] * forget[i] * (1 - candidate[i] * candidate[i])
        }
        guard let dh = dhidden?[row] else { continue }
        for i in 0..<size { dh[i] += d[i] - d[i] * forget[i] }
    }
    let candidate = part(of: gates, from: size, size: size, stride: stride, count: count)
    call.addTransposedProduct(candidate, 3, to: dmasked)
    if call.attribute0 == 0 {
        let masked = part(of: gates, from: 2 * size, size: size, stride: stride, count: count)
        call.accumulateProduct(argument: 3, x: masked, d: candidate)
    }
    for row in 0..<count {
        let forget = gates + row * stride, h = hidden[row], df = dgate[row], dm = dmasked[row]
        if let dh = dhidden?[row] { for i in 0..<size { dh[i] += dm[i] * forget[i] } }
        for i in 0..<size { forget[i] = (df[i] + dm[i] * h[i]) * (forget[i] * (1 - forget[i])) }
    }
    let forget = part(of: gates, from: 0, size: size, stride: stride, count: count)
    if call.attribute0 == 0 { call.accumulateProduct(argument: 2, x: hidden, d: forget) }
    accumulate(part(of: gates, from: 0, size: 2 * size, stride: stride, count: count), into: call.inputGradient(0), at: 0)
    call.addTransposedProduct(forget, 2, to: dhidden)
}
