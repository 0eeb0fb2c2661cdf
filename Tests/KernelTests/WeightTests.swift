import CElmanKernels
import Testing

extension KernelTests {
    /// Weights of 16 and of 8 bits.
    @Suite struct Weights {
        private static let shapes = [
            (1, 1, 1), (1, 17, 9), (2, 64, 8), (3, 130, 21), (7, 100, 33), (1, 1100, 16), (20, 257, 40), (130, 70, 130),
        ]

        /// A matrix [k][stride] with zeros behind n columns, rows and a bias.
        private struct Operands {
            let n: Int, k: Int, stride: Int, w: [Float], x: [Float], bias: [Float], before: [Float]
            init(_ m: Int, _ n: Int, _ k: Int) {
                var random = Values(seed: m * 31 + n * 7 + k)
                (self.n, self.k) = (n, k)
                let stride = (n + 15) / 16 * 16
                self.stride = stride
                let values = random.array(n * k)
                w = (0..<k * stride).map { $0 % stride < n ? values[$0 / stride * n + $0 % stride] : 0 }
                x = random.array(m * k)
                bias = random.array(n)
                before = random.array(m * n)
            }

            var turned: [Float] { (0..<n).flatMap { n in (0..<paddedK).map { $0 < k ? w[$0 * stride + n] : 0 } } }
            var paddedK: Int { (k + 15) / 16 * 16 }
        }

        private static func product(_ weights: ek_weights, _ all: Operands, rows: Range<Int>, start: Int32) -> [Float] {
            var weights = weights
            let x = Array(all.x[rows.lowerBound * all.k..<rows.upperBound * all.k])
            let input = Guarded(rows: rows.count, columns: all.k, stride: all.k + 3, values: x)
            let c = Guarded(
                rows: rows.count, columns: all.n, stride: all.n + 2,
                values: Array(all.before[rows.lowerBound * all.n..<rows.upperBound * all.n]))
            ek_gemm_weights(
                rows.count, all.n, all.k, input.pointer, input.stride, &weights, c.pointer, c.stride, start, all.bias)
            #expect(c.isIntact)
            return c.values
        }

        @Test func roundingGoesToTheNearest() {
            let values: [Float] = [
                1, 1 + 0x1p-8, 1 + 0x1p-9, 1 + 0x1.8p-8, -3.5, 0, -0.0, .infinity, Float(bitPattern: 0x0001_2345), .nan,
            ]
            var half = [UInt16](repeating: 0, count: values.count), back = values
            ek_round_to_bfloat16(values.count, values, &half)
            ek_widen_bfloat16(values.count, half, &back)
            #expect(Array(back[0..<9]) == [1, 1, 1, 1 + 0x1p-7, -3.5, 0, -0.0, .infinity, Float(bitPattern: 0x0001_0000)])
            #expect(back[9].isNaN)
        }

        /// Weights of 16 bits.
        private static func withHalf<Result>(
            _ values: [Float], stride: Int, turned: Bool = false, _ body: (ek_weights) -> Result
        ) -> Result {
            var half = [UInt16](repeating: 0, count: values.count)
            ek_round_to_bfloat16(values.count, values, &half)
            return half.withUnsafeBytes {
                body(
                    ek_weights(
                        type: Int32(turned ? EK_BFLOAT16_TURNED : EK_BFLOAT16), values: $0.baseAddress, stride: stride,
                        scales: nil, sums: nil))
            }
        }

        private static func rounded(_ values: [Float]) -> [Float] {
            var half = [UInt16](repeating: 0, count: values.count), result = values
            ek_round_to_bfloat16(values.count, values, &half)
            ek_widen_bfloat16(values.count, half, &result)
            return result
        }

        @Test func halfWeightsHaveTheBitsOfTheWidenedOnes() {
            for (m, n, k) in Self.shapes {
                let all = Operands(m, n, k), turned = all.turned
                let wide = Self.rounded(all.w), turnedWide = Self.rounded(turned)
                for start in Products.starts {
                    _ = onLevels {
                        var expected = all.before
                        ek_gemm_nn(m, n, k, all.x, k, wide, all.stride, &expected, n, start, all.bias)
                        let found = Self.withHalf(all.w, stride: all.stride) {
                            Self.product($0, all, rows: 0..<m, start: start)
                        }
                        #expect(same(found, expected), "\(m) \(n) \(k)")
                        expected = all.before
                        ek_gemm_nt(m, n, k, all.x, k, turnedWide, all.paddedK, &expected, n, start, all.bias)
                        let foundTurned = Self.withHalf(turned, stride: all.paddedK, turned: true) {
                            Self.product($0, all, rows: 0..<m, start: start)
                        }
                        #expect(same(foundTurned, expected), "\(m) \(n) \(k) turned")
                    }
                }
            }
        }

        // MARK: 8 bits

        /// Whole numbers by the definition, and their scale.
        private static func wholeNumbers(_ x: [Float]) -> (values: [Int], scale: Float) {
            let largest = x.map(abs).max() ?? 0
            if largest < 1e-30 { return (x.map { _ in 0 }, 0) }
            let inverse = 127 / largest
            return (x.map { Int(($0 * inverse).rounded(.toNearestOrEven)) }, largest / 127)
        }

        /// The bytes of a matrix, its scales and sums.
        private static func quantized(_ all: Operands) -> (bytes: [Int8], scales: [Float], sums: [Int32]) {
            var bytes = [Int8](repeating: 99, count: (all.k + 3) / 4 * 4 * all.stride)
            var scales = [Float](repeating: -1, count: all.stride), sums = [Int32](repeating: -1, count: all.stride)
            ek_quantize(all.n, all.k, all.w, 1, all.stride, &bytes, all.stride, &scales, &sums)
            return (bytes, scales, sums)
        }

        @Test func bytesAreTheNearestWholeNumbers() {
            let all = Operands(3, 37, 22)
            let (bytes, scales, sums) = Self.quantized(all)
            for n in 0..<all.stride {
                let expected = Self.wholeNumbers((0..<all.k).map { all.w[$0 * all.stride + n] })
                #expect(scales[n] == expected.scale && Int(sums[n]) == 128 * expected.values.reduce(0, +))
                let found = (0..<all.k).map { Int(bytes[$0 / 4 * 4 * all.stride + 4 * n + $0 % 4]) }
                #expect(found == expected.values)
                var back = [Float](repeating: 0, count: all.k)
                bytes.withUnsafeBufferPointer {
                    ek_dequantize(all.k, $0.baseAddress! + 4 * n, all.stride, scales[n], 1, &back)
                }
                #expect(back == expected.values.map { scales[n] * Float($0) })
            }
            // The matrix that lies the other way gives the same bytes.
            let turned = all.turned
            var other = bytes, otherScales = scales, otherSums = sums
            ek_quantize(all.n, all.k, turned, all.paddedK, 1, &other, all.stride, &otherScales, &otherSums)
            #expect(other == bytes && otherScales == scales && otherSums == sums)
        }

        /// Sums of whole numbers, and one fused multiply-add at the end.
        private static func reference(_ all: Operands, _ m: Int, start: Int32) -> [Float] {
            let columns = (0..<all.n).map { n in wholeNumbers((0..<all.k).map { all.w[$0 * all.stride + n] }) }
            return (0..<m).flatMap { m -> [Float] in
                let row = wholeNumbers(Array(all.x[m * all.k..<(m + 1) * all.k]))
                return (0..<all.n).map { n in
                    let sum = zip(row.values, columns[n].values).reduce(0) { $0 + $1.0 * $1.1 }
                    let before: Float =
                        start == Int32(EK_ZERO) ? 0 : start == Int32(EK_KEEP) ? all.before[m * all.n + n] : all.bias[n]
                    return before.addingProduct(Float(sum), row.scale * columns[n].scale)
                }
            }
        }

        /// Weights of 8 bits.
        private static func withBytes<Result>(_ all: Operands, _ body: (ek_weights) -> Result) -> Result {
            let (bytes, scales, sums) = quantized(all)
            return bytes.withUnsafeBytes { bytes in
                scales.withUnsafeBufferPointer { scales in
                    sums.withUnsafeBufferPointer { sums in
                        body(
                            ek_weights(
                                type: Int32(EK_INT8), values: bytes.baseAddress, stride: all.stride,
                                scales: scales.baseAddress, sums: sums.baseAddress))
                    }
                }
            }
        }

        @Test func productsOfBytesAreThoseOfWholeNumbers() {
            for (m, n, k) in Self.shapes {
                let all = Operands(m, n, k)
                for start in Products.starts {
                    let expected = Self.reference(all, m, start: start)
                    let results = Self.withBytes(all) { weights in
                        onLevels { Self.product(weights, all, rows: 0..<m, start: start) }
                    }
                    for (level, found) in results {
                        if fusedLevels.contains(level) {
                            #expect(same(found, expected), "\(level) \(m) \(n) \(k)")
                        } else {
                            #expect(close(found, expected.map(Double.init)))
                        }
                    }
                }
            }
        }

        @Test func rowsAndThreadsDoNotChangeBits() {
            func check(_ weights: ek_weights, _ all: Operands, _ m: Int) {
                let start = Products.starts[2], n = all.n
                let results = onThreads { Self.product(weights, all, rows: 0..<m, start: start) }
                #expect(same(results[0], results[1]) && same(results[0], results[2]))
                for rows in [0..<1, 3..<5, 2..<m - 1] {
                    let part = Self.product(weights, all, rows: rows, start: start)
                    #expect(same(part, Array(results[0][rows.lowerBound * n..<rows.upperBound * n])))
                }
            }
            for (m, n, k) in [(23, 700, 150), (130, 257, 60)] {
                let all = Operands(m, n, k)
                Self.withBytes(all) { check($0, all, m) }
                Self.withHalf(all.w, stride: all.stride) { check($0, all, m) }
                Self.withHalf(all.turned, stride: all.paddedK, turned: true) { check($0, all, m) }
            }
        }

        /// Numbers that are not finite show in the result, and only in theirs.
        @Test func whatIsNotFiniteStaysSo() {
            let all = Operands(3, 20, 9)
            var x = all.x
            x[all.k + 2] = .infinity
            let results = Self.withBytes(all) { weights in
                onLevels { () -> [Float] in
                    var weights = weights, c = [Float](repeating: 0, count: 60)
                    ek_gemm_weights(3, 20, 9, x, 9, &weights, &c, 20, Products.starts[0], nil)
                    return c
                }
            }
            for (level, found) in results {
                #expect(found.map(\.isFinite) == (0..<60).map { $0 / 20 != 1 }, "\(level)")
                #expect(found.map(\.isNaN) == (0..<60).map { $0 / 20 == 1 }, "\(level)")
            }
        }
    }
}
