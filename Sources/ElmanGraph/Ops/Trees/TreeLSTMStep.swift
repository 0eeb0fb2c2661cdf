import CElmanKernels
import ElmanTensor

/// One node of an N-ary tree-LSTM (Tai et al. 2015, equations 9 to 14) with all its children:
///
///     (i, o, u, f_1 … f_N) = childWeights (h_1; …; h_N) + (bias, forgetBias, …, forgetBias)     and, with an input, + projected
///     c = σ(i) ⊙ tanh(u) + Σ_k σ(f_k) ⊙ c_k      h = σ(o) ⊙ tanh(c)
///
/// - Parameters:
///   - children: N states `[2H]`, hidden value and cell value one behind the other, as this function gives them.
///   - childWeights: `[(3 + N) H, N H]`, blocks i, o, u, f_1 … f_N.
///   - bias: `[3H]`, of i, o, u.
///   - forgetBias: `[H]`, of every f_k.
///   - projected: `[4H]`, the input's part of i, o, u and of every f_k, without bias; nil where inner nodes have no input.
/// - Returns: `[2H]`: the hidden value, then the cell value.
public func treeLSTMStep(
    children: [Expression], childWeights: Expression, bias: Expression, forgetBias: Expression,
    projected: Expression? = nil
) -> Expression {
    let arguments = [childWeights, bias, forgetBias] + (projected.map { [$0] } ?? []) + children
    return childWeights.graph.apply(.treeLSTMStep, arguments, OpSettings(attribute0: projected == nil ? 0 : 1))
}

/// A leaf of a tree-LSTM: the step of a node without children.
/// - Parameters:
///   - projected: `[3H]`, the input's part of i, o, u with the bias; or `[4H]`, whose last block is not used.
///   - hiddenSize: H.
/// - Returns: `[2H]`: the hidden value, then the cell value.
public func treeLSTMLeaf(projected: Expression, hiddenSize: Int) -> Expression {
    projected.applying(.treeLSTMLeaf, OpSettings(attribute0: hiddenSize))
}

extension Op {
    /// Arguments: child weights, bias, forget bias, where `attribute0` is 1 the projected input, children.
    static let treeLSTMStep = Op(
        "treeLSTMStep", batching: .sharing([0, 1, 2]), acceptsPadding: true, scattered: Set(3..<32), reducible: [0],
        samples: [
            OpSample([[10, 4], [6], [2], [4], [4]]), OpSample([[8, 2], [6], [2], [4]]),
            OpSample([[10, 4], [6], [2], [8], [4], [4]], settings: OpSettings(attribute0: 1)),
            OpSample([[10, 4], [6], [2], Shape([4], batchSize: 2), [4]]),
        ],
        shape: { shapes throws(ShapeError) in
            let size = shapes[2].totalCount, first = 3 + shapes.attribute0, count = shapes.count - first
            guard count >= 1, shapes[0] == Shape(matrix: (3 + count) * size, count * size), shapes[1].totalCount == 3 * size,
                shapes.attribute0 == 0 || shapes[3].count == 4 * size,
                (first..<shapes.count).allSatisfy({ shapes[$0].count == 2 * size })
            else {
                throw ShapeError(
                    "for \(count) children and a hidden size of \(size), weights [\((3 + count) * size), \(count * size)], "
                        + "biases [\(3 * size)] and [\(size)] and states [\(2 * size)] fit")
            }
            return Shape(vector: 2 * size)
        },
        forward: { call in treeStepForward(call) },
        backward: { call in treeStepBackward(call) })

    /// `attribute0`: H.
    static let treeLSTMLeaf = Op(
        "treeLSTMLeaf", batching: .stacked, scattered: [0],
        samples: [
            OpSample([[6]], settings: OpSettings(attribute0: 2)), OpSample([[8]], settings: OpSettings(attribute0: 2)),
            OpSample([Shape([6], batchSize: 2)], settings: OpSettings(attribute0: 2)),
        ],
        shape: { shapes throws(ShapeError) in
            let size = shapes.attribute0
            guard size >= 1, shapes[0].count == 3 * size || shapes[0].count == 4 * size else {
                throw ShapeError("for a hidden size of \(size), [\(3 * size)] or [\(4 * size)] fit")
            }
            return Shape(vector: 2 * size)
        },
        forward: { call in
            let size = call.attribute0, projected = call.input(0)
            let gates = TreeGates(size: size, childCount: 0, base: call.reserve(call.rowCount * 4 * size))
            for row in 0..<call.rowCount {
                (gates.base + row * gates.stride).update(from: projected[row], count: 3 * size)
                gates.forward(row: row, output: call.output[row]) { _ in gates.base }
            }
        },
        backward: { call in
            guard let dx = call.inputGradient(0) else { return }
            let size = call.attribute0, gates = TreeGates(size: size, childCount: 0, base: call.auxiliary)
            for row in 0..<call.rowCount {
                gates.backward(
                    row: row, gradient: call.outputGradient[row], cell: { _ in gates.base }, cellGradient: { _ in nil })
                ek_accumulate(3 * size, gates.base + row * gates.stride, dx[row])
            }
        })
}

/// The auxiliary memory has the gates and, behind them, the children's hidden values.
private func treeStepForward(_ call: OpCall) {
    let first = 3 + call.attribute0, children = call.childRange(from: first)
    let size = call.output.size / 2, count = call.rowCount
    let gates = TreeGates(size: size, childCount: children.count, base: call.reserve(count * (children.count + 4) * size))
    let hidden = call.gatherHidden(children, size: size)
    let bias = call.reserve(gates.gateCount)
    bias.update(from: call.input(1).base, count: 3 * size)
    for child in 0..<children.count { (bias + (3 + child) * size).update(from: call.input(2).base, count: size) }
    if call.attribute0 == 1 { addProjected(call, gates, bias) }
    call.multiply(
        0, count: count, inputSize: hidden.size, outputSize: gates.gateCount, hidden.base, stride: hidden.stride,
        to: gates.base, stride: gates.stride, start: Int32(call.attribute0 == 1 ? EK_KEEP : EK_BIAS), bias: bias)
    for row in 0..<count {
        gates.forward(row: row, output: call.output[row]) { call.input(first + $0)[row] + size }
    }
}

/// Gates of the bias and the projected input.
private func addProjected(_ call: OpCall, _ gates: TreeGates, _ bias: UnsafePointer<Float>) {
    let projected = call.input(3), size = gates.size
    for row in 0..<call.rowCount {
        let target = gates.base + row * gates.stride
        ek_add(3 * size, bias, projected[row], target)
        for block in 3..<3 + gates.childCount {
            ek_add(size, bias + block * size, projected[row] + 3 * size, target + block * size)
        }
    }
}

private func treeStepBackward(_ call: OpCall) {
    let first = 3 + call.attribute0, children = call.childRange(from: first)
    let size = call.output.size / 2, count = call.rowCount
    let gates = TreeGates(size: size, childCount: children.count, base: call.auxiliary)
    for row in 0..<count {
        gates.backward(row: row, gradient: call.outputGradient[row]) {
            call.input(first + $0)[row] + size
        } cellGradient: { child in
            call.inputGradient(first + child).map { $0[row] + size }
        }
    }
    let dz = gates.all(count: count)
    call.accumulateProduct(argument: 0, x: call.gatherHidden(children, size: size), d: dz)
    call.accumulateSum(argument: 1, d: gates.upper(count: count))
    for child in 0..<children.count { call.accumulateSum(argument: 2, d: gates.forget(child, count: count)) }
    if call.attribute0 == 1 {
        accumulate(gates.upper(count: count), into: call.inputGradient(3), at: 0)
        for child in 0..<children.count {
            accumulate(gates.forget(child, count: count), into: call.inputGradient(3), at: 3 * size)
        }
    }
    guard children.contains(where: { call.inputGradient($0) != nil }) else { return }
    let weights = call.input(0), stride = children.count * size
    let dx = part(of: call.reserve(count * stride), from: 0, size: stride, stride: stride, count: count)
    ek_gemm_nt_gradient(
        count, stride, gates.gateCount, dz.base, dz.stride, weights.base, weights.columnStride, dx.base, stride,
        Int32(EK_ZERO), nil)
    scatterHidden(dx, call, children, size: size)
}
