import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

@Suite struct BidirectionalTests {
    static let kinds = CellKind.allCases

    static func reader(
        _ kind: CellKind, layerCount: Int = 2, options: NetworkOptions = NetworkOptions()
    ) -> any BidirectionalNetwork {
        let reader = makeBidirectionalNetwork(
            kind: kind, layerCount: layerCount, inputSize: 3, hiddenSize: 4, options: options, in: ParameterCollection(seed: 4))
        randomize(reader.parameters)
        return reader
    }

    static func inputs(_ count: Int, seed: UInt64 = 6) -> [[Float]] {
        var draw = Draw(seed)
        return draw.sequence(count, size: 3)
    }

    @Test func isTwoBuilders() {
        let parameters = ParameterCollection(seed: 4)
        let reader = Bidirectional(
            { LSTMBuilder(inputSize: 3, hiddenSize: 4, in: $0) }, in: parameters.scope("reader"))
        #expect(parameters.names.first == "reader/forward/0/inputWeights")
        #expect(parameters.names.last == "reader/backward/0/bias")
        #expect((reader.inputSize, reader.outputSize) == (3, 8))
        let graph = ComputationGraph()
        let inputs = Self.inputs(5).map { graph.input($0) }
        let forward = reader.layers[0].forward.transduce(inputs)
        // Reversed, run, reversed: the backward direction.
        let backward = Array(reader.layers[0].backward.transduce(inputs.reversed()).reversed())
        let joined = zip(forward, backward).map { concatenate($0, $1) }
        #expect(reader.transduce(inputs).scalars == joined.scalars)
        let reading = reader.read(inputs)
        #expect(reading.summary.value == concatenate(forward[4], backward[0]).value)
        #expect(reading.finalStates.map(\.count) == [2, 2])
        #expect(reader.transduce([]).isEmpty)
        #expect(reader.read([], in: graph).summary.value.scalars == [Float](repeating: 0, count: 8))
    }

    /// The second layer reads both directions of the first.
    @Test func layersReadBothDirections() {
        let parameters = ParameterCollection(seed: 4)
        let reader = Bidirectional<GRUCell>(layerCount: 2, inputSize: 3, hiddenSize: 4, in: parameters)
        #expect(parameters.names.contains("1/backward/inputWeights"))
        #expect(reader.layers[1].forward.inputSize == 8)
        let graph = ComputationGraph()
        let inputs = Self.inputs(4).map { graph.input($0) }
        let lower = zip(
            reader.layers[0].forward.transduce(inputs), reader.layers[0].backward.transduce(inputs.reversed()).reversed()
        ).map { concatenate($0, $1) }
        let upper = zip(
            reader.layers[1].forward.transduce(lower), reader.layers[1].backward.transduce(lower.reversed()).reversed()
        ).map { concatenate($0, $1) }
        #expect(reader.transduce(inputs).scalars == upper.scalars)
    }

    /// With the same weights in both directions a palindrome is read symmetrically.
    @Test func palindrome() {
        let parameters = ParameterCollection(seed: 4)
        let reader = Bidirectional({ LSTMBuilder(inputSize: 3, hiddenSize: 4, in: $0) }, in: parameters)
        for (from, to) in zip(reader.layers[0].forward.parameters, reader.layers[0].backward.parameters) {
            to.values = from.values
        }
        let graph = ComputationGraph()
        let half = Self.inputs(3)
        let reading = reader.read((half + half.reversed()).map { graph.input($0) })
        #expect(reading.forward.scalars == reading.backward.reversed().scalars)
    }

    @Test(arguments: kinds) func gradients(_ kind: CellKind) {
        let reader = Self.reader(kind, options: NetworkOptions(isResidual: true, learnedInitialState: .zeros))
        let inputs = Self.inputs(3)
        let worst = worstGradientError(reader.parameters, step: GradientTests.step(kind), count: 3) { graph in
            let reading = reader.read(inputs.map { graph.input($0) })
            return weightedSum(reading.outputs + [reading.summary])
        }
        #expect(worst.error < 5e-3, "\(worst.name)")
    }

    /// Ragged sentences together have the bits they have alone.
    @Test(arguments: kinds) func raggedEqualsAlone(_ kind: CellKind) {
        let reader = Self.reader(kind)
        let sentences = [4, 1, 6].map { Self.inputs($0, seed: UInt64($0)) }
        let graph = ComputationGraph()
        let outputs = sentences.map { reader.read($0.map { graph.input($0) }).outputs }
        _ = weightedSum(outputs.flatMap { $0 }).value
        for (sentence, outputs) in zip(sentences, outputs) {
            let alone = ComputationGraph(batching: .none)
            #expect(outputs.scalars == reader.read(sentence.map { alone.input($0) }).outputs.scalars)
        }
    }

    /// Padding by hand, whatever it holds: values, summary and gradients are those of the sentences alone.
    @Test(arguments: kinds) func paddingIsNeverLookedAt(_ kind: CellKind) {
        let reader = Self.reader(kind)
        let lengths = [4, 1, 6, 0]
        let sentences = lengths.map { Self.inputs($0, seed: UInt64($0)) }
        func run(padding: Float) -> (outputs: [Tensor], summary: Tensor, gradients: [[Float]]) {
            clearGradients(reader.parameters)
            let graph = ComputationGraph()
            let inputs = (0..<6).map { step in
                let rows = sentences.flatMap { step < $0.count ? $0[step] : [Float](repeating: padding, count: 3) }
                return graph.input(Tensor(shape: Shape([3], batchSize: 4), scalars: rows))
            }
            let reading = reader.read(inputs, lengths: lengths)
            let outputs = reading.outputs
            weightedSum(outputs + [reading.summary]).backward()
            return (outputs.map(\.value), reading.summary.value, reader.parameters.map { $0.gradient?.scalars ?? [] })
        }
        let clean = run(padding: 0), poisoned = run(padding: .nan)
        #expect(clean.outputs == poisoned.outputs)
        #expect(clean.summary == poisoned.summary)
        #expect(clean.gradients == poisoned.gradients)
        #expect(!clean.gradients.joined().contains { !$0.isFinite })
        let graph = ComputationGraph()
        for (member, sentence) in sentences.enumerated() {
            let alone = reader.read(sentence.map { graph.input($0) }, in: graph)
            #expect(clean.summary.member(member).scalars == alone.summary.value.scalars)
            for (step, output) in alone.outputs.enumerated() {
                #expect(clean.outputs[step].member(member).scalars == output.value.scalars)
            }
            for step in sentence.count..<6 {
                #expect(clean.outputs[step].member(member).scalars == [Float](repeating: 0, count: 8))
            }
        }
    }

    /// A batch without padding is the same as its members.
    @Test func fullLengthsAreABatch() {
        let reader = Self.reader(.lstm)
        var draw = Draw(3)
        let graph = ComputationGraph()
        let inputs = (0..<3).map { _ in graph.input(Tensor(shape: Shape([3], batchSize: 2), scalars: draw.vector(6))) }
        #expect(reader.read(inputs, lengths: [3, 3]).outputs.map(\.value) == reader.read(inputs).outputs.map(\.value))
    }

    @Test func unpaddedAndBack() {
        let graph = ComputationGraph()
        let inputs = [[1, 2, 3, 4], [5, 6, 7, 8]].map {
            graph.input(Tensor(shape: Shape([2], batchSize: 2), scalars: $0))
        }
        let sequences = unpadded(inputs, lengths: [2, 1])
        #expect(sequences.map(\.scalars) == [[[1, 2], [5, 6]], [[3, 4]]])
        #expect(padded(sequences, count: 3).scalars == [[1, 2, 3, 4], [5, 6, 0, 0], [0, 0, 0, 0]])
    }
}
