import Elman

/// One stream of tokens drawn one after the other from random weights: what a program that writes text pays for a token.
enum GenerationWorkloads {
    static func words(_ settings: BenchSettings) -> Measurement {
        let model = StreamLanguageModel(
            count: BenchCorpus.vocabularySize, embeddingSize: 650, hiddenSize: 650, range: 0.05, dropoutRate: 0)
        model.parameters.quantize(to: settings.weights)
        var result = run(model, seconds: settings.seconds, tokensAtOnce: 50)
        result.operationsPerUnit = 2 * operationsOfLSTM(input: 650, hidden: 650) + 2 * 650 * BenchCorpus.vocabularySize
        return result
    }

    static func characters(_ settings: BenchSettings) -> Measurement {
        let model = StreamLanguageModel(count: 50, embeddingSize: 64, hiddenSize: 512, range: 0.05, dropoutRate: 0)
        model.parameters.quantize(to: settings.weights)
        var result = run(model, seconds: settings.seconds, tokensAtOnce: 500)
        result.operationsPerUnit =
            operationsOfLSTM(input: 64, hidden: 512) + operationsOfLSTM(input: 512, hidden: 512) + 2 * 512 * 50
        return result
    }

    private static func run(_ model: StreamLanguageModel, seconds: Double, tokensAtOnce: Int) -> Measurement {
        let graph = ComputationGraph(keepsForBackward: false)
        var state = model.initialState(in: graph)
        var generator = RandomGenerator(seed: 1)
        var token = 0
        return Measurement.run([()], seconds: seconds, warmUp: 1) { _ in
            for _ in 0..<tokensAtOnce {
                graph.renew(carrying: &state)
                state.addInput(model.embeddings[token, in: graph])
                let probabilities = softmax(model.scores(state.output)).value
                token = generator.index(weights: probabilities.scalars)
            }
            return (0, tokensAtOnce)
        }
    }
}
