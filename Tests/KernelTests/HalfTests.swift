import CElmanKernels
import Testing

/// Weights of 16 bits.
@Suite(.serialized) struct HalfTests {
    @Test func roundingGoesToTheNearestAndKeepsWhatFits() {
        var values: [Float] = [
            1, 1 + 0x1p-8, 1 + 0x1p-9, 1 + 0x1.8p-8, -3.5, 0, -0.0, .infinity, .nan, Float(bitPattern: 0x0001_2345),
        ]
        var half = [UInt16](repeating: 0, count: values.count)
        ek_round_to_bfloat16(values.count, &values, &half)
        #expect(Array(values[0..<8]) == [1, 1, 1, 1 + 0x1p-7, -3.5, 0, -0.0, .infinity])
        #expect(values[8].isNaN)
        for (value, bits) in zip(values, half) where !value.isNaN { #expect(value.bitPattern == UInt32(bits) << 16) }
    }

    @Test(arguments: ["scalar", "sse2", "avx2", "avx512", "neon"], [1, 2])
    func productsHaveTheBitsOfTheWidenedWeights(level: String, threads: Int32) {
        let before = String(cString: ek_simd_level()), threadsBefore = ek_threads()
        guard ek_set_simd_level(level) == 0 else { return }
        ek_set_threads(threads)
        defer {
            _ = ek_set_simd_level(before)
            ek_set_threads(threadsBefore)
        }
        for (m, n, k) in [(1, 1, 1), (1, 17, 9), (2, 64, 8), (3, 130, 21), (1, 1100, 16)] {
            let stride = (n + 15) / 16 * 16
            var weights = (0..<k * stride).map { Float(($0 * 37) % 101) / 50 - 1 }
            var half = [UInt16](repeating: 0, count: weights.count)
            ek_round_to_bfloat16(weights.count, &weights, &half)
            let x = (0..<m * k).map { Float(($0 * 13) % 29) / 7 - 2 }
            let bias = (0..<n).map { Float($0 % 5) }
            for start in [EK_ZERO, EK_KEEP, EK_BIAS] {
                var expected = (0..<m * n).map { Float($0 % 3) }
                var result = expected
                ek_gemm_nn(m, n, k, x, k, weights, stride, &expected, n, Int32(start), bias)
                ek_gemm_nn_half(m, n, k, x, k, half, stride, &result, n, Int32(start), bias)
                #expect(result == expected)
            }
        }
    }
}
