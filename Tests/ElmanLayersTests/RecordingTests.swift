import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Recordings: they change no result, and what they hold is what the cells did.
@Suite struct RecordingTests {
    static let length = 5

    static func inputs(in graph: ComputationGraph) -> [Expression] {
        var draw = Draw(3)
        return draw.sequence(length, size: 3).map { graph.input($0) }
    }

    /// A recording with the graph that has its values.
    struct Recorded {
        let graph: ComputationGraph

        func values(of name: String) -> [[Float]] { graph.recording!.values(of: name) }
        var series: [Recording.Series] { graph.recording!.series }
    }

    @Test func aGraphWithARecordingGoesWhenItIsNotNeeded() {
        weak var gone: ComputationGraph?
        do {
            let graph = ComputationGraph()
            graph.recording = Recording()
            gone = graph
            _ = randomNetwork(.lstm).transduce(Self.inputs(in: graph)).scalars
            #expect(graph.recording?.series.isEmpty == false)
        }
        #expect(gone == nil)
    }

    /// Outputs with and without a recording, and the recording.
    static func readings(
        _ read: (ComputationGraph) -> [Expression]
    ) -> (plain: [[Float]], recorded: [[Float]], recording: Recorded) {
        let plain = ComputationGraph(), graph = ComputationGraph()
        graph.recording = Recording()
        return (read(plain).scalars, read(graph).scalars, Recorded(graph: graph))
    }

    @Test(arguments: CellKind.allCases) func resultsKeepTheirBits(_ kind: CellKind) {
        let network = randomNetwork(kind)
        let (plain, recorded, recording) = Self.readings { network.transduce(Self.inputs(in: $0)) }
        #expect(plain == recorded)
        #expect(recording.values(of: "1/hidden") == plain)
        #expect(recording.values(of: "0/hidden").count == Self.length)
    }

    @Test(arguments: CellKind.allCases) func readingFromTheEndIsRecordedInTheOrderOfTheText(_ kind: CellKind) {
        let parameters = ParameterCollection(seed: 4)
        let network = makeBidirectionalNetwork(
            kind: kind, layerCount: 2, inputSize: 3, hiddenSize: 4, in: parameters.scope("reader"))
        randomize(parameters.parameters)
        let (plain, recorded, recording) = Self.readings { network.read(Self.inputs(in: $0)).outputs }
        #expect(plain == recorded)
        let forward = recording.values(of: "reader/1/forward/hidden"), backward = recording.values(of: "reader/1/backward/hidden")
        #expect(zip(forward, backward).map { $0 + $1 } == plain)
    }

    /// The state before and after each step, and the gates of the step, of a network of one layer.
    static func gates(_ kind: CellKind) -> Recorded {
        let network = randomNetwork(kind, layerCount: 1)
        return readings { network.transduce(inputs(in: $0)) }.recording
    }

    /// Checks `rule(gates, old, new)` for every element of every step of a part of the state that begins as zeros.
    static func check(
        _ kind: CellKind, _ part: String, _ names: [String], _ rule: (_ gates: [Float], _ old: Float) -> Float
    ) -> Bool {
        let recording = gates(kind), states = recording.values(of: "0/\(part)")
        let gates = names.map { recording.values(of: "0/\($0)") }
        var old = [Float](repeating: 0, count: 4)
        return states.count == length
            && (0..<length).allSatisfy { step in
                defer { old = states[step] }
                return (0..<4).allSatisfy { unit in
                    abs(rule(gates.map { $0[step][unit] }, old[unit]) - states[step][unit]) < 1e-5
                }
            }
    }

    @Test func gatesExplainTheMemory() {
        let names = ["inputGate", "forgetGate", "candidate"]
        for kind in [CellKind.lstm, .layerNormLSTM] {
            #expect(Self.check(kind, "cell", names) { $0[1] * $1 + $0[0] * $0[2] })
        }
        #expect(Self.check(.coupledLSTM, "cell", ["inputGate", "candidate"]) { (1 - $0[0]) * $1 + $0[0] * $0[1] })
        #expect(
            Self.check(CellKind(rawValue: "qrnn")!, "cell", ["forgetGate", "candidate"]) { $0[0] * $1 + (1 - $0[0]) * $0[1] })
    }

    @Test func gatesExplainTheHiddenValue() {
        #expect(Self.check(.gru, "hidden", ["updateGate", "candidate"]) { $0[0] * $1 + (1 - $0[0]) * $0[1] })
        for name in ["gru-reset-before", "mingru"] {
            let kind = CellKind(rawValue: name)!
            #expect(Self.check(kind, "hidden", ["updateGate", "candidate"]) { (1 - $0[0]) * $1 + $0[0] * $0[1] })
        }
        #expect(
            Self.check(CellKind(rawValue: "mgu")!, "hidden", ["forgetGate", "candidate"]) { (1 - $0[0]) * $1 + $0[0] * $0[1] })
        #expect(
            Self.check(CellKind(rawValue: "minlstm")!, "hidden", ["forgetGate", "candidate"]) {
                $0[0] * $1 + (1 - $0[0]) * $0[1]
            })
    }

    @Test func theOutputGateLetsTheMemoryThrough() {
        let recording = Self.gates(.lstm)
        let cells = recording.values(of: "0/cell"), gates = recording.values(of: "0/outputGate")
        let hidden = zip(cells, gates).map { zip($0, $1).map { Float(tanh(Double($0))) * $1 } }
        #expect(distance(hidden, recording.values(of: "0/hidden")) < 1e-5)
    }

    @Test(arguments: CellKind.allCases) func gatesAreSharesOrOneForEachUnitOrHead(_ kind: CellKind) {
        for series in Self.gates(kind).series where series.name.hasSuffix("Gate") || series.name.hasSuffix("decay") {
            let values = series.steps.flatMap { $0.value.scalars }
            #expect(series.steps.count == Self.length && values.allSatisfy { (0...1).contains($0) }, "\(series.name)")
        }
    }

    @Test func attentionIsRecorded() {
        let parameters = ParameterCollection(seed: 2)
        let attention = MLPAttention(querySize: 3, stateSize: 3, attentionSize: 4, in: parameters)
        let graph = ComputationGraph()
        graph.recording = Recording()
        let inputs = Self.inputs(in: graph), memory = attention.memory(of: inputs)
        let results = inputs.map { attention($0, memory) }
        #expect(graph.recording?.values(of: "attention/weights") == results.map(\.weights).scalars)
        #expect(graph.recording?.tensor(of: "attention/weights")?.shape == [5, 5])
        graph.renew()
        #expect(graph.recording?.series.isEmpty == true)
    }
}
