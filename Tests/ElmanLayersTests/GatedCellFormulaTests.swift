import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

/// Cells of the decades after LSTM and GRU, against their papers' formulas in double precision.
@Suite struct GatedCellFormulaTests {
    static let size = 4, inputSize = 3

    /// What a network of one layer gives, and what a formula gives that is told input and place in the sequence.
    static func check(
        _ kind: CellKind, inputSize: Int = inputSize, tolerance: Float = 2e-6,
        formula: (PlainParameters) -> (_ x: [Double]) -> [Double]
    ) {
        for seed in [3, 4] as [UInt64] {
            let network = randomNetwork(kind, layerCount: 1, inputSize: inputSize, hiddenSize: size, seed: seed)
            // Large enough that the gates are neither open nor shut.
            for parameter in network.parameters where parameter.shape.rank > 1 {
                parameter.values = Tensor(shape: parameter.shape, scalars: parameter.values.scalars.map { 3 * $0 })
            }
            var draw = Draw(seed)
            let inputs = draw.sequence(6, size: inputSize)
            let step = formula(PlainParameters(network))
            let expected = inputs.map { step($0.map { Double($0) }).map { Float($0) } }
            let graph = ComputationGraph()
            let outputs = network.transduce(inputs.map { graph.input($0) }).scalars
            #expect(distance(outputs, expected) < tolerance, "\(kind): \(outputs), not \(expected)")
        }
    }

    static let units = 0..<size
    static let zeros = [Double](repeating: 0, count: size)

    @Test func minimalGatedUnit() {
        Self.check(.mgu) { weights in
            var h = Self.zeros
            return { x in
                let p = weights.blocks(x, size: Self.size)
                let f = zip(p[0], Plain.product(weights("recurrentWeights"), h)).map { Plain.sigmoid($0 + $1) }
                let masked = zip(f, h).map { $0 * $1 }
                let n = zip(p[1], Plain.product(weights("candidateWeights"), masked)).map { Plain.tanh($0 + $1) }
                h = Self.units.map { (1 - f[$0]) * h[$0] + f[$0] * n[$0] }
                return h
            }
        }
    }

    @Test func independentlyRecurrentNetwork() {
        Self.check(.indRNN) { weights in
            var h = Self.zeros
            return { x in
                let p = weights.blocks(x, size: Self.size)[0], u = weights["recurrentWeights"]
                h = Self.units.map { max(0, p[$0] + u[$0] * h[$0]) }
                return h
            }
        }
    }

    /// With the input in the highway, and with a projection of it.
    @Test(arguments: [inputSize, size]) func simpleRecurrentUnit(inputSize: Int) {
        Self.check(.sru, inputSize: inputSize) { weights in
            var c = Self.zeros
            return { x in
                let p = weights.blocks(x, size: Self.size), v = weights["recurrentWeights"]
                let highway = inputSize == Self.size ? x : p[3]
                return Self.units.map { i in
                    let f = Plain.sigmoid(p[1][i] + v[i] * c[i]), r = Plain.sigmoid(p[2][i] + v[Self.size + i] * c[i])
                    c[i] = f * c[i] + (1 - f) * p[0][i]
                    return r * c[i] + (1 - r) * highway[i]
                }
            }
        }
    }

    @Test(arguments: [CellKind.qrnn, .qrnnWindow1]) func quasiRecurrentNetwork(kind: CellKind) {
        Self.check(kind) { weights in
            var c = Self.zeros, before = [Double](repeating: 0, count: Self.inputSize)
            return { x in
                let p = weights.blocks(kind == .qrnn ? x + before : x, size: Self.size)
                before = x
                return Self.units.map { i in
                    let z = Plain.tanh(p[0][i]), f = Plain.sigmoid(p[1][i]), o = Plain.sigmoid(p[2][i])
                    c[i] = f * c[i] + (1 - f) * z
                    return o * c[i]
                }
            }
        }
    }

    @Test func minimalGRU() {
        Self.check(.minGRU) { weights in
            var h = Self.zeros
            return { x in
                let p = weights.blocks(x, size: Self.size)
                h = Self.units.map { i in
                    let z = Plain.sigmoid(p[0][i])
                    return (1 - z) * h[i] + z * p[1][i]
                }
                return h
            }
        }
    }

    @Test func minimalLSTM() {
        Self.check(.minLSTM) { weights in
            var h = Self.zeros
            return { x in
                let p = weights.blocks(x, size: Self.size)
                h = Self.units.map { unit in
                    let f = Plain.sigmoid(p[0][unit]), i = Plain.sigmoid(p[1][unit])
                    return f / (f + i) * h[unit] + i / (f + i) * p[2][unit]
                }
                return h
            }
        }
    }

    /// In complex numbers, as pairs.
    @Test func linearRecurrentUnit() {
        Self.check(.lru) { weights in
            var z = Self.units.map { _ in (0.0, 0.0) }
            let given = weights["eigenvalues"]
            return { x in
                let b = Plain.product(weights("inputWeights"), x)
                z = Self.units.map { n in
                    let modulus = exponential(-exponential(given[n])), phase = exponential(given[Self.size + n])
                    let (re, im) = (modulus * cosineOf(phase), modulus * sineOf(phase))
                    let scale = exponential(given[2 * Self.size + n])
                    return (re * z[n].0 - im * z[n].1 + scale * b[n], re * z[n].1 + im * z[n].0 + scale * b[Self.size + n])
                }
                let recurrent = Plain.product(weights("outputWeights"), z.map(\.0) + z.map(\.1))
                return zip(recurrent, Plain.product(weights("directWeights"), x)).map { $0 + $1 }
            }
        }
    }

    @Test func realGatedLinearRecurrentUnit() {
        Self.check(.rgLRU) { weights in
            var h = Self.zeros
            return { x in
                let p = weights.blocks(x, size: Self.size)
                h = Self.units.map { unit in
                    let r = Plain.sigmoid(p[0][unit]), i = Plain.sigmoid(p[1][unit])
                    let a = exponential(8 * r * -Plain.softplus(-weights["decay"][unit]))
                    return a * h[unit] + Plain.root(1 - a * a) * (i * p[2][unit])
                }
                return h
            }
        }
    }

    /// Gates that are open or shut as far as numbers go: nothing overflows, and nothing is lost that has to stay.
    @Test func minimalLSTMWithSaturatedGates() {
        for (forget, input, expected) in [(-200, -100, 0.5), (-100, -200, 0.25), (300, 300, 0.375)] as [(Float, Float, Float)] {
            let cell = MinLSTMCell(
                inputSize: 1, hiddenSize: 1, initializer: .zeros, biasInitializer: .values([forget, input, 0.5]),
                in: ParameterCollection())
            let graph = ComputationGraph()
            let hidden = graph.input([0.25])
            let next = cell.step(graph.input([1]), from: hidden)
            #expect(next.value.scalars == [expected])
            #expect(graph.gradients(of: sum(next), for: [hidden])[0].scalars[0].isFinite)
        }
    }

    /// A decay of 1 keeps the state to the bit; nothing is learned through it, and nothing is NaN.
    @Test func realGatedUnitThatForgetsNothing() {
        let cell = RGLRUCell(
            inputSize: 1, hiddenSize: 1, initializer: .zeros, biasInitializer: .values([0, 0, 5]), in: ParameterCollection())
        cell.decay.values = Tensor([100])
        let graph = ComputationGraph()
        var hidden = graph.input([0.7])
        for _ in 0..<20 { hidden = cell.step(graph.input([1]), from: hidden) }
        sum(hidden).backward()
        #expect(hidden.value.scalars == [0.7])
        #expect(cell.decay.gradient?.scalars == [0])
        #expect(cell.bias.gradient?.scalars.allSatisfy { $0.isFinite } == true)
    }
}
