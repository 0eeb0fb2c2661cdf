import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

@Suite struct DropoutTests {
    /// An identity network: h = x, so that outputs show the mask of the input.
    static func passing(_ layerCount: Int = 1, size: Int = 8, recurrent: Float = 0) -> ElmanBuilder {
        ElmanBuilder(
            layerCount: layerCount, inputSize: size, hiddenSize: size, in: ParameterCollection()
        ) { inputSize, hiddenSize, scope in
            let cell = ElmanCell(
                inputSize: inputSize, hiddenSize: hiddenSize, activation: .identity, initializer: .identity(), in: scope)
            let scale = Tensor(shape: [size, size], scalars: cell.recurrentWeights.values.scalars.map { $0 * recurrent })
            cell.recurrentWeights.values = scale
            return cell
        }
    }

    static func ones(_ graph: ComputationGraph, size: Int = 8, batchSize: Int = 1) -> Expression {
        graph.constant(1, Shape([size], batchSize: batchSize))
    }

    @Test func inputMaskIsEqualAtEveryStep() {
        let graph = ComputationGraph()
        let inputs = (0..<6).map { _ in Self.ones(graph) }
        let outputs = Self.passing().transduce(inputs, dropout: RecurrentDropout(variationalInput: 0.5)).scalars
        #expect(Set(outputs).count == 1)
        #expect(Set(outputs[0]) == [0, 2])
        // Another sequence has another mask.
        #expect(Self.passing().transduce(inputs, dropout: RecurrentDropout(variationalInput: 0.5)).scalars[0] != outputs[0])
    }

    /// h = U (mask ⊙ h) + x with U = 1: units whose mask is 0 forget everything, the others keep it and double it.
    @Test func stateMaskIsEqualAtEveryStep() {
        let graph = ComputationGraph()
        let builder = Self.passing(recurrent: 1)
        let inputs = (0..<4).map { _ in Self.ones(graph) }
        let outputs = builder.transduce(inputs, dropout: RecurrentDropout(variationalState: 0.5)).scalars
        #expect(outputs[0] == [Float](repeating: 1, count: 8))
        #expect(Set(outputs[1]) == [1, 3])
        for unit in 0..<8 {
            #expect(outputs.map { $0[unit] } == (outputs[1][unit] == 1 ? [1, 1, 1, 1] : [1, 3, 7, 15]))
        }
    }

    @Test func eachMemberAndEachLayerHasItsMask() {
        let graph = ComputationGraph()
        let outputs = Self.passing(2, size: 32).transduce(
            (0..<3).map { _ in Self.ones(graph, size: 32, batchSize: 3) }, dropout: RecurrentDropout(variationalInput: 0.5))
        let members = (0..<3).map { outputs[0].value.member($0).scalars }
        #expect(Set(members).count == 3)
        // Two layers with masks of their own: 0, or 2 times 2.
        #expect(Set(members.joined()) == [0, 4])
        #expect(outputs.allSatisfy { $0.value == outputs[0].value })
    }

    /// Members of the state count too: the first input may be one for all.
    @Test func membersOfTheStateHaveMasks() {
        let graph = ComputationGraph()
        let builder = Self.passing(size: 32)
        let start = graph.constant(0, Shape([32], batchSize: 2))
        var state = builder.initialState(from: [start], in: graph, dropout: RecurrentDropout(variationalInput: 0.5))
        state.addInput(Self.ones(graph, size: 32))
        let output = state.output.value
        #expect(output.member(0).scalars != output.member(1).scalars)
    }

    @Test func branchesShareTheMasks() {
        let graph = ComputationGraph()
        let start = Self.passing(size: 32).initialState(in: graph, dropout: RecurrentDropout(variationalInput: 0.5))
        // Branches before the first input, and after it.
        let left = start.addingInput(Self.ones(graph, size: 32)), right = start.addingInput(Self.ones(graph, size: 32))
        let later = left.addingInput(Self.ones(graph, size: 32))
        #expect(left.output.value == right.output.value)
        #expect(left.output.value == later.output.value)
    }

    /// After a rewind to before the draw the masks are drawn again, and the same.
    @Test func masksOutliveARewind() {
        let graph = ComputationGraph()
        let start = Self.passing(size: 32).initialState(in: graph, dropout: RecurrentDropout(variationalInput: 0.5))
        let mark = graph.mark()
        let first = start.addingInput(Self.ones(graph, size: 32)).output.value
        graph.rewind(to: mark)
        #expect(start.addingInput(Self.ones(graph, size: 32)).output.value == first)
    }

    @Test func betweenLayersIsDrawnAtEveryStep() {
        let graph = ComputationGraph()
        let inputs = (0..<4).map { _ in Self.ones(graph, size: 32) }
        let dropout = RecurrentDropout(betweenLayers: 0.5)
        let outputs = Self.passing(2, size: 32).transduce(inputs, dropout: dropout).scalars
        #expect(Set(outputs).count == 4)
        #expect(Set(outputs.joined()) == [0, 2])
        // One layer has nothing between.
        #expect(Set(Self.passing(1, size: 32).transduce(inputs, dropout: dropout).scalars.joined()) == [1])
    }

    @Test(arguments: CellKind.allCases) func zeroIsNone(_ kind: CellKind) {
        let network = randomNetwork(kind)
        let graph = ComputationGraph()
        let inputs = [[1, 0, -1], [0.5, 0.5, 0.5]].map { graph.input($0) }
        let zero = RecurrentDropout(betweenLayers: 0, variationalInput: 0, variationalState: 0)
        #expect(network.transduce(inputs, dropout: zero).scalars == network.transduce(inputs).scalars)
    }

    /// Over many members the mean of a masked input is the input; the share of zeros is the rate.
    @Test func expectation() {
        let graph = ComputationGraph()
        let output = Self.passing(size: 16).transduce(
            [Self.ones(graph, size: 16, batchSize: 1000)], dropout: RecurrentDropout(variationalInput: 0.3))[0].value
        let mean = output.sum / 16000
        let zeros = Double(output.scalars.count { $0 == 0 }) / 16000
        // Five standard deviations of each.
        #expect(abs(mean - 1) < 5 * 0.0052)
        #expect(abs(zeros - 0.3) < 5 * 0.0036)
    }

    /// The memory of an LSTM is not dropped: with the forget gate open it stays.
    @Test func memoryIsNotDropped() {
        let cell = LSTMCell(
            inputSize: 1, hiddenSize: 16, forgetBias: 100, initializer: .zeros, biasInitializer: .zeros,
            in: ParameterCollection())
        let graph = ComputationGraph()
        let memory = graph.constant(0.5, [16])
        var state = LSTMBuilder(layers: [cell]).initialState(
            from: [LSTMState(hidden: memory, cell: memory)], in: graph, dropout: RecurrentDropout(variationalState: 0.5))
        for _ in 0..<5 { state.addInput(graph.input([1])) }
        #expect(state.cell(0).value.scalars == [Float](repeating: 0.5, count: 16))
    }

    @Test func bidirectionalLayers() {
        let reader = BidirectionalTests.reader(.lstm)
        let graph = ComputationGraph()
        let inputs = BidirectionalTests.inputs(4).map { graph.input($0) }
        let plain = reader.read(inputs).outputs.scalars
        #expect(reader.read(inputs, dropout: .none).outputs.scalars == plain)
        #expect(reader.read(inputs, dropout: RecurrentDropout(betweenLayers: 0.5)).outputs.scalars != plain)
        #expect(reader.read(inputs, dropout: RecurrentDropout(variationalState: 0.5)).outputs.scalars != plain)
    }
}
