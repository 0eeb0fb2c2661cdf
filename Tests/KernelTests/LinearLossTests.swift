import CElmanKernels
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One call of the fused loss with all its operands.
struct LossCase {
    var m: Int, k: Int, n: Int
    var transposed = false, hasBias = true, keepsLogits = true
    var targets: [Int32]
    var x: [Float], w: [Float], bias: [Float], dLosses: [Float]

    struct Result {
        var losses: [Float], logSums: [Float], dx: [Float], dw: [Float], dBias: [Float]
        var all: [[Float]] { [losses, logSums, dx, dw, dBias] }
    }

    init(m: Int, k: Int, n: Int, transposed: Bool = false) {
        (self.m, self.k, self.n, self.transposed) = (m, k, n, transposed)
        var random = Values(seed: m * 1009 + k * 13 + n)
        targets = (0..<m).map { Int32(($0 * 37 + 5) % n) }
        x = random.array(m * k)
        w = random.array(k * n)  // [k][n]; stored as [n][k] where transposed
        bias = random.array(n)
        dLosses = random.array(m)
    }

    /// Gradients start from 1 where `keep` is set, else from garbage. dx always starts from 2.
    func run(keep: Bool = false) -> Result {
        let weights = transposed ? (0..<n * k).map { w[$0 % k * n + $0 / k] } : w
        let (rows, columns) = transposed ? (n, k) : (k, n)
        let input = Guarded(rows: m, columns: k, stride: k + 3, values: x)
        let matrix = Guarded(rows: rows, columns: columns, stride: columns + 5, values: weights)
        let offsets = Guarded(rows: 1, columns: n, values: bias), logits = Guarded(rows: m, columns: n, stride: n + 2)
        let losses = Guarded(rows: 1, columns: m), logSums = Guarded(rows: 1, columns: m)
        let scales = Guarded(rows: 1, columns: m, values: dLosses)
        let dx = Guarded(rows: m, columns: k, stride: k + 4, values: [Float](repeating: 2, count: m * k))
        let first: Float = keep ? 1 : .nan
        let dw = Guarded(rows: rows, columns: columns, stride: columns + 5, values: [Float](repeating: first, count: n * k))
        let dBias = Guarded(rows: 1, columns: n, values: [Float](repeating: first, count: n))
        targets.withUnsafeBufferPointer { targets in
            var call = ek_linear_loss(
                m_count: m, k_count: k, n_count: n, x: input.pointer, x_stride: input.stride, w: matrix.pointer,
                ldw: matrix.stride, transposed: transposed ? 1 : 0, bias: hasBias ? offsets.pointer : nil,
                targets: targets.baseAddress, logits: keepsLogits ? logits.pointer : nil, logits_stride: logits.stride,
                log_sums: logSums.pointer)
            ek_linear_loss_forward(&call, losses.pointer)
            ek_linear_loss_backward(
                &call, scales.pointer, dx.pointer, dx.stride, dw.pointer, dBias.pointer,
                Int32(keep ? EK_KEEP : EK_ZERO))
        }
        let buffers = [input, matrix, offsets, logits, losses, logSums, scales, dx, dw, dBias]
        #expect(buffers.allSatisfy { $0.isIntact })
        let stored = dw.values
        let gradient = transposed ? (0..<n * k).map { stored[$0 % n * k + $0 / n] } : stored
        return Result(losses: losses.values, logSums: logSums.values, dx: dx.values, dw: gradient, dBias: dBias.values)
    }

    func reference() -> (losses: [Double], dx: [Double], dw: [Double], dBias: [Double]) {
        var losses = [Double](repeating: 0, count: m), dx = [Double](repeating: 2, count: m * k)
        var dw = [Double](repeating: 0, count: k * n), dBias = [Double](repeating: 0, count: n)
        for row in 0..<m where targets[row] >= 0 {
            let z = (0..<n).map { column in
                (0..<k).reduce(hasBias ? Double(bias[column]) : 0) { $0 + Double(x[row * k + $1]) * Double(w[$1 * n + column]) }
            }
            let sum = log(z.map { exp($0) }.reduce(0, +)), target = Int(targets[row])
            losses[row] = sum - z[target]
            for column in 0..<n {
                let dz = (exp(z[column] - sum) - (column == target ? 1 : 0)) * Double(dLosses[row])
                dBias[column] += dz
                for i in 0..<k {
                    dx[row * k + i] += dz * Double(w[i * n + column])
                    dw[i * n + column] += dz * Double(x[row * k + i])
                }
            }
        }
        return (losses, dx, dw, dBias)
    }
}

extension KernelTests {
    @Suite struct LinearLoss {
        static let cases = [
            LossCase(m: 1, k: 1, n: 1), LossCase(m: 3, k: 17, n: 33), LossCase(m: 5, k: 8, n: 300),
            LossCase(m: 60, k: 5, n: 20), LossCase(m: 4, k: 15, n: 65, transposed: true),
            LossCase(m: 3, k: 130, n: 20, transposed: true), LossCase(m: 50, k: 3, n: 270),
            LossCase(m: 130, k: 9, n: 290), LossCase(m: 130, k: 9, n: 290, transposed: true),
        ]

        @Test(arguments: cases.indices)
        func followsTheDefinition(index: Int) {
            let example = Self.cases[index], expected = example.reference()
            let results = onLevels { example.run() }
            for (level, result) in results {
                #expect(close(result.losses, expected.losses, relative: 1e-5), "\(level)")
                #expect(close(result.dx, expected.dx, relative: 1e-5), "\(level)")
                #expect(close(result.dw, expected.dw, relative: 1e-5), "\(level)")
                #expect(close(result.dBias, expected.dBias, relative: 1e-5), "\(level)")
                if fusedLevels.contains(level) {
                    #expect(zip(result.all, results[0].result.all).allSatisfy(same), "\(level)")
                }
            }
            let kept = example.run(keep: true)
            #expect(close(kept.dw, expected.dw.map { $0 + 1 }, relative: 1e-5))
            #expect(close(kept.dBias, expected.dBias.map { $0 + 1 }, relative: 1e-5))
        }

        /// Larger shapes: many rows, many chunks, a short vocabulary split by rows.
        static let large = [
            LossCase(m: 130, k: 6, n: 2100), LossCase(m: 500, k: 9, n: 50), LossCase(m: 9, k: 40, n: 2600),
            LossCase(m: 6, k: 140, n: 600, transposed: true),
        ]

        @Test(arguments: large.indices)
        func neitherThreadsNorStorageChangeBits(index: Int) {
            var example = Self.large[index]
            let results = onThreads { example.run() }
            example.keepsLogits = false
            for result in results + onThreads({ example.run() }) {
                #expect(zip(result.all, results[0].all).allSatisfy(same))
            }
        }

        @Test(arguments: large.indices)
        func rowsDoNotDependOnTheBatch(index: Int) {
            let whole = Self.large[index], expected = whole.run(), k = whole.k
            for rows in [0..<1, 2..<5, 1..<whole.m] {
                var part = whole
                part.m = rows.count
                part.x = Array(whole.x[rows.lowerBound * k..<rows.upperBound * k])
                part.targets = Array(whole.targets[rows])
                part.dLosses = Array(whole.dLosses[rows])
                let result = part.run()
                #expect(same(result.losses, Array(expected.losses[rows])))
                // From 128 rows on, the gradient of the inputs is summed in another order.
                guard whole.transposed || whole.m < 128 || rows.count >= 128 else { continue }
                #expect(same(result.dx, Array(expected.dx[rows.lowerBound * k..<rows.upperBound * k])))
            }
        }

        @Test(arguments: [false, true])
        func skippedRowsLeaveNoTrace(keepsLogits: Bool) {
            var example = LossCase(m: 7, k: 20, n: 40), without = example
            example.keepsLogits = keepsLogits
            let skipped: Set = [0, 3, 4, 6], kept = (0..<7).filter { !skipped.contains($0) }
            for row in skipped {
                example.targets[row] = -1
                example.dLosses[row] = .nan
                for i in 0..<20 { example.x[row * 20 + i] = .nan }
            }
            without.m = kept.count
            without.x = kept.flatMap { Array(example.x[$0 * 20..<$0 * 20 + 20]) }
            without.targets = kept.map { example.targets[$0] }
            without.dLosses = kept.map { example.dLosses[$0] }
            let result = example.run(), expected = without.run()
            #expect(same(result.dw, expected.dw) && same(result.dBias, expected.dBias))
            for (place, row) in kept.enumerated() {
                #expect(result.losses[row] == expected.losses[place])
                #expect(same(Array(result.dx[row * 20..<row * 20 + 20]), Array(expected.dx[place * 20..<place * 20 + 20])))
            }
            for row in skipped {
                #expect(result.losses[row] == 0)
                #expect(result.dx[row * 20..<row * 20 + 20].allSatisfy { $0 == 2 })
            }
        }

        @Test func allRowsSkipped() {
            var example = LossCase(m: 3, k: 4, n: 5)
            example.targets = [-1, -1, -1]
            let result = example.run()
            #expect(result.losses == [0, 0, 0] && result.dw.allSatisfy { $0 == 0 } && result.dBias.allSatisfy { $0 == 0 })
            #expect(example.run(keep: true).dw.allSatisfy { $0 == 1 })
        }

        @Test func equalsLogSoftmax() {
            let example = LossCase(m: 4, k: 12, n: 700), result = example.run()
            let x = Guarded(rows: 4, columns: 12, values: example.x), w = Guarded(rows: 12, columns: 700, values: example.w)
            let bias = Guarded(rows: 1, columns: 700, values: example.bias), z = Guarded(rows: 4, columns: 700)
            ek_gemm_nn(
                4, 700, 12, x.pointer, 12, w.pointer, 700, z.pointer, 700, Int32(EK_BIAS), bias.pointer)
            ek_log_softmax(4, 700, z.pointer, 700, z.pointer, 700)
            #expect(same(result.losses, (0..<4).map { -z.pointer[$0 * 700 + Int(example.targets[$0])] }))
        }
    }
}
