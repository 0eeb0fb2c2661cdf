import CElmanKernels
import ElmanTensor

// What the steps of all cells share: the recurrent product of a batch, forward and backward.

extension OpCall {
    /// Rows of `stride` floats that begin with the rows of `rows`, from `offset` elements on.
    func copyRows(_ rows: Rows, from offset: Int = 0, count size: Int, to target: UnsafeMutablePointer<Float>, stride: Int) {
        for row in 0..<rowCount { (target + row * stride).update(from: rows[row] + offset, count: size) }
    }

    /// target += x weightsᵀ, where the weights, of shape `[outputSize, x.size]`, are argument `argument`.
    func addProduct(_ x: Rows, _ argument: Int, outputSize: Int, to target: UnsafeMutablePointer<Float>, stride: Int) {
        multiply(
            argument, count: rowCount, inputSize: x.size, outputSize: outputSize, x.base, stride: x.stride, to: target,
            stride: stride, start: Int32(EK_KEEP))
    }

    /// dx += d weights, where the weights, of shape `[d.size, dx.size]`, are argument `argument`.
    func addTransposedProduct(_ d: Rows, _ argument: Int, to dx: Rows?) {
        guard let dx else { return }
        let weights = input(argument)
        forEachIndependentRow(dx, rowCount) { first, count in
            ek_gemm_nt_gradient(
                count, dx.size, d.size, d[first], d.stride, weights.base, weights.columnStride, dx[first],
                max(dx.stride, dx.size), Int32(EK_KEEP), nil)
        }
    }
}

/// A part of each row.
func part(of base: UnsafeMutablePointer<Float>, from offset: Int, size: Int, stride: Int, count: Int) -> Rows {
    Rows(base: base + offset, stride: stride, size: size, count: count, columnStride: size)
}

/// Adds rows to a part of a gradient's rows, from `offset` elements on.
func accumulate(_ rows: Rows, into gradient: Rows?, at offset: Int) {
    guard let gradient else { return }
    for row in 0..<rows.count { ek_accumulate(rows.size, rows[row], gradient[row] + offset) }
}
