import CElmanKernels
import Testing

extension KernelTests {
    @Suite struct Products {
        /// Sizes around the edges of vectors, tiles, panels and blocks.
        static let shapes: [(m: Int, n: Int, k: Int)] = [
            (1, 1, 1), (1, 3, 15), (1, 65, 17), (1, 300, 64), (2, 129, 3), (3, 100, 16), (4, 17, 63), (5, 64, 65), (6, 16, 129),
            (7, 63, 100), (8, 15, 128), (13, 48, 130), (16, 50, 33), (17, 1, 650), (22, 66, 7), (63, 3, 64), (64, 17, 15),
            (65, 65, 17), (100, 16, 3), (129, 64, 1), (2, 3, 1100), (3, 7, 1600), (70, 2, 1600), (300, 20, 5),
        ]

        /// Sizes around the edges of blocked products: tiles of 6 and 14 rows, slivers of 8, 16 and 32 columns, blocks of
        /// rows, of columns and of steps of the sum. (Outer products are blocked where k is large.)
        static let blocked: [(m: Int, n: Int, k: Int)] = [
            (128, 1, 1), (129, 7, 33), (131, 15, 64), (139, 17, 32), (140, 31, 40), (141, 33, 39), (128, 3, 1026), (130, 2, 385),
            (3, 1030, 33), (260, 5, 400), (20, 257, 40), (300, 9, 33),
        ]

        static let starts = [EK_ZERO, EK_KEEP, EK_BIAS].map { Int32($0) }

        enum Kind: CaseIterable { case nn, nt, ntGradient, tn }

        /// c with `start` = each of the three, one after the other.
        func product(_ kind: Kind, _ m: Int, _ n: Int, _ k: Int, rows: Range<Int>? = nil) -> [Float] {
            var random = Values(seed: m * 7919 + n * 31 + k)
            let a = Guarded(rows: m, columns: k, stride: k + 3, values: random.array(m * k))
            let b =
                kind == .nt || kind == .ntGradient
                ? Guarded(rows: n, columns: k, stride: k + 5, values: random.array(n * k))
                : Guarded(rows: k, columns: n, stride: n + 5, values: random.array(n * k))
            let bias = Guarded(rows: 1, columns: n, values: random.array(n))
            let before = random.array(m * n)
            let used = rows ?? 0..<m
            var result: [Float] = []
            for start in Self.starts {
                let c = Guarded(rows: m, columns: n, stride: n + 2, values: before)
                let (aRows, cRows) = (a.pointer + used.lowerBound * a.stride, c.pointer + used.lowerBound * c.stride)
                switch kind {
                case .nn:
                    ek_gemm_nn(used.count, n, k, aRows, a.stride, b.pointer, b.stride, cRows, c.stride, start, bias.pointer)
                case .nt:
                    ek_gemm_nt(used.count, n, k, aRows, a.stride, b.pointer, b.stride, cRows, c.stride, start, bias.pointer)
                case .ntGradient:
                    ek_gemm_nt_gradient(
                        used.count, n, k, aRows, a.stride, b.pointer, b.stride, cRows, c.stride, start, bias.pointer)
                case .tn:
                    guard start != Self.starts[2] else { continue }
                    // The sum runs over k rows: x is k by m, of which a holds the transpose.
                    let x = Guarded(rows: k, columns: m, values: (0..<k * m).map { a.pointer[$0 % m * a.stride + $0 / m] })
                    ek_gemm_tn(m, n, k, x.rowPointers, b.rowPointers, c.pointer, c.stride, start)
                }
                #expect(a.isIntact && b.isIntact && c.isIntact && bias.isIntact)
                result += Array(c.values[used.lowerBound * n..<used.upperBound * n])
            }
            return result
        }

        /// The same in double precision.
        func reference(_ kind: Kind, _ m: Int, _ n: Int, _ k: Int) -> [Double] {
            var random = Values(seed: m * 7919 + n * 31 + k)
            let a = random.array(m * k).map(Double.init), b = random.array(n * k).map(Double.init)
            let bias = random.array(n).map(Double.init), before = random.array(m * n).map(Double.init)
            var sums = [Double](repeating: 0, count: m * n)
            for i in 0..<m {
                for j in 0..<n {
                    for l in 0..<k {
                        sums[i * n + j] += a[i * k + l] * (kind == .nt || kind == .ntGradient ? b[j * k + l] : b[l * n + j])
                    }
                }
            }
            let kept = (0..<m * n).map { sums[$0] + before[$0] }, biased = (0..<m * n).map { sums[$0] + bias[$0 % n] }
            return kind == .tn ? sums + kept : sums + kept + biased
        }

        @Test(arguments: Kind.allCases)
        func everyLevelAgrees(kind: Kind) {
            for (m, n, k) in Self.shapes + Self.blocked {
                let expected = m * n * k < 40_000 ? reference(kind, m, n, k) : nil
                let results = onLevels { product(kind, m, n, k) }
                let scalar = results[0].result
                for (level, result) in results {
                    if let expected {
                        #expect(
                            close(result, expected, relative: 3e-6 * Double(k).squareRoot() + 1e-6), "\(level) \(m) \(n) \(k)")
                    }
                    if fusedLevels.contains(level) { #expect(same(result, scalar), "\(level) \(kind) \(m) \(n) \(k)") }
                }
            }
        }

        @Test(arguments: [Kind.nn, .nt])
        func rowsDoNotDependOnTheirNumber(kind: Kind) {
            for (m, n, k) in [(140, 20, 40), (22, 130, 140), (9, 33, 1030), (130, 7, 200)] {
                let whole = product(kind, m, n, k)
                for rows in [0..<1, 3..<5, 1..<4, 2..<9, 0..<m - 1] {
                    let part = product(kind, m, n, k, rows: rows)
                    for start in 0..<3 {
                        let expected = whole[(start * m + rows.lowerBound) * n..<(start * m + rows.upperBound) * n]
                        let found = part[start * rows.count * n..<(start + 1) * rows.count * n]
                        #expect(same(Array(found), Array(expected)), "\(kind) \(m) \(n) \(k) \(rows)")
                    }
                }
            }
        }

        @Test(arguments: Kind.allCases)
        func threadsDoNotChangeBits(kind: Kind) {
            for (m, n, k) in [(1, 3000, 200), (20, 700, 150), (130, 150, 20), (450, 10, 70), (150, 20, 100)] {
                let results = onThreads { product(kind, m, n, k) }
                #expect(same(results[0], results[1]) && same(results[0], results[2]), "\(kind) \(m) \(n) \(k)")
            }
        }

        @Test func noRows() {
            let c = Guarded(rows: 2, columns: 3, values: [1, 2, 3, 4, 5, 6])
            ek_gemm_nn(0, 3, 4, c.pointer, 4, c.pointer, 3, c.pointer, 3, Self.starts[0], nil)
            ek_gemm_tn(2, 3, 0, [], [], c.pointer, 3, Self.starts[1])
            #expect(c.values == [1, 2, 3, 4, 5, 6])
            ek_gemm_nn(2, 3, 0, c.pointer, 4, c.pointer, 3, c.pointer, 3, Self.starts[0], nil)
            #expect(c.values == [0, 0, 0, 0, 0, 0])
            c.pointer[0] = 7
            ek_gemm_tn(2, 3, 0, [], [], c.pointer, 3, Self.starts[0])
            #expect(c.values == [0, 0, 0, 0, 0, 0])
        }

        @Test func sumOfRows() {
            var random = Values(seed: 5)
            let d = Guarded(rows: 9, columns: 67, stride: 70, values: random.array(9 * 67)), before = random.array(67)
            for start in Self.starts.prefix(2) {
                var expected = start == Self.starts[0] ? [Float](repeating: 0, count: 67) : before
                for row in 0..<9 { for i in 0..<67 { expected[i] += d.values[row * 67 + i] } }
                for (level, result) in onLevels({
                    let out = Guarded(rows: 1, columns: 67, values: before)
                    ek_sum_rows(67, 9, d.rowPointers, out.pointer, start)
                    #expect(out.isIntact)
                    return out.values
                }) {
                    #expect(same(result, expected), "\(level)")
                }
            }
        }
    }
}
