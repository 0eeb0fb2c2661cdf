import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

@testable import ElmanInsight

@Suite struct GradientFlowTests {
    /// A linear network whose recurrent matrix is symmetric with the given eigenvalues: V diag(λ) Vᵀ, V a reflection.
    private func linearNetwork(_ eigenvalues: [Float]) -> any RecurrentNetwork {
        let size = eigenvalues.count, parameters = ParameterCollection(seed: 1)
        let direction = (0..<size).map { Float($0 + 1) }
        let squares = direction.reduce(0) { $0 + $1 * $1 }
        func reflection(_ i: Int, _ j: Int) -> Float { (i == j ? 1 : 0) - 2 * direction[i] * direction[j] / squares }
        let matrix = (0..<size).flatMap { column in
            (0..<size).map { row in
                eigenvalues.indices.reduce(0) { $0 + reflection(row, $1) * eigenvalues[$1] * reflection(column, $1) }
            }
        }
        return RecurrentBuilder(layerCount: 1, inputSize: 2, hiddenSize: size, in: parameters) { input, hidden, scope in
            let cell = ElmanCell(inputSize: input, hiddenSize: hidden, activation: .custom { $0 }, in: scope)
            cell.recurrentWeights.values = Tensor(shape: [hidden, hidden], scalars: matrix)
            return cell
        }
    }

    /// ‖Aᵏ‖_F = √Σ λᵢ²ᵏ.
    @Test(arguments: [[0.9, 0.5, -0.7, 0.1], [1.1, -1.0, 0.99]] as [[Float]])
    func theNormsOfALinearNetworkAreThoseOfItsEigenvalues(_ eigenvalues: [Float]) {
        let inputs = (0..<40).map { [Float($0 % 3), 1] }
        let flow = GradientFlow(of: linearNetwork(eigenvalues), inputs: inputs)
        #expect(flow.norms.count == 40)
        var powers = eigenvalues.map { _ in 1.0 }
        for norm in flow.norms {
            let expected = (powers.reduce(0) { $0 + $1 * $1 } / Double(eigenvalues.count)).squareRoot()
            #expect(abs(norm / expected - 1) < 1e-5)
            powers = zip(powers, eigenvalues).map { $0 * Double($1) }
        }
    }

    /// The Jacobian of a step from differences of its values.
    @Test func theNormOfOneStepAgreesWithDifferences() {
        let network = makeNetwork(kind: .gru, inputSize: 2, hiddenSize: 3, in: ParameterCollection(seed: 5))
        let inputs: [[Float]] = [[0.5, -1], [1, 0.25]]
        func output(from state: [Float]) -> [Float] {
            let graph = ComputationGraph()
            var next = network.start(from: [[Tensor(state)]], in: graph)
            next.addInput(graph.input(inputs[1]))
            return next.output.value.scalars
        }
        let graph = ComputationGraph()
        var first = network.start(in: graph)
        first.addInput(graph.input(inputs[0]))
        let state = first.output.value.scalars, step: Float = 1e-2
        var squares = 0.0
        for unit in 0..<3 {
            var above = state, below = state
            above[unit] += step
            below[unit] -= step
            for (high, low) in zip(output(from: above), output(from: below)) {
                let slope = Double(high - low) / Double(2 * step)
                squares += slope * slope
            }
        }
        let norm = GradientFlow(of: network, inputs: inputs).norms[1]
        #expect(abs(norm / (squares / 3).squareRoot() - 1) < 1e-3)
    }

    /// The parts of a state are derived by one by one, although a coupled LSTM makes its hidden value of its memory.
    @Test func theNormOfAStateInTwoPartsAgreesWithDifferences() {
        let network = makeNetwork(kind: .coupledLSTM, inputSize: 2, hiddenSize: 3, in: ParameterCollection(seed: 5))
        let inputs: [[Float]] = [[0.5, -1], [1, 0.25]]
        let graph = ComputationGraph()
        var first = network.start(in: graph)
        first.addInput(graph.input(inputs[0]))
        let parts = first.values[0], step: Float = 1e-2
        func output(_ part: Int, _ unit: Int, by change: Float) -> [Float] {
            var parts = parts
            parts[part][unit, 0] += change
            let graph = ComputationGraph()
            var next = network.start(from: [parts], in: graph)
            next.addInput(graph.input(inputs[1]))
            return next.output.value.scalars
        }
        var squares = 0.0
        for (part, unit) in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)] {
            for (high, low) in zip(output(part, unit, by: step), output(part, unit, by: -step)) {
                let slope = Double(high - low) / Double(2 * step)
                squares += slope * slope
            }
        }
        let norms = GradientFlow(of: network, inputs: inputs).norms
        #expect(abs(norms[1] / (squares / 3).squareRoot() - 1) < 1e-3 && norms[0] == 1, "\(norms)")
    }

    @Test func thePlainNetworkForgetsWhereTheLSTMDoesNot() {
        func flow(_ kind: CellKind, _ options: NetworkOptions = NetworkOptions()) -> GradientFlow {
            let network = makeNetwork(
                kind: kind, inputSize: 4, hiddenSize: 32, options: options, in: ParameterCollection(seed: 2))
            return GradientFlow(of: network, inputs: (0..<60).map { oneHot([$0 % 4], size: 4) })
        }
        let plain = flow(.elman), lstm = flow(.lstm, NetworkOptions(forgetBias: 5))
        #expect(plain.norms[59] < 1e-2 && lstm.norms[59] > 0.1, "\(plain.norms[59]), \(lstm.norms[59])")
        #expect(plain.factor() < lstm.factor() && lstm.memoryLength() > 2 * plain.memoryLength())
    }

    @Test func measuresOfMemoryFollowTheirDefinitions() {
        let flow = GradientFlow(norms: [1, 0.5, 0.25, 0.125, 0.0625])
        #expect(flow.memoryLength() == 3 && flow.memoryLength(share: 0.5) == 1)
        #expect(abs(flow.factor() - 0.5) < 1e-12)
        #expect(GradientFlow.mean([flow, GradientFlow(norms: [4, 2])]).norms[0] == 2)
    }

    @Test func gatesAreSummedUp() {
        let summary = GateSummary(name: "0/forgetGate", values: [[0.95, 0.05], [0.95, 0.5]])
        #expect(abs(summary.mean - 0.6125) < 1e-6 && summary.openShare == 0.5 && summary.shutShare == 0.25)
        #expect(summary.timeConstants.count == 2 && abs(summary.timeConstants[0] - 19.4957) < 1e-3)
        #expect(GateSummary(name: "0/inputGate", values: [[0.5]]).timeConstants.isEmpty)
    }
}
