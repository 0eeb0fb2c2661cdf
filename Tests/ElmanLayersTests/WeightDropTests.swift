import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

/// Weight drop, dropout rates of layers, and layers of different sizes.
@Suite struct WeightDropTests {
    static let withMatrices: [CellKind] = [
        .elman, .elmanReLU, .lstm, .coupledLSTM, .layerNormLSTM, .gru, .gruResetBefore, .mgu, .sLSTM,
    ]

    @Test func theCellsThatHaveRecurrentMatricesSaySo() {
        #expect(CellKind.allCases.filter(\.hasRecurrentMatrices) == Self.withMatrices)
    }

    private func loss(_ network: any RecurrentNetwork, _ graph: ComputationGraph) -> Expression {
        GradientTests().loss(network, graph, dropout: RecurrentDropout(recurrentWeights: 0.4))
    }

    @Test(arguments: withMatrices) func gradient(_ kind: CellKind) {
        let network = randomNetwork(kind, hiddenSize: GradientTests.hiddenSize(kind))
        let worst = worstGradientError(network.parameters, step: GradientTests.step(kind)) { graph in
            graph.seed = 2
            return loss(network, graph)
        }
        #expect(worst.error < 4e-3, "\(worst.name)")
    }

    /// The loss is that of a network whose matrices hold what the graph's mask leaves of them.
    @Test(arguments: withMatrices) func aMaskedNetworkIsANetworkOfMaskedMatrices(_ kind: CellKind) {
        let network = randomNetwork(kind)
        let graph = ComputationGraph(seed: 4)
        let value = loss(network, graph).value.scalar
        let whole = ComputationGraph()
        #expect(GradientTests().loss(network, whole).value.scalar != value)
        for matrix in network.recurrentMatrices {
            let left = matrix(in: graph).value
            #expect(left.scalars.contains(0) && left.scalars.contains { $0 != 0 })
            matrix.values = left
        }
        whole.renew()
        #expect(GradientTests().loss(network, whole).value.scalar == value)
    }

    /// A sequence as one node sees the mask too: the same bits as step by step.
    @Test(arguments: [CellKind.lstm, .elman]) func wholeSequencesSeeTheMask(_ kind: CellKind) {
        let network = randomNetwork(kind)
        let dropout = RecurrentDropout(recurrentWeights: 0.5)
        var draw = Draw(8)
        let inputs = draw.sequence(5, size: 3)
        let results = [false, true].map { asSequence -> [[Float]] in
            let graph = ComputationGraph(seed: 3)
            let expressions = inputs.map { graph.input($0) }
            var state = network.start(in: graph, dropout: dropout)
            if asSequence { return state.addSequence(concatenateToBatch(expressions)).members.scalars }
            return expressions.map { input in
                state.addInput(input)
                return state.output
            }.scalars
        }
        #expect(results[0] == results[1])
        let graph = ComputationGraph()
        #expect(results[0] != network.transduce(inputs.map { graph.input($0) }).scalars)
    }

    /// A rate for the lowest layer's input and one for the others: masks that are equal at every step.
    @Test(arguments: [(Float(0), Float(0.5)), (0.5, 0)]) func layersHaveRatesOfTheirOwn(input: Float, hidden: Float) {
        let graph = ComputationGraph()
        let dropout = RecurrentDropout(variationalInput: input, variationalHidden: hidden)
        var state = DropoutTests.passing(2, size: 32).initialState(in: graph, dropout: dropout)
        var lower: [[Float]] = [], upper: [[Float]] = []
        for _ in 0..<3 {
            state.addInput(DropoutTests.ones(graph, size: 32))
            lower.append(state.output(ofLayer: 0).value.scalars)
            upper.append(state.output.value.scalars)
        }
        #expect(Set(lower).count == 1 && Set(upper).count == 1)
        #expect(Set(lower[0]) == (input == 0 ? [1] : [0, 2]))
        #expect(Set(upper[0]) == [0, 2])
    }

    @Test(arguments: CellKind.allCases) func layersOfDifferentSizes(_ kind: CellKind) {
        let network = makeNetwork(kind: kind, inputSize: 3, hiddenSizes: [8, 6, 4], in: ParameterCollection(seed: 2))
        let graph = ComputationGraph()
        let outputs = network.transduce([graph.input([1, 2, 3]), graph.input([0, 1, 0])])
        #expect(outputs.map(\.shape.count) == [4, 4])
        #expect(network.layerCount == 3 && network.hiddenSize == 4)
        #expect(outputs.scalars.joined().allSatisfy { $0.isFinite })
        #expect(Set(network.stateShapes.map { $0[0].count }).count == 3)
    }
}

extension Expression {
    /// The members of the batch, each by itself.
    fileprivate var members: [Expression] { (0..<shape.batchSize).map { member($0) } }
}
