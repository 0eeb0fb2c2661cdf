import ElmanFiles
import ElmanGraph
import ElmanOptimizers
import ElmanTensor
import ElmanText
import ElmanTraining
import Testing

@testable import ElmanModels

/// What keeps a language model from learning its text by heart.
@Suite(.serialized) struct RegularizationTests {
    /// All of it at once.
    private static func everything(_ configuration: inout LanguageModelConfiguration) {
        configuration.layerCount = 2
        configuration.embeddingSize = 4
        configuration.tiesEmbeddings = true
        configuration.isDropoutVariational = true
        configuration.regularization.embeddingDropout = 0.2
        configuration.regularization.inputDropout = 0.3
        configuration.regularization.hiddenDropout = 0.25
        configuration.regularization.outputDropout = 0.4
        configuration.regularization.weightDrop = 0.5
        configuration.regularization.activationPenalty = 2
        configuration.regularization.slownessPenalty = 1
    }

    private func task(
        _ batches: LanguageModelBatches, objective: LanguageModelObjective = .mean, variesSegments: Bool = false,
        _ change: (inout LanguageModelConfiguration) -> Void
    ) throws -> LanguageModelTask {
        let (model, corpus) = try Fixture.model(change)
        return LanguageModelTask(
            model, training: corpus, development: corpus, batches: batches, objective: objective,
            variesSegments: variesSegments, seed: 5)
    }

    private func gradients(_ task: LanguageModelTask) -> [[Float]] {
        task.parameters.parameters.map { $0.gradient?.scalars ?? [] }
            + task.parameters.lookupParameters.map { $0.gradient?.scalars ?? [] }
    }

    // MARK: The loss

    /// Loss, penalties and all gradients of a weight-dropped LSTM as PyTorch has them.
    @Test func agreesWithPyTorch() throws {
        let vocabulary = try Vocabulary(entries: ["</s>", "<unk>", "a", "b", "c", "d"])
        var configuration = LanguageModelConfiguration()
        configuration.embeddingSize = 2
        configuration.hiddenSize = 3
        configuration.regularization.weightDrop = 0.5
        configuration.regularization.activationPenalty = 2
        configuration.regularization.slownessPenalty = 1
        let model = try LanguageModel(configuration, vocabulary: vocabulary)
        let recurrent = try #require(model.network.recurrentMatrices.first)
        for (index, parameter) in model.parameters.parameters.enumerated() { FormulaWeights.fill(parameter, index + 1) }
        FormulaWeights.fill(model.embeddings)
        let corpus = EncodedCorpus(sentences: [[1, 2, 3, 4, 5, 2, 1]], boundary: 0)
        let task = LanguageModelTask(
            model, training: corpus, development: nil, batches: .streams(count: 2, steps: 4), objective: .mean, seed: 1)
        #expect(task.beginEpoch(1) == 1)
        let graph = ComputationGraph(seed: 1)
        let loss = task.loss(ofUpdate: 0, in: graph)
        let left = byRows(recurrent(in: graph).value).map { $0 == 0 ? Float(0) : 1 }
        #expect(left == RegularizationFacts.mask)
        let facts = RegularizationFacts.losses
        #expect(abs(loss.total.value.scalar / 8 - facts[0]) < 1e-6)
        #expect(abs(loss.objective.value.scalar - facts.reduce(0, +)) < 1e-6)
        loss.objective.backward()
        let table = try #require(model.embeddings.gradient)
        let gradients =
            table.scalars
            + model.parameters.parameters.flatMap { byRows($0.gradient ?? Tensor(repeating: .nan, shape: $0.shape)) }
        #expect(gradients.count == RegularizationFacts.gradients.count)
        for (gradient, fact) in zip(gradients, RegularizationFacts.gradients) { #expect(abs(gradient - fact) < 1e-6) }
    }

    private func byRows(_ tensor: Tensor) -> [Float] {
        let rows = tensor.shape.rows, columns = tensor.shape.columns
        return (0..<rows).flatMap { row in (0..<columns).map { tensor.scalars[$0 * rows + row] } }
    }

    /// Of sentences and of streams, with the sum and with the mean: the objective by its definition, the reported loss alone.
    @Test(arguments: [LanguageModelBatches.sentences(3), .streams(count: 2, steps: 5)], LanguageModelObjective.allCases)
    func theReportedLossIsTheCrossEntropyAlone(batches: LanguageModelBatches, objective: LanguageModelObjective) throws {
        let results = try [(Float(0), Float(0)), (3, 0), (0, 2), (3, 2)].map { alpha, beta -> (total: Float, objective: Float) in
            let task = try task(batches, objective: objective) {
                $0.dropout = 0.3
                $0.regularization.activationPenalty = alpha
                $0.regularization.slownessPenalty = beta
            }
            _ = task.beginEpoch(1)
            let loss = task.loss(ofUpdate: 0, in: ComputationGraph(seed: 7))
            return (loss.total.value.scalar, loss.objective.value.scalar)
        }
        #expect(Set(results.map(\.total)).count == 1)
        let penalties = results.map { $0.objective - results[0].objective }
        #expect(penalties[1] > 1e-3 && penalties[2] > 1e-3)
        #expect(abs(penalties[3] - penalties[1] - penalties[2]) < 1e-4 * max(1, penalties[3]))
    }

    /// The gradient of everything by differences of the objective.
    @Test(arguments: [LanguageModelBatches.sentences(2), .streams(count: 2, steps: 4)])
    func gradientOfEverything(batches: LanguageModelBatches) throws {
        let task = try task(batches, Self.everything)
        _ = task.beginEpoch(1)
        let graph = ComputationGraph()
        func objective() -> Expression {
            graph.renew()
            graph.seed = 11
            return task.loss(ofUpdate: 1, in: graph).objective
        }
        objective().backward()
        let table = task.model.embeddings
        var all = task.parameters.parameters.map { parameter in
            Handle(
                name: parameter.name, get: { parameter.values }, set: { parameter.values = $0 },
                gradient: parameter.gradient?.scalars ?? [])
        }
        all.append(
            Handle(
                name: "embeddings", get: { table.values }, set: { table.values = $0 }, gradient: table.gradient?.scalars ?? []))
        for handle in all {
            let values = handle.get(), gradient = handle.gradient
            #expect(gradient.count == values.scalars.count)
            for index in stride(from: 0, to: gradient.count, by: max(1, gradient.count / 6)) {
                func moved(_ change: Float) -> Double {
                    var other = values
                    other[index] += change
                    handle.set(other)
                    return Double(objective().value.scalar)
                }
                let step = Float(5e-3)
                let narrow = (moved(step) - moved(-step)) / Double(2 * step)
                let wide = (moved(2 * step) - moved(-2 * step)) / Double(4 * step)
                let difference = (4 * narrow - wide) / 3
                #expect(abs(difference - Double(gradient[index])) < 2e-3, "\(handle.name)[\(index)]")
            }
            handle.set(values)
        }
    }

    /// A parameter or a table.
    private struct Handle {
        let name: String
        let get: () -> Tensor
        let set: (Tensor) -> Void
        let gradient: [Float]
    }

    /// A mean over n tokens has the gradient of the sum divided by n.
    @Test func theMeanIsTheSumOverItsTokens() throws {
        let found = try LanguageModelObjective.allCases.map { objective -> (gradients: [[Float]], count: Int) in
            let task = try task(.streams(count: 2, steps: 5), objective: objective) { _ in }
            _ = task.beginEpoch(1)
            let loss = task.loss(ofUpdate: 0, in: ComputationGraph())
            loss.objective.backward()
            return (gradients(task), loss.unitCount)
        }
        #expect(found[0].count == 10)
        for (sum, mean) in zip(found[0].gradients.joined(), found[1].gradients.joined()) {
            #expect(abs(sum / 5 - mean) < 1e-6)
        }
    }

    /// Segments vary from epoch to epoch, and the rate with them where a mean is learnt by.
    @Test(arguments: LanguageModelObjective.allCases) func segmentsVary(objective: LanguageModelObjective) throws {
        let task = try task(.streams(count: 1, steps: 9), objective: objective, variesSegments: true) { $0.carriesState = true }
        let lengths = (1...8).map { epoch -> [Int] in
            (0..<task.beginEpoch(epoch)).map { update in
                let loss = task.loss(ofUpdate: update, in: ComputationGraph())
                #expect(loss.rateFactor == (objective == .mean ? Double(loss.unitCount) / 9 : 1))
                return loss.unitCount
            }
        }
        #expect(lengths.allSatisfy { $0.reduce(0, +) == lengths[0].reduce(0, +) })
        #expect(Set(lengths).count > 3)
        #expect(task.beginEpoch(3) == lengths[2].count)
    }

    // MARK: Training

    private func loop(_ folder: RunFolder? = nil) throws -> TrainingLoop {
        let task = try task(.streams(count: 2, steps: 6), variesSegments: true) {
            Self.everything(&$0)
            $0.carriesState = true
        }
        var options = TrainingOptions()
        options.epochs = 12
        let trainer = SGDTrainer(task.parameters, learningRate: 30)
        trainer.averaging = .nonMonotonic(interval: 0)
        trainer.clipNorm = 0.25
        trainer.weightDecay = .l2(1.2e-6)
        return TrainingLoop(task, trainer: trainer, options: options, folder: folder)
    }

    private func values(_ loop: TrainingLoop) -> [[Float]] {
        loop.task.parameters.parameters.map(\.values.scalars) + loop.task.parameters.lookupParameters.map(\.values.scalars)
    }

    /// Weight drop, embedding dropout, locked dropout, varied segments and averages: the same bits after an interruption.
    @Test(arguments: [2, 9, 23]) func aResumedRunIsTheUninterruptedRun(stopAfter: Int) throws {
        let whole = try loop()
        try whole.run()
        #expect(whole.trainer.hasAverages)
        #expect(whole.progress.history.last! < whole.progress.history.first!)
        let folder = try TemporaryFolder()
        let cut = try loop(try RunFolder.create(folder.path + "/run"))
        cut.handler = { event in
            if case .updated(let report) = event, report.progress.update == stopAfter { return .stop }
            return .proceed
        }
        #expect(try cut.run() == .stopped)
        cut.folder?.lock?.release()
        let resumed = try loop(RunFolder.resumeForTests(folder.path + "/run"))
        try resumed.resume()
        #expect(resumed.progress.update == stopAfter)
        try resumed.run()
        #expect(values(resumed) == values(whole))
        #expect(resumed.progress.history == whole.progress.history)
        #expect(resumed.trainer.swapInAverages() && whole.trainer.swapInAverages())
        #expect(values(resumed) == values(whole))
    }

    @Test func threadsDoNotChangeABit() throws {
        let before = Processor.threadCount
        defer { Processor.threadCount = before }
        let results = try [1, 2].map { threads in
            Processor.threadCount = threads
            let loop = try loop()
            try loop.run()
            return values(loop)
        }
        #expect(results[0] == results[1])
    }

    // MARK: Configuration

    /// The top layer of a tied model has the embeddings' size, and the model the scores of an output layer that is their table.
    @Test func tiedEmbeddingsSetTheSizeOfTheTopLayer() throws {
        let (model, corpus) = try Fixture.model(Self.everything)
        #expect(model.network.stateShapes.map { $0[0].count } == [6, 4])
        #expect(model.parameters.parameters.map(\.name).contains("scores/bias"))
        #expect(!model.parameters.parameters.map(\.name).contains("scores/weights"))
        var scorer = LanguageModelScorer(model)
        #expect(scorer.metrics(of: corpus).perplexity.isFinite)
        let sizes = LanguageModelSizes(model.configuration, vocabularySize: model.vocabulary.count, counts: nil)
        #expect(sizes.parameterCount == model.parameters.scalarCount)
    }

    @Test func theConfigurationIsReadAsItWasWritten() throws {
        let (model, _) = try Fixture.model(Self.everything)
        let json = model.configuration.json
        #expect(try LanguageModelConfiguration(json: json, path: "config.json") == model.configuration)
        // A run from before there were these settings.
        var old: JSONObject = [:]
        for member in LanguageModelConfiguration().json.members where !LanguageModelRegularization.keys.contains(member.key) {
            old[member.key] = member.value
        }
        #expect(try LanguageModelConfiguration(json: old, path: "config.json") == LanguageModelConfiguration())
    }

    private static let refused: [(String, @Sendable (inout LanguageModelConfiguration) -> Void)] = [
        ("weight-drop is 1.0", { $0.regularization.weightDrop = 1 }),
        ("dropout-hidden is -0.5", { $0.regularization.hiddenDropout = -0.5 }),
        ("activation-regularization is -1.0", { $0.regularization.activationPenalty = -1 }),
        ("temporal-regularization is nan", { $0.regularization.slownessPenalty = .nan }),
        ("dropout-state is for --variational-dropout", { $0.regularization.stateDropout = 0.5 }),
        (
            "weight-drop is for cells with recurrent matrices, which qrnn has not",
            {
                $0.cell = .qrnn
                $0.regularization.weightDrop = 0.5
            }
        ),
        (
            "weight-drop is for recurrent layers",
            {
                $0.architecture = .feedForward
                $0.regularization.weightDrop = 0.5
            }
        ),
        (
            "or take a second layer",
            {
                $0.tiesEmbeddings = true
                $0.embeddingSize = 5
            }
        ),
        (
            "make the two sizes equal",
            {
                $0.tiesEmbeddings = true
                $0.embeddingSize = 5
                $0.layerCount = 2
                $0.isResidual = true
            }
        ),
    ]

    @Test(arguments: refused.indices) func whatMakesNoSenseIsRefused(index: Int) {
        let (message, change) = Self.refused[index]
        let error = #expect(throws: DataError.self) { try Fixture.model(change) }
        #expect(error?.kind == .configuration)
        #expect(error?.message.contains(message) ?? false, "\(error?.message ?? "")")
    }
}
