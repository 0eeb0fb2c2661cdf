import CElmanKernels
import ElmanTensor

/// The elementwise part of a tree-LSTM's step, for the rows of a batch. A row has blocks of H elements: the gates i, o, u,
/// f_1 … f_N, and tanh(c).
///
///     c = σ(i) ⊙ tanh(u) + Σ_k σ(f_k) ⊙ c_k      h = σ(o) ⊙ tanh(c)
struct TreeGates {
    let size: Int, childCount: Int
    let base: UnsafeMutablePointer<Float>

    /// Distance between rows, in floats.
    var stride: Int { (childCount + 4) * size }
    /// Elements of the gates of a row.
    var gateCount: Int { (childCount + 3) * size }

    /// Gates i, o, u of all rows.
    func upper(count: Int) -> Rows { part(of: base, from: 0, size: 3 * size, stride: stride, count: count) }
    /// Gate f_k of all rows.
    func forget(_ child: Int, count: Int) -> Rows {
        part(of: base, from: (3 + child) * size, size: size, stride: stride, count: count)
    }
    /// All gates of all rows.
    func all(count: Int) -> Rows { part(of: base, from: 0, size: gateCount, stride: stride, count: count) }

    /// Pre-activations in, activations out. `output`: h, and c behind it.
    func forward(row: Int, output: UnsafeMutablePointer<Float>, cell: (_ child: Int) -> UnsafeMutablePointer<Float>) {
        let gates = base + row * stride, c = output + size, t = gates + gateCount
        ek_sigmoid(2 * size, gates, gates)
        ek_tanh(size, gates + 2 * size, gates + 2 * size)
        ek_multiply(size, gates, gates + 2 * size, c)
        if childCount > 0 { ek_sigmoid(childCount * size, gates + 3 * size, gates + 3 * size) }
        for child in 0..<childCount { ek_multiply_accumulate(size, gates + (3 + child) * size, cell(child), c) }
        ek_tanh(size, c, t)
        ek_multiply(size, gates + size, t, output)
    }

    /// Activations in, gradients of the pre-activations out. `gradient`: of h, and of c behind it.
    func backward(
        row: Int, gradient: UnsafePointer<Float>, cell: (_ child: Int) -> UnsafeMutablePointer<Float>,
        cellGradient: (_ child: Int) -> UnsafeMutablePointer<Float>?
    ) {
        let gates = base + row * stride, t = gates + gateCount
        let i = gates, o = gates + size, u = gates + 2 * size
        for index in 0..<size {
            let dh = gradient[index], output = o[index], value = t[index]
            o[index] = dh * value * (output - output * output)
            t[index] = gradient[size + index] + dh * output * (1 - value * value)
        }
        // From here on t is the gradient of c.
        for child in 0..<childCount {
            let f = gates + (3 + child) * size, c = cell(child)
            if let dc = cellGradient(child) { ek_multiply_accumulate(size, f, t, dc) }
            for index in 0..<size { f[index] = t[index] * c[index] * (f[index] - f[index] * f[index]) }
        }
        for index in 0..<size {
            let dc = t[index], input = i[index], candidate = u[index]
            i[index] = dc * candidate * (input - input * input)
            u[index] = dc * input * (1 - candidate * candidate)
        }
    }
}

extension OpCall {
    /// Where the children's states begin among the arguments, and how many there are.
    func childRange(from first: Int) -> Range<Int> { first..<inputCount }

    /// The hidden values of the children `[H]` of each row, one behind the other: rows of `children.count * size`.
    func gatherHidden(_ children: Range<Int>, size: Int) -> Rows {
        let stride = children.count * size
        let block = reserve(rowCount * stride)
        for (position, argument) in children.enumerated() {
            let rows = input(argument)
            for row in 0..<rowCount { (block + row * stride + position * size).update(from: rows[row], count: size) }
        }
        return part(of: block, from: 0, size: stride, stride: stride, count: rowCount)
    }
}

/// Adds rows that have the hidden values' gradients of all children one behind the other.
func scatterHidden(_ rows: Rows, _ call: OpCall, _ children: Range<Int>, size: Int) {
    for (position, argument) in children.enumerated() {
        guard let gradient = call.inputGradient(argument) else { continue }
        for row in 0..<rows.count { ek_accumulate(size, rows[row] + position * size, gradient[row]) }
    }
}
