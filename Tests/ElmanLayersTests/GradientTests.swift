import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

/// Gradients of every cell by differences of the loss, through several steps and layers.
@Suite struct GradientTests {
    static let kinds = CellKind.allCases

    /// Two units that are normalised are 1 and -1, whatever they were: their network has jumps and no gradient.
    static func hiddenSize(_ kind: CellKind) -> Int { kind == .layerNormLSTM ? 4 : 2 }

    /// Half a step beside a kink of max(0, x) the difference is not the gradient.
    static func step(_ kind: CellKind) -> Float { kind == .elmanReLU || kind == .indRNN ? 1e-3 : 5e-3 }

    /// The loss of a short batch: all outputs and all final parts.
    func loss(_ network: any RecurrentNetwork, _ graph: ComputationGraph, dropout: RecurrentDropout = .none) -> Expression {
        var draw = Draw(3)
        var state = network.start(in: graph, dropout: dropout)
        var outputs: [Expression] = []
        for _ in 0..<4 {
            let input = Tensor(shape: Shape([network.inputSize], batchSize: 2), scalars: draw.vector(2 * network.inputSize))
            state.addInput(graph.input(input))
            outputs.append(state.output)
        }
        return weightedSum(outputs + state.parts.flatMap { $0 })
    }

    @Test(arguments: kinds) func oneLayer(_ kind: CellKind) {
        let network = randomNetwork(kind, layerCount: 1, hiddenSize: Self.hiddenSize(kind) + 1)
        let worst = worstGradientError(network.parameters, step: Self.step(kind)) { loss(network, $0) }
        #expect(worst.error < 2e-3, "\(worst.name)")
    }

    @Test(arguments: kinds) func twoLayers(_ kind: CellKind) {
        let network = randomNetwork(kind, hiddenSize: Self.hiddenSize(kind))
        let worst = worstGradientError(network.parameters, step: Self.step(kind)) { loss(network, $0) }
        #expect(worst.error < 4e-3, "\(worst.name)")
    }

    @Test(arguments: kinds) func residualWithLearnedInitialState(_ kind: CellKind) {
        let options = NetworkOptions(isResidual: true, learnedInitialState: .zeros)
        let network = randomNetwork(kind, layerCount: 2, hiddenSize: Self.hiddenSize(kind), options: options)
        #expect(network.parameters.contains { $0.name.hasSuffix("initialHidden") })
        #expect(network.parameters.contains { $0.name.hasSuffix("initialCell") } == kind.hasMemory)
        let worst = worstGradientError(network.parameters, step: Self.step(kind)) { loss(network, $0) }
        #expect(worst.error < 4e-3, "\(worst.name)")
    }

    @Test(arguments: kinds) func variationalDropout(_ kind: CellKind) {
        let network = randomNetwork(kind, hiddenSize: Self.hiddenSize(kind))
        let dropout = RecurrentDropout(variationalInput: 0.3, variationalState: 0.3)
        let worst = worstGradientError(network.parameters, step: Self.step(kind)) { graph in
            graph.seed = 5
            return loss(network, graph, dropout: dropout)
        }
        #expect(worst.error < 4e-3, "\(worst.name)")
    }

    /// Inputs that are parameters show the gradient with respect to the input; initial states with respect to the state.
    @Test(arguments: kinds) func inputsAndInitialState(_ kind: CellKind) {
        let network = randomNetwork(kind, layerCount: 1)
        let collection = ParameterCollection(seed: 3)
        let input = collection.add([3], named: "x", initializer: .uniform(1))
        let parts = network.stateShapes[0].indices.map {
            collection.add(network.stateShapes[0][$0], named: "part\($0)", initializer: .uniform(0.5))
        }
        let worst = worstGradientError([input] + parts) { graph in
            var state = network.start(from: [parts.map { $0(in: graph) }], dropout: .none)
            state.addInput(input(in: graph))
            let branch = state.addingInput(graph.input([0.1, -0.4, 0.8]))
            state.addInput(input(in: graph))
            return weightedSum([branch.output, state.output])
        }
        #expect(worst.error < 2e-3, "\(worst.name)")
    }

    @Test func activationsOfElmanCell() {
        let activations: [ElmanActivation] = [.tanh, .relu, .sigmoid, .identity, .custom { tanh($0) .* sigmoid($0) }]
        for activation in activations {
            let builder = ElmanBuilder(layerCount: 2, inputSize: 3, hiddenSize: 3, in: ParameterCollection()) {
                ElmanCell(inputSize: $0, hiddenSize: $1, activation: activation, in: $2)
            }
            randomize(builder.parameters)
            let worst = worstGradientError(builder.parameters, step: 1e-3) { loss(builder, $0) }
            #expect(worst.error < 3e-3, "\(activation) \(worst.name)")
        }
    }

    /// Two branches of one state: their gradients add at the parent.
    @Test(arguments: kinds) func branchesAddAtTheParent(_ kind: CellKind) {
        let network = randomNetwork(kind)
        func gradients(_ branches: [Int]) -> [[Float]] {
            clearGradients(network.parameters)
            let graph = ComputationGraph()
            let parent = network.start(in: graph).addingInput(graph.input([0.5, -1, 0.25]))
            let inputs: [[Float]] = [[0.3, 0.2, -0.7], [-0.6, 0.9, 0.1]]
            sum(branches.map { weightedSum([parent.addingInput(graph.input(inputs[$0])).output]) }).backward()
            return network.parameters.map { $0.gradient?.scalars ?? [] }
        }
        let both = gradients([0, 1])
        let added = zip(gradients([0]), gradients([1])).map { zip($0, $1).map { $0 + $1 } }
        #expect(distance(both, added) < 1e-5)
    }
}
