import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

/// Sequences as one expression: the same bits as step by step, and less work.
@Suite struct SequenceReadingTests {
    static let lengths = [4, 1, 6, 3]

    static func sequence(_ length: Int, in graph: ComputationGraph) -> Expression {
        var draw = Draw(UInt64(length))
        return graph.input(Tensor(shape: Shape([3], batchSize: length), scalars: draw.vector(3 * length)))
    }

    static func options(isResidual: Bool) -> [NetworkOptions] {
        [NetworkOptions(isResidual: isResidual), NetworkOptions(isResidual: isResidual, learnedInitialState: .uniform(0.5))]
    }

    /// The outputs and the last state, input by input.
    static func steps(
        _ network: any RecurrentNetwork, _ length: Int, isReversed: Bool
    ) -> (outputs: [[Float]], output: Tensor, state: [[Tensor]]) {
        let graph = ComputationGraph(batching: .none)
        let sequence = sequence(length, in: graph)
        var state = network.start(in: graph)
        var outputs: [[Float]] = []
        for step in 0..<length {
            state.addInput(sequence.member(isReversed ? length - 1 - step : step))
            outputs.append(state.output.value.scalars)
        }
        return (isReversed ? outputs.reversed() : outputs, state.output.value, state.values)
    }

    @Test(arguments: CellKind.allCases, [false, true])
    func wholeEqualsSteps(_ kind: CellKind, _ isReversed: Bool) {
        for isResidual in [false, true] {
            for options in Self.options(isResidual: isResidual) {
                let network = randomNetwork(kind, layerCount: 3, options: options)
                let graph = ComputationGraph()
                let readings = Self.lengths.map { length -> (Expression, any RecurrentNetworkState) in
                    var state = network.start(in: graph)
                    let outputs = state.addSequence(Self.sequence(length, in: graph), isReversed: isReversed)
                    return (outputs, state)
                }
                _ = weightedSum(readings.map(\.0)).value
                for (reading, length) in zip(readings, Self.lengths) {
                    let steps = Self.steps(network, length, isReversed: isReversed)
                    #expect(reading.0.value.scalars == steps.outputs.flatMap { $0 })
                    #expect(reading.1.output.value == steps.output)
                    #expect(reading.1.values == steps.state)
                }
            }
        }
    }

    /// A sequence in two parts, the second input by input: the state goes on.
    @Test(arguments: CellKind.allCases) func theStateGoesOn(_ kind: CellKind) {
        let network = randomNetwork(kind)
        let graph = ComputationGraph()
        let sequence = Self.sequence(6, in: graph)
        var state = network.start(in: graph)
        state.addSequence(sequence.members([0, 1, 2]))
        let middle = state.output.value.scalars
        state.addSequence(sequence.members([3, 4]))
        state.addInput(sequence.member(5))
        let steps = Self.steps(network, 6, isReversed: false).outputs
        #expect(middle == steps[2])
        #expect(state.output.value.scalars == steps[5])
    }

    @Test(arguments: CellKind.allCases) func gradientsAreRight(_ kind: CellKind) {
        let network = randomNetwork(
            kind, options: NetworkOptions(isResidual: true, learnedInitialState: .uniform(0.5)))
        let worst = worstGradientError(network.parameters) { graph in
            weightedSum(
                [4, 2].map { length in
                    var state = network.start(in: graph)
                    return state.addSequence(Self.sequence(length, in: graph), isReversed: length == 2)
                })
        }
        #expect(worst.error < 5e-3, "\(worst.name)")
    }

    @Test(arguments: CellKind.allCases) func bothDirections(_ kind: CellKind) {
        for isResidual in [false, true] {
            let reader = BidirectionalTests.reader(kind, options: NetworkOptions(isResidual: isResidual))
            let graph = ComputationGraph()
            let readings = Self.lengths.map { reader.read(sequence: Self.sequence($0, in: graph)) }
            _ = weightedSum(readings.map(\.outputSequence)).value
            for (reading, length) in zip(readings, Self.lengths) {
                let alone = ComputationGraph(batching: .none)
                let sequence = Self.sequence(length, in: alone)
                let list = reader.read((0..<length).map { sequence.member($0) })
                #expect(reading.count == length)
                #expect(reading.outputs.scalars == list.outputs.scalars)
                #expect(reading.forward.scalars == list.forward.scalars)
                #expect(reading.backward.scalars == list.backward.scalars)
                #expect(reading.outputSequence.value.scalars == list.outputs.scalars.flatMap { $0 })
                #expect(list.outputSequence.value == reading.outputSequence.value)
                #expect(reading.outputMatrix.value == list.outputMatrix.value)
                #expect(reading.total.value == list.total.value)
                #expect(reading.summary.value == list.summary.value)
                #expect(reading.finalStates.map { $0.map(\.value) } == list.finalStates.map { $0.map(\.value) })
            }
        }
    }

    /// The kinds that have a node for a whole sequence.
    static let atOnce: [CellKind] = [
        .elman, .elmanReLU, .lstm, .indRNN, .sru, .qrnn, .qrnnWindow1, .minGRU, .minLSTM, .lru, .rgLRU, .mLSTM, .rwkv4,
        .gatedDeltaNet,
    ]

    /// A network that reads inputs one by one, of a cell that could read them at once.
    @Test(arguments: atOnce) func readingAtOnceEqualsTheFormula(_ kind: CellKind) {
        let reader = BidirectionalTests.reader(kind, layerCount: 1)
        let graph = ComputationGraph()
        let inputs = BidirectionalTests.inputs(5).map { graph.input($0) }
        let reading = reader.read(inputs)
        // Variational dropout that leaves nothing out is not taken for none.
        let stepwise = reader.read(
            inputs.map { concatenateToBatch([$0, $0]) }, in: graph, dropout: .none)
        #expect(reading.outputs.scalars == stepwise.outputs.map { $0.value.member(0).scalars })
        #expect(reading.outputs.scalars == stepwise.outputs.map { $0.value.member(1).scalars })
    }

    @Test(arguments: atOnce) func nodesDoNotGrowWithTheLength(_ kind: CellKind) {
        let reader = BidirectionalTests.reader(kind)
        func nodeCount(_ length: Int, _ use: (BidirectionalReading) -> Void) -> Int {
            let graph = ComputationGraph()
            use(reader.read(sequence: Self.sequence(length, in: graph)))
            return graph.nodeCount
        }
        #expect(nodeCount(40) { _ = ($0.summary, $0.outputSequence) } == nodeCount(4) { _ = ($0.summary, $0.outputSequence) })
        // Each step by itself is a view, made once.
        #expect(nodeCount(40) { _ = $0.forward } == nodeCount(40) { _ = $0.count } + 40)
        #expect(nodeCount(40) { _ = ($0.outputs, $0.outputs) } == nodeCount(40) { _ = $0.outputs })
    }

    @Test func outputsAreMadeAgainAfterARewind() {
        let reader = BidirectionalTests.reader(.lstm)
        for isList in [false, true] {
            let graph = ComputationGraph()
            let sequence = Self.sequence(5, in: graph)
            let reading = isList ? reader.read((0..<5).map { sequence.member($0) }) : reader.read(sequence: sequence)
            let mark = graph.mark()
            let before = reading.outputs.scalars + reading.forward.scalars + [reading.outputSequence.value.scalars]
            graph.rewind(to: mark)
            #expect(reading.outputs.scalars + reading.forward.scalars + [reading.outputSequence.value.scalars] == before)
        }
    }

    /// A cell of one's own and an activation of one's own are read step by step.
    @Test func ownCells() {
        let own = OwnCellTests().builder()
        let custom = ElmanBuilder(inputSize: 3, hiddenSize: 4, in: ParameterCollection(seed: 2)) {
            ElmanCell(inputSize: $0, hiddenSize: $1, activation: .custom { softplus($0) }, in: $2)
        }
        #expect(!own.layers[0].readsSequences && !custom.layers[0].readsSequences)
        for network in [own, custom] as [any RecurrentNetwork] {
            for isReversed in [false, true] {
                let graph = ComputationGraph()
                var state = network.start(in: graph)
                let outputs = state.addSequence(Self.sequence(4, in: graph), isReversed: isReversed)
                let steps = Self.steps(network, 4, isReversed: isReversed)
                #expect(outputs.value.scalars == steps.outputs.flatMap { $0 })
                #expect(state.values == steps.state)
            }
        }
        let graph = ComputationGraph()
        let sequence = Self.sequence(4, in: graph), cell = custom.layers[0]
        let read = cell.read(sequence, from: cell.initialState(in: graph), isReversed: false)
        #expect(read.outputs.value.scalars == Self.steps(custom, 4, isReversed: false).outputs.flatMap { $0 })
    }

    /// Masks that hold for the sequence, and states of several members, are taken step by step.
    @Test func masksAndMinibatches() {
        let builder = DropoutTests.passing(2, size: 32)
        let graph = ComputationGraph()
        var state = builder.initialState(in: graph, dropout: RecurrentDropout(variationalInput: 0.5))
        let outputs = state.addSequence(DropoutTests.ones(graph, size: 32, batchSize: 4)).value
        #expect((1..<4).allSatisfy { outputs.member($0) == outputs.member(0) })
        #expect(Set(outputs.scalars) == [0, 4])

        let start = graph.constant(0, Shape([32], batchSize: 2))
        var pair = builder.initialState(from: [start, start], in: graph)
        let inputs = (0..<3).map { _ in DropoutTests.ones(graph, size: 32, batchSize: 2) }
        #expect(pair.transduce(inputs).map(\.shape) == inputs.map(\.shape))
        pair.addInput(inputs[0])
        #expect(pair.output.shape.batchSize == 2)
    }

    /// Between layers dropout is drawn anew at every step.
    @Test func dropoutBetweenLayers() {
        let graph = ComputationGraph()
        var state = DropoutTests.passing(2, size: 64).initialState(in: graph, dropout: RecurrentDropout(betweenLayers: 0.5))
        let outputs = state.addSequence(DropoutTests.ones(graph, size: 64, batchSize: 5)).value
        #expect(Set((0..<5).map { outputs.member($0).scalars }).count == 5)
        #expect(Set(outputs.scalars) == [0, 2])
    }
}
