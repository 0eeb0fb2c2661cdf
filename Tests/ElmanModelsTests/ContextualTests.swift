import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanOptimizers
import ElmanTensor
import ElmanText
import ElmanTraining
import Testing

@testable import ElmanModels

/// What character language models say of words in their sentences.
@Suite struct ContextualTests {
    private let folder: TemporaryFolder
    private let models: ContextualModels

    init() throws {
        folder = try TemporaryFolder()
        let forward = try TransferFixture.languageModel(in: folder, "forward") {
            $0.unit = .char
            $0.layerCount = 2
        }
        let backward = try TransferFixture.languageModel(in: folder, "backwards") {
            $0.unit = .char
            $0.cell = .gru
            $0.hiddenSize = 4
            $0.isBackward = true
        }
        models = try ContextualModels(forward: forward, backward: backward)
    }

    private func tagger(_ change: (inout TaggerConfiguration) -> Void = { _ in }) throws -> Tagger {
        try Tagger(TaggerTests.configuration(.softmax, change), for: TaggerTests.texts(), contextual: models, seed: 3)
    }

    /// The output of a language model after each character of a text, read one by one from the end mark on.
    private func states(_ model: LanguageModel, _ text: some Sequence<Unicode.Scalar>) -> [[Float]] {
        let graph = ComputationGraph()
        var state = model.initialState(in: graph)
        state.addInput(model.embeddings[Int(model.boundary), in: graph])
        return text.map { character in
            let index = model.vocabulary.index(of: String(character)) ?? model.vocabulary.unknown!
            state.addInput(model.embeddings[index, in: graph])
            return state.output.value.scalars
        }
    }

    @Test func aWordHasTheStatesAtItsEnds() throws {
        let sentence = ["the", "kíng", "live", "s"]
        let text = Array(sentence.joined(separator: " ").unicodeScalars)
        let forward = states(models.forward, text)
        let backward = states(try #require(models.backward), text.reversed())
        var expected: [[Float]] = [], start = 0
        for word in sentence {
            let end = start + word.unicodeScalars.count
            expected.append(forward[end - 1] + backward[text.count - 1 - start])
            start = end + 1
        }
        let tagger = try tagger()
        let reader = try #require(tagger.contexts)
        #expect(reader.outputSize == 10)
        let graph = ComputationGraph(keepsForBackward: false)
        #expect(reader.vectors(of: [sentence], in: graph) == [expected])
        // Among others too.
        let among = reader.vectors(of: [["a"], sentence, [], ["king", "is"]], in: graph)
        #expect(among[1] == expected && among[2].isEmpty && among[3].count == 2)
    }

    @Test func wordsOfOneSpellingDifferByTheirSentences() throws {
        let reader = try #require(try tagger().contexts)
        let vectors = reader.vectors(
            of: [["the", "king", "is"], ["a", "king", "was"]], in: ComputationGraph(keepsForBackward: false))
        #expect(vectors[0][1] != vectors[1][1])
    }

    @Test(arguments: [0, 3]) func aTaggerWithThemIsTrainedAndReadBack(projection: Int) throws {
        let texts = try TaggerTests.texts()
        let model = try tagger {
            $0.contextualProjection = projection
            $0.encoder.dropout = 0.2
        }
        #expect(model.encoder.network.inputSize == 6 + (projection > 0 ? 3 : 10))
        let frozen = model.parameters.entries.filter { $0.name.hasPrefix("contextual/") }
        let before = frozen.map { $0.copy(of: $0.values) }
        let task = try TaggerTask(model, training: texts, development: texts, batchSize: 2, seed: 5)
        var options = TrainingOptions()
        options.epochs = 30
        let loop = TrainingLoop(task, trainer: AdamWTrainer(model.parameters, learningRate: 0.05), options: options)
        var tuning = FineTuning(groups: model.parameters.layerGroups())
        tuning.frozen = Set(frozen.map(\.name))
        loop.fineTuning = tuning
        try loop.run()
        #expect(try #require(loop.progress.bestValue) > 0.8)
        #expect(frozen.map { $0.copy(of: $0.values) } == before)

        try TransferFixture.save(model, in: folder, "tagger")
        try FileSystem.remove(folder.path + "/forward")
        try FileSystem.remove(folder.path + "/backwards")
        let read = try Tagger(contentsOf: folder.path + "/tagger")
        #expect(read.configuration == model.configuration)
        let sentences = (0..<texts.count).map { texts.words.tokens(of: $0) }
        #expect(read.tags(of: sentences) == model.tags(of: sentences))
        #expect(read.tagIndices(of: texts.words) == model.tagIndices(of: texts.words))
        for sentence in sentences {
            #expect(read.tags(of: [sentence])[0] == model.tags(of: sentences)[sentences.firstIndex(of: sentence)!])
        }
    }

    /// What is kept of a sentence changes no bit.
    @Test func keepingChangesNothing() throws {
        let texts = try TaggerTests.texts(), model = try tagger()
        let cache = ContextCache()
        let encoded = (0..<3).map { model.vocabularies.encode(texts.words.tokens(of: $0)) }
        func contexts(_ cache: ContextCache?) -> [[[Float]]] {
            model.inContext(encoded, numbers: [0, 1, 2], tokens: { texts.words.tokens(of: $0) }, cache: cache).map(\.contexts)
        }
        let first = contexts(cache)
        #expect(contexts(cache) == first && contexts(nil) == first)
        #expect(cache[1] == first[1])
    }

    @Test func onlyCharacterModelsThatReadFromTheRightEndAreTaken() throws {
        let words = try TransferFixture.languageModel(in: folder, "words")
        #expect(throws: DataError.self) { try ContextualModels(forward: words) }
        #expect(throws: DataError.self) { try ContextualModels(forward: #require(models.backward)) }
        #expect(throws: DataError.self) { try ContextualModels(forward: models.forward, backward: models.forward) }
    }
}
