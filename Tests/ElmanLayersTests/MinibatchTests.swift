import ElmanGraph
import ElmanLayers
import ElmanTensor
import Testing

/// Minibatches padded by hand, with masks, and the same sentences each for itself: one loss, to the bit.
@Suite struct MinibatchTests {
    static let kinds = CellKind.allCases
    static let boundary = 0
    /// Unsorted, of different lengths; each ends in the boundary mark.
    static let sentences = [[2, 6, 5, 0], [3, 1, 4, 1, 5, 9, 2, 0], [0], [5, 8, 3, 7, 9, 0]]
    static let tags = [[1, 0, 2, 3], [0, 0, 1, 2, 3, 1, 0, 3], [3], [2, 2, 1, 0, 1, 3]]

    /// How the losses of the padding are taken away.
    enum Mask: CaseIterable { case factors, negativeTargets }

    struct Model {
        let parameters = ParameterCollection(seed: 5)
        let embeddings: LookupParameter, network: any RecurrentNetwork, reader: any BidirectionalNetwork
        let words: Linear, tags: Linear

        init(_ kind: CellKind) {
            embeddings = parameters.addLookup(count: 10, size: 7, named: "embeddings")
            network = makeNetwork(kind: kind, layerCount: 2, inputSize: 7, hiddenSize: 9, in: parameters.scope("network"))
            reader = makeBidirectionalNetwork(
                kind: kind, layerCount: 2, inputSize: 7, hiddenSize: 9, in: parameters.scope("reader"))
            words = Linear(inputSize: 9, outputSize: 10, in: parameters.scope("words"))
            tags = Linear(inputSize: 18, outputSize: 4, in: parameters.scope("tags"))
        }

        /// A language model's loss of one sentence.
        func loss(of sentence: [Int], in graph: ComputationGraph) -> Expression {
            var state = network.start(in: graph)
            let losses = zip([boundary] + sentence, sentence).map { previous, word in
                state.addInput(embeddings[previous, in: graph])
                return pickNegativeLogSoftmax(words(state.output), word)
            }
            return sum(losses)
        }

        /// The same of several sentences, padded with `filler`.
        func paddedLoss(of sentences: [[Int]], filler: Int = boundary, mask: Mask, in graph: ComputationGraph) -> Expression {
            var state = network.start(in: graph)
            var losses: [Expression] = [], inputs = sentences.map { _ in boundary }
            for step in 0..<sentences.reduce(0, { max($0, $1.count) }) {
                state.addInput(embeddings[inputs, in: graph])
                inputs = sentences.map { step < $0.count ? $0[step] : filler }
                let isPadding = sentences.map { step >= $0.count }
                switch mask {
                case .factors:
                    let factors = Tensor(
                        shape: Shape([], batchSize: sentences.count), scalars: isPadding.map { $0 ? 0 : 1 })
                    losses.append(pickNegativeLogSoftmax(words(state.output), inputs) .* graph.input(factors))
                case .negativeTargets:
                    let targets = zip(inputs, isPadding).map { $1 ? -1 : $0 }
                    losses.append(pickNegativeLogSoftmax(words(state.output), targets))
                }
            }
            return sumOverBatch(sum(losses))
        }

        /// A tagger's loss of one sentence.
        func tagLoss(of sentence: [Int], _ gold: [Int], in graph: ComputationGraph) -> Expression {
            let outputs = reader.read(sentence.map { embeddings[$0, in: graph] }).outputs
            return sum(zip(outputs, gold).map { pickNegativeLogSoftmax(tags($0), $1) })
        }

        /// The same of several sentences, whose padding has the given value in every element.
        func paddedTagLoss(
            of sentences: [[Int]], _ gold: [[Int]], padding: Float, in graph: ComputationGraph
        ) -> Expression {
            let filler = graph.constant(padding, [7])
            let inputs = (0..<sentences.reduce(0, { max($0, $1.count) })).map { step in
                concatenateToBatch(sentences.map { step < $0.count ? embeddings[$0[step], in: graph] : filler })
            }
            let outputs = reader.read(inputs, lengths: sentences.map(\.count)).outputs
            let losses = outputs.enumerated().map { step, output in
                pickNegativeLogSoftmax(tags(output), gold.map { step < $0.count ? $0[step] : -1 })
            }
            return sumOverBatch(sum(losses))
        }

        /// The loss and all gradients.
        func run(
            _ batching: ComputationGraph.Batching = .byAgenda, _ loss: (ComputationGraph) -> Expression
        ) -> (loss: Float, gradients: [[Float]]) {
            parameters.clearGradients()
            let graph = ComputationGraph(batching: batching)
            let loss = loss(graph)
            loss.backward()
            let members = network.parameters + reader.parameters + [words.weights, tags.weights]
            return (loss.value.scalar, members.map { $0.gradient?.scalars ?? [] } + [embeddings.gradient?.scalars ?? []])
        }
    }

    @Test(arguments: kinds, Mask.allCases) func paddedLossIsTheAutomaticLoss(_ kind: CellKind, _ mask: Mask) {
        let model = Model(kind)
        let padded = model.run { model.paddedLoss(of: Self.sentences, mask: mask, in: $0) }
        for batching in ComputationGraph.Batching.allCases {
            let automatic = model.run(batching) { graph in sum(Self.sentences.map { model.loss(of: $0, in: graph) }) }
            #expect(padded.loss == automatic.loss)
            #expect(distance(padded.gradients, automatic.gradients) < 2e-5)
        }
        // One by one, added up in the same order.
        let alone = Self.sentences.map { sentence in model.run(.none) { model.loss(of: sentence, in: $0) }.loss }
        #expect(padded.loss == alone.reduce(0, +))
    }

    @Test(arguments: kinds, Mask.allCases) func whatThePaddingIsDoesNotMatter(_ kind: CellKind, _ mask: Mask) {
        let model = Model(kind)
        let padded = (0..<3).map { filler in
            model.run { model.paddedLoss(of: Self.sentences, filler: filler, mask: mask, in: $0) }
        }
        #expect(padded.allSatisfy { $0.loss == padded[0].loss })
        #expect(padded.allSatisfy { distance($0.gradients, padded[0].gradients) < 2e-5 })
    }

    /// In both directions, in both layers: neither the loss nor a gradient sees padding that is no number.
    @Test(arguments: kinds) func poisonedPaddingChangesNothing(_ kind: CellKind) {
        let model = Model(kind)
        let padded = [Float(0), .nan].map { padding in
            model.run { model.paddedTagLoss(of: Self.sentences, Self.tags, padding: padding, in: $0) }
        }
        #expect(padded[0].loss == padded[1].loss)
        #expect(padded[0].gradients == padded[1].gradients)
        let automatic = model.run { graph in
            sum(zip(Self.sentences, Self.tags).map { model.tagLoss(of: $0, $1, in: graph) })
        }
        #expect(padded[1].loss == automatic.loss)
        #expect(distance(padded[1].gradients, automatic.gradients) < 2e-5)
    }
}
