import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

/// What must hold whatever the numbers are.
@Suite struct IdentityTests {
    @Test(arguments: CellKind.allCases) func zeroWeightsGiveZeros(_ kind: CellKind) {
        let network = makeNetwork(
            kind: kind, layerCount: 2, inputSize: 3, hiddenSize: 4, options: NetworkOptions(initializer: .zeros),
            in: ParameterCollection())
        let graph = ComputationGraph()
        let outputs = network.transduce([[1, -2, 3], [0.5, 4, -1]].map { graph.input($0) })
        #expect(outputs.scalars == [[0, 0, 0, 0], [0, 0, 0, 0]])
    }

    /// An LSTM with the given pre-activations of its gates i, f, g, o, whatever it reads.
    func fixedGates(_ i: Float, _ f: Float, _ g: Float, _ o: Float) -> LSTMBuilder {
        let cell = LSTMCell(
            inputSize: 1, hiddenSize: 1, forgetBias: 0, initializer: .zeros, biasInitializer: .values([i, f, g, o]),
            in: ParameterCollection())
        return LSTMBuilder(layers: [cell])
    }

    @Test func lstmKeepsItsMemoryForEver() {
        let builder = fixedGates(-100, 100, 0, 0)
        let graph = ComputationGraph()
        let start = LSTMState(hidden: graph.zeros([1]), cell: graph.input([0.75]))
        var state = builder.initialState(from: [start], in: graph)
        for _ in 0..<50 { state.addInput(graph.input([3])) }
        #expect(state.cell(0).value.scalars == [0.75])
    }

    @Test func lstmCounts() {
        let builder = fixedGates(100, 100, 100, 100)
        let graph = ComputationGraph()
        var state = builder.initialState(in: graph)
        for count in 1...20 {
            state.addInput(graph.input([-1]))
            #expect(abs(state.cell(0).value[0] - Float(count)) < 1e-4)
        }
    }

    /// h = a h + x: the derivative of the last state by the first is a to the power of the steps.
    @Test func linearNetworkForgetsByPowers() {
        let cell = ElmanCell(inputSize: 2, hiddenSize: 2, activation: .identity, in: ParameterCollection())
        cell.inputWeights.values = Tensor(rows: [[1, 0], [0, 1]])
        cell.recurrentWeights.values = Tensor(rows: [[0.5, 0], [0, -0.75]])
        let graph = ComputationGraph()
        let first = graph.input([0.3, 0.7])
        var state = ElmanBuilder(layers: [cell]).initialState(from: [first], in: graph)
        for steps in 1...6 {
            state.addInput(graph.input([1, 2]))
            let gradient = graph.gradients(of: sum(state.output), for: [first])[0].scalars
            var power: [Float] = [1, 1]
            for _ in 0..<steps { power = [power[0] * 0.5, power[1] * -0.75] }
            #expect(gradient == power)
        }
    }

    /// The gradient of weights used at every step is the sum of those of weights used at one.
    @Test func tiedGradientIsTheSumOfUntied() {
        let graph = ComputationGraph()
        let tied = ElmanCell(inputSize: 3, hiddenSize: 4, in: ParameterCollection(seed: 2))
        let untied = (0..<4).map { _ in ElmanCell(inputSize: 3, hiddenSize: 4, in: ParameterCollection()) }
        for cell in untied {
            cell.inputWeights.values = tied.inputWeights.values
            cell.recurrentWeights.values = tied.recurrentWeights.values
        }
        let inputs = [[1, 0, -1], [0.5, 0.5, 0.5], [-1, 2, 0], [0.2, -0.3, 0.9]].map { graph.input($0) }
        func loss(_ cells: [ElmanCell]) -> Expression {
            var hidden = tied.initialState(in: graph)
            for (cell, input) in zip(cells, inputs) { hidden = cell.step(input, from: hidden) }
            return weightedSum([hidden])
        }
        loss([tied, tied, tied, tied]).backward()
        loss(untied).backward()
        for path in [\ElmanCell.inputWeights, \ElmanCell.recurrentWeights, \ElmanCell.bias] {
            var total = [Float](repeating: 0, count: tied[keyPath: path].shape.count)
            for cell in untied {
                guard let gradient = cell[keyPath: path].gradient else { continue }
                total = zip(total, gradient.scalars).map { $0 + $1 }
            }
            #expect(distance(tied[keyPath: path].gradient?.scalars ?? [], total) < 1e-6)
        }
    }

    @Test(arguments: [(3, 5), (1, 1), (64, 128)]) func parameterCounts(_ input: Int, _ hidden: Int) {
        func count(_ kind: CellKind) -> Int {
            let parameters = ParameterCollection()
            let network = makeNetwork(kind: kind, inputSize: input, hiddenSize: hidden, in: parameters)
            #expect(network.parameters.reduce(0) { $0 + $1.shape.count } == parameters.scalarCount)
            return parameters.scalarCount
        }
        let all = input + hidden + 1
        #expect(count(.elman) == hidden * all)
        #expect(count(.elmanReLU) == hidden * all)
        #expect(count(.gruResetBefore) == 3 * hidden * all)
        #expect(count(.gru) == 3 * hidden * all + hidden)
        #expect(count(.lstm) == 4 * hidden * all)
        #expect(count(.coupledLSTM) == 3 * hidden * all + 2 * hidden * hidden)
        #expect(count(.layerNormLSTM) == 4 * hidden * all + 18 * hidden)
        #expect(count(.mgu) == 2 * hidden * all)
        #expect(count(.indRNN) == hidden * (input + 2))
        #expect(count(.sru) == (input == hidden ? 3 : 4) * hidden * (input + 1) + 2 * hidden)
        #expect(count(.qrnn) == 3 * hidden * (2 * input + 1))
        #expect(count(.qrnnWindow1) == 3 * hidden * (input + 1))
        #expect(count(.minGRU) == 2 * hidden * (input + 1))
        #expect(count(.minLSTM) == 3 * hidden * (input + 1))
        #expect(count(.lru) == 3 * hidden * input + 2 * hidden * hidden + 3 * hidden)
        #expect(count(.rgLRU) == hidden * (3 * input + 4))
        #expect(count(.sLSTM) == 4 * hidden * all)
        let heads = hidden == 128 ? 4 : 1, keys = hidden == 128 ? 32 : 8
        let rows = 2 * heads * keys + 2 * hidden + 2 * heads
        #expect(count(.mLSTM) == rows * (input + 1))
        #expect(count(.gatedDeltaNet) == rows * (input + 1) + hidden * hidden + 2 * heads)
        #expect(count(.rwkv4) == 3 * hidden * input + hidden * hidden + 3 * input + 2 * hidden)
    }

    /// The kinds that start from zeros: all but those whose state holds the logarithm of a weight.
    static let startingFromZeros = CellKind.allCases.filter { $0 != .sLSTM && $0 != .rwkv4 }

    /// No earlier state and a state of zeros are the same.
    @Test(arguments: startingFromZeros) func zerosAreTheInitialState(_ kind: CellKind) {
        let network = randomNetwork(kind)
        let graph = ComputationGraph()
        let zeros = network.stateShapes.map { $0.map { Tensor(repeating: 0, shape: $0) } }
        let input = graph.input([0.4, -0.6, 1])
        #expect(
            network.start(in: graph).addingInput(input).output.value
                == network.start(from: zeros, in: graph).addingInput(input).output.value)
    }

    /// Learned initial states of zeros change nothing, and have a gradient where the state matters.
    @Test(arguments: startingFromZeros) func learnedInitialState(_ kind: CellKind) {
        let fixed = randomNetwork(kind)
        let learned = randomNetwork(kind, options: NetworkOptions(learnedInitialState: .zeros))
        var count = 0
        for parameter in learned.parameters {
            guard !parameter.name.contains("initial") else {
                parameter.values = Tensor(repeating: 0, shape: parameter.shape)
                count += 1
                continue
            }
            if let same = fixed.parameters.first(where: { $0.name == parameter.name }) { parameter.values = same.values }
        }
        #expect(count == learned.stateShapes.reduce(0) { $0 + $1.count })
        let inputs: [[Float]] = [[0.4, -0.6, 1], [1, 1, -1]]
        let graph = ComputationGraph()
        let outputs = learned.transduce(inputs.map { graph.input($0) })
        #expect(outputs.scalars == fixed.transduce(inputs.map { graph.input($0) }).scalars)
        weightedSum(outputs).backward()
        let initial = learned.parameters.filter { $0.name.contains("initial") }
        #expect(initial.contains { $0.gradient?.scalars.contains { $0 != 0 } ?? false })
    }
}
