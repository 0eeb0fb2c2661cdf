import CElmanKernels
import ElmanTensor

/// One node of a child-sum tree-LSTM (Tai et al. 2015, equations 2 to 8) with all its children, of which there may be any
/// number and which have no order but that of the sum:
///
///     (i, o, u) = projected_{i, o, u} + recurrentWeights Σ_k h_k      f_k = projected_f + forgetWeights h_k
///     c = σ(i) ⊙ tanh(u) + Σ_k σ(f_k) ⊙ c_k      h = σ(o) ⊙ tanh(c)
///
/// - Parameters:
///   - projected: `[4H]`, the input's part of i, o, u and f, with the bias.
///   - children: at least one state `[2H]`, hidden value and cell value one behind the other; a node without is
///     `treeLSTMLeaf(projected:hiddenSize:)`.
///   - recurrentWeights: `[3H, H]`, blocks i, o, u.
///   - forgetWeights: `[H, H]`.
/// - Returns: `[2H]`: the hidden value, then the cell value.
public func childSumStep(
    projected: Expression, children: [Expression], recurrentWeights: Expression, forgetWeights: Expression
) -> Expression {
    projected.graph.apply(.childSumStep, [recurrentWeights, forgetWeights, projected] + children)
}

extension Op {
    /// Arguments: recurrent weights, forget weights, projected input, children.
    static let childSumStep = Op(
        "childSumStep", batching: .sharing([0, 1]), acceptsPadding: true, scattered: Set(2..<63), reducible: [0, 1],
        samples: [
            OpSample([[6, 2], [2, 2], [8], [4]]), OpSample([[6, 2], [2, 2], [8], [4], [4], [4]]),
            OpSample([[6, 2], [2, 2], [8], Shape([4], batchSize: 2), [4]]),
        ],
        shape: { shapes throws(ShapeError) in
            let size = shapes[1].rows
            guard shapes.count >= 4, shapes[0] == Shape(matrix: 3 * size, size), shapes[1] == Shape(matrix: size, size),
                shapes[2].count == 4 * size, (3..<shapes.count).allSatisfy({ shapes[$0].count == 2 * size })
            else {
                throw ShapeError(
                    "for a hidden size of \(size), weights [\(3 * size), \(size)] and [\(size), \(size)], [\(4 * size)] "
                        + "projected and one or more states [\(2 * size)] fit")
            }
            return Shape(vector: 2 * size)
        },
        forward: { call in childSumForward(call) },
        backward: { call in childSumBackward(call) })
}

private func childSumForward(_ call: OpCall) {
    let children = call.childRange(from: 3), size = call.output.size / 2, count = call.rowCount
    let gates = TreeGates(size: size, childCount: children.count, base: call.reserve(count * (children.count + 4) * size))
    let hidden = call.gatherHidden(children, size: size), sums = sumChildren(call, hidden, size: size)
    let projected = call.input(2)
    for row in 0..<count {
        let target = gates.base + row * gates.stride
        target.update(from: projected[row], count: 3 * size)
        for child in 0..<children.count { (target + (3 + child) * size).update(from: projected[row] + 3 * size, count: size) }
    }
    call.addProduct(sums, 0, outputSize: 3 * size, to: gates.base, stride: gates.stride)
    for child in 0..<children.count {
        let rows = part(of: hidden.base, from: child * size, size: size, stride: hidden.stride, count: count)
        call.addProduct(rows, 1, outputSize: size, to: gates.base + (3 + child) * size, stride: gates.stride)
    }
    for row in 0..<count { gates.forward(row: row, output: call.output[row]) { call.input(3 + $0)[row] + size } }
}

/// Σ_k h_k of every row.
private func sumChildren(_ call: OpCall, _ hidden: Rows, size: Int) -> Rows {
    let sums = call.reserve(call.rowCount * size)
    for row in 0..<call.rowCount {
        let target = sums + row * size
        target.update(from: hidden[row], count: size)
        for offset in stride(from: size, to: hidden.size, by: size) { ek_accumulate(size, hidden[row] + offset, target) }
    }
    return part(of: sums, from: 0, size: size, stride: size, count: call.rowCount)
}

private func childSumBackward(_ call: OpCall) {
    let children = call.childRange(from: 3), size = call.output.size / 2, count = call.rowCount
    let gates = TreeGates(size: size, childCount: children.count, base: call.auxiliary)
    for row in 0..<count {
        gates.backward(row: row, gradient: call.outputGradient[row]) {
            call.input(3 + $0)[row] + size
        } cellGradient: { child in
            call.inputGradient(3 + child).map { $0[row] + size }
        }
    }
    let hidden = call.gatherHidden(children, size: size), upper = gates.upper(count: count)
    call.accumulateProduct(argument: 0, x: sumChildren(call, hidden, size: size), d: upper)
    accumulate(upper, into: call.inputGradient(2), at: 0)
    let needsHidden = children.contains { call.inputGradient($0) != nil }
    let stride = children.count * size
    let dx = part(of: call.reserve(count * stride), from: 0, size: stride, stride: stride, count: count)
    for child in 0..<children.count {
        let forget = gates.forget(child, count: count)
        let rows = part(of: hidden.base, from: child * size, size: size, stride: stride, count: count)
        call.accumulateProduct(argument: 1, x: rows, d: forget)
        accumulate(forget, into: call.inputGradient(2), at: 3 * size)
        guard needsHidden else { continue }
        let target = part(of: dx.base, from: child * size, size: size, stride: stride, count: count)
        call.writeTransposedProduct(upper, 0, to: target, start: EK_ZERO)
        call.writeTransposedProduct(forget, 1, to: target, start: EK_KEEP)
    }
    if needsHidden { scatterHidden(dx, call, children, size: size) }
}

extension OpCall {
    /// dx = start + d weights, where the weights, of shape `[d.size, dx.size]`, are argument `argument`.
    fileprivate func writeTransposedProduct<Start: BinaryInteger>(_ d: Rows, _ argument: Int, to dx: Rows, start: Start) {
        let weights = input(argument)
        ek_gemm_nt_gradient(
            rowCount, dx.size, d.size, d.base, d.stride, weights.base, weights.columnStride, dx.base, dx.stride, Int32(start),
            nil)
    }
}
