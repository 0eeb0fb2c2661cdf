import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

/// Words from characters, sequences as one vector, feed-forward n-grams, stacks.
@Suite struct EncoderTests {
    @Test(arguments: [
        ("word", WordCase.lower), ("Word", .title), ("A", .title), ("WORD", .upper), ("McDonald", .mixed), ("iPhone", .mixed),
        ("1984", .digits), ("3.14", .digits), ("B2B", .alphanumeric), ("4th", .alphanumeric), ("...", .punctuation),
        ("$", .punctuation), ("", .punctuation), ("言葉", .uncased), ("Été", .title), ("o'clock", .lower), ("U.S.", .upper),
        ("ǅ", .title), ("e\u{301}te", .lower),
    ]) func wordCase(_ word: String, _ expected: WordCase) { #expect(WordCase(word) == expected) }

    static let words = [[1, 2, 3], [4], [0, 0, 5, 2], [], [3, 2, 1]]

    @Test(arguments: CellKind.allCases) func charactersTogetherEqualAlone(_ kind: CellKind) {
        let parameters = ParameterCollection()
        let encoder = CharacterEncoder(characterCount: 6, embeddingSize: 3, hiddenSize: 4, kind: kind, in: parameters)
        let alone = Self.words.map { encoder($0, in: ComputationGraph(batching: .none)).value.scalars }
        let graph = ComputationGraph()
        let vectors = Self.words.map { encoder($0, in: graph) }
        weightedSum(vectors).backward()
        #expect(vectors.scalars == alone)
        #expect(vectors.allSatisfy { $0.shape == [encoder.outputSize] })
        #expect(alone[0] != alone[4])
    }

    @Test func wordEncoderJoinsItsParts() {
        let parameters = ParameterCollection(), graph = ComputationGraph()
        let encoder = WordEncoder(wordCount: 9, embeddingSize: 5, caseSize: 2, in: parameters) {
            CharacterEncoder(characterCount: 6, embeddingSize: 3, hiddenSize: 4, in: $0)
        }
        let vector = encoder(7, characters: [1, 2], wordCase: .upper, in: graph)
        let parts = [
            encoder.embeddings[7, in: graph], encoder.characters!([1, 2], in: graph), encoder.cases![2, in: graph],
        ]
        #expect(encoder.outputSize == 15 && vector.shape == [15])
        #expect(vector.value.scalars == parts.scalars.flatMap { $0 })
        let plain = WordEncoder(wordCount: 9, embeddingSize: 5, in: parameters.scope("plain"))
        #expect(plain(3, in: graph).value == plain.embeddings[3, in: graph].value)
    }

    static func reading(_ graph: ComputationGraph, count: Int, isResidual: Bool) -> BidirectionalReading {
        var draw = Draw(5)
        let network = Bidirectional<GRUCell>(
            layerCount: 2, inputSize: 3, hiddenSize: 4, isResidual: isResidual, in: ParameterCollection())
        return network.read(draw.sequence(count, size: 3).map { graph.input($0) }, in: graph)
    }

    @Test(arguments: [false, true]) func poolingIsThatOfTheOutputs(_ isResidual: Bool) {
        let graph = ComputationGraph(), reading = Self.reading(graph, count: 5, isResidual: isResidual)
        let outputs = reading.outputs.scalars
        let columns = (0..<8).map { unit in outputs.map { $0[unit] } }
        #expect(reading.maximum.value.scalars == columns.map { $0.max()! })
        #expect(distance(reading.mean.value.scalars, columns.map { $0.reduce(0, +) / 5 }) < 1e-6)
        #expect(reading.outputMatrix.value.scalars == outputs.flatMap { $0 })
        let attention = AttentionPooling(stateSize: 8, attentionSize: 3, in: ParameterCollection())
        let weights = attention(reading.outputs).weights.value.scalars
        #expect(abs(weights.reduce(0, +) - 1) < 1e-6)
        let expected = columns.map { zip($0, weights).reduce(0) { $0 + $1.0 * $1.1 } }
        #expect(distance(reading.pooled(by: attention).value.scalars, expected) < 1e-6)
    }

    @Test(arguments: PoolingKind.allCases) func poolingOfNothingIsTheInitialState(_ kind: PoolingKind) {
        let graph = ComputationGraph(), parameters = ParameterCollection()
        let pooling = Pooling(kind, stateSize: 8, in: parameters)
        let size = kind == .concatenation ? 24 : 8
        #expect(pooling(Self.reading(graph, count: 0, isResidual: false)).value.scalars == [Float](repeating: 0, count: size))
        #expect(pooling(Self.reading(graph, count: 3, isResidual: false)).shape == [size])
        #expect(parameters.parameters.count == (kind == .attention ? 3 : 0))
    }

    @Test func bagOfWords() {
        let bag = ContinuousBagOfWords(wordCount: 6, size: 3, in: ParameterCollection()), graph = ComputationGraph()
        let vectors = [4, 1, 4].map { bag.embeddings[$0, in: graph].value.scalars }
        let sums = (0..<3).map { unit in vectors.reduce(0) { $0 + $1[unit] } }
        #expect(distance(bag([4, 1, 4], in: graph).value.scalars, sums) < 1e-6)
        let mean = ContinuousBagOfWords(embeddings: bag.embeddings, isMean: true)
        #expect(distance(mean([4, 1, 4], in: graph).value.scalars, sums.map { $0 / 3 }) < 1e-6)
        #expect(bag([], in: graph).value.scalars == [0, 0, 0])
    }

    @Test(arguments: [false, true]) func nGramsTogetherEqualAlone(_ isDirect: Bool) {
        let parameters = ParameterCollection()
        let model = FeedForwardNGram(
            wordCount: 7, contextCount: 2, embeddingSize: 3, hiddenSize: 5, hasDirectConnections: isDirect, in: parameters)
        let contexts = model.contexts(of: [3, 5], boundary: 0)
        #expect(contexts == [[0, 0], [0, 3], [3, 5]])
        let alone = contexts.map { model($0, in: ComputationGraph(batching: .none)).value.scalars }
        let graph = ComputationGraph()
        #expect(model(contexts, in: graph).value.scalars == alone.flatMap { $0 })
        let singles = contexts.map { model($0, in: graph) }
        _ = sum(singles).value
        #expect(singles.scalars == alone)
        let worst = worstGradientError(parameters.parameters) { graph in
            sumOverBatch(pickNegativeLogSoftmax(model(contexts, in: graph), [3, 5, 0]))
        }
        #expect(worst.error < 2e-3, "\(worst.name)")
    }

    @Test func stackGoesBackToWhatItWas() {
        let builder = LSTMBuilder(layerCount: 2, inputSize: 3, hiddenSize: 4, in: ParameterCollection())
        let graph = ComputationGraph()
        var draw = Draw(1)
        let x = (0..<4).map { _ in graph.input(draw.vector(3)) }
        var stack = StackState(builder.initialState(in: graph))
        #expect(stack.isEmpty && stack.summary.value.scalars == [0, 0, 0, 0])
        stack.push(x[0])
        stack.push(x[1])
        let branch = stack.pushing(x[2])
        #expect(stack.pop().value == x[1].value)
        stack.push(x[3])
        #expect(stack.count == 2 && branch.count == 3)
        #expect(stack[fromTop: 0].value == x[3].value && stack[fromTop: 1].value == x[0].value)
        #expect(stack.summary.value == builder.transduce([x[0], x[3]])[1].value)
        #expect(branch.summary.value == builder.transduce([x[0], x[1], x[2]])[2].value)
        #expect(branch.popping().summary.value == builder.transduce([x[0], x[1]])[1].value)
    }

    @Test func compositionFollowsItsEquation() {
        let composition = DependencyComposition(size: 3, relationSize: 2, in: ParameterCollection()), graph = ComputationGraph()
        let parts = [[0.1, 0.2, 0.3], [-1, 0.5, 0], [0.7, -0.7]].map { graph.input($0) }
        let found = composition(head: parts[0], dependent: parts[1], relation: parts[2])
        let expected = tanh(composition.layer.weights(in: graph) * concatenate(parts))
        #expect(distance(found.value.scalars, expected.value.scalars) < 1e-6)
    }

    @Test func biaffineGradients() {
        let parameters = ParameterCollection()
        let arcs = BiaffineArcScorer(stateSize: 3, arcSize: 4, in: parameters.scope("arcs"))
        let labels = BiaffineLabelScorer(stateSize: 3, labelSize: 2, labelCount: 3, in: parameters.scope("labels"))
        let states = parameters.add([3, 4], named: "states", initializer: .uniform(1))
        randomize(parameters.parameters)
        let worst = worstGradientError(parameters.parameters, step: 1e-3) { graph in
            let states = states(in: graph)
            return arcs.loss(arcs(states), heads: [2, 0, 2]) + labels.loss(labels(states, heads: [2, 0, 2]), labels: [1, -1, 2])
        }
        #expect(worst.error < 4e-3, "\(worst.name)")
        let tree = maximumSpanningTree(scores: arcs(states(in: ComputationGraph())).value)
        #expect(SpanningTreeTests.isTree(tree, hasSingleRoot: true))
    }
}
