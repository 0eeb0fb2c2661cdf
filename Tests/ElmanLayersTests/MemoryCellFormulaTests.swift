import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

/// Cells with memories of exponentials and matrices, against their papers' formulas without any stabilisation.
@Suite struct MemoryCellFormulaTests {
    /// What a network of one layer gives, and what a formula gives that sees one input after the other. A hidden size of 16 has two
    /// heads.
    static func check(
        _ kind: CellKind, hiddenSize: Int, tolerance: Float = 4e-6,
        formula: (PlainParameters) -> (_ x: [Double]) -> [Double]
    ) {
        let network = randomNetwork(kind, layerCount: 1, inputSize: 3, hiddenSize: hiddenSize, seed: 3)
        for parameter in network.parameters where parameter.shape.rank > 1 {
            parameter.values = Tensor(shape: parameter.shape, scalars: parameter.values.scalars.map { 3 * $0 })
        }
        var draw = Draw(5)
        let inputs = draw.sequence(6, size: 3)
        let step = formula(PlainParameters(network))
        let expected = inputs.map { step($0.map { Double($0) }).map { Float($0) } }
        let graph = ComputationGraph()
        let outputs = network.transduce(inputs.map { graph.input($0) }).scalars
        #expect(distance(outputs, expected) < tolerance, "\(kind): \(outputs), not \(expected)")
    }

    /// A part of a vector.
    static func slice(_ x: [Double], _ start: inout Int, _ count: Int) -> [Double] {
        defer { start += count }
        return Array(x[start..<start + count])
    }

    @Test func scalarMemory() {
        Self.check(.sLSTM, hiddenSize: 4) { weights in
            var h = [0.0, 0, 0, 0], c = h, n = h
            return { x in
                let p = zip(weights.blocks(x, size: 16)[0], Plain.product(weights("recurrentWeights"), h)).map { $0 + $1 }
                h = (0..<4).map { unit in
                    let i = exponential(p[4 + unit]), f = Plain.sigmoid(p[8 + unit])
                    c[unit] = f * c[unit] + i * Plain.tanh(p[unit])
                    n[unit] = f * n[unit] + i
                    return Plain.sigmoid(p[12 + unit]) * c[unit] / n[unit]
                }
                return h
            }
        }
    }

    @Test(arguments: [(4, 1), (16, 2), (32, 4)]) func matrixMemory(hiddenSize: Int, heads: Int) {
        let keys = hiddenSize < 32 ? 8 : 32, values = hiddenSize / heads
        Self.check(.mLSTM, hiddenSize: hiddenSize) { weights in
            var c = [[[Double]]](
                repeating: [[Double]](repeating: [Double](repeating: 0, count: keys), count: values), count: heads)
            var n = [[Double]](repeating: [Double](repeating: 0, count: keys), count: heads)
            return { x in
                let p = weights.blocks(x, size: weights["bias"].count)[0]
                var at = 0
                let q = Self.slice(p, &at, heads * keys),
                    k = Self.slice(p, &at, heads * keys).map { $0 / Plain.root(Double(keys)) }
                let v = Self.slice(p, &at, hiddenSize), o = Self.slice(p, &at, hiddenSize)
                let i = Self.slice(p, &at, heads).map { exponential($0) }, f = Self.slice(p, &at, heads).map { Plain.sigmoid($0) }
                return (0..<heads).flatMap { head in
                    let key = Array(k[head * keys..<(head + 1) * keys]), query = Array(q[head * keys..<(head + 1) * keys])
                    for a in 0..<values {
                        for b in 0..<keys { c[head][a][b] = f[head] * c[head][a][b] + i[head] * v[head * values + a] * key[b] }
                    }
                    for b in 0..<keys { n[head][b] = f[head] * n[head][b] + i[head] * key[b] }
                    let divisor = max(abs(Plain.dot(n[head], query)), 1)
                    return (0..<values).map { Plain.sigmoid(o[head * values + $0]) * Plain.dot(c[head][$0], query) / divisor }
                }
            }
        }
    }

    @Test func timeMixing() {
        Self.check(.rwkv4, hiddenSize: 4) { weights in
            var before = [0.0, 0, 0], seen: [(k: [Double], v: [Double])] = []
            return { x in
                func mixed(_ block: Int) -> [Double] {
                    (0..<3).map { i in
                        let share = weights["mixing"][3 * block + i]
                        return share * x[i] + (1 - share) * before[i]
                    }
                }
                let k = Plain.product(weights("inputWeights"), mixed(0)), v = Plain.product(weights("valueWeights"), mixed(1))
                let r = Plain.product(weights("receptanceWeights"), mixed(2))
                let gated = (0..<4).map { unit in
                    let w = exponential(weights["decay"][unit]), u = weights["decay"][4 + unit]
                    var total = exponential(u + k[unit]), sum = total * v[unit]
                    for (age, past) in seen.reversed().enumerated() {
                        let share = exponential(-Double(age) * w + past.k[unit])
                        total += share
                        sum += share * past.v[unit]
                    }
                    return Plain.sigmoid(r[unit]) * sum / total
                }
                seen.append((k, v))
                before = x
                return Plain.product(weights("outputWeights"), gated)
            }
        }
    }

    /// S as a matrix of values by keys, multiplied out as in the paper: S' = S α (1 - β k kᵀ) + β v kᵀ.
    @Test(arguments: [(4, 1), (16, 2)]) func gatedDeltaRule(hiddenSize: Int, heads: Int) {
        let keys = 8, values = hiddenSize / heads
        func unit(_ x: [Double]) -> [Double] {
            let y = x.map { Plain.silu($0) }, length = Plain.root(Plain.dot(y, y) + 1e-6)
            return y.map { $0 / length }
        }
        Self.check(.gatedDeltaNet, hiddenSize: hiddenSize) { weights in
            var s = [[[Double]]](
                repeating: [[Double]](repeating: [Double](repeating: 0, count: keys), count: values), count: heads)
            return { x in
                let p = weights.blocks(x, size: weights["bias"].count)[0]
                var at = 0
                let q = Self.slice(p, &at, heads * keys), k = Self.slice(p, &at, heads * keys)
                let v = Self.slice(p, &at, hiddenSize).map { Plain.silu($0) }
                let gate = Self.slice(p, &at, hiddenSize).map { Plain.silu($0) }
                let a = Self.slice(p, &at, heads), b = Self.slice(p, &at, heads).map { Plain.sigmoid($0) }
                let read = (0..<heads).flatMap { head -> [Double] in
                    let key = unit(Array(k[head * keys..<(head + 1) * keys]))
                    let query = unit(Array(q[head * keys..<(head + 1) * keys])).map { $0 / Plain.root(Double(keys)) }
                    let factor = exponential(weights["decay"][head])
                    let alpha = exponential(-factor * Plain.softplus(a[head] + weights["decay"][heads + head]))
                    for row in 0..<values {
                        let old = s[head][row], found = Plain.dot(old, key)
                        for column in 0..<keys {
                            let kept = alpha * (old[column] - b[head] * found * key[column])
                            s[head][row][column] = kept + b[head] * v[head * values + row] * key[column]
                        }
                    }
                    return (0..<values).map { gate[head * values + $0] * Plain.dot(s[head][$0], query) }
                }
                return Plain.product(weights("outputWeights"), read)
            }
        }
    }

    /// Exponents that no floating-point number holds: the averages stay averages.
    @Test(arguments: [CellKind.sLSTM, .mLSTM, .rwkv4]) func largeExponentsDoNotOverflow(_ kind: CellKind) {
        for scale in [-400, 400] as [Float] {
            let network = randomNetwork(kind, layerCount: 1, hiddenSize: 8)
            let weights = network.parameters[0]
            weights.values = Tensor(shape: weights.shape, scalars: weights.values.scalars.map { scale * $0 })
            let graph = ComputationGraph()
            var draw = Draw(6)
            let outputs = network.transduce(draw.sequence(50, size: 3).map { graph.input($0) })
            weightedSum(outputs).backward()
            #expect(outputs.scalars.allSatisfy { $0.allSatisfy { $0.isFinite } })
            for parameter in network.parameters {
                #expect(parameter.gradient?.scalars.allSatisfy { $0.isFinite } ?? true, "\(parameter.name)")
            }
        }
    }
}
