import ElmanFiles
import ElmanGraph
import ElmanOptimizers
import ElmanTensor
import ElmanText
import ElmanTraining
import Testing

@testable import ElmanModels

/// Eight words and a text that repeats itself, so that a small model learns it in seconds.
enum Fixture {
    static let lines = [
        "the king is dead", "long live the king", "the queen is alive", "long live the queen", "the king is the king",
    ]

    static func corpus(_ lines: [String] = lines) throws -> (TextCorpus, Vocabulary) {
        let corpus = try TextCorpus(text: Array(lines.joined(separator: "\n").utf8))
        return (corpus, corpus.vocabulary())
    }

    static func model(
        _ change: (inout LanguageModelConfiguration) -> Void = { _ in }
    ) throws -> (LanguageModel, EncodedCorpus) {
        let (corpus, vocabulary) = try corpus()
        var configuration = LanguageModelConfiguration()
        configuration.embeddingSize = 6
        configuration.hiddenSize = 6
        change(&configuration)
        let model = try LanguageModel(configuration, vocabulary: vocabulary, seed: 3)
        return (model, try corpus.encoded(with: vocabulary))
    }
}

@Suite struct LanguageModelTests {
    @Test func anUntrainedModelWithZeroWeightsIsUniform() throws {
        let (model, corpus) = try Fixture.model()
        for parameter in model.parameters.parameters {
            parameter.values = Tensor(repeating: 0, shape: parameter.shape)
        }
        var scorer = LanguageModelScorer(model)
        #expect(abs(scorer.metrics(of: corpus).perplexity - Double(model.vocabulary.count)) < 1e-3)
    }

    @Test(arguments: [false, true]) func aLineScoresTheSameAloneAmongOthersAndTokenByToken(tied: Bool) throws {
        let (model, corpus) = try Fixture.model {
            $0.tiesEmbeddings = tied
            $0.layerCount = 2
        }
        let sentences = (0..<corpus.sentenceCount).map { Array(corpus[$0]) }
        var scorer = LanguageModelScorer(model)
        let together = scorer.logProbabilities(of: sentences)
        for (sentence, expected) in zip(sentences, together) {
            var alone = LanguageModelScorer(model)
            #expect(alone.logProbabilities(of: [sentence])[0] == expected)
            var reader = LanguageModelReader(model)
            for (token, score) in zip(sentence, expected) {
                #expect(abs(reader.logProbabilities[Int(token)] - score) < 1e-6)
                reader.read(token)
            }
        }
    }

    @Test func aStreamScoresTheSameInOnePieceAndLineByLine() throws {
        let (model, corpus) = try Fixture.model { $0.carriesState = true }
        var byLine = LanguageModelScorer(model)
        let lines = (0..<corpus.sentenceCount).flatMap { byLine.logProbabilities(of: [Array(corpus[$0])])[0] }
        var whole = LanguageModelScorer(model)
        #expect(whole.logProbabilities(of: [corpus.tokens])[0] == lines)
    }

    @Test func scoringWithTwoThreadsGivesTheSameBits() throws {
        let (model, corpus) = try Fixture.model()
        let before = Processor.threadCount
        defer { Processor.threadCount = before }
        let scores = [1, 2, 4].map { threads in
            Processor.threadCount = threads
            var scorer = LanguageModelScorer(model)
            return scorer.metrics(of: corpus).negativeLogLikelihood
        }
        #expect(Set(scores).count == 1)
    }

    @Test func theSumOfNextTokenProbabilitiesIsOne() throws {
        let (model, _) = try Fixture.model { $0.cell = .lstm }
        var reader = LanguageModelReader(model)
        for token in [2, 3, 4] as [Int32] {
            let sum = reader.logProbabilities.reduce(0.0) { $0 + Double($1).exponential }
            #expect(abs(sum - 1) < 1e-5)
            reader.read(token)
        }
    }

    @Test func manyThreadsMayUseOneModelAtOnce() async throws {
        let (model, corpus) = try Fixture.model()
        let sentence = Array(corpus[0])
        var scorer = LanguageModelScorer(model)
        let expected = scorer.logProbabilities(of: [sentence])[0]
        await withTaskGroup(of: [Float].self) { group in
            for _ in 0..<16 {
                group.addTask {
                    var scorer = LanguageModelScorer(model)
                    return scorer.logProbabilities(of: [sentence])[0]
                }
            }
            for await result in group { #expect(result == expected) }
        }
    }

    @Test func generationIsTheSameForOneSeedAndNeverDrawsTheUnknownWord() throws {
        let (model, _) = try Fixture.model()
        let options = GenerationOptions(length: 200, seed: 7)
        let first = try model.generate(after: [], options)
        #expect(first.count == 200)
        #expect(try first == model.generate(after: [], options))
        #expect(!first.contains(Int32(model.vocabulary.unknown!)))
        #expect(throws: DataError.self) { try model.generate(after: [], GenerationOptions(temperature: -1)) }
    }

    @Test func greedyGenerationTakesTheLikeliestToken() throws {
        let (model, _) = try Fixture.model()
        let tokens = try model.generate(after: [], GenerationOptions(length: 5, temperature: 0, allowsUnknown: true))
        let reader = LanguageModelReader(model)
        #expect(
            tokens[0] == Int32(reader.logProbabilities.indices.max { reader.logProbabilities[$0] < reader.logProbabilities[$1] }!)
        )
        let top = try model.generate(after: [], GenerationOptions(length: 5, topCount: 1, allowsUnknown: true))
        #expect(top == tokens)
    }

    @Test func settingsThatDoNotFitAreRefused() throws {
        let (_, vocabulary) = try Fixture.corpus()
        var configuration = LanguageModelConfiguration()
        configuration.tiesEmbeddings = true
        #expect(throws: DataError.self) { try LanguageModel(configuration, vocabulary: vocabulary) }
        configuration = LanguageModelConfiguration()
        configuration.dropout = 1
        #expect(throws: DataError.self) { try LanguageModel(configuration, vocabulary: vocabulary) }
    }

    @Test func aConfigurationSurvivesItsFile() throws {
        var configuration = LanguageModelConfiguration()
        configuration.unit = .char
        configuration.dropout = 0.3
        configuration.initialRange = 0.05
        configuration.carriesState = true
        #expect(try LanguageModelConfiguration(json: configuration.json, path: "x") == configuration)
        var broken = configuration.json
        broken["hidden"] = "many"
        #expect(throws: DataError.self) { try LanguageModelConfiguration(json: broken, path: "x") }
    }
}

extension Double {
    /// e to this power, by its series around the nearest whole number of halvings.
    fileprivate var exponential: Double {
        let scaled = self / 1024
        var term = 1.0, sum = 1.0
        for index in 1..<12 {
            term *= scaled / Double(index)
            sum += term
        }
        for _ in 0..<10 { sum *= sum }
        return sum
    }
}
