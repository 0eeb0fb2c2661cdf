import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanTensor
import ElmanText
import Testing

@testable import ElmanModels

/// What a new model has of another one's words and layers.
@Suite struct TransferTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func taken(_ name: String = "lm", backward: String? = nil) throws -> Transfer {
        try Transfer(
            PretrainedEncoder(contentsOf: folder.path + "/" + name),
            backward: backward.map { name throws(DataError) in try PretrainedEncoder(contentsOf: folder.path + "/" + name) })
    }

    private func configuration(_ transfer: Transfer, _ change: (inout ClassifierConfiguration) -> Void = { _ in })
        -> ClassifierConfiguration
    {
        var configuration = ClassifierConfiguration()
        configuration.encoder.unknownRate = 0
        transfer.adopt(into: &configuration.encoder)
        change(&configuration)
        return configuration
    }

    private func reading(_ model: Tagger, _ words: [String]) -> BidirectionalReading {
        model.encoder.read(model.vocabularies.encode(words), in: ComputationGraph())
    }

    // MARK: Words

    @Test func wordsAreFoundExactlyThenInLowerCaseThenInAnyCase() throws {
        let words = try Vocabulary(entries: ["<unk>", "king", "King", "LONDON", "paris", "new", "</s>"], boundary: nil)
        let other = try Vocabulary(entries: ["</s>", "<unk>", "king", "london", "Paris", "PARIS", "King"])
        let match = VocabularyMatch(words, in: other)
        #expect(match.entries == [1, 2, 6, 3, 4, nil, nil])
        #expect(match.kinds == [.exact, .exact, .exact, .lowerCase, .anyCase, .new, .new])
    }

    @Test func wordsHaveTheirVectorsAndNewOnesThatOfTheUnknown() throws {
        let lm = try TransferFixture.languageModel(in: folder)
        let texts = try TransferFixture.labelled()
        let transfer = try taken()
        let model = try Classifier(configuration(transfer), for: texts, transfer)
        let words = model.vocabularies.words
        // Its own words first, then those of the language model that it lacks; the end mark is none.
        #expect(Array(words.entries.prefix(7)) == ["<unk>", "the", "king", "gone", "long", "live", "is"])
        #expect(Set(words.entries.dropFirst(7)) == ["queen", "dead", "alive"])
        for word in words.entries where word != "gone" {
            let entry = lm.vocabulary.index(of: word)!
            let own = TransferFixture.vector(model.embeddings, words.index(of: word)!)
            #expect(own == TransferFixture.vector(lm.embeddings, entry), "\(word)")
        }
        #expect(TransferFixture.vector(model.embeddings, 3) == TransferFixture.vector(lm.embeddings, lm.vocabulary.unknown!))

        let audit = try transfer.audit(of: model, for: texts)
        #expect((audit.types.exact, audit.types.new, audit.types.total) == (5, 1, 6))
        #expect((audit.tokens.exact, audit.tokens.new, audit.tokens.total) == (7, 2, 9))
        #expect((audit.addedTypes, audit.unknownTokens) == (3, 0))
        #expect(audit.items(.partial).map(\.name) == ["encoder/embeddings"])
        #expect(audit.items(.partial).map(\.loadedNumbers) == [45])
        #expect(
            audit.items(.loaded).map(\.name)
                == ["inputWeights", "recurrentWeights", "bias"].map { "encoder/network/0/forward/" + $0 })
        #expect(audit.items(.fresh).map(\.name) == ["scores/weights", "scores/bias"])
        #expect(audit.lines.contains { $0.contains("5 of 6 types known (83.33 %)") })
    }

    @Test func withoutThePretrainedVocabularyOnlyTheTextsWordsAreKnown() throws {
        let lm = try TransferFixture.languageModel(in: folder)
        var transfer = try taken()
        transfer.keepsVocabulary = false
        transfer.newWords = .mean
        let model = try Classifier(configuration(transfer), for: TransferFixture.labelled(), transfer)
        #expect(model.vocabularies.words.entries == ["<unk>", "the", "king", "gone", "long", "live", "is"])
        let size = lm.embeddings.size
        let means = (0..<size).map { element in
            Float(
                (0..<lm.embeddings.count).reduce(0.0) { $0 + Double(lm.embeddings.values.scalars[$1 * size + element]) }
                    / Double(lm.embeddings.count))
        }
        #expect(TransferFixture.vector(model.embeddings, 3) == means)
        transfer.newWords = .fresh
        let fresh = try Classifier(configuration(transfer), for: TransferFixture.labelled(), transfer)
        #expect(TransferFixture.vector(fresh.embeddings, 3) != means)
        #expect(TransferFixture.vector(fresh.embeddings, 2) == TransferFixture.vector(model.embeddings, 2))
    }

    // MARK: Layers

    @Test(arguments: CellKind.allCases) func theNetworkSaysWhatTheLanguageModelSaid(cell: CellKind) throws {
        let lm = try TransferFixture.languageModel(in: folder) {
            $0.cell = cell
            $0.layerCount = 2
            $0.isResidual = true
        }
        let transfer = try taken()
        var configuration = TaggerConfiguration()
        transfer.adopt(into: &configuration.encoder)
        #expect(configuration.encoder.isOneDirectional && configuration.encoder.isResidual)
        let model = try Tagger(configuration, for: TaggerTests.texts(), transfer)
        let words = ["the", "king", "is", "alive"]
        #expect(reading(model, words).outputs.map(\.value.scalars) == TransferFixture.outputs(lm, words))
    }

    /// Each direction begins as its language model was, in every layer, though the upper ones now see both.
    @Test func twoLanguageModelsFillBothDirections() throws {
        let change: (inout LanguageModelConfiguration) -> Void = { $0.layerCount = 2 }
        let forward = try TransferFixture.languageModel(in: folder, "forward", change)
        let backward = try TransferFixture.languageModel(in: folder, "from-the-end") {
            change(&$0)
            $0.embeddingSize = 4
            $0.isBackward = true
        }
        let transfer = try taken("forward", backward: "from-the-end")
        var configuration = TaggerConfiguration()
        configuration.encoder.caseSize = 3
        transfer.adopt(into: &configuration.encoder)
        configuration.encoder.caseSize = 3
        #expect((configuration.encoder.embeddingSize, configuration.encoder.isOneDirectional) == (9, false))
        let model = try Tagger(configuration, for: TaggerTests.texts(), transfer)
        let words = ["long", "live", "the", "queen"]
        let reading = reading(model, words)
        #expect(reading.forward.map(\.value.scalars) == TransferFixture.outputs(forward, words))
        #expect(reading.backward.reversed().map(\.value.scalars) == TransferFixture.outputs(backward, words.reversed()))
        let audit = try transfer.audit(of: model, for: TaggerTests.texts())
        #expect(audit.items(.partial).count == 5)
        #expect(audit.items(.fresh).map(\.name) == ["encoder/cases", "scores/weights", "scores/bias"])
    }

    @Test func oneLanguageModelFillsOneDirectionOfTwo() throws {
        let lm = try TransferFixture.languageModel(in: folder)
        let transfer = try taken()
        var configuration = TaggerConfiguration()
        transfer.adopt(into: &configuration.encoder)
        configuration.encoder.isOneDirectional = false
        let model = try Tagger(configuration, for: TaggerTests.texts(), transfer)
        let words = ["the", "queen"]
        #expect(reading(model, words).forward.map(\.value.scalars) == TransferFixture.outputs(lm, words))
        let audit = try transfer.audit(of: model, for: TaggerTests.texts())
        #expect(audit.items(.fresh).map(\.name).contains("encoder/network/0/backward/inputWeights"))
        #expect(audit.notes.contains { $0.contains("the backward direction begins with random values") })
    }

    /// A tagger with characters goes on as a tagger; a translator's encoder becomes a classifier.
    @Test func encodersOfOtherTasksAreTakenOver() throws {
        var tagging = TaggerTests.configuration(.softmax) {
            $0.encoder.characterEmbeddingSize = 3
            $0.encoder.characterHiddenSize = 2
            $0.encoder.caseSize = 2
            $0.encoder.layerCount = 2
        }
        let texts = try TaggerTests.texts()
        let first = try Tagger(tagging, for: texts, seed: 5)
        try TransferFixture.save(first, in: folder, "tagger")
        let transfer = try taken("tagger")
        tagging.encoder = EncoderConfiguration()
        transfer.adopt(into: &tagging.encoder)
        let second = try Tagger(tagging, for: texts, transfer, seed: 6)
        #expect(try transfer.audit(of: second, for: texts).items(.fresh).map(\.name) == ["scores/weights", "scores/bias"])
        let words = ["Ada", "lives", "in", "York"]
        #expect(reading(first, words).outputs.map(\.value.scalars) == reading(second, words).outputs.map(\.value.scalars))

        var pairing = TranslatorConfiguration()
        (pairing.embeddingSize, pairing.hiddenSize, pairing.preparation.unknownRate) = (4, 5, 0)
        let pairs = ParallelTexts(
            sources: TokenLists([["the", "king", "is", "gone"]]), targets: TokenLists([["the", "king", "is", "gone"]]))
        let autoencoder = try Translator(pairing, vocabularies: PairVocabularies(training: pairs, pairing.preparation), seed: 4)
        try TransferFixture.save(autoencoder, in: folder, "autoencoder")
        let fromPairs = try taken("autoencoder")
        let labelled = try TransferFixture.labelled()
        let classifier = try Classifier(configuration(fromPairs), for: labelled, fromPairs)
        let graph = ComputationGraph()
        let expected = autoencoder.encoder.read([2, 3], in: graph, isTraining: false).summary.value
        let sentence = [2, 3].map { autoencoder.vocabularies.source.vocabulary[$0] }
        let vector = classifier.reader(classifier.vocabularies.encode(sentence), in: graph, isTraining: false)
        #expect(vector.value == expected)
        // And back: the encoder of a translator begins with that of a classifier.
        try TransferFixture.save(classifier, in: folder, "classifier")
        let back = try taken("classifier")
        back.adopt(into: &pairing)
        let translator = try Translator(pairing, for: pairs, back)
        let audit = try back.audit(of: translator, for: pairs)
        #expect(audit.items(.loaded).count == 3 && audit.items(.partial).map(\.name) == ["encoder/embeddings"])
    }

    // MARK: Refusals

    @Test func whatDoesNotFitIsRefused() throws {
        _ = try TransferFixture.languageModel(in: folder)
        _ = try TransferFixture.languageModel(in: folder, "characters") { $0.unit = .char }
        _ = try TransferFixture.languageModel(in: folder, "window") { $0.architecture = .feedForward }
        _ = try TransferFixture.languageModel(in: folder, "backward") { $0.isBackward = true }
        func message(_ body: () throws -> Void) -> String {
            do {
                try body()
                return "nothing"
            } catch { return (error as? DataError)?.description ?? "another error" }
        }
        #expect(message { _ = try taken("characters") }.contains("a language model of characters"))
        #expect(message { _ = try taken("window") }.contains("feed-forward"))
        #expect(message { _ = try taken("backward") }.contains("reads backwards"))
        #expect(message { _ = try taken("lm", backward: "lm") }.contains("reads forwards and"))
        let transfer = try taken()
        let texts = try TransferFixture.labelled()
        let wrong = configuration(transfer) { $0.encoder.hiddenSize = 7 }
        #expect(message { _ = try Classifier(wrong, for: texts, transfer) }.contains("hidden is 7, but 6 in"))
        let bag = configuration(transfer) { $0.architecture = .bagOfWords }
        #expect(message { _ = try Classifier(bag, for: texts, transfer) }.contains("no recurrent encoder"))
    }
}
