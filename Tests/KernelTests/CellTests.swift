import CElmanKernels
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension KernelTests {
    @Suite struct Cells {
        func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

        /// Gates, h and c after a forward pass.
        func forward(_ m: Int, _ h: Int, bias: Float) -> [[Float]] {
            var random = Values(seed: m * 100 + h)
            let gates = Guarded(rows: m, columns: 4 * h, stride: 4 * h + 3, values: random.array(4 * m * h).map { 4 * $0 })
            let previous = Guarded(rows: m, columns: h, stride: h + 1, values: random.array(m * h))
            let hidden = Guarded(rows: m, columns: h, stride: h + 2), cell = Guarded(rows: m, columns: h, stride: h + 5)
            ek_lstm_forward(
                m, h, bias, gates.pointer, gates.stride, previous.pointer, previous.stride, hidden.pointer, hidden.stride,
                cell.pointer, cell.stride)
            #expect(gates.isIntact && previous.isIntact && hidden.isIntact && cell.isIntact)
            return [gates.values, hidden.values, cell.values]
        }

        @Test(arguments: [1, 3, 15, 16, 17, 64, 100])
        func forwardFollowsTheDefinition(h: Int) {
            let m = 3, bias = 0.5
            var random = Values(seed: m * 100 + h)
            let z = random.array(4 * m * h).map { 4 * Double($0) }, previous = random.array(m * h).map(Double.init)
            var hidden = [Double](repeating: 0, count: m * h), cell = hidden
            for i in 0..<m * h {
                let gate = { (index: Int) in z[i / h * 4 * h + index * h + i % h] }
                cell[i] = sigmoid(gate(1) + bias) * previous[i] + sigmoid(gate(0)) * tanh(gate(2))
                hidden[i] = sigmoid(gate(3)) * tanh(cell[i])
            }
            let results = onLevels { forward(m, h, bias: Float(bias)) }
            for (level, result) in results {
                #expect(close(result[1], hidden, relative: 1e-6) && close(result[2], cell, relative: 1e-6), "\(level)")
                if fusedLevels.contains(level) {
                    #expect(zip(result, results[0].result).allSatisfy(same), "\(level)")
                }
            }
        }

        /// dz (4 h each) and dc_prev of loss = Σ dh h + dc c.
        func backward(_ m: Int, _ h: Int, withCell: Bool) -> [[Float]] {
            var random = Values(seed: m * 100 + h)
            let gates = Guarded(rows: m, columns: 4 * h, values: random.array(4 * m * h).map { 4 * $0 })
            let previous = Guarded(rows: m, columns: h, values: random.array(m * h))
            let hidden = Guarded(rows: m, columns: h), cell = Guarded(rows: m, columns: h)
            ek_lstm_forward(m, h, 0.5, gates.pointer, 4 * h, previous.pointer, h, hidden.pointer, h, cell.pointer, h)
            let dh = Guarded(rows: m, columns: h, values: random.array(m * h))
            let dc = Guarded(rows: m, columns: h, values: random.array(m * h))
            let before = Guarded(rows: m, columns: h, values: [Float](repeating: 1, count: m * h))
            ek_lstm_backward(
                m, h, gates.pointer, 4 * h, previous.pointer, h, cell.pointer, h, dh.pointer, h, withCell ? dc.pointer : nil, h,
                withCell ? before.pointer : nil, h)
            #expect(gates.isIntact && before.isIntact)
            return [gates.values, before.values]
        }

        @Test(arguments: [1, 17, 40])
        func backwardIsTheDerivative(h: Int) {
            let m = 2
            var random = Values(seed: m * 100 + h)
            let z = random.array(4 * m * h).map { 4 * Double($0) }, previous = random.array(m * h).map(Double.init)
            let dh = random.array(m * h).map(Double.init), dc = random.array(m * h).map(Double.init)
            func loss(_ i: Int, _ gates: [Double], _ previous: Double) -> Double {
                let cell = sigmoid(gates[1] + 0.5) * previous + sigmoid(gates[0]) * tanh(gates[2])
                return dh[i] * sigmoid(gates[3]) * tanh(cell) + dc[i] * cell
            }
            var dz = [Double](repeating: 0, count: 4 * m * h), dPrevious = [Double](repeating: 0, count: m * h)
            for i in 0..<m * h {
                let places = (0..<4).map { i / h * 4 * h + $0 * h + i % h }, gates = places.map { z[$0] }
                for gate in 0..<4 {
                    var (up, down) = (gates, gates)
                    up[gate] += 1e-5
                    down[gate] -= 1e-5
                    dz[places[gate]] = (loss(i, up, previous[i]) - loss(i, down, previous[i])) / 2e-5
                }
                dPrevious[i] = 1 + (loss(i, gates, previous[i] + 1e-5) - loss(i, gates, previous[i] - 1e-5)) / 2e-5
            }
            let results = onLevels { backward(m, h, withCell: true) }
            for (level, result) in results {
                #expect(close(result[0], dz, relative: 2e-6) && close(result[1], dPrevious, relative: 2e-6), "\(level)")
                if fusedLevels.contains(level) {
                    #expect(zip(result, results[0].result).allSatisfy(same), "\(level)")
                }
            }
            let without = onLevels(fusedLevels) { backward(m, h, withCell: false) }
            for (level, result) in without { #expect(same(result[0], without[0].result[0]), "\(level)") }
        }

        @Test func threadsDoNotChangeBits() {
            let results = onThreads { forward(90, 130, bias: 1) }
            for result in results { #expect(zip(result, results[0]).allSatisfy(same)) }
        }
    }
}
