import ElmanFiles
import ElmanGraph
import ElmanOptimizers
import ElmanTensor
import ElmanText
import ElmanTraining
import Testing

@testable import ElmanModels

/// A folder that is gone when the test ends.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = "/tmp/elman-models-tests-\(UInt64.random(in: 0...UInt64.max))"
        try FileSystem.createDirectory(path)
    }

    deinit { try? FileSystem.remove(path) }
}

@Suite(.serialized) struct LanguageModelTrainingTests {
    private static let batchings: [LanguageModelBatches] = [.sentences(2), .streams(count: 2, steps: 3)]

    private func loop(
        _ batches: LanguageModelBatches, epochs: Int, folder: RunFolder? = nil, evaluateEvery: Int? = nil,
        change: (inout LanguageModelConfiguration) -> Void = { _ in }
    ) throws -> TrainingLoop {
        let (model, corpus) = try Fixture.model(change)
        let task = LanguageModelTask(model, training: corpus, development: corpus, batches: batches, seed: 5)
        var options = TrainingOptions()
        options.epochs = epochs
        options.evaluateEvery = evaluateEvery
        let trainer = AdamTrainer(model.parameters, learningRate: 0.03)
        trainer.clipNorm = 5
        return TrainingLoop(task, trainer: trainer, options: options, folder: folder)
    }

    private func values(_ loop: TrainingLoop) -> [[Float]] {
        loop.task.parameters.parameters.map(\.values.scalars) + loop.task.parameters.lookupParameters.map(\.values.scalars)
    }

    @Test(arguments: batchings) func trainingLearnsTheText(batches: LanguageModelBatches) throws {
        let loop = try loop(batches, epochs: 40)
        let before = try #require(loop.task.evaluate()).value
        #expect(try loop.run() == .finished)
        let after = try #require(loop.progress.bestValue)
        #expect(before > 6)
        #expect(after < 2.6)
    }

    @Test(arguments: batchings) func threadsDoNotChangeABit(batches: LanguageModelBatches) throws {
        let before = Processor.threadCount
        defer { Processor.threadCount = before }
        let results = try [1, 2].map { threads in
            Processor.threadCount = threads
            let loop = try loop(batches, epochs: 3) { $0.dropout = 0.3 }
            try loop.run()
            return values(loop)
        }
        #expect(results[0] == results[1])
    }

    @Test(arguments: batchings, [1, 4, 7]) func aResumedRunIsTheUninterruptedRun(
        batches: LanguageModelBatches, stopAfter: Int
    ) throws {
        let whole = try loop(batches, epochs: 3, evaluateEvery: 2) { $0.dropout = 0.2 }
        try whole.run()

        let folder = try TemporaryFolder()
        let cut = try loop(batches, epochs: 3, folder: try RunFolder.create(folder.path + "/run"), evaluateEvery: 2) {
            $0.dropout = 0.2
        }
        cut.handler = { event in
            if case .updated(let report) = event, report.progress.update == stopAfter { return .stop }
            return .proceed
        }
        #expect(try cut.run() == .stopped)
        cut.folder?.lock?.release()

        let resumed = try loop(batches, epochs: 3, folder: RunFolder.resumeForTests(folder.path + "/run"), evaluateEvery: 2) {
            $0.dropout = 0.2
        }
        try resumed.resume()
        #expect(resumed.progress.update == stopAfter)
        try resumed.run()
        #expect(values(resumed) == values(whole))
        #expect(resumed.progress.history == whole.progress.history)
        #expect(resumed.progress.bestUpdate == whole.progress.bestUpdate)
    }

    @Test func theBestModelIsKeptAndReadInTwoLines() throws {
        let folder = try TemporaryFolder()
        let run = try RunFolder.create(folder.path + "/run")
        let loop = try loop(.sentences(2), epochs: 4, folder: run)
        let task = try #require(loop.task as? LanguageModelTask)
        try task.model.vocabulary.write(to: run.vocabularyPath)
        try run.write(configuration: task.model.configuration.json, programVersion: "test")
        try loop.run()
        let model = try LanguageModel(contentsOf: folder.path + "/run")
        var scorer = LanguageModelScorer(model)
        let (corpus, vocabulary) = try Fixture.corpus()
        let perplexity = scorer.metrics(of: try corpus.encoded(with: vocabulary)).perplexity
        #expect(perplexity == loop.progress.bestValue)
        #expect(try run.readLog().count == 4)
    }

    @Test func trainingEndsWhenPatienceIsOut() throws {
        let loop = try loop(.sentences(5), epochs: 50)
        loop.learningRate = { _ in 1e-12 }
        var ended = loop.options
        ended.patience = 3
        let patient = TrainingLoop(loop.task, trainer: loop.trainer, options: ended)
        patient.learningRate = { _ in 1e-12 }
        #expect(try patient.run() == .outOfPatience)
        #expect(patient.progress.history.count < 50)
    }

    @Test func aLossThatIsNotFiniteStopsWithTheUpdate() throws {
        let loop = try loop(.sentences(2), epochs: 2)
        let table = loop.task.parameters.lookupParameters[0]
        table.values = Tensor(repeating: .nan, shape: table.values.shape)
        let error = #expect(throws: DataError.self) { try loop.run() }
        #expect(error?.kind == .computation)
        #expect(error?.message.contains("update 1") ?? false)
    }
}

extension RunFolder {
    /// A run without `config.json` counts as one here.
    static func resumeForTests(_ path: String) throws -> RunFolder {
        let folder = try RunFolder.create(path + "-config")
        try folder.write(configuration: [:], programVersion: "test")
        let configuration = try FileSystem.readFile(folder.configurationPath)
        try AtomicFile.write(configuration, to: path + "/config.json")
        return try RunFolder.resume(path)
    }
}
