import CElmanKernels
import ElmanTensor

/// The values of a matrix or table in fewer bits.
final class ReducedWeights: @unchecked Sendable {
    let precision: WeightPrecision
    /// Whether the columns in memory are the outputs of a product, as of a table whose rows are output weights; for 8 bits, whose
    /// scales belong to outputs.
    private let isTable: Bool
    private let rows: Int, columns: Int, columnStride: Int
    private let memory: UnsafeMutableRawPointer
    private let byteCount: Int
    /// As the kernels take them, in their own direction.
    private let kernel: ek_weights

    /// Takes a copy of a matrix that lies column by column.
    init(
        _ precision: WeightPrecision, _ values: UnsafePointer<Float>, columnStride: Int, rows: Int, columns: Int, isTable: Bool
    ) {
        self.precision = precision
        self.isTable = isTable
        self.rows = rows
        self.columns = columns
        self.columnStride = columnStride
        if precision == .int8 {
            let outputs = isTable ? columns : rows, inputs = isTable ? rows : columns
            let stride = ParameterStore.paddedStride(outputs)
            let weightBytes = (inputs + 3) / 4 * 4 * stride
            byteCount = weightBytes + 8 * stride
            memory = Self.allocate(byteCount)
            let bytes = memory.bindMemory(to: Int8.self, capacity: weightBytes)
            let scales = (memory + weightBytes).bindMemory(to: Float.self, capacity: stride)
            let sums = (memory + weightBytes + 4 * stride).bindMemory(to: Int32.self, capacity: stride)
            ek_quantize(
                outputs, inputs, values, isTable ? columnStride : 1, isTable ? 1 : columnStride, bytes, stride, scales, sums)
            kernel = ek_weights(type: Int32(EK_INT8), values: memory, stride: stride, scales: scales, sums: sums)
        } else {
            byteCount = 2 * columnStride * columns
            memory = Self.allocate(byteCount)
            let half = memory.bindMemory(to: UInt16.self, capacity: columnStride * columns)
            ek_round_to_bfloat16(columnStride * columns, values, half)
            kernel = ek_weights(type: Int32(EK_BFLOAT16), values: memory, stride: columnStride, scales: nil, sums: nil)
        }
    }

    deinit { ek_release(memory, byteCount) }

    private static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
        guard let memory = ek_reserve(byteCount) else { fail("no memory for weights of \(byteCount) bytes") }
        return memory
    }

    /// Whether products with the matrix itself, or with its transpose, take it as it is.
    func suits(transposed: Bool) -> Bool { precision == .bfloat16 || transposed == isTable }

    /// What the kernels take for products with the matrix, or with its transpose; only where `suits` says so.
    func weights(transposed: Bool) -> ek_weights {
        var result = kernel
        if precision == .bfloat16, transposed { result.type = Int32(EK_BFLOAT16_TURNED) }
        return result
    }

    /// A column as floats.
    func copyColumn(_ column: Int, to target: UnsafeMutablePointer<Float>) {
        let stride = kernel.stride
        if precision == .bfloat16 {
            ek_widen_bfloat16(rows, memory.assumingMemoryBound(to: UInt16.self) + column * columnStride, target)
        } else if isTable {
            let bytes = memory.assumingMemoryBound(to: Int8.self) + 4 * column
            ek_dequantize(rows, bytes, stride, kernel.scales[column], 1, target)
        } else {
            let bytes = memory.assumingMemoryBound(to: Int8.self) + column / 4 * 4 * stride + column % 4
            for row in 0..<rows { target[row] = kernel.scales[row] * Float(bytes[4 * row]) }
        }
    }
}
