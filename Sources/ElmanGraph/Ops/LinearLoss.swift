import CElmanKernels
import ElmanTensor

/// The negative log-probability of class `index` under softmax of `scores`, a vector: -log softmax(scores)[index].
///
/// Where `scores` is a linear layer, layer, softmax and pick run as one step that never holds the probabilities, for all
/// rows that share the layer at once. Result: one number. Fails where the index is outside the vector.
public func pickNegativeLogSoftmax(_ scores: Expression, _ index: Int) -> Expression {
    pickNegativeLogSoftmax(scores, indices: CollectionOfOne(index))
}

/// As above for a batch: one index for each member, one number each. A negative index skips its member: loss 0, no gradient.
/// It is how padding is left out of a loss.
public func pickNegativeLogSoftmax(_ scores: Expression, _ indices: [Int]) -> Expression {
    pickNegativeLogSoftmax(scores, indices: indices)
}

private func pickNegativeLogSoftmax(_ scores: Expression, indices: some Collection<Int>) -> Expression {
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: indices.count) { data in
        for (position, index) in indices.enumerated() { data[position] = Int32(clamping: index) }
        return pickNegativeLogSoftmax(scores, data: UnsafeBufferPointer(data))
    }
}

private func pickNegativeLogSoftmax(_ scores: Expression, data: UnsafeBufferPointer<Int32>) -> Expression {
    let graph = scores.graph
    let index = graph.node(scores)
    let node = graph.storage.pointee.nodes[index]
    let isTransposed = node.op == Op.transposedAffine.id || node.op == Op.transposedProduct.id
    guard node.value == nil, isTransposed || node.op == Op.affine.id || node.op == Op.product.id else {
        return withUnsafePointer(to: scores.index) { argument in
            let arguments = UnsafeBufferPointer(start: argument, count: 1)
            return graph.insert(.pickNegativeLogSoftmax, arguments, OpSettings(), data: data)
        }
    }
    // The layer's node stays without a value unless somebody else asks for it.
    let first = Int(node.firstArgument)
    let arguments = UnsafeBufferPointer(
        start: UnsafePointer(graph.storage.pointee.arguments.pointer + first), count: Int(node.argumentCount))
    return withUnsafeTemporaryAllocation(of: Int32.self, capacity: arguments.count) { copy in
        _ = copy.initialize(fromContentsOf: arguments)
        let op: Op = isTransposed ? .transposedLinearLoss : .linearLoss
        return graph.insert(op, UnsafeBufferPointer(copy), OpSettings(), data: data)
    }
}

extension Op {
    /// Arguments: x, weights and maybe bias, as of a linear layer. Data: the class of each member.
    static let linearLoss = makeLinearLoss("linearLoss", isTransposed: false)
    static let transposedLinearLoss = makeLinearLoss("transposedLinearLoss", isTransposed: true)

    private static func makeLinearLoss(_ name: String, isTransposed: Bool) -> Op {
        let weights: Shape = isTransposed ? [4, 7] : [7, 4]
        return Op(
            name, batching: .sharing([1, 2]), acceptsPadding: true, reducible: [1], isReducibleTransposed: isTransposed,
            isRagged: true,
            samples: [
                OpSample([[4], weights, [7]], settings: OpSettings(data: [2])),
                OpSample([[4], weights], settings: OpSettings(data: [6])),
                OpSample([Shape([4], batchSize: 3), weights, [7]], settings: OpSettings(data: [2, -1, 0])),
            ],
            shape: { shapes throws(ShapeError) in
                let scores = try linearShape(shapes, isTransposed: isTransposed)
                try checkClasses(scores, batchSize: shapes[0].batchSize, shapes.data)
                return .scalar
            },
            forward: { call in linearLossForward(call, isTransposed: isTransposed) },
            backward: { call in linearLossBackward(call, isTransposed: isTransposed) })
    }
}

func checkClasses(_ scores: Shape, batchSize: Int, _ classes: UnsafeBufferPointer<Int32>) throws(ShapeError) {
    guard scores.rank == 1 else { throw ShapeError("scores \(scores) are no vector") }
    guard classes.count == batchSize else {
        throw ShapeError("\(classes.count) classes are given for a batch of \(batchSize)")
    }
    for index in classes where Int(index) >= scores.rows { throw ShapeError("class \(index) of \(scores.rows)") }
}

/// Logits beyond this many floats (256 MB) are computed a second time in the backward pass instead of kept.
private let largestKeptLogits = 1 << 26

/// The kernel's view of a batch. `state` is the memory kept from the forward pass: targets, sums, logits.
private func makeCall(_ call: OpCall, isTransposed: Bool, state: UnsafeMutablePointer<Float>) -> ek_linear_loss {
    let x = call.input(0), weights = call.input(1), shape = call.inputShape(1)
    let rowCount = call.rowCount, classCount = isTransposed ? shape.columns : shape.rows
    let padded = (rowCount + 15) & ~15
    let stride = logitStride(classCount)
    return ek_linear_loss(
        m_count: rowCount, k_count: isTransposed ? shape.rows : shape.columns, n_count: classCount, x: x.base,
        x_stride: x.stride, w: weights.base, ldw: weights.columnStride, transposed: isTransposed ? 1 : 0,
        bias: call.inputCount > 2 ? call.input(2).base : nil,
        targets: UnsafeRawPointer(state).assumingMemoryBound(to: Int32.self),
        logits: call.keepsForBackward && rowCount * stride <= largestKeptLogits ? state + 2 * padded : nil,
        logits_stride: stride, log_sums: state + padded)
}

private func logitStride(_ classCount: Int) -> Int { (classCount + 15) & ~15 }

private func linearLossForward(_ call: OpCall, isTransposed: Bool) {
    let shape = call.inputShape(1)
    let padded = (call.rowCount + 15) & ~15
    let logitCount = call.rowCount * logitStride(isTransposed ? shape.columns : shape.rows)
    let keeps = call.keepsForBackward && logitCount <= largestKeptLogits
    let state = call.reserve(2 * padded + (keeps ? logitCount : 0))
    let targets = UnsafeMutableRawPointer(state).bindMemory(to: Int32.self, capacity: padded)
    var row = 0
    for node in 0..<call.nodeCount {
        for index in call.data(ofNode: node) {
            targets[row] = index
            row += 1
        }
    }
    if call.reducedWeights(1) != nil {
        reducedLossForward(call, isTransposed: isTransposed, targets: targets)
        return
    }
    var kernelCall = makeCall(call, isTransposed: isTransposed, state: state)
    ek_linear_loss_forward(&kernelCall, call.output.base)
}

/// Logits of so many floats are computed in one go where the weights are held in fewer bits.
private let logitsAtOnce = 1 << 20

/// The same with weights of fewer bits, whose logits are written out. No backward pass comes.
private func reducedLossForward(_ call: OpCall, isTransposed: Bool, targets: UnsafePointer<Int32>) {
    let x = call.input(0), shape = call.inputShape(1)
    let classCount = isTransposed ? shape.columns : shape.rows, inputSize = isTransposed ? shape.rows : shape.columns
    let stride = logitStride(classCount), rowsAtOnce = min(call.rowCount, max(16, logitsAtOnce / stride))
    let logits = call.reserve(rowsAtOnce * (stride + 1)), sums = logits + rowsAtOnce * stride
    let bias = call.inputCount > 2 ? call.input(2).base : nil
    for first in Swift.stride(from: 0, to: call.rowCount, by: rowsAtOnce) {
        let count = min(rowsAtOnce, call.rowCount - first)
        call.multiply(
            1, isTransposed: isTransposed, count: count, inputSize: inputSize, outputSize: classCount, x[first],
            stride: x.stride, to: logits, stride: stride, start: Int32(bias == nil ? EK_ZERO : EK_BIAS), bias: bias)
        ek_log_sum_exp(count, classCount, logits, stride, sums)
        for row in 0..<count {
            let target = Int(targets[first + row])
            call.output[first + row][0] = target < 0 ? 0 : sums[row] - logits[row * stride + target]
        }
    }
}

private func linearLossBackward(_ call: OpCall, isTransposed: Bool) {
    var kernelCall = makeCall(call, isTransposed: isTransposed, state: call.auxiliary)
    let weights = call.beginSharedGradient(1)
    let bias = call.inputCount > 2 ? call.beginSharedGradient(2) : nil
    let dx = call.inputGradient(0)
    // The kernel takes one start for both: where they differ, the one that starts afresh is zeroed.
    let keeps = (weights?.keeps ?? false) || (bias?.keeps ?? false)
    if keeps, let weights, !weights.keeps {
        let shape = call.inputShape(1)
        weights.pointer.update(repeating: 0, count: call.input(1).columnStride * shape.columns)
    }
    if keeps, let bias, !bias.keeps { bias.pointer.update(repeating: 0, count: kernelCall.n_count) }
    // The kernel writes its rows at once: one row that is seen by all is accumulated afterwards.
    let block = dx.flatMap { $0.stride == 0 && $0.count > 1 ? call.zeroedRows(like: $0) : nil } ?? dx
    ek_linear_loss_backward(
        &kernelCall, call.outputGradient.base, block?.base, block?.stride ?? 0, weights?.pointer, bias?.pointer,
        Int32(keeps ? EK_KEEP : EK_ZERO))
    if let block, dx?.stride == 0, block.count > 1 { accumulate(block, into: dx) }
}
