import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanOptimizers
import ElmanTensor
import ElmanText
import ElmanTraining
import Testing

@testable import ElmanModels

/// What of a model is trained when, and what it learns beside its task.
@Suite struct FineTuningTests {
    private static let lines = [
        "yes ||| long live the king", "no ||| the king is gone", "no ||| gone", "yes ||| the queen lives",
    ]

    private func model(_ change: (inout ClassifierConfiguration) -> Void = { _ in }) throws -> Classifier {
        var configuration = ClassifierConfiguration()
        (configuration.encoder.embeddingSize, configuration.encoder.hiddenSize, configuration.encoder.layerCount) = (5, 5, 2)
        change(&configuration)
        return try Classifier(configuration, for: TransferFixture.labelled(Self.lines), seed: 3)
    }

    private func loop(_ model: Classifier, epochs: Int, folder: RunFolder? = nil) throws -> TrainingLoop {
        let texts = try TransferFixture.labelled(Self.lines)
        let task = try ClassifierTask(model, training: texts, development: texts, batchSize: 2, seed: 5)
        var options = TrainingOptions()
        options.epochs = epochs
        return TrainingLoop(task, trainer: AdamTrainer(model.parameters, learningRate: 0.02), options: options, folder: folder)
    }

    private func values(_ model: Classifier) -> [String: [Float]] {
        let parameters = model.parameters.parameters.map { ($0.name, $0.values.scalars) }
        let tables = model.parameters.lookupParameters.map { ($0.name, $0.values.scalars) }
        return Dictionary(uniqueKeysWithValues: parameters + tables)
    }

    // MARK: Groups

    @Test func groupsGoFromTheWordsToTheTask() throws {
        let model = try model {
            $0.pooling = .attention
            $0.encoder.caseSize = 2
            $0.encoder.isOneDirectional = true
        }
        let groups = model.parameters.layerGroups()
        #expect(groups[0] == ["encoder/embeddings", "encoder/cases"])
        #expect(groups[1].allSatisfy { $0.hasPrefix("encoder/network/0/forward/") } && groups[1].count == 3)
        #expect(groups[2].allSatisfy { $0.hasPrefix("encoder/network/1/forward/") } && groups[2].count == 3)
        #expect(groups[3].contains("scores/weights") && groups[3].contains { $0.hasPrefix("encoder/pooling/") })
        #expect(groups.count == 4 && groups.joined().count == model.parameters.names.count)
    }

    @Test func modulesAreNamedByPartsOfTheirPaths() throws {
        let parameters = try model().parameters
        func names(_ modules: [String]) throws -> Set<String> { try parameters.names(ofModules: modules, key: "freeze") }
        #expect(try names(["embeddings"]) == ["encoder/embeddings"])
        #expect(try names(["network/1/backward", "scores"]).count == 5)
        #expect(try names(["encoder"]).count == 13)
        let error = try #require(throws: DataError.self) { try names(["scores", "layer"]) }
        #expect(
            error.message == "freeze names “layer”, which is no part of the model; its parts are encoder, encoder/embeddings, "
                + "encoder/network, encoder/network/0, encoder/network/0/forward, encoder/network/0/backward, encoder/network/1, "
                + "encoder/network/1/forward, encoder/network/1/backward, scores")
        #expect(throws: DataError.self) { try names(["0"]) }
        #expect(throws: DataError.self) { try names([""]) }
    }

    @Test func ratesFallFromGroupToGroup() {
        var tuning = FineTuning(groups: [["a"], ["b", "c"], ["d"]])
        #expect(tuning.rateFactors == [1, 1, 1])
        tuning.layerDecay = 2.6
        #expect(tuning.rateFactors == [1 / 2.6 / 2.6, 1 / 2.6, 1])
        #expect(tuning.groupCount(inEpoch: 1) == 3)
        tuning.epochsPerGroup = 2
        #expect((1...6).map { tuning.groupCount(inEpoch: $0) } == [1, 1, 2, 2, 3, 3])
        #expect(tuning.frozenNames(inEpoch: 1) == ["a", "b", "c"])
        // What stays frozen is no step of its own.
        tuning.frozen = ["b", "c"]
        #expect((1...4).map { tuning.groupCount(inEpoch: $0) } == [1, 1, 2, 2])
        #expect(tuning.frozenNames(inEpoch: 3) == ["b", "c"])
    }

    // MARK: Training

    @Test func groupsAreTrainedOneAfterTheOther() throws {
        let model = try model()
        let groups = model.parameters.layerGroups()
        let loop = try loop(model, epochs: 4)
        var tuning = FineTuning(groups: groups)
        tuning.epochsPerGroup = 1
        loop.fineTuning = tuning
        var before = values(model)
        var changed: [Set<String>] = []
        loop.handler = { event in
            guard case .evaluated = event else { return .proceed }
            let after = values(model)
            changed.append(Set(after.keys.filter { after[$0] != before[$0] }))
            before = after
            return .proceed
        }
        try loop.run()
        #expect(changed.count == 4)
        for (epoch, names) in changed.enumerated() {
            #expect(names == Set(groups.suffix(epoch + 1).joined()), "epoch \(epoch + 1)")
        }
    }

    /// The first update of plain descent moves each group by its own rate.
    @Test func eachGroupHasItsRate() throws {
        func step(_ decay: Double?) throws -> (before: [String: [Float]], after: [String: [Float]], groups: [[String]]) {
            let model = try model()
            let texts = try TransferFixture.labelled(Self.lines)
            let task = try ClassifierTask(model, training: texts, development: nil, batchSize: 4, seed: 5)
            var options = TrainingOptions()
            options.epochs = 1
            let loop = TrainingLoop(task, trainer: SGDTrainer(model.parameters), options: options)
            var tuning = FineTuning(groups: model.parameters.layerGroups())
            tuning.layerDecay = decay
            loop.fineTuning = tuning
            let before = values(model)
            try loop.run()
            return (before, values(model), tuning.groups)
        }
        let plain = try step(nil), decayed = try step(2)
        for (place, group) in plain.groups.enumerated() {
            let factor = [Float(0.125), 0.25, 0.5, 1][place]
            for name in group {
                for index in plain.before[name]!.indices {
                    let whole = plain.after[name]![index] - plain.before[name]![index]
                    let part = decayed.after[name]![index] - decayed.before[name]![index]
                    #expect(abs(part - factor * whole) < 1e-7)
                }
            }
        }
    }

    // MARK: Next words

    /// The loss of the words is the one that the language model has whose scores were taken over.
    @Test(arguments: [false, true]) func nextWordsAreScoredAsByTheLanguageModel(isTied: Bool) throws {
        let folder = try TemporaryFolder()
        let lm = try TransferFixture.languageModel(in: folder) {
            $0.tiesEmbeddings = isTied
            if isTied { $0.embeddingSize = 6 }
        }
        let transfer = try Transfer(PretrainedEncoder(contentsOf: folder.path + "/lm"))
        var configuration = ClassifierConfiguration()
        transfer.adopt(into: &configuration.encoder)
        configuration.languageModel.weight = 0.5
        for tiesOwn in isTied ? [false, true] : [false] {
            configuration.languageModel.tiesEmbeddings = tiesOwn
            // Only the language model's own words, so that both share probability among the same.
            let texts = try TransferFixture.labelled(["yes ||| long live the king", "no ||| the king is dead"])
            let model = try Classifier(configuration, for: texts, transfer)
            let words = ["the", "queen", "is", "alive"]
            let graph = ComputationGraph()
            let losses = model.losses(of: model.vocabularies.encode(words), label: 0, in: graph)
            var state = lm.initialState(in: graph)
            let expected = (0..<3).map { place -> Float in
                state.addInput(lm.embeddings[lm.vocabulary.index(of: words[place])!, in: graph])
                // Without the end mark, which classifiers do not know.
                let scores = lm.output.logProbabilities(state.output).value.scalars
                let known = scores.indices.filter { $0 != Int(lm.boundary) }
                let next = lm.vocabulary.index(of: words[place + 1])!
                return -scores[next] + Float(exponentialSum(known.map { scores[$0] }))
            }
            #expect(abs(try #require(losses.words).value.scalar - expected.reduce(0, +) / 3) < 1e-5)
            #expect(losses.label.value == model.loss(of: model.vocabularies.encode(words), label: 0, in: graph).value)
        }
    }

    private func exponentialSum(_ scores: [Float]) -> Double {
        let sum = scores.reduce(0) { $0 + exponential(Double($1)) }
        // The logarithm by Newton's method, so that nothing of the model is used.
        return (0..<60).reduce(0.0) { estimate, _ in estimate - 1 + sum / exponential(estimate) }
    }

    @Test func theObjectiveIsTheTasksLossAndAShareOfTheWords() throws {
        let texts = try TransferFixture.labelled(Self.lines)
        func loss(_ weight: Float) throws -> (objective: Float, total: Float, words: Float) {
            let model = try model {
                $0.encoder.isOneDirectional = true
                $0.encoder.unknownRate = 0
                $0.languageModel.weight = weight
            }
            let task = try ClassifierTask(model, training: texts, development: nil, batchSize: 4, seed: 5)
            _ = task.beginEpoch(1)
            let graph = ComputationGraph()
            let loss = task.loss(ofUpdate: 0, in: graph)
            let words = (0..<texts.count).compactMap { text in
                let sentence = model.vocabularies.encode(texts.texts.tokens(of: text))
                return model.losses(of: sentence, label: 0, in: graph).words?.value.scalar
            }
            return (loss.objective.value.scalar, loss.total.value.scalar, words.reduce(0, +))
        }
        let without = try loss(0), with = try loss(0.25)
        #expect(without.words == 0 && without.objective == without.total)
        #expect(with.words > 1)
        #expect(abs(with.objective - with.total - 0.25 * with.words) < 1e-4)
        #expect(with.total == without.total)
    }

    @Test func nextWordsNeedOneDirection() throws {
        #expect(throws: DataError.self) { try model { $0.languageModel.weight = 1 } }
        #expect(throws: DataError.self) {
            try model {
                $0.architecture = .bagOfWords
                $0.encoder.isOneDirectional = true
                $0.languageModel.weight = 1
            }
        }
        #expect(throws: DataError.self) {
            try model {
                $0.encoder.isOneDirectional = true
                $0.encoder.hiddenSize = 6
                $0.languageModel.weight = 1
                $0.languageModel.tiesEmbeddings = true
            }
        }
    }

    /// A tagger learns the words beside its tags, with the sum over the words as for its tags.
    @Test func taggersLearnNextWordsToo() throws {
        let texts = try TaggerTests.texts()
        let model = try Tagger(
            TaggerTests.configuration(.crf) {
                $0.encoder.isOneDirectional = true
                $0.languageModel.weight = 0.5
                $0.languageModel.tiesEmbeddings = true
            }, for: texts, seed: 3)
        #expect(model.parameters.names.last == "language/bias")
        let task = try TaggerTask(model, training: texts, development: texts, batchSize: 7, seed: 5)
        _ = task.beginEpoch(1)
        let graph = ComputationGraph()
        let loss = task.loss(ofUpdate: 0, in: graph)
        let words = (0..<texts.count).compactMap { sentence -> Float? in
            let words = model.vocabularies.encode(texts.words.tokens(of: sentence))
            let outputs = model.wordOutputs(of: words, in: graph, isTraining: false)
            return model.nextWordHead?.loss(of: words.words, outputs)?.value.scalar
        }
        #expect(abs(loss.objective.value.scalar - loss.total.value.scalar - 0.5 * words.reduce(0, +)) < 1e-3)
    }
}
