import ElmanFiles
import ElmanGraph
import ElmanOptimizers
import ElmanTensor
import ElmanText
import ElmanTraining
import Testing

@testable import ElmanModels

@Suite(.serialized) struct TranslatorTrainingTests {
    private func loop(
        _ model: Translator, _ pairs: EncodedPairs, epochs: Int, rate: Double = 0.01, folder: RunFolder? = nil
    ) -> TrainingLoop {
        let task = TranslatorTask(
            model, training: pairs, development: pairs, batchSize: 8, translatesDevelopment: false, seed: 5)
        var options = TrainingOptions()
        options.epochs = epochs
        let trainer = AdamTrainer(model.parameters, learningRate: rate)
        trainer.clipNorm = 5
        return TrainingLoop(task, trainer: trainer, options: options, folder: folder)
    }

    private func values(_ model: Translator) -> [[Float]] {
        model.parameters.parameters.map(\.values.scalars) + model.parameters.lookupParameters.map(\.values.scalars)
    }

    @Test func numbersInWordsAreLearnedThroughAttention() throws {
        var configuration = TranslatorConfiguration()
        configuration.embeddingSize = 16
        configuration.hiddenSize = 24
        configuration.attentionSize = 16
        configuration.attention = .mlp
        configuration.preparation.unknownRate = 0
        var numbers = Array(0..<60)
        var generator = RandomGenerator(seed: 8)
        generator.shuffle(&numbers)
        let texts = try PairFixture.numbers(numbers)
        let vocabularies = try PairVocabularies(training: texts)
        let model = try Translator(configuration, vocabularies: vocabularies, seed: 2)
        let pairs = vocabularies.encode(texts)
        try loop(model, pairs, epochs: 20, rate: 0.02).run()
        let metrics = try model.metrics(of: pairs)
        #expect(metrics.exactMatch.share >= 0.99)
        #expect(metrics.chrF.score > 95)
        #expect(metrics.prediction.tokens.perplexity < 1.2)
        #expect(try model.metrics(of: pairs, TranslationOptions(beamSize: 3)).exactMatch.share >= 0.99)
    }

    @Test func oneSeedGivesTheSameBitsWithAnyNumberOfThreads() throws {
        let before = Processor.threadCount
        defer { Processor.threadCount = before }
        let results = try [1, 2, 1].map { threads in
            Processor.threadCount = threads
            let (model, pairs) = try PairFixture.translator {
                $0.attention = .mlp
                $0.dropout = 0.3
                $0.isDropoutVariational = threads == 2
            }
            try loop(model, pairs, epochs: 1).run()
            return values(model)
        }
        #expect(results[0] == results[2])
        #expect(results[0] != results[1])
        Processor.threadCount = 2
        let (model, pairs) = try PairFixture.translator {
            $0.attention = .mlp
            $0.dropout = 0.3
        }
        try loop(model, pairs, epochs: 1).run()
        #expect(values(model) == results[0])
    }

    @Test func anEpochIsTheSameWhateverCameBefore() throws {
        let (model, pairs) = try PairFixture.translator { $0.preparation.unknownRate = 1 }
        func updates(_ epochs: [Int]) -> [String] {
            let task = TranslatorTask(model, training: pairs, development: nil, batchSize: 4, seed: 5)
            var count = 0
            for epoch in epochs { count = task.beginEpoch(epoch) }
            return (0..<count).map { update in
                let loss = task.loss(ofUpdate: update, in: ComputationGraph()).total.value.scalar
                return "\(loss) \(JSONValue.object(task.contents(ofUpdate: update)).text())"
            }
        }
        let second = updates([1, 2])
        #expect(second == updates([2]))
        #expect(second.sorted() != updates([3]).sorted())
        #expect(second.count == 8)
    }

    @Test(arguments: [0, 20], [false, true]) func aSavedModelIsReadInOneLineAndSaysTheSame(merges: Int, shared: Bool) throws {
        let folder = try TemporaryFolder()
        let run = try RunFolder.create(folder.path + "/run")
        let (model, pairs) = try PairFixture.translator {
            $0.attention = .bilinear
            $0.preparation.mergeCount = merges
            $0.preparation.sharesMerges = shared
        }
        try model.writeVocabularies(to: run)
        try run.write(configuration: model.configuration.json, programVersion: "test")
        #expect(throws: DataError.self) { try Translator(contentsOf: run.path) }
        let loop = loop(model, pairs, epochs: 2, folder: run)
        try loop.run()
        let read = try Translator(contentsOf: run.path)
        #expect(read.vocabularies == model.vocabularies)
        #expect(read.prediction(of: pairs).tokens.perplexity == loop.progress.bestValue)
        #expect(FileSystem.exists(run.path + "/target-merges.txt") == (merges > 0 && !shared))
        #expect(FileSystem.exists(run.path + "/merges.txt") == (merges > 0))
    }

    @Test func filesOfAnotherModelAreRefusedByName() throws {
        let folder = try TemporaryFolder()
        let run = try RunFolder.create(folder.path + "/run")
        let (model, _) = try PairFixture.translator()
        try run.write(configuration: model.configuration.json, programVersion: "test")
        try model.parameters.save(to: run.weightsPath)
        try model.writeVocabularies(to: run)
        try AtomicFile.write("<unk>\n</s>\none\n", to: run.path + "/target-vocabulary.txt")
        var error = #expect(throws: DataError.self) { try Translator(contentsOf: run.path) }
        #expect(error?.kind == .badData)
        #expect(error?.path?.hasSuffix("target-vocabulary.txt") ?? false)
        #expect(error?.message.contains("has 3 entries, but \(run.weightsPath) was made with") ?? false)
        try AtomicFile.write("one\n", to: run.path + "/target-vocabulary.txt")
        error = #expect(throws: DataError.self) { try Translator(contentsOf: run.path) }
        #expect(error?.path?.hasSuffix("target-vocabulary.txt") ?? false)
    }

    @Test func piecesOfWordsBecomeWordsAgain() throws {
        let texts = try PairFixture.texts([
            ("low lower lowest", "new newer newest"), ("slow slower", "few fewer"), ("low slow", "new few"),
        ])
        var preparation = PairPreparation()
        preparation.mergeCount = 3
        let vocabularies = try PairVocabularies(training: texts, preparation)
        let tokens = vocabularies.target.tokens(of: TokenLists([["newest", "fewer"]])).tokens(of: 0)
        #expect(tokens.count > 2)
        #expect(vocabularies.target.words(of: tokens) == ["newest", "fewer"])
        #expect(vocabularies.encode(texts).targets.unknownTokens == 0)
    }

    @Test func tokensThatOccurOnceAreSometimesUnknown() throws {
        let texts = try PairFixture.texts([("a b", "x"), ("a c", "x y"), ("a a", "z")])
        let vocabularies = try PairVocabularies(training: texts)
        let pairs = vocabularies.encode(texts)
        let unknown = vocabularies.source.unknown
        func masked(_ rate: Float, epoch: Int) -> [[Int32]] {
            let rare = RarePairTokens(pairs, vocabularies, rate: rate, seed: 1)
            return (0..<3).map { rare.masking($0, of: pairs, epoch: epoch).source }
        }
        let plain = (0..<3).map { Array(pairs.sources[$0]) }
        #expect(masked(0, epoch: 1) == plain)
        #expect(masked(1, epoch: 1) == [[plain[0][0], unknown], [plain[1][0], unknown], plain[2]])
        #expect(masked(0.5, epoch: 1) == masked(0.5, epoch: 1))
        #expect(Set((1...20).map { masked(0.5, epoch: $0) }).count > 1)
    }

    @Test func metricsHaveTheKeysOfTheInterface() throws {
        let (model, pairs) = try PairFixture.translator { $0.preparation.mergeCount = 8 }
        let metrics = try model.metrics(of: pairs, TranslationOptions(maximumLength: 3))
        let json = metrics.json(version: "1.0")
        for key in ["task", "sentences", "tokens", "perplexity", "bleu", "signature", "exact_match", "chrf", "unknown"] {
            #expect(json[key] != nil)
        }
        #expect(json["sentences"] == 30)
        #expect(json["signature"]?.asString?.contains("tok:none") ?? false)
        #expect(metrics.rows.allSatisfy { $0.count == 2 })
        #expect(metrics.wordCount == pairs.texts.targets.types.count + 30)
    }
}
