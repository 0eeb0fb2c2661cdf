import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanOptimizers
import ElmanTensor
import ElmanText
import ElmanTraining
import Testing

@testable import ElmanModels

@Suite struct ClassifierTests {
    /// Order decides: `not` turns a judgement around only where it stands before it.
    private static let lines = [
        "good ||| a good film", "good ||| good", "good ||| not a bad film", "good ||| the film is not bad", "good ||| good not",
        "bad ||| a bad film", "bad ||| bad", "bad ||| not a good film", "bad ||| the film is not good", "bad ||| bad not",
        "none ||| a film", "none ||| the film is",
    ]

    private func texts(_ lines: [String] = lines) throws -> LabelledTexts {
        try LabelledTexts(text: Array(lines.joined(separator: "\n").utf8))
    }

    private func configuration(
        _ change: (inout ClassifierConfiguration) -> Void = { _ in }
    ) -> ClassifierConfiguration {
        var configuration = ClassifierConfiguration()
        configuration.encoder.embeddingSize = 6
        configuration.encoder.hiddenSize = 6
        configuration.encoder.unknownRate = 0
        change(&configuration)
        return configuration
    }

    private func trained(
        _ texts: LabelledTexts, epochs: Int = 30, batchSize: Int = 4, folder: RunFolder? = nil,
        _ change: (inout ClassifierConfiguration) -> Void = { _ in }
    ) throws -> TrainingLoop {
        let model = try Classifier(configuration(change), for: texts, seed: 3)
        let task = try ClassifierTask(model, training: texts, development: texts, batchSize: batchSize, seed: 5)
        var options = TrainingOptions()
        options.epochs = epochs
        let loop = TrainingLoop(
            task, trainer: AdamTrainer(model.parameters, learningRate: 0.05), options: options, folder: folder)
        try loop.run()
        return loop
    }

    private func model(_ loop: TrainingLoop) throws -> Classifier { try #require(loop.task as? ClassifierTask).model }

    private func values(_ model: Classifier) -> [[Float]] {
        model.parameters.parameters.map(\.values.scalars) + model.parameters.lookupParameters.map(\.values.scalars)
    }

    @Test(arguments: CellKind.allCases) func everyCellLearnsWhatTheOrderOfWordsSays(cell: CellKind) throws {
        // A unit that forgets a tenth at most in a step is slow to tell the order of two words.
        let loop = try trained(texts(), epochs: cell == .rgLRU ? 150 : 30) { $0.encoder.cell = cell }
        #expect(loop.progress.bestValue == 1)
    }

    @Test(arguments: PoolingKind.allCases) func everyPoolingLearnsWhatTheOrderOfWordsSays(pooling: PoolingKind) throws {
        let loop = try trained(texts()) {
            $0.pooling = pooling
            $0.encoder.caseSize = 2
        }
        #expect(loop.progress.bestValue == 1)
    }

    @Test(arguments: PoolingKind.allCases) func aBagOfWordsLearnsWordsAndNoOrder(pooling: PoolingKind) throws {
        let bag: (inout ClassifierConfiguration) -> Void = {
            $0.architecture = .bagOfWords
            $0.pooling = pooling
            $0.encoder.embeddingSize = 12
        }
        let words = try texts(["a ||| x y", "a ||| y", "b ||| y z", "b ||| z z y", "a ||| x x x"])
        #expect(try trained(words, epochs: 60, bag).progress.bestValue == 1)
        let model = try Classifier(configuration(bag), for: words)
        let both = model.predict([["x", "y", "z"], ["z", "x", "y"]])
        for (left, right) in zip(both[0].probabilities, both[1].probabilities) { #expect(abs(left - right) < 1e-6) }
    }

    @Test(arguments: ClassifierArchitecture.allCases, PoolingKind.allCases)
    func aTextGetsTheSameBitsAloneAndAmongOthers(architecture: ClassifierArchitecture, pooling: PoolingKind) throws {
        let texts = try texts()
        let model = try Classifier(
            configuration {
                $0.architecture = architecture
                $0.pooling = pooling
                $0.encoder.characterEmbeddingSize = 3
                $0.encoder.dropout = 0.4
            }, for: texts)
        let all = (0..<texts.count).map { texts.texts.tokens(of: $0) } + [[], ["unheard-of"]]
        let together = model.predict(all)
        #expect(together.count == all.count)
        for (text, prediction) in zip(all, together) {
            #expect(model.predict([text]) == [prediction])
            #expect(abs(prediction.probabilities.reduce(0, +) - 1) < 1e-5)
            #expect(prediction.probabilities.allSatisfy { $0 <= prediction.probabilities[prediction.label] })
        }
    }

    @Test func theSameSeedGivesTheSameBitsWithOneThreadAndTwo() throws {
        let before = Processor.threadCount
        defer { Processor.threadCount = before }
        let results = try [1, 2, 1].map { threads in
            Processor.threadCount = threads
            return values(
                try model(
                    trained(texts(), epochs: 3) {
                        $0.encoder.dropout = 0.3
                        $0.encoder.unknownRate = 0.5
                    }))
        }
        #expect(results[0] == results[1])
        #expect(results[0] == results[2])
    }

    @Test func aModelIsReadBackBitForBit() throws {
        let folder = try TemporaryFolder()
        let run = try RunFolder.create(folder.path + "/run")
        let model = try model(
            trained(texts(), epochs: 3, folder: run) {
                $0.encoder.characterEmbeddingSize = 3
                $0.pooling = .attention
                $0.classWeights = .balanced
            })
        try model.writeVocabularies(to: run)
        try run.write(configuration: model.configuration.json, programVersion: "test")
        try model.parameters.save(to: run.weightsPath)
        let read = try Classifier(contentsOf: run.path)
        #expect(read.configuration == model.configuration)
        #expect(read.labels.entries == ["bad", "good", "none"])
        let all = try (0..<texts().count).map { try texts().texts.tokens(of: $0) }
        #expect(read.predict(all) == model.predict(all))
    }

    @Test func faultsOfARunNameTheFile() throws {
        let folder = try TemporaryFolder()
        let run = try RunFolder.create(folder.path + "/run")
        let model = try Classifier(configuration(), for: texts())
        try model.writeVocabularies(to: run)
        try run.write(configuration: model.configuration.json, programVersion: "test")
        #expect(throws: DataError.self) { try Classifier(run) }
        try model.parameters.save(to: run.weightsPath)
        _ = try Classifier(run)

        try AtomicFile.write("good\nbad\n", to: run.path + "/labels.txt")
        let labels = #expect(throws: DataError.self) { try Classifier(run) }
        #expect(labels?.path == run.path + "/labels.txt")
        try AtomicFile.write("", to: run.path + "/labels.txt")
        #expect(throws: DataError.self) { try Classifier(run) }
        try model.labels.write(to: run.path + "/labels.txt")

        try AtomicFile.write("<unk>\nthe\n", to: run.vocabularyPath)
        let words = #expect(throws: DataError.self) { try Classifier(run) }
        #expect(words?.path == run.vocabularyPath)

        try run.write(configuration: ["task": "lm"], programVersion: "test")
        let task = #expect(throws: DataError.self) { try Classifier(run) }
        #expect(task?.message.contains("'lm'") ?? false)
    }

    @Test func metricsAreThoseOfThePredictions() throws {
        let texts = try texts()
        let model = try Classifier(configuration(), for: texts, seed: 9)
        let other = try self.texts(Self.lines + ["odd ||| a good film", "bad ||| bad bad bad"])
        let metrics = model.evaluate(other, worstErrorCount: 3)
        let predictions = model.predict((0..<other.count).map { other.texts.tokens(of: $0) })
        let right = (0..<other.count).count { other.label(of: $0) == model.labels[predictions[$0].label] }
        #expect(metrics.report.accuracy == Double(right) / 14)
        #expect(metrics.json.keys == ["task", "examples", "accuracy", "macro_f1", "per_class"])
        #expect(metrics.json["per_class"]?.asObject?.keys == ["bad", "good", "none", "odd"])
        #expect(metrics.json["per_class"]?["bad"]?["support"]?.asInteger == 6)
        #expect(metrics.rows.count == 6)

        // The label that the model does not know is the worst of all.
        #expect(metrics.worstErrors.count == 3)
        #expect(metrics.worstErrors[0].line == 13)
        #expect(metrics.worstErrors[0].gold == "odd")
        #expect(metrics.worstErrors[0].loss == .infinity)
        var probabilities: [Double] = []
        for index in 0..<14 where index != 12 && other.label(of: index) != model.labels[predictions[index].label] {
            let gold = try #require(model.labels.index(of: other.label(of: index)))
            probabilities.append(Double(predictions[index].probabilities[gold]))
        }
        for (error, probability) in zip(metrics.worstErrors.dropFirst(), probabilities.sorted()) {
            #expect(abs(exponential(-error.loss) - probability) < 1e-6)
            #expect(error.text == other.texts.tokens(of: error.example).joined(separator: " "))
        }
    }

    @Test func balancedClassesWeighAlikeTogether() throws {
        #expect(ClassifierTask.weights(.none, [0, 0, 1], count: 2) == [1, 1])
        let weights = ClassifierTask.weights(.balanced, [0, 0, 0, 1, 2, 2], count: 4)
        #expect(weights == [6.0 / 9, 2, 1, 1])
    }

    @Test func weightsChangeTheObjectiveAndNotTheReportedLoss() throws {
        let texts = try texts(["a ||| x", "a ||| y", "a ||| z", "b ||| w"])
        func loss(_ weighting: ClassWeighting) throws -> (objective: Float, total: Float) {
            let model = try Classifier(configuration { $0.classWeights = weighting }, for: texts, seed: 2)
            let task = try ClassifierTask(model, training: texts, development: nil, batchSize: 1, seed: 1)
            var sums: (Float, Float) = (0, 0)
            for update in 0..<task.beginEpoch(1) {
                let loss = task.loss(ofUpdate: update, in: ComputationGraph())
                sums.0 += loss.objective.value.scalar
                sums.1 += loss.total.value.scalar
            }
            return sums
        }
        let (plain, balanced) = (try loss(.none), try loss(.balanced))
        #expect(plain.objective == plain.total)
        #expect(balanced.total == plain.total)
        #expect(balanced.objective != balanced.total)
    }

    @Test func aTrainingLabelThatTheModelLacksIsRefused() throws {
        let model = try Classifier(configuration(), for: texts())
        let other = try texts(["good ||| a film", "odd ||| a film"])
        let error = #expect(throws: DataError.self) {
            try ClassifierTask(model, training: other, development: nil, batchSize: 1, seed: 1)
        }
        #expect(error?.line == 2)
        #expect(error?.message.contains("odd") ?? false)
    }

    @Test func anUpdateTellsItsTexts() throws {
        let texts = try texts()
        let task = try ClassifierTask(
            Classifier(configuration(), for: texts), training: texts, development: nil, batchSize: 5, seed: 1)
        #expect(task.beginEpoch(1) == 3)
        let numbers = (0..<3).flatMap { task.contents(ofUpdate: $0)["sentence_numbers"]?.asArray ?? [] }.map { $0.asInteger }
        #expect(Set(numbers) == Set((0..<12).map { Optional($0) }))
        #expect(task.evaluate() == nil)
    }

    @Test func numbersOfTablesAreRounded() {
        #expect(decimal(1.005, places: 1) == "1.0")
        #expect(decimal(-0.05, places: 2) == "-0.05")
        #expect(decimal(-0.001, places: 2) == "0.00")
        #expect(decimal(12.345, places: 0) == "12")
        #expect(percent(0.98765) == "98.77")
        #expect(decimal(.infinity, places: 2) == "inf")
    }
}
