import CElmanKernels
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension KernelTests {
    @Suite struct Elementwise {
        typealias Function = (Int, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?) -> Void

        /// Name, kernel, double precision, largest error in units of the last place, arguments.
        static var functions: [(String, Function, (Double) -> Double, Double, [Float])] {
            [
                ("exp", ek_exp, { exp($0) }, 1.1, spread(-87, 88.7)),
                ("log", ek_log, { log($0) }, 1.1, spread(-80, 80).map { Float(exp(Double($0))) } + spread(0.5, 2)),
                ("tanh", ek_tanh, { tanh($0) }, 3, spread(-12, 12) + spread(-0.01, 0.01)),
                ("sigmoid", ek_sigmoid, { 1 / (1 + exp(-$0)) }, 3, spread(-87, 30)),
            ]
        }

        static func spread(_ low: Float, _ high: Float) -> [Float] {
            (0...2000).map { low + (high - low) * Float($0) / 2000 }
        }

        func apply(_ function: Function, _ x: [Float]) -> [Float] {
            let input = Guarded(rows: 1, columns: x.count, values: x), output = Guarded(rows: 1, columns: x.count)
            function(x.count, input.pointer, output.pointer)
            #expect(input.isIntact && output.isIntact)
            return output.values
        }

        @Test func errorsAreSmallAndLevelsAgree() {
            for (name, function, exact, bound, x) in Self.functions {
                let results = onLevels { apply(function, x) }
                for (level, result) in results {
                    let worst = zip(x, result).map { argument, value in
                        let expected = exact(Double(argument))
                        return abs(Double(value) - expected) / Double(Float(abs(expected)).ulp)
                    }.max()!
                    #expect(worst <= (level == "sse2" ? 2 * bound : bound), "\(name) on \(level): \(worst) ulp")
                    if fusedLevels.contains(level) { #expect(same(result, results[0].result), "\(name) on \(level)") }
                }
            }
        }

        @Test func limits() {
            let infinity = Float.infinity, denormal = Float.leastNormalMagnitude / 256
            let x: [Float] = [infinity, -infinity, .nan, 0, -0.0, 1e30, -1e30, denormal]
            let expected: [(Function, [Float])] = [
                (ek_exp, [infinity, 0, .nan, 1, 1, infinity, 0, 1]),
                (ek_tanh, [1, -1, .nan, 0, -0.0, 1, -1, denormal]),
                (ek_sigmoid, [1, 0, .nan, 0.5, 0.5, 1, 0, 0.5]),
                (ek_log, [infinity, .nan, .nan, -infinity, -infinity, 69.0775527898, .nan, -92.8817215]),
            ]
            for (function, values) in expected {
                for (level, result) in onLevels({ apply(function, x) }) {
                    #expect(same(result, values), "\(level): \(result)")
                }
            }
        }

        @Test(arguments: [0, 1, 3, 15, 16, 17, 63, 64, 65, 100, 9000])
        func arithmetic(n: Int) {
            var random = Values(seed: n)
            let a = random.array(n), b = random.array(n), y = random.array(n)
            func run(_ body: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void) -> [Float] {
                let (first, second) = (Guarded(rows: 1, columns: n, values: a), Guarded(rows: 1, columns: n, values: b))
                let output = Guarded(rows: 1, columns: n, values: y)
                body(first.pointer, second.pointer, output.pointer)
                #expect(first.isIntact && second.isIntact && output.isIntact)
                return output.values
            }
            let each = Array(0..<n)
            for (level, results) in onLevels({
                [
                    run { ek_add(n, $0, $1, $2) }, run { ek_multiply(n, $0, $1, $2) }, run { a, _, y in ek_accumulate(n, a, y) },
                ]
            }) {
                #expect(same(results[0], each.map { a[$0] + b[$0] }), "\(level)")
                #expect(same(results[1], each.map { a[$0] * b[$0] }), "\(level)")
                #expect(same(results[2], each.map { y[$0] + a[$0] }), "\(level)")
            }
            for (level, results) in onLevels(
                fusedLevels,
                {
                    [
                        run { a, _, y in ek_scale_accumulate(n, 0.3, a, y) }, run { ek_multiply_accumulate(n, $0, $1, $2) },
                        run { ek_tanh_gradient(n, $0, $1, $2) }, run { ek_sigmoid_gradient(n, $0, $1, $2) },
                    ]
                })
            {
                #expect(same(results[0], each.map { y[$0].addingProduct(0.3, a[$0]) }), "\(level)")
                #expect(same(results[1], each.map { y[$0].addingProduct(a[$0], b[$0]) }), "\(level)")
                #expect(close(results[2], each.map { Double(y[$0] + b[$0] * (1 - a[$0] * a[$0])) }), "\(level)")
                #expect(close(results[3], each.map { Double(y[$0] + b[$0] * a[$0] * (1 - a[$0])) }), "\(level)")
            }
        }

        @Test(arguments: [0, 1, 15, 16, 17, 100, 8192, 20_000])
        func sums(n: Int) {
            var random = Values(seed: n + 1)
            let x = Guarded(rows: 1, columns: n, values: random.array(n)),
                y = Guarded(rows: 1, columns: n, values: random.array(n))
            let values = x.values.map(Double.init), others = y.values.map(Double.init)
            let sum = values.reduce(0, +), squares = values.map { $0 * $0 }.reduce(0, +)
            let product = zip(values, others).map(*).reduce(0, +)
            let results = onLevels { (ek_sum(n, x.pointer), ek_sum_squares(n, x.pointer), ek_dot(n, x.pointer, y.pointer)) }
            for (level, result) in results {
                #expect(abs(result.0 - sum) < 1e-9 && abs(result.1 - squares) < 1e-9, "\(level)")
                #expect(abs(Double(result.2) - product) < 1e-3, "\(level)")
                #expect(result.0 == results[0].result.0 && result.1 == results[0].result.1, "\(level)")
                if fusedLevels.contains(level) { #expect(result.2 == results[0].result.2, "\(level)") }
            }
        }

        @Test func finiteness() {
            for n in [1, 16, 17, 10_000] {
                for bad in [Float.nan, .infinity, -.infinity] {
                    let x = Guarded(rows: 1, columns: n, values: [Float](repeating: .greatestFiniteMagnitude, count: n))
                    for (level, result) in onLevels({ ek_all_finite(n, x.pointer) }) { #expect(result == 1, "\(level)") }
                    x.pointer[n - 1] = bad
                    for (level, result) in onLevels({ ek_all_finite(n, x.pointer) }) { #expect(result == 0, "\(level)") }
                }
            }
        }
    }
}
