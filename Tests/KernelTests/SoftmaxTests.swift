import CElmanKernels
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension KernelTests {
    @Suite struct Softmax {
        @Test(arguments: [1, 3, 15, 16, 17, 100, 255, 256, 257, 650])
        func rows(n: Int) {
            let m = 3
            var random = Values(seed: n)
            let values = random.array(m * n).map { 20 * $0 }
            let sums = (0..<m).map { row in log((0..<n).map { exp(Double(values[row * n + $0])) }.reduce(0, +)) }
            let results = onLevels { () -> [[Float]] in
                let x = Guarded(rows: m, columns: n, stride: n + 3, values: values)
                let p = Guarded(rows: m, columns: n, stride: n + 2), l = Guarded(rows: m, columns: n, stride: n + 1)
                let s = Guarded(rows: 1, columns: m)
                ek_softmax(m, n, x.pointer, x.stride, p.pointer, p.stride)
                ek_log_softmax(m, n, x.pointer, x.stride, l.pointer, l.stride)
                ek_log_sum_exp(m, n, x.pointer, x.stride, s.pointer)
                #expect(x.isIntact && p.isIntact && l.isIntact && s.isIntact)
                return [p.values, l.values, s.values]
            }
            let logs = values.indices.map { Double(values[$0]) - sums[$0 / n] }
            for (level, result) in results {
                #expect(close(result[0], logs.map { exp($0) }, relative: 1e-6), "\(level)")
                #expect(close(result[1], logs, relative: 1e-6), "\(level)")
                #expect(close(result[2], sums, relative: 1e-6), "\(level)")
                if fusedLevels.contains(level) {
                    #expect(zip(result, results[0].result).allSatisfy(same), "\(level)")
                }
            }
        }

        @Test func infinities() {
            let infinity = Float.infinity
            let cases: [([Float], Float)] = [
                ([-infinity, -infinity], -infinity), ([-infinity, 2], 2), ([infinity, 0], infinity), ([.nan, 0], .nan),
                ([1e30, -1e30], 1e30), ([-1e30, -1e30], -1e30),
            ]
            for (x, expected) in cases {
                for (level, result) in onLevels({ () -> [Float] in
                    let input = Guarded(rows: 1, columns: x.count, values: x), out = Guarded(rows: 1, columns: 1)
                    ek_log_sum_exp(1, x.count, input.pointer, x.count, out.pointer)
                    return out.values
                }) {
                    #expect(same(result, [expected]), "\(level): log Σ exp \(x) = \(result)")
                }
            }
        }
    }
}
