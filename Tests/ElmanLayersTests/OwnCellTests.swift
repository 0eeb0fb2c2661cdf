import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

/// A cell of one's own: this is all that has to be written (an LSTM with nothing but a forget gate: JANET, van der
/// Westhuizen and Lasenby 2018).
struct ForgetGateCell: RecurrentCell {
    let gate, candidate: Linear
    let inputSize, hiddenSize: Int

    init(inputSize: Int, hiddenSize: Int, in parameters: ParameterCollection) {
        let size = inputSize + hiddenSize
        gate = Linear(inputSize: size, outputSize: hiddenSize, in: parameters.scope("gate"))
        candidate = Linear(inputSize: size, outputSize: hiddenSize, in: parameters.scope("candidate"))
        self.inputSize = inputSize
        self.hiddenSize = hiddenSize
    }

    func step(_ input: Expression, from hidden: Expression) -> Expression {
        let both = concatenate(input, hidden)
        let forget = sigmoid(gate(both)), proposal = tanh(candidate(both))
        return proposal + forget .* (hidden - proposal)
    }
}

@Suite struct OwnCellTests {
    static let inputs: [[Float]] = [[0.5, -1, 0.25], [1, 0.1, -0.2], [-0.3, 0.8, 0.6], [0, 0.4, -0.9]]

    func builder(_ layerCount: Int = 2, isResidual: Bool = false) -> RecurrentBuilder<ForgetGateCell> {
        let parameters = ParameterCollection(seed: 5)
        let builder = RecurrentBuilder<ForgetGateCell>(
            layerCount: layerCount, inputSize: 3, hiddenSize: 4, isResidual: isResidual, in: parameters)
        randomize(builder.parameters)
        return builder
    }

    @Test func computesItsFormula() {
        let builder = builder(1)
        let graph = ComputationGraph()
        var hidden = [Float](repeating: 0, count: 4)
        let cell = builder.layers[0]
        func linear(_ layer: Linear, _ x: [Float]) -> [Float] {
            zip(layer.weights.values.rows, layer.bias?.values.scalars ?? []).map { row, bias in
                zip(row, x).reduce(bias) { $0 + $1.0 * $1.1 }
            }
        }
        var state = builder.initialState(in: graph)
        for input in Self.inputs {
            let forget = linear(cell.gate, input + hidden).map { sigmoid($0) }
            let proposal = linear(cell.candidate, input + hidden).map { tanhOf($0) }
            hidden = hidden.indices.map { forget[$0] * hidden[$0] + (1 - forget[$0]) * proposal[$0] }
            state.addInput(graph.input(input))
            #expect(distance(state.output.value.scalars, hidden) < 1e-6)
        }
    }

    @Test func hasStackingAndResidualConnections() {
        for isResidual in [false, true] {
            let builder = builder(isResidual: isResidual)
            #expect(builder.parameters.map(\.name).first == "0/gate/weights")
            #expect(builder.parameters.count == 8)
            let worst = worstGradientError(builder.parameters) { graph in
                weightedSum(builder.transduce(Self.inputs.map { graph.input($0) }))
            }
            #expect(worst.error < 3e-3, "\(worst.name)")
        }
    }

    @Test func isBatchedToTheSameBits() {
        let builder = builder()
        func outputs(_ graph: ComputationGraph) -> [[Float]] {
            let all = (1...4).flatMap { builder.transduce(Self.inputs.prefix($0).map { graph.input($0) }) }
            _ = sum(all).value
            return all.scalars
        }
        let reference = outputs(ComputationGraph(batching: .none))
        #expect(outputs(ComputationGraph(batching: .byAgenda)) == reference)
        #expect(outputs(ComputationGraph(batching: .byDepth)) == reference)
    }

    @Test func readsInBothDirections() {
        let graph = ComputationGraph()
        let reader = Bidirectional(
            { RecurrentBuilder<ForgetGateCell>(inputSize: 3, hiddenSize: 4, in: $0) }, in: ParameterCollection())
        let inputs = Self.inputs.map { graph.input($0) }
        let reading = reader.read(inputs)
        #expect(reading.outputs[0].shape == [8])
        let backward = reader.layers[0].backward.transduce(inputs.reversed())
        #expect(reading.backward.scalars == backward.reversed().scalars)
    }

    @Test func hasDropout() {
        let builder = builder()
        let graph = ComputationGraph()
        let inputs = Self.inputs.map { graph.input($0) }
        let plain = builder.transduce(inputs).scalars
        #expect(builder.transduce(inputs, dropout: RecurrentDropout(variationalInput: 0.5)).scalars != plain)
        #expect(builder.transduce(inputs, dropout: RecurrentDropout(variationalState: 0.5)).scalars != plain)
        #expect(builder.transduce(inputs, dropout: .none).scalars == plain)
    }

    @Test func isCarriedIntoTheNextGraph() {
        let builder = builder()
        let graph = ComputationGraph()
        let whole = builder.transduce(Self.inputs.map { graph.input($0) }).scalars
        var state = builder.initialState(in: graph)
        var outputs: [[Float]] = []
        for input in Self.inputs {
            graph.renew(carrying: &state)
            state.addInput(graph.input(input))
            outputs.append(state.output.value.scalars)
        }
        #expect(outputs == whole)
    }

    @Test func learnsItsInitialState() {
        let builder = RecurrentBuilder<ForgetGateCell>(
            inputSize: 3, hiddenSize: 4, learnedInitialState: .uniform(0.5), in: ParameterCollection())
        #expect(builder.initialParts.map { $0.map(\.name) } == [["0/initialHidden"]])
        let worst = worstGradientError(builder.parameters) { graph in
            weightedSum(builder.transduce(Self.inputs.map { graph.input($0) }))
        }
        #expect(worst.error < 3e-3, "\(worst.name)")
    }
}

private func sigmoid(_ x: Float) -> Float { 1 / (1 + exponential(-x)) }
private func tanhOf(_ x: Float) -> Float { 2 * sigmoid(2 * x) - 1 }

/// e to the power of x by its series, for small x.
private func exponential(_ x: Float) -> Float {
    var term = 1.0, total = 1.0
    for n in 1..<40 {
        term *= Double(x) / Double(n)
        total += term
    }
    return Float(total)
}
