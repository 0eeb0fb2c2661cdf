import CElmanKernels
import Testing

extension KernelTests {
    /// Products whose factors are rounded to bfloat16.
    @Suite struct RoundedProducts {
        /// bfloat16 by the definition: the nearer of the two neighbours that have 8 bits, of two equally near ones the even one.
        private static func rounded(_ x: Float) -> Float {
            guard x.isFinite, !x.isZero else { return x }
            if x.isSubnormal { return x.sign == .minus ? -0.0 : 0 }
            let below = Float(bitPattern: x.bitPattern & 0xffff_0000)
            let above = Float(bitPattern: (x.bitPattern & 0xffff_0000) &+ 0x10000)
            let (down, up) = (abs(Double(x) - Double(below)), abs(Double(above) - Double(x)))
            if down == up { return below.bitPattern >> 16 & 1 == 0 ? below : above }
            return down < up || !above.isFinite && down < Double(below.ulp) * 32768 ? below : above
        }

        private static func withRounding<Result>(_ body: () -> Result) -> Result {
            let before = ek_begin_rounded_products()
            defer { ek_end_rounded_products(before) }
            return body()
        }

        private enum Kind: CaseIterable { case nn, nt, ntGradient, tn }

        private struct Operands {
            let a: [Float], b: [Float], bias: [Float], before: [Float]
            init(_ m: Int, _ n: Int, _ k: Int) {
                var random = Values(seed: m * 7919 + n * 31 + k)
                a = random.array(m * k)
                b = random.array(n * k)
                bias = random.array(n)
                before = random.array(m * n)
            }
        }

        /// c for each start, the operands where memory ends.
        private static func product(_ kind: Kind, _ m: Int, _ n: Int, _ k: Int, rows: Range<Int>? = nil) -> [Float] {
            let all = Operands(m, n, k), isTransposed = kind == .nt || kind == .ntGradient
            let used = rows ?? 0..<m
            let a = Guarded(
                rows: used.count, columns: k, stride: k + 3, values: Array(all.a[used.lowerBound * k..<used.upperBound * k]))
            let b =
                isTransposed
                ? Guarded(rows: n, columns: k, stride: k + 5, values: (0..<n * k).map { all.b[$0 % k * n + $0 / k] })
                : Guarded(rows: k, columns: n, stride: n + 5, values: all.b)
            let bias = Guarded(rows: 1, columns: n, values: all.bias)
            var result: [Float] = []
            for start in Products.starts {
                let c = Guarded(
                    rows: used.count, columns: n, stride: n + 2,
                    values: Array(all.before[used.lowerBound * n..<used.upperBound * n]))
                withRounding {
                    switch kind {
                    case .nn:
                        ek_gemm_nn(
                            used.count, n, k, a.pointer, a.stride, b.pointer, b.stride, c.pointer, c.stride, start,
                            bias.pointer)
                    case .nt:
                        ek_gemm_nt(
                            used.count, n, k, a.pointer, a.stride, b.pointer, b.stride, c.pointer, c.stride, start,
                            bias.pointer)
                    case .ntGradient:
                        ek_gemm_nt_gradient(
                            used.count, n, k, a.pointer, a.stride, b.pointer, b.stride, c.pointer, c.stride, start,
                            bias.pointer)
                    case .tn:
                        if start == Products.starts[2] { return }
                        let x = Guarded(rows: k, columns: m, values: (0..<k * m).map { all.a[$0 % m * k + $0 / m] })
                        ek_gemm_tn(m, n, k, x.rowPointers, b.rowPointers, c.pointer, c.stride, start)
                    }
                }
                #expect(a.isIntact && b.isIntact && c.isIntact && bias.isIntact)
                result += c.values
            }
            return result
        }

        /// Sums of the rounded factors in ascending order, one fused multiply-add after the other.
        private static func reference(_ kind: Kind, _ m: Int, _ n: Int, _ k: Int) -> [Float] {
            let all = Operands(m, n, k)
            let a = all.a.map(rounded), b = all.b.map(rounded)
            return Products.starts.flatMap { start -> [Float] in
                (0..<m * n).map { index in
                    let (row, column) = (index / n, index % n)
                    if kind == .tn, start == Products.starts[2] { return all.before[index] }
                    var sum: Float =
                        start == Int32(EK_ZERO) ? 0 : start == Int32(EK_KEEP) ? all.before[index] : all.bias[column]
                    for l in 0..<k { sum.addProduct(a[row * k + l], b[l * n + column]) }
                    return sum
                }
            }
        }

        private static let shapes = [
            (1, 1, 1), (1, 65, 17), (3, 100, 16), (5, 64, 65), (13, 48, 130), (17, 1, 650), (22, 66, 7), (129, 7, 33),
            (139, 17, 32),
            (20, 257, 41), (128, 3, 1026), (2, 3, 0),
        ]

        @Test(arguments: Kind.allCases) private func everyLevelHasTheBitsOfTheReference(kind: Kind) {
            for (m, n, k) in Self.shapes {
                let expected = Self.reference(kind, m, n, k)
                for (level, found) in onLevels(fusedLevels, { Self.product(kind, m, n, k) }) {
                    #expect(same(found, expected), "\(level) \(kind) \(m) \(n) \(k)")
                }
            }
        }

        @Test(arguments: Kind.allCases) private func rowsAndThreadsDoNotChangeBits(kind: Kind) {
            for (m, n, k) in [(140, 20, 40), (22, 130, 140), (130, 150, 20), (20, 700, 150)] {
                let results = onThreads { Self.product(kind, m, n, k) }
                #expect(same(results[0], results[1]) && same(results[0], results[2]), "\(kind) \(m) \(n) \(k)")
                if kind == .tn { continue }
                for rows in [0..<1, 3..<5, 2..<9, 0..<m - 1] {
                    let part = Self.product(kind, m, n, k, rows: rows)
                    for start in 0..<3 {
                        let expected = results[0][(start * m + rows.lowerBound) * n..<(start * m + rows.upperBound) * n]
                        #expect(same(Array(part[start * rows.count * n..<(start + 1) * rows.count * n]), Array(expected)))
                    }
                }
            }
        }

        @Test func numbersAreRoundedAsDefined() {
            let special: [Float] = [
                0, -0.0, 1, 1 + 0x1p-8, 1 + 0x1p-9, 1 + 0x1.8p-8, -3.5, 1 + 0x1.1p-8, .infinity, -.infinity, 0x1p-126, 0x1p-127,
                -0x1.fp-130, 0x1.fep127, 3e-38, 65504,
            ]
            var random = Values(seed: 3)
            let values = special + random.array(200)
            for (level, found) in onLevels({ () -> [Float] in
                Self.withRounding {
                    var result = [Float](repeating: 0, count: values.count)
                    let one: [Float] = [1]
                    // Each value alone, times one.
                    for index in values.indices {
                        withUnsafeMutablePointer(to: &result[index]) { c in
                            ek_gemm_nn(1, 1, 1, [values[index]], 1, one, 1, c, 1, Products.starts[0], nil)
                        }
                    }
                    return result
                }
            }) {
                #expect(found == values.map(Self.rounded), "\(level)")
            }
        }

        @Test func theLossHasTheBitsOfItsProducts() {
            for (m, k, n) in [(5, 33, 300), (140, 20, 530)] {
                for transposed in [false, true] {
                    let call = LossCase(m: m, k: k, n: n, transposed: transposed)
                    let exact = call.run()
                    let results = onLevels(fusedLevels) { Self.withRounding { onThreads { call.run() } } }
                    for (level, found) in results {
                        for result in found {
                            for (values, first) in zip(result.all, results[0].result[0].all) {
                                #expect(same(values, first), "\(level) \(m) \(transposed)")
                            }
                        }
                        #expect(close(found[0].losses, exact.losses.map(Double.init), relative: 2e-2))
                        #expect(!same(found[0].losses, exact.losses))
                    }
                }
            }
        }
    }
}
