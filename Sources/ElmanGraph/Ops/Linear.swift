import CElmanKernels
import ElmanTensor

// Products with a weight that all rows share. Weights are stored column by column, so a weight of shape
// [outputSize, inputSize] lies in memory as inputSize rows of outputSize.

/// The matrix product of a weight `[n, k]` and `[k]` or `[k, columns]`; where the left side has a batch, member by member.
public func * (left: Expression, right: Expression) -> Expression {
    if left.shape.batchSize == 1 { return right.applying(.product, with: left) }
    return left.applying(.memberProduct, with: right)
}

/// `weights * x + bias` in one step: shapes `[n, k]`, `[k]` or `[k, columns]`, `[n]`.
public func affine(_ weights: Expression, _ x: Expression, _ bias: Expression) -> Expression {
    x.graph.apply(.affine, x, weights, bias)
}

/// The product of the transposed weight `[k, n]` and `[k]` or `[k, columns]`, as of an embedding table whose rows are the
/// output weights.
public func transposedProduct(_ weights: Expression, _ x: Expression) -> Expression {
    x.applying(.transposedProduct, with: weights)
}

/// `transposedProduct(weights, x) + bias`.
public func transposedAffine(_ weights: Expression, _ x: Expression, _ bias: Expression) -> Expression {
    x.graph.apply(.transposedAffine, x, weights, bias)
}

extension Op {
    /// Arguments: x, weights.
    static let product = linear("product", isTransposed: false, hasBias: false)
    /// Arguments: x, weights, bias.
    static let affine = linear("affine", isTransposed: false, hasBias: true)
    static let transposedProduct = linear("transposedProduct", isTransposed: true, hasBias: false)
    static let transposedAffine = linear("transposedAffine", isTransposed: true, hasBias: true)

    private static func linear(_ name: String, isTransposed: Bool, hasBias: Bool) -> Op {
        let weights: Shape = isTransposed ? [5, 3] : [3, 5]
        let bias: [Shape] = hasBias ? [[3]] : []
        return Op(
            name, batching: .sharing(hasBias ? [1, 2] : [1]), acceptsPadding: true, reducible: [1],
            isReducibleTransposed: isTransposed, isRagged: true,
            samples: [OpSample([[5], weights] + bias), OpSample([[5, 2], weights] + bias)],
            shape: { shapes throws(ShapeError) in try linearShape(shapes, isTransposed: isTransposed) },
            forward: { call in linearForward(call, isTransposed: isTransposed) },
            backward: { call in linearBackward(call, isTransposed: isTransposed) })
    }
}

func linearShape(_ shapes: OpArguments, isTransposed: Bool) throws(ShapeError) -> Shape {
    let x = shapes[0], weights = shapes[1]
    let inner = isTransposed ? weights.rows : weights.columns, outer = isTransposed ? weights.columns : weights.rows
    guard weights.rank <= 2, x.rank <= 2, weights.batchSize == 1 else {
        throw ShapeError("weights \(weights) × input \(x): a matrix without a batch times a vector or matrix is needed")
    }
    guard inner == x.rows else {
        throw ShapeError("weights \(weights) × input \(x): inner sizes \(inner) and \(x.rows) differ")
    }
    if shapes.count > 2, shapes[2].totalCount != outer || shapes[2].rank != 1 {
        throw ShapeError("weights \(weights) and bias \(shapes[2]): \(outer) elements of bias are needed")
    }
    return x.rank == 2 ? Shape(matrix: outer, x.columns) : Shape(vector: outer)
}

/// Calls `body` with blocks of equally spaced vectors of size `size` that make up the rows of x and y.
private func forEachBlock(
    _ x: Rows, size: Int, _ y: Rows, size ySize: Int,
    _ body: (_ count: Int, _ x: UnsafeMutablePointer<Float>, _ xStride: Int, _ y: UnsafeMutablePointer<Float>, _ yStride: Int) ->
        Void
) {
    let columns = x.size / max(size, 1)
    if columns == 1 {
        if x.stride == 0 || y.stride == 0, x.count > 1 {
            for row in 0..<x.count { body(1, x[row], size, y[row], ySize) }
        } else {
            body(x.count, x.base, max(x.stride, size), y.base, max(y.stride, ySize))
        }
    } else if x.isDense, y.isDense {
        body(x.count * columns, x.base, size, y.base, ySize)
    } else {
        for row in 0..<x.count { body(columns, x[row], size, y[row], ySize) }
    }
}

private func linearForward(_ call: OpCall, isTransposed: Bool) {
    let x = call.input(0), y = call.output
    let shape = call.inputShape(1)
    let inner = isTransposed ? shape.rows : shape.columns, outer = isTransposed ? shape.columns : shape.rows
    let bias = call.inputCount > 2 ? call.input(2).base : nil
    let start = Int32(bias == nil ? EK_ZERO : EK_BIAS)
    forEachBlock(x, size: inner, y, size: outer) { count, x, xStride, y, yStride in
        call.multiply(
            1, isTransposed: isTransposed, count: count, inputSize: inner, outputSize: outer, x, stride: xStride, to: y,
            stride: yStride, start: start, bias: bias)
    }
}

private func linearBackward(_ call: OpCall, isTransposed: Bool) {
    let x = call.input(0), weights = call.input(1), dy = call.outputGradient
    let shape = call.inputShape(1)
    let inner = isTransposed ? shape.rows : shape.columns, outer = isTransposed ? shape.columns : shape.rows
    let xVectors = vectors(of: x, size: inner, call), dyVectors = vectors(of: dy, size: outer, call)
    if isTransposed {
        call.accumulateProduct(argument: 1, x: dyVectors, d: xVectors)
    } else {
        call.accumulateProduct(argument: 1, x: xVectors, d: dyVectors)
    }
    if call.inputCount > 2 { call.accumulateSum(argument: 2, d: dyVectors) }
    guard let dx = call.inputGradient(0) else { return }
    let product = isTransposed ? ek_gemm_nn : ek_gemm_nt_gradient
    forEachBlock(dx, size: inner, dy, size: outer) { count, dx, dxStride, dy, dyStride in
        product(count, inner, outer, dy, dyStride, weights.base, weights.columnStride, dx, dxStride, Int32(EK_KEEP), nil)
    }
}

/// Rows that are matrices, as the vectors that are their columns.
private func vectors(of rows: Rows, size: Int, _ call: OpCall) -> Rows {
    let columns = rows.size / max(size, 1)
    if columns == 1 { return rows }
    let count = rows.count * columns
    if rows.isDense { return Rows(base: rows.base, stride: size, size: size, count: count, columnStride: size) }
    let pointers = call.reservePointers(count)
    for index in 0..<count { pointers[index] = rows[index / columns] + index % columns * size }
    return Rows(base: rows.base, stride: 0, size: size, count: count, columnStride: size, pointers: UnsafePointer(pointers))
}
