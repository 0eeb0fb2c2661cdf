import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanOptimizers
import ElmanTensor
import ElmanText
import ElmanTraining
import Testing

@testable import ElmanModels

@Suite struct TaggerTrainingTests {
    private func train(_ configuration: TaggerConfiguration, epochs: Int = 3, batchSize: Int = 3) throws -> TaggerTask {
        let texts = try TaggerTests.texts()
        let model = try Tagger(configuration, for: texts, seed: 3)
        let task = try TaggerTask(model, training: texts, development: texts, batchSize: batchSize, seed: 5)
        var options = TrainingOptions()
        options.epochs = epochs
        try TrainingLoop(task, trainer: AdamTrainer(model.parameters, learningRate: 0.06), options: options).run()
        return task
    }

    private func values(_ model: Tagger) -> [[Float]] {
        model.parameters.parameters.map(\.values.scalars) + model.parameters.lookupParameters.map(\.values.scalars)
    }

    @Test(arguments: TaggerLoss.allCases) func theSameSeedGivesTheSameBitsWithOneThreadAndTwo(loss: TaggerLoss) throws {
        let before = Processor.threadCount
        defer { Processor.threadCount = before }
        let results = try [1, 2, 1].map { threads in
            Processor.threadCount = threads
            return values(
                try train(
                    TaggerTests.configuration(loss) {
                        $0.encoder.dropout = 0.3
                        $0.encoder.isDropoutVariational = true
                        $0.encoder.unknownRate = 0.5
                        $0.teacherForcing = 0.5
                    }
                ).model)
        }
        #expect(results[0] == results[1])
        #expect(results[0] == results[2])
    }

    @Test(arguments: TaggerLoss.allCases) func aModelIsReadBackBitForBit(loss: TaggerLoss) throws {
        let folder = try TemporaryFolder()
        let run = try RunFolder.create(folder.path + "/run")
        let model = try train(
            TaggerTests.configuration(loss) {
                $0.scheme = .bioes
                $0.encoder.characterEmbeddingSize = 3
                $0.encoder.caseSize = 2
            }
        ).model
        try model.writeVocabularies(to: run)
        try run.write(configuration: model.configuration.json, programVersion: "test")
        try model.parameters.save(to: run.weightsPath)
        let read = try Tagger(contentsOf: run.path)
        #expect(read.configuration == model.configuration)
        #expect(read.outputTags == model.outputTags)
        #expect(values(read) == values(model))
        let words = try TaggerTests.texts().words
        #expect(read.tagIndices(of: words) == model.tagIndices(of: words))
    }

    @Test func faultsOfARunNameTheFile() throws {
        let folder = try TemporaryFolder()
        let run = try RunFolder.create(folder.path + "/run")
        let model = try Tagger(TaggerTests.configuration(.crf), for: TaggerTests.texts())
        try model.writeVocabularies(to: run)
        try model.parameters.save(to: run.weightsPath)
        try run.write(configuration: model.configuration.json, programVersion: "test")
        _ = try Tagger(run)

        try AtomicFile.write("O\nI-PER\n", to: run.path + "/tags.txt")
        let rows = #expect(throws: DataError.self) { try Tagger(run) }
        #expect(rows?.path == run.path + "/tags.txt")
        try AtomicFile.write("NOUN\nVERB\nX\nY\n", to: run.path + "/tags.txt")
        let spans = #expect(throws: DataError.self) { try Tagger(run) }
        #expect(spans?.path == run.path + "/tags.txt")
        try model.tags.write(to: run.path + "/tags.txt")

        try run.write(configuration: model.configuration.json.adding(["loss": "bogus"]), programVersion: "test")
        let loss = #expect(throws: DataError.self) { try Tagger(run) }
        #expect(loss?.message.contains("bogus") ?? false)
    }

    @Test func settingsOutOfRangeAreRefused() {
        let changes: [(inout TaggerConfiguration) -> Void] = [
            { $0.marginCost = -1 }, { $0.marginCost = .infinity }, { $0.tagEmbeddingSize = 0 }, { $0.teacherForcing = 1.1 },
            { $0.teacherForcingDecay = -0.1 }, { $0.teacherForcingFloor = .nan }, { $0.encoder.layerCount = 0 },
        ]
        for change in changes {
            let error = #expect(throws: DataError.self) { try TaggerTests.configuration(.softmax, change).validate() }
            #expect(error?.kind == .configuration)
        }
    }

    @Test func teacherForcingFallsToItsFloor() {
        let configuration = TaggerTests.configuration(.previousTag) { $0.teacherForcingDecay = 0.25 }
        #expect((1...6).map { configuration.teacherForcing(inEpoch: $0) } == [1, 0.75, 0.5, 0.25, 0.2, 0.2])
        let constant = TaggerTests.configuration(.previousTag) { $0.teacherForcing = 0.1 }
        #expect(constant.teacherForcing(inEpoch: 9) == 0.1)
    }

    @Test func sampledTagsAreTheTaggersOwn() throws {
        let texts = try TaggerTests.texts()
        let model = try Tagger(
            TaggerTests.configuration(.previousTag) { $0.encoder.initialRange = 1.5 }, for: texts, seed: 8)
        let sentences = (0..<texts.count).map { model.vocabularies.encode(texts.words.tokens(of: $0)) }
        let gold = texts.tagIndices(in: model.tags)
        let tags = (0..<texts.count).map { gold[$0].map { Int($0) } }
        let seeds = (0..<texts.count).map { UInt64($0) }
        func losses(_ rate: Float, _ seeds: [UInt64]) -> [Float] {
            model.losses(of: sentences, tags: tags, in: ComputationGraph(), teacherForcing: rate, seeds: seeds)
                .map(\.value.scalar)
        }
        #expect(losses(1, seeds) == losses(0, []))
        // By hand: each tag follows the one with the highest score before it.
        let own = zip(sentences, tags).map { sentence, tags -> Float in
            let graph = ComputationGraph()
            let outputs = model.wordOutputs(of: sentence, in: graph, isTraining: false)
            var previous: Int?
            var total: Float = 0
            for (output, tag) in zip(outputs, tags) {
                let logProbabilities = logSoftmax(model.scores(output, after: previous)).value.scalars
                total -= logProbabilities[tag]
                previous = argumentOfMaximum(logProbabilities[...])
            }
            return total
        }
        for (sampled, expected) in zip(losses(0, seeds), own) { #expect(abs(sampled - expected) < 1e-4) }
        #expect(losses(0, seeds) != losses(1, seeds))
        // In between, some sentences are as with one and some as with the other, and the seed decides.
        #expect(losses(0.5, seeds) == losses(0.5, seeds))
    }

    @Test func metricsAreThoseOfThePredictions() throws {
        let model = try train(TaggerTests.configuration(.softmax), epochs: 4).model
        let texts = try TaggerTests.texts(["Alan|I-PER met|O Zoe|I-ORG", "in|O New|I-LOC York|I-LOC"])
        let metrics = try model.evaluate(texts)
        let all = model.outputTags.extended(with: try #require(texts.tags).counts)
        var expected = SpanMetrics(tags: all)
        let predicted = model.tags(of: (0..<2).map { texts.words.tokens(of: $0) })
        for sentence in 0..<2 {
            let numbers = predicted[sentence].compactMap { all.index(of: $0).map { Int32($0) } }
            expected.add(gold: texts.tagIndices(in: all)[sentence], predicted: numbers)
        }
        #expect(metrics.json.keys == ["task", "sentences", "tokens", "accuracy", "span_f1", "span_rule"])
        #expect(metrics.json["span_f1"]?.asDouble == expected.spans.f1)
        #expect(metrics.json["accuracy"]?.asDouble == expected.accuracy)
        #expect(metrics.json["span_rule"]?.asString == "conlleval")
        #expect(metrics.rows.map { $0[0] } == ["type", "LOC", "ORG", "PER", "all"])
        #expect(metrics.spans.spans.expected == 3)
    }

    @Test func predictionsAreWrittenInTheFormatOfTheFile() throws {
        let model = try train(TaggerTests.configuration(.crf) { $0.scheme = .bioes }, epochs: 30).model
        let texts = try TaggerTests.texts(keepsText: true)
        let written = texts.contents(tags: model.tagIndices(of: texts.words), of: model.outputTags)
        #expect(String(decoding: written, as: UTF8.self) == TaggerTests.iob1.joined(separator: "\n"))
        let columns = try TaggedTexts(
            text: Array("Ada\nmet\nAlan\nTuring\n".utf8),
            options: TagReadingOptions(format: .columns, allowsMissingTags: true, keepsText: true))
        #expect(columns.tags == nil)
        let tagged = columns.contents(tags: model.tagIndices(of: columns.words), of: model.outputTags, as: .columns)
        #expect(String(decoding: tagged, as: UTF8.self) == "Ada\tI-PER\nmet\tO\nAlan\tI-PER\nTuring\tI-PER\n\n")
    }

    @Test func tagsAreNeededAndKnown() throws {
        let texts = try TaggerTests.texts()
        let model = try Tagger(TaggerTests.configuration(.softmax), for: texts)
        let words = try TaggedTexts(text: Array("a town".utf8), options: TagReadingOptions(allowsMissingTags: true))
        #expect(throws: DataError.self) { try Tagger(TaggerTests.configuration(.softmax), for: words) }
        #expect(throws: DataError.self) { try model.evaluate(words) }
        #expect(throws: DataError.self) {
            try TaggerTask(model, training: words, development: nil, batchSize: 1, seed: 1)
        }
        let other = try TaggerTests.texts(["a|O", "", "b|O Paris|I-CITY"])
        let error = #expect(throws: DataError.self) {
            try TaggerTask(model, training: other, development: nil, batchSize: 1, seed: 1)
        }
        #expect(error?.line == 3)
        #expect(error?.message.contains("CITY") ?? false)
    }
}
