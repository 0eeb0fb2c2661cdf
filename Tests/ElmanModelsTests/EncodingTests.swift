import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanText
import Testing

@testable import ElmanModels

@Suite struct EncodingTests {
    private static let texts = TokenLists([
        ["The", "king", "met", "the", "queen"], ["long", "live", "the", "Queen", "!"], ["the", "king", "left", "in", "1901"],
    ])

    private func configuration(_ change: (inout EncoderConfiguration) -> Void = { _ in }) -> EncoderConfiguration {
        var configuration = EncoderConfiguration()
        configuration.embeddingSize = 5
        configuration.hiddenSize = 4
        change(&configuration)
        return configuration
    }

    @Test func wordsAreLookedUpInLowerCaseAndSeenAsTheyAreWritten() throws {
        let configuration = configuration {
            $0.lowercases = true
            $0.characterEmbeddingSize = 3
            $0.caseSize = 2
        }
        let vocabularies = EncoderVocabularies(Self.texts, configuration)
        let sentence = vocabularies.encode(["THE", "Queen", "dances"])
        let unknown = try #require(vocabularies.words.unknown)
        let queen = try #require(vocabularies.words.index(of: "queen"))
        #expect(sentence.words == [vocabularies.words.index(of: "the"), queen, unknown])
        #expect(vocabularies.words.index(of: "The") == nil)
        #expect(sentence.cases == [.upper, .title, .lower])
        let characters = try #require(vocabularies.characters)
        #expect(sentence.characters[1].count == 5)
        // Q occurs once: it is unknown, and so is something that never occurred.
        #expect(characters.index(of: "Q") == nil)
        #expect(sentence.characters[1][0] == characters.unknown)
        #expect(sentence.characters[1][1] == characters.index(of: "u"))
    }

    @Test func longWordsAreReadFromBothEnds() throws {
        let vocabularies = EncoderVocabularies(Self.texts, configuration { $0.characterEmbeddingSize = 3 })
        let word = String(repeating: "l", count: 1_000_000) + "e"
        let numbers = vocabularies.encode([word]).characters[0]
        #expect(numbers.count == EncoderVocabularies.longestWord)
        #expect(numbers.last == vocabularies.characters?.index(of: "e"))
    }

    @Test func textsAndStringsAreEncodedAlike() {
        let configuration = configuration {
            $0.minimumCount = 2
            $0.characterEmbeddingSize = 3
            $0.caseSize = 2
            $0.normalization = .nfc
        }
        let vocabularies = EncoderVocabularies(Self.texts, configuration)
        let texts = TokenLists([["the", "cafe\u{301}"], [], ["1901", "The", "king"]])
        let encoded = EncodedTexts(texts, vocabularies, configuration)
        #expect(encoded.count == 3)
        #expect(encoded.lengths == [2, 0, 3])
        for index in 0..<texts.count { #expect(encoded[index] == vocabularies.encode(texts.tokens(of: index))) }
        #expect(encoded.unknownTokens == 3)
    }

    @Test func wordsThatOccurOnceAreUnknownAtTheRate() throws {
        func share(_ rate: Float) throws -> (once: Double, others: Int) {
            let configuration = configuration { $0.unknownRate = rate }
            let vocabularies = EncoderVocabularies(Self.texts, configuration)
            let encoded = EncodedTexts(Self.texts, vocabularies, configuration)
            let unknown = try #require(vocabularies.words.unknown)
            var (hidden, seen, others) = (0, 0, 0)
            for epoch in 1...500 {
                for index in 0..<encoded.count {
                    let sentence = encoded.sentence(index, inEpoch: epoch, seed: 7)
                    #expect(sentence == encoded.sentence(index, inEpoch: epoch, seed: 7))
                    for (token, word) in zip(Self.texts.tokens(of: index), sentence.words) {
                        if Self.texts.counts.count(of: token) == 1 {
                            hidden += word == unknown ? 1 : 0
                            seen += 1
                        } else {
                            others += word == unknown ? 1 : 0
                        }
                    }
                }
            }
            return (Double(hidden) / Double(seen), others)
        }
        #expect(try share(0) == (0, 0))
        #expect(try share(1) == (1, 0))
        let half = try share(0.5)
        #expect(abs(half.once - 0.5) < 0.03)
        #expect(half.others == 0)
    }

    @Test func aSentenceIsReadToTheSameBitsAloneAndAmongOthers() throws {
        let configuration = configuration {
            $0.characterEmbeddingSize = 3
            $0.caseSize = 2
            $0.layerCount = 2
            $0.dropout = 0.5
        }
        let vocabularies = EncoderVocabularies(Self.texts, configuration)
        let encoder = SequenceEncoder(configuration, vocabularies, in: ParameterCollection(seed: 2))
        let encoded = EncodedTexts(Self.texts, vocabularies, configuration)
        let graph = ComputationGraph(keepsForBackward: false)
        let together = (0..<encoded.count).map { encoder.read(encoded[$0], in: graph).summary }
        _ = sum(together).value
        for index in 0..<encoded.count {
            let alone = ComputationGraph(keepsForBackward: false)
            #expect(encoder.read(encoded[index], in: alone).summary.value.scalars == together[index].value.scalars)
        }
    }

    @Test(arguments: [false, true]) func dropoutIsForTrainingOnly(isVariational: Bool) {
        let configuration = configuration {
            $0.dropout = 0.5
            $0.isDropoutVariational = isVariational
        }
        let vocabularies = EncoderVocabularies(Self.texts, configuration)
        let encoder = SequenceEncoder(configuration, vocabularies, in: ParameterCollection(seed: 2))
        let sentence = vocabularies.encode(["the", "king", "left"])
        let graph = ComputationGraph()
        func outputs(_ isTraining: Bool) -> [[Float]] {
            encoder.dropped(encoder.read(sentence, in: graph, isTraining: isTraining).outputs, isTraining: isTraining)
                .map(\.value.scalars)
        }
        #expect(outputs(false) == outputs(false))
        #expect(outputs(true) != outputs(true))
        let places = outputs(true).map { $0.map { $0 == 0 } }
        #expect(places.contains { $0.contains(true) })
        #expect((Set(places).count == 1) == isVariational)
    }

    @Test func wordVectorsStartInTheirOwnRange() {
        let configuration = configuration {
            $0.embeddingSize = 40
            $0.embeddingRange = 0.01
        }
        let parameters = ParameterCollection(seed: 4)
        let encoder = SequenceEncoder(configuration, EncoderVocabularies(Self.texts, configuration), in: parameters)
        let vectors = encoder.tokens.embeddings.values.scalars.map(abs)
        #expect(vectors.max()! <= 0.01 && vectors.max()! > 0.009)
        let weights = parameters.parameters.flatMap { $0.values.scalars }.map(abs)
        #expect(weights.max()! > 0.1)
    }

    @Test func vocabulariesAndConfigurationsAreReadBack() throws {
        let configuration = configuration {
            $0.cell = .gru
            $0.characterEmbeddingSize = 3
            $0.initialRange = 0.1
            $0.embeddingRange = 0.02
            $0.vocabularySize = 9
            $0.unknownRate = 0.25
            $0.normalization = .nfc
        }
        let read = try EncoderConfiguration(ConfigurationReader(configuration.json, path: "config.json"))
        #expect(read == configuration)
        let folder = try TemporaryFolder()
        let run = try RunFolder.create(folder.path + "/run")
        let vocabularies = EncoderVocabularies(Self.texts, configuration)
        #expect(vocabularies.words.count == 9)
        try vocabularies.write(to: run, prefix: "target-")
        #expect(try EncoderVocabularies(reading: run, read, prefix: "target-") == vocabularies)
        let error = #expect(throws: DataError.self) { try EncoderVocabularies(reading: run, read) }
        #expect(error?.path?.hasSuffix("/vocabulary.txt") ?? false)
    }

    @Test func aVocabularyWithoutAnUnknownWordIsRefused() throws {
        let folder = try TemporaryFolder()
        let run = try RunFolder.create(folder.path + "/run")
        try AtomicFile.write("the\nking\n", to: run.vocabularyPath)
        let error = #expect(throws: DataError.self) { try EncoderVocabularies(reading: run, configuration()) }
        #expect(error?.kind == .badData)
        #expect(error?.message.contains("<unk>") ?? false)
    }

    @Test func pretrainedVectorsTakeThePlaceOfInitialOnes() throws {
        let configuration = configuration { $0.embeddingSize = 2 }
        let vocabularies = EncoderVocabularies(Self.texts, configuration)
        let tokens = TokenEncoder(configuration, vocabularies, in: ParameterCollection(seed: 2))
        let before = tokens.embeddings.values.scalars
        let folder = try TemporaryFolder()
        let path = folder.path + "/vectors.txt"
        try AtomicFile.write("the 10 20\nking -20 10\nbishop 1 1\n", to: path)
        try tokens.load(try PretrainedEmbeddings(reading: path, for: vocabularies.words))
        let after = tokens.embeddings.values.scalars
        let the = try #require(vocabularies.words.index(of: "the"))
        #expect(Array(after[2 * the..<2 * the + 2]) == [10, 20])
        let queen = try #require(vocabularies.words.index(of: "queen"))
        let scale = (before.reduce(0) { $0 + $1 * $1 } / Float(before.count)).squareRoot()
        #expect(abs(after[2 * queen] - before[2 * queen] * Float(250).squareRoot() / scale) < 1e-3)

        try AtomicFile.write("the 10 20 30\n", to: path)
        let error = #expect(throws: DataError.self) {
            try tokens.load(try PretrainedEmbeddings(reading: path, for: vocabularies.words))
        }
        #expect(error?.kind == .configuration)
    }

    @Test func settingsOutOfRangeAreRefused() {
        let changes: [(inout EncoderConfiguration) -> Void] = [
            { $0.layerCount = 0 }, { $0.embeddingSize = 0 }, { $0.hiddenSize = 70_000 }, { $0.dropout = 1 },
            { $0.dropout = .nan }, { $0.initialRange = 0 }, { $0.embeddingRange = 0 }, { $0.characterEmbeddingSize = -1 },
            { $0.characterHiddenSize = 0 },
            { $0.caseSize = -1 }, { $0.minimumCount = 0 }, { $0.vocabularySize = 1 }, { $0.unknownRate = 1.5 },
        ]
        for change in changes {
            let error = #expect(throws: DataError.self) { try configuration(change).validate() }
            #expect(error?.kind == .configuration)
        }
    }

    @Test func groupsOfSentencesHoldSoManyTokens() {
        #expect(sentenceGroups([3, 4, 5, 20, 1, 0, 9], tokensAtOnce: 10) == [0..<2, 2..<3, 3..<4, 4..<6, 6..<7])
        #expect(sentenceGroups([], tokensAtOnce: 10).isEmpty)
    }
}
