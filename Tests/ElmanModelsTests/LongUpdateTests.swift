import ElmanGraph
import ElmanLayers
import ElmanOptimizers
import ElmanTensor
import ElmanTraining
import Testing

@testable import ElmanModels
@testable import ElmanText

/// Updates that are learnt in segments, and documents through which the state is carried.
@Suite(.serialized) struct LongUpdateTests {
    private static let vocabularySize = 9

    /// Sentences of random tokens with the given lengths, end marks not counted; the given ones begin documents.
    private static func corpus(_ lengths: [Int], documents: [Int] = [0]) -> EncodedCorpus {
        var generator = RandomGenerator(seed: 6)
        let sentences = lengths.map { length in
            (0..<length).map { _ in Int32(2 + generator.integer(below: vocabularySize - 2)) }
        }
        let corpus = EncodedCorpus(sentences: sentences, boundary: 0)
        return EncodedCorpus(
            tokens: corpus.tokens, starts: corpus.starts, documentStarts: documents, statistics: corpus.statistics)
    }

    private static func model(_ change: (inout LanguageModelConfiguration) -> Void = { _ in }) throws -> LanguageModel {
        let vocabulary = try Vocabulary(entries: ["</s>", "<unk>", "a", "b", "c", "d", "e", "f", "g"])
        var configuration = LanguageModelConfiguration()
        (configuration.embeddingSize, configuration.hiddenSize, configuration.layerCount) = (5, 6, 2)
        change(&configuration)
        return try LanguageModel(configuration, vocabulary: vocabulary)
    }

    private static func values(_ model: LanguageModel) -> [[Float]] {
        model.parameters.parameters.map(\.values.scalars) + [model.embeddings.values.scalars]
    }

    private static func gradients(_ model: LanguageModel) -> [[Float]] {
        model.parameters.parameters.map { $0.gradient?.scalars ?? [] } + [model.embeddings.gradient?.scalars ?? []]
    }

    /// Everything that is drawn or penalised.
    private static func regularized(_ configuration: inout LanguageModelConfiguration, _ kind: CellKind) {
        configuration.cell = kind
        configuration.isDropoutVariational = true
        configuration.dropout = 0.2
        configuration.regularization.embeddingDropout = 0.1
        // States that are interpolated grow without end where one mask multiplies all of their steps.
        configuration.regularization.stateDropout = kind == .gru || kind == .minGRU ? 0 : nil
        configuration.regularization.weightDrop = kind.hasRecurrentMatrices ? 0.4 : 0
        configuration.regularization.activationPenalty = 2
        configuration.regularization.slownessPenalty = 1
    }

    private static let plans: [LanguageModelBatches] = [
        .sentences(1), .sentences(3), .streams(count: 1, steps: 270), .streams(count: 3, steps: 150),
        .documents(count: 2, steps: 150), .documents(count: 1, steps: 400),
    ]

    private static let corpus = corpus([260, 20, 150, 129], documents: [0, 2, 3])

    private static let cases =
        plans.map { (CellKind.lstm, $0) } + [.elman, .gru, .minGRU].map { ($0, .sentences(3)) }

    @Test(arguments: cases) func segmentsGiveTheBitsOfTheWhole(kind: CellKind, plan: LanguageModelBatches) throws {
        let model = try Self.model { Self.regularized(&$0, kind) }
        func run(_ bytes: Int?) throws -> (gradients: [[Float]], totals: [Double], carried: [[Tensor]]?, segmented: Int) {
            let task = LanguageModelTask(
                model, training: Self.corpus, development: nil, batches: plan, objective: .mean, seed: 3)
            task.graphBytes = bytes
            model.parameters.clearGradients()
            let graph = ComputationGraph(), updates = task.beginEpoch(1)
            var totals: [Double] = [], segmented = 0
            for update in 0..<updates {
                graph.renew()
                graph.seed = UInt64(update)
                if let loss = task.backpropagateInSegments(update, in: graph) {
                    totals.append(loss.total)
                    segmented += 1
                } else {
                    let loss = task.loss(ofUpdate: update, in: graph)
                    totals.append(Double(loss.total.value.scalar))
                    loss.objective.backward()
                }
                task.finishUpdate()
            }
            return (Self.gradients(model), totals, task.carriedState, segmented)
        }
        let whole = try run(nil), parts = try run(1)
        #expect(whole.segmented == 0)
        #expect(parts.segmented > 0)
        #expect(parts.gradients == whole.gradients)
        #expect(parts.totals == whole.totals)
        #expect(parts.carried == whole.carried)
    }

    @Test(arguments: [plans[0], plans[3], plans[4]]) func trainingUnderALimitIsTraining(plan: LanguageModelBatches) throws {
        let results = try [nil, 1].map { bytes in
            let model = try Self.model { Self.regularized(&$0, .lstm) }
            let task = LanguageModelTask(model, training: Self.corpus, development: nil, batches: plan, seed: 3)
            task.graphBytes = bytes
            var options = TrainingOptions()
            options.epochs = 2
            let loop = TrainingLoop(task, trainer: AdamTrainer(model.parameters, learningRate: 0.01), options: options)
            try loop.run()
            return Self.values(model)
        }
        #expect(results[0] == results[1])
    }

    @Test func lossesThatAreNotFiniteAreFoundInSegmentsToo() throws {
        let model = try Self.model()
        let task = LanguageModelTask(model, training: Self.corpus([300]), development: nil, batches: .sentences(1), seed: 3)
        task.graphBytes = 1
        let bias = try #require(model.parameters.parameters.first { $0.name == "scores/bias" })
        var values = bias.values
        values[3] = .infinity
        bias.values = values
        let loop = TrainingLoop(task, trainer: SGDTrainer(model.parameters, learningRate: 0.1), options: TrainingOptions())
        #expect(throws: (any Error).self) { try loop.run() }
        #expect(Self.gradients(model).allSatisfy { $0.isEmpty })
    }

    // MARK: Documents

    private static let documentTexts = corpus([12, 7, 30, 5, 5, 21, 9], documents: [0, 2, 3, 6])

    private static func documentModel() throws -> LanguageModel {
        try model {
            $0.carriesState = true
            $0.separatesDocuments = true
        }
    }

    @Test func documentsAreScoredAsIfAlone() throws {
        let model = try Self.documentModel(), corpus = Self.documentTexts
        var scorer = LanguageModelScorer(model), scores = [[Float]](repeating: [], count: corpus.sentenceCount)
        scorer.forEachSentence(of: corpus) { scores[$0] = $1 }
        for document in 0..<corpus.documentCount {
            var alone = LanguageModelScorer(model)
            for sentence in corpus.sentences(ofDocument: document) {
                #expect(alone.logProbabilities(of: [Array(corpus[sentence])])[0] == scores[sentence])
            }
            // The second sentence of a document goes on from the first.
            let first = corpus.sentences(ofDocument: document).lowerBound
            guard corpus.sentences(ofDocument: document).count > 1 else { continue }
            var fresh = LanguageModelScorer(model)
            #expect(fresh.logProbabilities(of: [Array(corpus[first + 1])])[0] != scores[first + 1])
        }
        scorer.beginDocument()
        let last = corpus.sentenceCount - 1
        #expect(scorer.logProbabilities(of: [Array(corpus[last])])[0] == scores[last])
    }

    /// Without learning, the losses of an epoch are those of the documents, whatever the streams and their segments.
    @Test(arguments: [(1, 1000), (1, 4), (2, 7), (3, 13), (9, 5)]) func streamsOfDocumentsLoseNothing(count: Int, steps: Int)
        throws
    {
        let model = try Self.documentModel(), corpus = Self.documentTexts
        let task = LanguageModelTask(
            model, training: corpus, development: nil, batches: .documents(count: count, steps: steps), seed: 8)
        let graph = ComputationGraph()
        for epoch in 1...2 {
            var total = 0.0, tokens = 0
            for update in 0..<task.beginEpoch(epoch) {
                graph.renew()
                let loss = task.loss(ofUpdate: update, in: graph)
                total += Double(loss.total.value.scalar)
                tokens += loss.unitCount
                #expect(task.targets(ofUpdate: update).reduce(0) { $0 + $1.count } == loss.unitCount)
                task.finishUpdate()
                let carried = try #require(task.carriedState)
                #expect(task.fits(carriedState: carried))
            }
            var scorer = LanguageModelScorer(model)
            #expect(tokens == corpus.tokens.count)
            #expect(abs(total - scorer.metrics(of: corpus).negativeLogLikelihood) < 1e-3)
        }
    }

    /// A document as one sentence gives the gradient through all of it.
    @Test func wholeDocumentsAreLongSentences() throws {
        let model = try Self.documentModel(), corpus = Self.documentTexts
        let gradients = [LanguageModelBatches.sentences(1), .documents(count: 1, steps: 1000)].map { plan in
            let isWhole = plan == .sentences(1)
            let task = LanguageModelTask(
                model, training: isWhole ? corpus.documentsAsSentences : corpus, development: nil, batches: plan, seed: 8)
            model.parameters.clearGradients()
            for update in 0..<task.beginEpoch(1) { task.loss(ofUpdate: update, in: ComputationGraph()).objective.backward() }
            return Self.gradients(model)
        }
        for (left, right) in zip(gradients[0].joined(), gradients[1].joined()) { #expect(abs(left - right) < 1e-4) }
    }
}
