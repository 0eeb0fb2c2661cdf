import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

/// Truncated backpropagation through time: `renew(carrying:)`.
@Suite struct TruncationTests {
    static let inputs: [[Float]] = [[1, 0, -1], [0.5, 0.5, 0.5], [-1, 2, 0], [0.2, -0.3, 0.9], [0, 0.7, 0.1]]

    /// Gradients of the losses of windows of the given length, added, and all outputs.
    static func train(_ network: any RecurrentNetwork, window: Int) -> (gradients: [[Float]], outputs: [[Float]]) {
        clearGradients(network.parameters)
        let graph = ComputationGraph()
        var state = network.start(in: graph)
        var values: [[Float]] = []
        for start in stride(from: 0, to: inputs.count, by: window) {
            graph.renew(carrying: &state)
            var outputs: [Expression] = []
            for step in start..<min(start + window, inputs.count) {
                state.addInput(graph.input(inputs[step]))
                outputs.append(state.output)
            }
            sum(outputs.enumerated().map { weightedSum([$1], seed: UInt64(start + $0)) }).backward()
            values += outputs.scalars
        }
        return (network.parameters.map { $0.gradient?.scalars ?? [] }, values)
    }

    @Test(arguments: CellKind.allCases) func wideWindowsAreTheWhole(_ kind: CellKind) {
        let network = randomNetwork(kind)
        func run(_ read: (ComputationGraph) -> [Expression]) -> (gradients: [[Float]], outputs: [[Float]]) {
            clearGradients(network.parameters)
            let outputs = read(ComputationGraph())
            sum(outputs.enumerated().map { weightedSum([$1], seed: UInt64($0)) }).backward()
            return (network.parameters.map { $0.gradient?.scalars ?? [] }, outputs.scalars)
        }
        let (gradients, outputs) = run { graph in
            var state = network.start(in: graph)
            return Self.inputs.map { input in
                state.addInput(graph.input(input))
                return state.output
            }
        }
        // At once: weights of higher layers may have their sums over the steps in another order.
        let atOnce = run { graph in network.transduce(Self.inputs.map { graph.input($0) }) }
        #expect(atOnce.outputs == outputs)
        if [.elman, .elmanReLU, .lstm].contains(kind) { #expect(atOnce.gradients == gradients) }
        #expect(distance(atOnce.gradients, gradients) < 2e-6)
        for window in [5, 100] {
            let whole = Self.train(network, window: window)
            #expect(whole.outputs == outputs)
            #expect(whole.gradients == gradients)
        }
        let halves = Self.train(network, window: 3)
        #expect(halves.outputs == outputs)
        #expect(halves.gradients != gradients)
    }

    /// With windows of one step the gradient is that of each step with its state given.
    @Test(arguments: CellKind.allCases) func windowsOfOneStepKeepTheImmediateTerm(_ kind: CellKind) {
        let network = randomNetwork(kind)
        let truncated = Self.train(network, window: 1)
        let graph = ComputationGraph()
        var states = [network.start(in: graph)]
        for input in Self.inputs { states.append(states[states.count - 1].addingInput(graph.input(input))) }
        let values = states.map(\.values)
        clearGradients(network.parameters)
        for (step, input) in Self.inputs.enumerated() {
            let single = ComputationGraph()
            let output = network.start(from: values[step], in: single).addingInput(single.input(input)).output
            weightedSum([output], seed: UInt64(step)).backward()
        }
        #expect(truncated.gradients == network.parameters.map { $0.gradient?.scalars ?? [] })
    }

    /// A learned initial state has a gradient in the first window alone.
    @Test func theGradientEndsAtTheCut() {
        let network = randomNetwork(.lstm, options: NetworkOptions(learnedInitialState: .uniform(0.3)))
        let initial = network.parameters.filter { $0.name.contains("initial") }
        let graph = ComputationGraph()
        var state = network.start(in: graph)
        state.addInput(graph.input(Self.inputs[0]))
        graph.renew(carrying: &state)
        state.addInput(graph.input(Self.inputs[1]))
        weightedSum([state.output]).backward()
        #expect(initial.allSatisfy { $0.gradient == nil })
        #expect(network.parameters.contains { $0.gradient != nil })
    }

    /// Expressions of the old graph are stale, the state is not.
    @Test func onlyTheStateSurvives() {
        let builder = LSTMBuilder(inputSize: 3, hiddenSize: 4, in: ParameterCollection())
        let graph = ComputationGraph()
        var state = builder.initialState(in: graph).addingInput(graph.input([1, 2, 3]))
        let old = state.output
        let value = old.value
        graph.renew(carrying: &state)
        #expect(!graph.owns(old))
        #expect(graph.owns(state.output))
        #expect(state.output.value == value)
        #expect(graph.nodeCount <= 4)
    }

    @Test func masksAreDrawnAnew() {
        let graph = ComputationGraph()
        let builder = DropoutTests.passing(size: 32)
        var state = builder.initialState(in: graph, dropout: RecurrentDropout(variationalInput: 0.5))
        state.addInput(DropoutTests.ones(graph, size: 32))
        let first = state.output.value
        graph.renew(carrying: &state)
        state.addInput(DropoutTests.ones(graph, size: 32))
        #expect(state.output.value != first)
        #expect(Set(state.output.value.scalars) == [0, 2])
    }

    /// A batch of streams is carried member by member.
    @Test(arguments: CellKind.allCases) func batchesAreCarried(_ kind: CellKind) {
        let network = randomNetwork(kind)
        var draw = Draw(1)
        let inputs = (0..<4).map { _ in Tensor(shape: Shape([3], batchSize: 3), scalars: draw.vector(9)) }
        let graph = ComputationGraph()
        let whole = network.transduce(inputs.map { graph.input($0) }).scalars
        var state = network.start(in: graph)
        var outputs: [[Float]] = []
        for input in inputs {
            graph.renew(carrying: &state)
            state.addInput(graph.input(input))
            outputs.append(state.output.value.scalars)
        }
        #expect(outputs == whole)
        #expect(state.values[0][0].shape == Shape([4], batchSize: 3))
    }
}
