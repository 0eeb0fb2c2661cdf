import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanOptimizers
import ElmanTensor
import ElmanText
import ElmanTraining
import Testing

@testable import ElmanModels

/// Language models with each output layer.
@Suite(.serialized) struct LanguageModelOutputTests {
    private static let kinds = OutputKind.allCases
    private static let batchings: [LanguageModelBatches] = [.sentences(2), .streams(count: 2, steps: 3)]

    private func model(
        _ kind: OutputKind, change: (inout LanguageModelConfiguration) -> Void = { _ in }
    ) throws -> (LanguageModel, EncodedCorpus) {
        let (text, vocabulary) = try Fixture.corpus()
        let corpus = try text.encoded(with: vocabulary)
        var configuration = LanguageModelConfiguration()
        configuration.embeddingSize = 6
        configuration.hiddenSize = 6
        configuration.output.kind = kind
        configuration.output.sampleCount = 12
        configuration.output.division = 2
        change(&configuration)
        let counts = WordCounts.of(corpus, vocabularySize: vocabulary.count)
        return (try LanguageModel(configuration, vocabulary: vocabulary, counts: counts, seed: 3), corpus)
    }

    private func loop(
        _ kind: OutputKind, _ batches: LanguageModelBatches, epochs: Int, folder: RunFolder? = nil
    ) throws -> TrainingLoop {
        let (model, corpus) = try model(kind) { if case .streams = batches { $0.carriesState = true } }
        let task = LanguageModelTask(model, training: corpus, development: corpus, batches: batches, seed: 5)
        var options = TrainingOptions()
        options.epochs = epochs
        return TrainingLoop(
            task, trainer: AdamTrainer(model.parameters, learningRate: 0.03), options: options, folder: folder)
    }

    private func sentences(_ corpus: EncodedCorpus) -> [[Int32]] { (0..<corpus.sentenceCount).map { Array(corpus[$0]) } }

    @Test(arguments: kinds, [false, true]) func aLineScoresTheSameAloneAmongOthersAndTokenByToken(
        kind: OutputKind, tied: Bool
    ) throws {
        guard !tied || (kind != .hierarchical && kind != .adaptive) else { return }
        let (model, corpus) = try model(kind) { $0.tiesEmbeddings = tied }
        var scorer = LanguageModelScorer(model)
        let all = sentences(corpus)
        for (sentence, expected) in zip(all, scorer.logProbabilities(of: all)) {
            var alone = LanguageModelScorer(model)
            #expect(alone.logProbabilities(of: [sentence])[0] == expected)
            var reader = LanguageModelReader(model)
            for (token, score) in zip(sentence, expected) {
                #expect(abs(reader.logProbabilities[Int(token)] - score) < 2e-6)
                reader.read(token)
            }
        }
    }

    @Test(arguments: kinds) func threadsAndStreamsChangeNoBit(kind: OutputKind) throws {
        let (model, corpus) = try model(kind) { $0.carriesState = true }
        let before = Processor.threadCount
        defer { Processor.threadCount = before }
        let totals = [1, 2, 4].map { threads in
            Processor.threadCount = threads
            var scorer = LanguageModelScorer(model)
            return scorer.metrics(of: corpus).negativeLogLikelihood
        }
        #expect(Set(totals).count == 1)
        var byLine = LanguageModelScorer(model), whole = LanguageModelScorer(model)
        let lines = sentences(corpus).flatMap { byLine.logProbabilities(of: [$0])[0] }
        #expect(whole.logProbabilities(of: [corpus.tokens])[0] == lines)
    }

    /// Weights that follow the text take the gradients of every layer, whole or in rows, in whatever pieces the text comes.
    @Test(arguments: kinds) func itAdaptsToAText(kind: OutputKind) throws {
        func run(_ lengths: [Int]) throws -> [Float] {
            let (model, corpus) = try self.model(kind) { $0.carriesState = true }
            let scorer = AdaptiveScorer(
                model, dynamic: DynamicEvaluationOptions(rule: DynamicRule(.sgd, rate: 0.05, decay: 0), segment: 4))
            var rest = Self.repeated(corpus.tokens)[...], result: [Float] = []
            for index in 0... where !rest.isEmpty {
                let piece = rest.prefix(lengths[index % lengths.count])
                result += scorer.logProbabilities(of: Array(piece))
                rest = rest.dropFirst(piece.count)
                if rest.isEmpty { break }
            }
            return result
        }
        let whole = try run([1000])
        #expect(try whole == run([1, 3, 2, 7]))
        let (model, corpus) = try self.model(kind) { $0.carriesState = true }
        var still = LanguageModelScorer(model)
        let fixed = still.logProbabilities(of: [Self.repeated(corpus.tokens)])[0]
        #expect(Array(whole.prefix(4)) == Array(fixed.prefix(4)))
        let last: [Float] = zip(whole, fixed).suffix(corpus.tokens.count).map { $0 - $1 }
        let gain: Float = last.reduce(0, +)
        #expect(gain > 0.5)
    }

    /// A text that is easier each time it comes, for whom learns.
    private static func repeated(_ tokens: [Int32]) -> [Int32] { (0..<10).flatMap { _ in tokens } }

    @Test(arguments: kinds) func textIsDrawnFromIt(kind: OutputKind) throws {
        let (model, _) = try self.model(kind)
        let options = GenerationOptions(length: 100, seed: 7)
        let first = try model.generate(after: [], options)
        #expect(first.count == 100 && Set(first).count > 3)
        #expect(try first == model.generate(after: [], options))
    }

    @Test(arguments: kinds, batchings) func trainingLearnsTheText(kind: OutputKind, batches: LanguageModelBatches) throws {
        let loop = try loop(kind, batches, epochs: 60)
        let before = try #require(loop.task.evaluate()).value
        try loop.run()
        #expect(before > 4.5)
        #expect(try #require(loop.progress.bestValue) < 3)
    }

    @Test(arguments: kinds, batchings) func aResumedRunIsTheUninterruptedRun(
        kind: OutputKind, batches: LanguageModelBatches
    ) throws {
        let whole = try loop(kind, batches, epochs: 3)
        try whole.run()
        let folder = try TemporaryFolder()
        let run = try RunFolder.create(folder.path + "/run")
        try run.write(configuration: [:], programVersion: "test")
        let cut = try loop(kind, batches, epochs: 3, folder: run)
        cut.handler = { event in
            if case .updated(let report) = event, report.progress.update == 4 { return .stop }
            return .proceed
        }
        #expect(try cut.run() == .stopped)
        let resumed = try loop(kind, batches, epochs: 3, folder: run)
        try resumed.resume()
        try resumed.run()
        #expect(resumed.progress.history == whole.progress.history)
        #expect(resumed.task.parameters.parameters.map(\.values) == whole.task.parameters.parameters.map(\.values))
        #expect(resumed.task.parameters.lookupParameters.map(\.values) == whole.task.parameters.lookupParameters.map(\.values))
    }

    @Test(arguments: kinds) func aSavedModelGivesTheSameBits(kind: OutputKind) throws {
        let folder = try TemporaryFolder()
        let run = try RunFolder.create(folder.path + "/run")
        let loop = try loop(kind, .sentences(2), epochs: 2, folder: run)
        let task = try #require(loop.task as? LanguageModelTask)
        try task.model.vocabulary.write(to: run.vocabularyPath)
        if kind != .full { try WordCounts.write(try #require(task.model.counts), to: run.file(named: WordCounts.fileName)) }
        try run.write(configuration: task.model.configuration.json, programVersion: "test")
        try loop.run()
        let model = try LanguageModel(contentsOf: folder.path + "/run")
        #expect(model.configuration.json == task.model.configuration.json)
        var scorer = LanguageModelScorer(model)
        let (corpus, vocabulary) = try Fixture.corpus()
        #expect(scorer.metrics(of: try corpus.encoded(with: vocabulary)).perplexity == loop.progress.bestValue)
        guard kind != .full else { return }
        for damage in ["1\n2\n", "a\n", "-1\n"] {
            try AtomicFile.write(Array(damage.utf8), to: run.file(named: WordCounts.fileName))
            #expect(throws: DataError.self) { try LanguageModel(contentsOf: folder.path + "/run") }
        }
    }

    /// What is learnt from samples is a full softmax: its file is one of a model that has it.
    @Test(arguments: [OutputKind.sampled, .noiseContrastive]) func theFileIsThatOfAFullSoftmax(kind: OutputKind) throws {
        let folder = try TemporaryFolder()
        let (sampled, corpus) = try self.model(kind), (full, _) = try model(.full)
        try sampled.parameters.save(to: folder.path + "/model.safetensors")
        try full.parameters.load(from: folder.path + "/model.safetensors")
        var left = LanguageModelScorer(sampled), right = LanguageModelScorer(full)
        for (left, right) in zip(left.logProbabilities(of: sentences(corpus)), right.logProbabilities(of: sentences(corpus))) {
            for (left, right) in zip(left, right) { #expect(abs(left - right) < 1e-5) }
        }
    }

    @Test func theNormaliserIsMeasuredWhereItIsLearnt() throws {
        let (full, corpus) = try model(.full)
        #expect(full.normalizerSpread(of: corpus) == nil)
        let (model, _) = try model(.noiseContrastive)
        let spread = try #require(model.normalizerSpread(of: corpus, limit: 7))
        #expect(spread.count == 7)
        var reader = LanguageModelReader(model), values: [Double] = []
        for sentence in sentences(corpus) {
            reader = LanguageModelReader(model)
            for token in sentence where values.count < 7 {
                values.append(Double(try #require(reader.logNormalizer)))
                reader.read(token)
            }
        }
        let mean = values.reduce(0, +) / 7
        #expect(abs(spread.mean - mean) < 1e-9)
        #expect(abs(spread.deviation * spread.deviation - values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 7) < 1e-9)
    }

    // MARK: Settings

    @Test(arguments: kinds) func aConfigurationSurvivesItsFile(kind: OutputKind) throws {
        var configuration = LanguageModelConfiguration()
        configuration.output.kind = kind
        switch kind {
        case .classFactored: configuration.output.classCount = 7
        case .adaptive: (configuration.output.cutoffs, configuration.output.division) = ([3, 80], 3)
        case .sampled: configuration.output.sampler = .unigram
        case .noiseContrastive: (configuration.output.sampleCount, configuration.output.logNormalizer) = (77, 2.5)
        case .full, .hierarchical: break
        }
        #expect(try LanguageModelConfiguration(json: configuration.json, path: "x") == configuration)
        #expect((configuration.json["softmax"] == nil) == (kind == .full))
    }

    @Test func settingsThatDoNotFitAreRefused() throws {
        let (_, vocabulary) = try Fixture.corpus()
        let wrong: [(inout LanguageModelConfiguration) -> Void] = [
            { ($0.output.kind, $0.output.classCount) = (.classFactored, 0) },
            { ($0.output.kind, $0.output.cutoffs) = (.adaptive, [3, 3]) },
            { ($0.output.kind, $0.output.cutoffs) = (.adaptive, [0]) },
            { ($0.output.kind, $0.output.cutoffs) = (.adaptive, [2, vocabulary.count]) },
            { ($0.output.kind, $0.output.sampleCount) = (.sampled, 0) },
            { ($0.output.kind, $0.output.logNormalizer) = (.noiseContrastive, .infinity) },
            { ($0.output.kind, $0.tiesEmbeddings, $0.embeddingSize) = (.hierarchical, true, 128) },
            { ($0.output.kind, $0.tiesEmbeddings, $0.embeddingSize) = (.adaptive, true, 128) },
        ]
        for (number, change) in wrong.enumerated() {
            var configuration = LanguageModelConfiguration()
            change(&configuration)
            #expect(throws: DataError.self, "\(number)") { try LanguageModel(configuration, vocabulary: vocabulary) }
        }
        #expect(throws: DataError.self) { try LanguageModel(LanguageModelConfiguration(), vocabulary: vocabulary, counts: [1]) }
    }
}
