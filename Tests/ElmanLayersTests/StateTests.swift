import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The state as a value: what it shows, what can be replaced, and what is refused.
@Suite struct StateTests {
    let graph = ComputationGraph()
    let builder = LSTMBuilder(layerCount: 2, inputSize: 3, hiddenSize: 4, in: ParameterCollection())

    @Test func showsEveryLayer() {
        let state = builder.initialState(in: graph).addingInput(graph.input([1, -1, 0.5]))
        #expect(state.hidden(1).value == state.output.value)
        #expect(state.output(ofLayer: 0).value == state.hidden(0).value)
        #expect(state.parts.map { $0.map(\.value) } == state.values)
        #expect(state.values[0] == [state.hidden(0).value, state.cell(0).value])
        #expect(builder.stateShapes == [[[4], [4]], [[4], [4]]])
    }

    /// Replacing a part changes what follows, and nothing else.
    @Test func partsCanBeReplaced() {
        let input = graph.input([1, -1, 0.5])
        let state = builder.initialState(in: graph).addingInput(input)
        let hidden = graph.input([0.1, 0.2, 0.3, 0.4]), cell = graph.input([1, -1, 2, -2])
        var changed = state
        changed.setHidden(hidden, layer: 1)
        changed.setCell(cell, layer: 1)
        #expect(changed.output.value == hidden.value)
        #expect(state.output.value != hidden.value)
        var rebuilt = state
        rebuilt.parts = [state.parts[0], [hidden, cell]]
        var typed = state
        typed.layers[1] = LSTMState(hidden: hidden, cell: cell)
        let expected = changed.addingInput(input).output.value
        #expect(rebuilt.addingInput(input).output.value == expected)
        #expect(typed.addingInput(input).output.value == expected)
        #expect(state.addingInput(input).output.value != expected)
    }

    @Test func initialStatesAreGiven() {
        let states = (0..<2).map { layer in
            LSTMState(hidden: graph.constant(0.5 + Float(layer), [4]), cell: graph.constant(-0.25, [4]))
        }
        let input = graph.input([1, -1, 0.5])
        let typed = builder.initialState(from: states, in: graph).addingInput(input).output.value
        let erased = builder.start(from: states.map(\.expressions), dropout: .none).addingInput(input).output.value
        let values = builder.start(from: states.map { $0.expressions.map(\.value) }, in: graph).addingInput(input).output
        #expect(typed == erased)
        #expect(typed == values.value)
        #expect(typed != builder.initialState(in: graph).addingInput(input).output.value)
    }

    @Test func addingInputsKeepsEveryState() {
        let inputs = [[1, 0, -1], [0.5, 0.5, 0.5], [-1, 2, 0]].map { graph.input($0) }
        let states = builder.initialState(in: graph).addingInputs(inputs)
        #expect(states.map(\.output).scalars == builder.transduce(inputs).scalars)
        // Going on from the second is the third: nothing was used up.
        #expect(states[1].addingInput(inputs[2]).output.value == states[2].output.value)
    }

    @Test func residualOutputIsTheSumOfLayers() {
        let residual = LSTMBuilder(layerCount: 3, inputSize: 3, hiddenSize: 4, isResidual: true, in: ParameterCollection())
        let state = residual.initialState(in: graph).addingInput(graph.input([1, 2, 3]))
        let layers = (0..<3).map { state.hidden($0).value.scalars }
        let expected = (0..<4).map { (layers[2][$0] + (layers[1][$0] + layers[0][$0])) }
        #expect(state.output.value.scalars == expected)
    }

    @Test func layersOfGivenCells() {
        let parameters = ParameterCollection()
        let narrow = GRUCell(inputSize: 3, hiddenSize: 2, in: parameters.scope("a"))
        let wide = GRUCell(inputSize: 2, hiddenSize: 6, in: parameters.scope("b"))
        let builder = GRUBuilder(layers: [narrow, wide])
        #expect((builder.inputSize, builder.hiddenSize) == (3, 6))
        #expect(builder.transduce([graph.input([1, 2, 3])])[0].shape == [6])
        #expect(builder.transduce([]).isEmpty)
    }

    /// Shapes that do not fit are reported with the op and the names.
    @Test func wrongShapesAreReported() throws {
        let error = #expect(throws: ShapeError.self) {
            try graph.checking { builder.initialState(in: graph).addingInput(graph.input([1, 2])).output }
        }
        #expect(error?.description.contains("0/inputWeights") == true)
        for kind in CellKind.allCases {
            let network = randomNetwork(kind)
            var parts = network.start(in: graph).parts
            parts[0] = parts[0].map { _ in graph.zeros([7]) }
            let input = graph.input([1, 2, 3])
            #expect(throws: ShapeError.self, "\(kind)") {
                try graph.checking { network.start(from: parts, dropout: .none).addingInput(input).output }
            }
        }
    }

    @Test func wrongNumbersOfStatesEndTheProgram() async {
        await #expect(processExitsWith: .failure) {
            let builder = LSTMBuilder(layerCount: 2, inputSize: 3, hiddenSize: 4, in: ParameterCollection())
            _ = builder.start(from: [[Tensor([1, 2, 3, 4]), Tensor([1, 2, 3, 4])]], in: ComputationGraph())
        }
        await #expect(processExitsWith: .failure) {
            let builder = GRUBuilder(inputSize: 3, hiddenSize: 4, in: ParameterCollection())
            _ = builder.start(from: [[Tensor([1, 2, 3])]], in: ComputationGraph())
        }
        await #expect(processExitsWith: .failure) {
            _ = LSTMBuilder(layerCount: 0, inputSize: 3, hiddenSize: 4, in: ParameterCollection())
        }
    }
}

/// Cells by name.
@Suite struct CellKindTests {
    @Test func names() {
        let names = CellKind.allCases.map(\.rawValue)
        #expect(
            Set(names).isSuperset(of: [
                "rnn", "rnn-relu", "lstm", "coupled-lstm", "layernorm-lstm", "gru", "gru-reset-before",
            ]))
        #expect(Set(names).count == names.count)
        for kind in CellKind.allCases {
            #expect(CellKind(named: kind.rawValue) == kind)
            #expect(!kind.summary.isEmpty)
        }
        #expect(CellKind(named: "elman") == .elman)
        #expect(CellKind(named: "gru-reset-after") == .gru)
        #expect(CellKind(named: "lsmt") == nil)
    }

    /// A kind that is declared beside its cell is also in the list.
    @Test func everyKindInTheSourcesIsListed() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources/ElmanLayers/Cells")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
        let declared = try files.reduce(0) { count, file in
            let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            return count + text.split(separator: "\n").count { $0.contains("static let") && $0.hasSuffix("= CellKind(") }
        }
        #expect(declared == CellKind.allCases.count)
    }

    @Test(arguments: CellKind.allCases) func networkOfAKind(_ kind: CellKind) {
        let parameters = ParameterCollection()
        let network = makeNetwork(
            kind: kind, layerCount: 3, inputSize: 5, hiddenSize: 4, in: parameters.scope("rnn"))
        #expect((network.inputSize, network.hiddenSize, network.layerCount) == (5, 4, 3))
        #expect(network.parameterShapes.map(\.name) == parameters.names)
        #expect(network.parameterShapes.first?.name == "rnn/0/inputWeights")
        let graph = ComputationGraph()
        #expect(network.stateShapes == network.start(in: graph).parts.map { $0.map(\.shape) })
        #expect(network.stateShapes.allSatisfy { $0[0] == [4] && ($0.count > 1) == kind.hasMemory })
        #expect(network.transduce([graph.zeros([5])])[0].shape == [4])
    }

    /// Gains of normalised values, and how fast units forget: no range of weights is meant for them.
    static func hasValuesOfItsOwn(_ parameter: Parameter) -> Bool {
        ["Gain", "Shift", "decay", "eigenvalues", "mixing"].contains { parameter.name.contains($0) }
    }

    @Test func options() {
        let options = NetworkOptions(initializer: .constant(0.25), forgetBias: 3)
        for kind in CellKind.allCases {
            let network = makeNetwork(kind: kind, inputSize: 2, hiddenSize: 3, options: options, in: ParameterCollection())
            for parameter in network.parameters where !Self.hasValuesOfItsOwn(parameter) {
                #expect(Set(parameter.values.scalars) == [0.25], "\(parameter.name)")
            }
        }
        let made = makeNetwork(kind: .lstm, inputSize: 2, hiddenSize: 3, options: options, in: ParameterCollection())
        let builder = LSTMBuilder(inputSize: 2, hiddenSize: 3, in: ParameterCollection()) {
            LSTMCell(
                inputSize: $0, hiddenSize: $1, forgetBias: 3, initializer: .constant(0.25),
                biasInitializer: .constant(0.25), in: $2)
        }
        let graph = ComputationGraph()
        let inputs = [[1, 2], [-1, 0.5]].map { graph.input($0) }
        #expect(made.transduce(inputs).scalars == builder.transduce(inputs).scalars)
    }

    /// Glorot's range: for a stacked LSTM matrix as a whole, as in DyNet; for a GRU each gate by itself, as there.
    @Test func initialRanges() {
        let parameters = ParameterCollection(seed: 3)
        _ = makeNetwork(kind: .lstm, inputSize: 100, hiddenSize: 50, in: parameters.scope("lstm"))
        _ = makeNetwork(kind: .gru, inputSize: 100, hiddenSize: 50, in: parameters.scope("gru"))
        let expected: [String: Float] = [
            "lstm/0/inputWeights": 0.14142, "lstm/0/recurrentWeights": 0.15492, "lstm/0/bias": 0,
            "gru/0/inputWeights": 0.2, "gru/0/recurrentWeights": 0.24495, "gru/0/bias": 0, "gru/0/recurrentBias": 0,
        ]
        for parameter in parameters.parameters {
            let largest = parameter.values.scalars.map(abs).max() ?? -1
            let limit = expected[parameter.name] ?? -1
            #expect(largest <= limit + 1e-5 && largest >= limit * 0.99, "\(parameter.name)")
        }
    }
}
