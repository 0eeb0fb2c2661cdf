import ElmanGraph
import ElmanTensor

/// Weights that the scripts of `Benchmarks/facts` give their models too: element i, j of the k-th parameter is
/// 0.5 sin(1 + 0.7 i + 1.3 j + 0.9 k).
enum FormulaWeights {
    static func fill(_ parameter: Parameter, _ k: Int) {
        let shape = parameter.shape
        var values = Tensor(repeating: 0, shape: shape)
        for j in 0..<shape.columns { for i in 0..<shape.rows { values[j * shape.rows + i] = number(i, j, k) } }
        parameter.values = values
    }

    /// Rows of the table are columns of its memory.
    static func fill(_ table: LookupParameter) {
        var values = table.values
        for i in 0..<table.count { for j in 0..<table.size { values[i * table.size + j] = number(i, j, 0) } }
        table.values = values
    }

    private static func number(_ i: Int, _ j: Int, _ k: Int) -> Float {
        let phase = 0.7 * Double(i) + 1.3 * Double(j) + 0.9 * Double(k)
        return Float(0.5 * sineOf(1 + phase))
    }
}
