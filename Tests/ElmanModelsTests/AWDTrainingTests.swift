import ElmanGraph
import ElmanOptimizers
import ElmanTensor
import ElmanText
import Testing

@testable import ElmanModels

/// The updates of the AWD-LSTM, but for what is drawn.
@Suite struct AWDTrainingTests {
    private func task() throws -> LanguageModelTask {
        let vocabulary = try Vocabulary(entries: ["</s>", "<unk>", "a", "b", "c", "d"])
        var configuration = LanguageModelConfiguration()
        configuration.layerCount = 2
        configuration.embeddingSize = 3
        configuration.hiddenSize = 4
        configuration.tiesEmbeddings = true
        configuration.carriesState = true
        configuration.regularization.activationPenalty = 2
        configuration.regularization.slownessPenalty = 1
        let model = try LanguageModel(configuration, vocabulary: vocabulary)
        FormulaWeights.fill(model.embeddings)
        for (index, parameter) in model.parameters.parameters.enumerated() { FormulaWeights.fill(parameter, index + 1) }
        let corpus = EncodedCorpus(
            sentences: [[1, 2, 3, 4, 5, 2, 1, 3, 3, 5, 1, 2, 4, 2, 5, 5, 1, 4, 2, 3, 1, 1, 4]], boundary: 0)
        return LanguageModelTask(
            model, training: corpus, development: nil, batches: .streams(count: 2, steps: 3), objective: .mean, seed: 1)
    }

    @Test func updatesAreThoseOfPyTorch() throws {
        let task = try task()
        let options = TrainerOptions(learningRate: 3, clipNorm: 0.25, weightDecay: 0.01)
        let trainer = try #require(makeTrainer(named: "sgd", task.parameters, options))
        #expect(task.beginEpoch(1) == AWDTrainingFacts.losses.count)
        let graph = ComputationGraph()
        for (update, (loss, norm)) in zip(AWDTrainingFacts.losses, AWDTrainingFacts.norms).enumerated() {
            graph.renew()
            let result = task.loss(ofUpdate: update, in: graph)
            let mean = Double(result.total.value.scalar) / Double(result.unitCount)
            result.objective.backward()
            task.finishUpdate()
            trainer.update()
            #expect(abs(mean - loss) < 1e-5, "update \(update)")
            #expect(abs(try #require(trainer.lastGradientNorm) - norm) < 1e-5, "update \(update)")
        }
        #expect(trainer.clippedUpdateCount == AWDTrainingFacts.losses.count)
    }
}
