import CElmanKernels
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension KernelTests {
    @Suite struct GatedRecurrentUnits {
        static let sizes = [1, 3, 15, 16, 17, 64, 100]

        func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

        /// Random pre-activations (four blocks of h a row), states before the step and gradients.
        struct Data {
            let m: Int, h: Int
            let gates: [Float], previous: [Float], gradients: [Float]

            init(m: Int, h: Int) {
                self.m = m
                self.h = h
                var random = Values(seed: m * 100 + h)
                gates = random.array(4 * m * h).map { 3 * $0 }
                previous = random.array(m * h)
                gradients = random.array(m * h)
            }

            /// Block `index` of the gates for element i of m * h.
            func gate(_ index: Int, _ i: Int) -> Double { Double(gates[i / h * 4 * h + index * h + i % h]) }
        }

        /// Result, gates after the backward call, gradient of the state before the step (on top of ones).
        func after(_ data: Data) -> [[Float]] {
            let m = data.m, h = data.h
            let gates = Guarded(rows: m, columns: 4 * h, stride: 4 * h + 3, values: data.gates)
            let previous = Guarded(rows: m, columns: h, stride: h + 1, values: data.previous)
            let result = Guarded(rows: m, columns: h, stride: h + 2)
            ek_gru_after_forward(
                m, h, gates.pointer, gates.stride, previous.pointer, previous.stride, result.pointer, result.stride)
            let gradients = Guarded(rows: m, columns: h, stride: h + 4, values: data.gradients)
            let before = Guarded(rows: m, columns: h, stride: h + 5, values: [Float](repeating: 1, count: m * h))
            ek_gru_after_backward(
                m, h, gates.pointer, gates.stride, previous.pointer, previous.stride, gradients.pointer, gradients.stride,
                before.pointer, before.stride)
            #expect(gates.isIntact && previous.isIntact && result.isIntact && before.isIntact)
            return [result.values, gates.values, before.values]
        }

        @Test(arguments: sizes) func resetAfterFollowsTheDefinition(h: Int) {
            let data = Data(m: 3, h: h)
            var result = [Double](repeating: 0, count: 3 * h), before = result
            var gates = [Double](repeating: 0, count: 12 * h)
            for i in result.indices {
                let r = sigmoid(data.gate(0, i)), z = sigmoid(data.gate(1, i)), u = data.gate(2, i)
                let n = tanh(data.gate(3, i) + r * u), previous = Double(data.previous[i]), dy = Double(data.gradients[i])
                result[i] = (1 - z) * n + z * previous
                before[i] = 1 + dy * z
                let dn = dy * (1 - z) * (1 - n * n)
                let row = i / h * 4 * h + i % h
                gates[row] = dn * u * r * (1 - r)
                gates[row + h] = dy * (previous - n) * z * (1 - z)
                gates[row + 2 * h] = dn * r
                gates[row + 3 * h] = dn
            }
            check(onLevels { after(data) }, [result, gates, before])
        }

        /// Result, r ⊙ h, gates after both backward calls, gradient of the state before the step (on top of ones). The
        /// third block of the gates is taken for the candidate's sum, the gradients again for those of r ⊙ h.
        func before(_ data: Data) -> [[Float]] {
            let m = data.m, h = data.h
            let gates = Guarded(rows: m, columns: 4 * h, stride: 4 * h + 3, values: data.gates)
            let previous = Guarded(rows: m, columns: h, stride: h + 1, values: data.previous)
            let reset = Guarded(rows: m, columns: h, stride: h + 2), result = Guarded(rows: m, columns: h, stride: h + 2)
            ek_gru_before_gates(
                m, h, gates.pointer, gates.stride, previous.pointer, previous.stride, reset.pointer, reset.stride)
            ek_gru_before_forward(
                m, h, gates.pointer, gates.stride, previous.pointer, previous.stride, result.pointer, result.stride)
            let gradients = Guarded(rows: m, columns: h, stride: h + 4, values: data.gradients)
            let before = Guarded(rows: m, columns: h, stride: h + 5, values: [Float](repeating: 1, count: m * h))
            ek_gru_before_backward(
                m, h, gates.pointer, gates.stride, previous.pointer, previous.stride, gradients.pointer, gradients.stride,
                before.pointer, before.stride)
            ek_gru_before_backward_reset(
                m, h, gates.pointer, gates.stride, previous.pointer, previous.stride, gradients.pointer, gradients.stride,
                before.pointer, before.stride)
            #expect(gates.isIntact && reset.isIntact && result.isIntact && before.isIntact)
            return [result.values, reset.values, gates.values, before.values]
        }

        @Test(arguments: sizes) func resetBeforeFollowsTheDefinition(h: Int) {
            let data = Data(m: 3, h: h)
            var result = [Double](repeating: 0, count: 3 * h), reset = result, state = result
            var gates = data.gates.map(Double.init)
            for i in result.indices {
                let r = sigmoid(data.gate(0, i)), z = sigmoid(data.gate(1, i)), n = tanh(data.gate(2, i))
                let previous = Double(data.previous[i]), dy = Double(data.gradients[i])
                result[i] = (1 - z) * previous + z * n
                reset[i] = r * previous
                state[i] = 1 + dy * (1 - z) + dy * r
                let row = i / h * 4 * h + i % h
                gates[row] = dy * previous * r * (1 - r)
                gates[row + h] = dy * (n - previous) * z * (1 - z)
                gates[row + 2 * h] = dy * z * (1 - n * n)
            }
            check(onLevels { before(data) }, [result, reset, gates, state])
        }

        func check(_ results: [(level: String, result: [[Float]])], _ expected: [[Double]]) {
            for (level, result) in results {
                for (values, expected) in zip(result, expected) {
                    #expect(close(values, expected, relative: 2e-6), "\(level)")
                }
                guard fusedLevels.contains(level) else { continue }
                #expect(zip(result, results[0].result).allSatisfy(same), "\(level)")
            }
        }

        @Test func rowsAndThreadsDoNotMatter() {
            let data = Data(m: 70, h: 301)
            let results = onThreads { after(data) + before(data) }
            for result in results { #expect(zip(result, results[0]).allSatisfy(same)) }
        }
    }
}
