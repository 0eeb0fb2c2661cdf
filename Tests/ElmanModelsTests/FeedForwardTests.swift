import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanOptimizers
import ElmanTensor
import ElmanText
import ElmanTraining
import Testing

@testable import ElmanModels

@Suite(.serialized) struct FeedForwardTests {
    private static let batchings: [LanguageModelBatches] = [.sentences(2), .streams(count: 2, steps: 3)]

    private func loop(
        _ batches: LanguageModelBatches, epochs: Int, folder: RunFolder? = nil,
        change: (inout LanguageModelConfiguration) -> Void = { _ in }
    ) throws -> TrainingLoop {
        let (model, corpus) = try Fixture.model {
            $0.architecture = .feedForward
            if case .streams = batches { $0.carriesState = true }
            change(&$0)
        }
        let task = LanguageModelTask(model, training: corpus, development: corpus, batches: batches, seed: 5)
        var options = TrainingOptions()
        options.epochs = epochs
        return TrainingLoop(
            task, trainer: AdamTrainer(model.parameters, learningRate: 0.03), options: options, folder: folder)
    }

    /// One number a word, one unit that is -1 before the text and 1 behind any `a`. With direct connections:
    ///
    ///     after (</s>, </s>)   scores (0, 0, 0)            probabilities 1/3, 1/3, 1/3
    ///     after (</s>, a)      scores (0, ln 3, ln 4)      1/8, 3/8, 4/8
    ///     after (a, a)         scores (ln 8, ln 3, ln 4)   8/15, 3/15, 4/15
    @Test func aTinyModelGivesTheProbabilitiesComputedByHand() throws {
        var configuration = LanguageModelConfiguration()
        configuration.architecture = .feedForward
        configuration.hasDirectConnections = true
        configuration.embeddingSize = 1
        configuration.hiddenSize = 1
        let vocabulary = try Vocabulary(entries: ["<unk>", "</s>", "a"])
        let model = try LanguageModel(configuration, vocabulary: vocabulary)
        let ln2: Float = 0.693_147_2, ln3: Float = 1.098_612_3
        let values: [String: [Float]] = [
            "hidden/weights": [20, 20], "hidden/bias": [-10],
            // Columns: of the unit, of the older word, of the newer.
            "scores/weights": [0, 0, ln2, 3 * ln2, 0, 0, 0, ln3, 0], "scores/bias": [0, 0, ln2],
        ]
        model.embeddings.values = Tensor(shape: [1, 3], scalars: [0, 0, 1])
        #expect(model.parameters.parameters.map(\.name).sorted() == values.keys.sorted())
        for parameter in model.parameters.parameters {
            parameter.values = Tensor(shape: parameter.shape, scalars: try #require(values[parameter.name]))
        }
        var scorer = LanguageModelScorer(model)
        let scores = scorer.logProbabilities(of: [[2, 2, 1]])[0]
        for (score, expected) in zip(scores, [-1.098_612_3, -0.693_147_2, -1.609_437_9] as [Float]) {
            #expect(abs(score - expected) < 1e-6)
        }
        var reader = LanguageModelReader(model)
        reader.read(2)
        reader.read(2)
        #expect(abs(reader.logProbabilities[0] - -0.628_608_7) < 1e-6)
    }

    @Test(arguments: [false, true]) func itIsTheLayerOfTheSameName(direct: Bool) throws {
        let (model, corpus) = try Fixture.model {
            $0.architecture = .feedForward
            $0.order = 4
            $0.hiddenSize = 5
            $0.hasDirectConnections = direct
        }
        let layer = FeedForwardNGram(
            wordCount: model.vocabulary.count, contextCount: 3, embeddingSize: 6, hiddenSize: 5, hasDirectConnections: direct,
            in: ParameterCollection())
        layer.embeddings.values = model.embeddings.values
        let own = Dictionary(uniqueKeysWithValues: model.parameters.parameters.map { ($0.name, $0.values) })
        layer.hidden.weights.values = try #require(own["hidden/weights"])
        layer.hidden.bias?.values = try #require(own["hidden/bias"])
        layer.output.weights.values = try #require(own["scores/weights"])
        layer.output.bias?.values = try #require(own["scores/bias"])
        for sentence in 0..<corpus.sentenceCount {
            let tokens = corpus[sentence].map { Int($0) }
            let contexts = layer.contexts(of: Array(tokens.dropLast()), boundary: Int(model.boundary))
            let graph = ComputationGraph()
            let expected = pickNegativeLogSoftmax(layer(contexts, in: graph), tokens).value.scalars
            #expect(model.losses(of: corpus[sentence], in: graph).map(\.value.scalar) == expected)
        }
    }

    @Test(arguments: batchings) func trainingLearnsTheText(batches: LanguageModelBatches) throws {
        let loop = try loop(batches, epochs: 40) { $0.dropout = 0.05 }
        let before = try #require(loop.task.evaluate()).value
        try loop.run()
        #expect(before > 6)
        #expect(try #require(loop.progress.bestValue) < 2.8)
    }

    @Test(arguments: batchings, [1, 4]) func aResumedRunIsTheUninterruptedRun(
        batches: LanguageModelBatches, stopAfter: Int
    ) throws {
        let order = { (configuration: inout LanguageModelConfiguration) in configuration.order = 6 }
        let whole = try loop(batches, epochs: 3, change: order)
        try whole.run()
        let folder = try TemporaryFolder()
        let run = try RunFolder.create(folder.path + "/run")
        try run.write(configuration: [:], programVersion: "test")
        let cut = try loop(batches, epochs: 3, folder: run, change: order)
        cut.handler = { event in
            if case .updated(let report) = event, report.progress.update == stopAfter { return .stop }
            return .proceed
        }
        #expect(try cut.run() == .stopped)
        let resumed = try loop(batches, epochs: 3, folder: run, change: order)
        try resumed.resume()
        try resumed.run()
        #expect(resumed.progress.history == whole.progress.history)
        #expect(resumed.task.parameters.parameters.map(\.values) == whole.task.parameters.parameters.map(\.values))
    }

    @Test(arguments: [false, true]) func aLineScoresTheSameAloneAmongOthersAndTokenByToken(tied: Bool) throws {
        let (model, corpus) = try Fixture.model {
            $0.architecture = .feedForward
            $0.tiesEmbeddings = tied
        }
        let sentences = (0..<corpus.sentenceCount).map { Array(corpus[$0]) }
        var scorer = LanguageModelScorer(model)
        for (sentence, expected) in zip(sentences, scorer.logProbabilities(of: sentences)) {
            var alone = LanguageModelScorer(model)
            #expect(alone.logProbabilities(of: [sentence])[0] == expected)
            var reader = LanguageModelReader(model)
            for (token, score) in zip(sentence, expected) {
                #expect(abs(reader.logProbabilities[Int(token)] - score) < 1e-6)
                reader.read(token)
            }
        }
        let options = GenerationOptions(length: 20, seed: 3)
        #expect(try model.generate(after: [], options) == model.generate(after: [], options))
    }

    @Test func aSavedModelGivesTheSameBits() throws {
        let folder = try TemporaryFolder()
        let run = try RunFolder.create(folder.path + "/run")
        let loop = try loop(.sentences(2), epochs: 2, folder: run) { $0.hasDirectConnections = true }
        let task = try #require(loop.task as? LanguageModelTask)
        try task.model.vocabulary.write(to: run.vocabularyPath)
        try run.write(configuration: task.model.configuration.json, programVersion: "test")
        try loop.run()
        let model = try LanguageModel(contentsOf: folder.path + "/run")
        #expect(model.configuration == task.model.configuration)
        var scorer = LanguageModelScorer(model)
        let (corpus, vocabulary) = try Fixture.corpus()
        #expect(scorer.metrics(of: try corpus.encoded(with: vocabulary)).perplexity == loop.progress.bestValue)
    }

    @Test func whatOnlyRecurrentModelsHaveIsRefused() throws {
        let changes: [(inout LanguageModelConfiguration) -> Void] = [
            { $0.layerCount = 2 }, { $0.isDropoutVariational = true }, { $0.isResidual = true }, { $0.order = 1 },
            { configuration in
                configuration.tiesEmbeddings = true
                configuration.hasDirectConnections = true
            },
        ]
        for change in changes {
            #expect(throws: DataError.self) {
                try Fixture.model {
                    $0.architecture = .feedForward
                    change(&$0)
                }
            }
        }
    }

    @Test func theEstimateOfMemoryKnowsTheParameters() throws {
        let (model, _) = try Fixture.model {
            $0.architecture = .feedForward
            $0.hasDirectConnections = true
        }
        let work = MemoryEstimate.Work(
            vocabularySize: model.vocabulary.count, momentCount: 2, update: .init(tokens: 10, steps: 10), textTokens: 30,
            sentences: 5)
        #expect(MemoryEstimate(model.configuration, work).parameterCount == model.parameters.scalarCount)
    }
}
