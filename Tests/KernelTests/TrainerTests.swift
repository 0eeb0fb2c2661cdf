import CElmanKernels
import Testing

extension KernelTests {
    @Suite struct Trainers {
        /// Parameters and moments after three steps with a gradient each.
        func steps(
            _ n: Int,
            _ body: (
                _ p: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>,
                _ moments: [UnsafeMutablePointer<Float>]
            ) -> Void
        ) -> [[Float]] {
            var random = Values(seed: n)
            let p = Guarded(rows: 1, columns: n, values: random.array(n))
            let moments = (0..<3).map { _ in Guarded(rows: 1, columns: n) }
            for _ in 0..<3 {
                let g = Guarded(rows: 1, columns: n, values: random.array(n))
                body(p.pointer, g.pointer, moments.map(\.pointer))
                #expect(g.isIntact && p.isIntact && moments.allSatisfy { $0.isIntact })
            }
            return [p.values] + moments.map(\.values)
        }

        /// The same for one parameter after the other in double precision.
        func reference(_ n: Int, _ update: (_ p: inout Double, _ g: Double, _ s: inout [Double]) -> Void) -> [Double] {
            var random = Values(seed: n)
            var p = random.array(n).map(Double.init), state = [[Double]](repeating: [0, 0, 0], count: n)
            for _ in 0..<3 {
                let g = random.array(n)
                for i in 0..<n { update(&p[i], Double(g[i]), &state[i]) }
            }
            return p
        }

        @Test(arguments: [1, 15, 17, 64, 100])
        func followTheirDefinitions(n: Int) {
            check(n, { p, g, _ in ek_sgd(n, p, g, 0.5, 0.1) }) { p, g, _ in p -= 0.1 * 0.5 * g }
            check(n, { p, g, s in ek_momentum(n, p, g, s[0], 0.5, 0.1, 0.9) }) { p, g, s in
                s[0] = 0.9 * s[0] - 0.1 * 0.5 * g
                p += s[0]
            }
            check(n, { p, g, s in ek_adagrad(n, p, g, s[0], 0.5, 0.1, 1e-4) }) { p, g, s in
                s[0] += 0.25 * g * g
                p -= 0.1 * 0.5 * g / (s[0] + 1e-4).squareRoot()
            }
            check(n, { p, g, s in ek_adadelta(n, p, g, s[0], s[1], 0.5, 1, 1e-3, 0.95) }) { p, g, s in
                s[0] = 0.95 * s[0] + 0.05 * 0.25 * g * g
                let change = 0.5 * g * ((s[1] + 1e-3) / (s[0] + 1e-3)).squareRoot()
                s[1] = 0.95 * s[1] + 0.05 * change * change
                p -= change
            }
            check(n, { p, g, s in ek_rmsprop(n, p, g, s[0], 0.5, 0.1, 1e-4, 0.9) }) { p, g, s in
                s[0] = 0.9 * s[0] + 0.1 * 0.25 * g * g
                p -= 0.1 * 0.5 * g / (s[0] + 1e-4).squareRoot()
            }
            for maximum in [false, true] {
                check(n, { p, g, s in ek_adam(n, p, g, s[0], s[1], maximum ? s[2] : nil, 0.5, 0.1, 0.9, 0.6, 1e-4, 0.01) }) {
                    p, g, s in
                    s[0] = 0.9 * s[0] + 0.1 * 0.5 * g
                    s[1] = 0.6 * s[1] + 0.4 * 0.25 * g * g
                    s[2] = max(s[2], s[1])
                    p = p * 0.99 - 0.1 * s[0] / (s[maximum ? 2 : 1].squareRoot() + 1e-4)
                }
            }
        }

        func check(
            _ n: Int, _ kernel: (UnsafeMutablePointer<Float>, UnsafePointer<Float>, [UnsafeMutablePointer<Float>]) -> Void,
            _ update: (inout Double, Double, inout [Double]) -> Void
        ) {
            let expected = reference(n, update), results = onLevels { steps(n, kernel) }
            for (level, result) in results {
                #expect(close(result[0], expected, relative: 1e-5), "\(level)")
                if fusedLevels.contains(level) {
                    #expect(zip(result, results[0].result).allSatisfy(same), "\(level)")
                }
            }
        }

        @Test func momentsNeverBecomeDenormal() {
            for (level, moments) in onLevels({ () -> [Float] in
                let p = Guarded(rows: 1, columns: 20), g = Guarded(rows: 1, columns: 20)
                let m = Guarded(rows: 1, columns: 20, values: [Float](repeating: 1e-37, count: 20))
                let v = Guarded(rows: 1, columns: 20, values: [Float](repeating: 1e-37, count: 20))
                for _ in 0..<100 { ek_adam(20, p.pointer, g.pointer, m.pointer, v.pointer, nil, 1, 0.1, 0.9, 0.9, 1e-8, 0) }
                return m.values + v.values
            }) {
                #expect(moments.allSatisfy { $0 == 0 }, "\(level)")
            }
        }

        @Test func threadsDoNotChangeBits() {
            let results = onThreads {
                steps(70_000) { p, g, s in ek_adam(70_000, p, g, s[0], s[1], nil, 1, 0.1, 0.9, 0.99, 1e-8, 0) }
            }
            for result in results { #expect(zip(result, results[0]).allSatisfy(same)) }
        }
    }
}
