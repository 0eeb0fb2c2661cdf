import Elman

/// An encoder whose last output starts a decoder, without attention, as in the lecture's scripts.
private struct TranslationModel {
    let parameters = ParameterCollection(seed: 1)
    let sourceEmbeddings: LookupParameter, targetEmbeddings: LookupParameter
    let encoder: LSTMBuilder, decoder: LSTMBuilder, scores: Linear

    init(sourceCount: Int, targetCount: Int) {
        sourceEmbeddings = parameters.addLookup(count: sourceCount, size: 64, named: "source")
        targetEmbeddings = parameters.addLookup(count: targetCount, size: 64, named: "target")
        encoder = LSTMBuilder(inputSize: 64, hiddenSize: 128, in: parameters.scope("encoder"))
        decoder = LSTMBuilder(inputSize: 64, hiddenSize: 128, in: parameters.scope("decoder"))
        scores = Linear(inputSize: 128, outputSize: targetCount, in: parameters.scope("scores"))
    }

    /// The loss of a pair whose target begins and ends with its marks.
    func loss(_ pair: NumberedTexts.Pair, in graph: ComputationGraph) -> Expression {
        var reading = encoder.initialState(in: graph)
        reading.addSequence(sourceEmbeddings[pair.source, in: graph])
        let summary = reading.output
        var state = decoder.initialState(from: [LSTMState(hidden: tanh(summary), cell: summary)], in: graph)
        // What comes before a word is known in training: the decoder too reads a whole sequence.
        let outputs = state.addSequence(targetEmbeddings[Array(pair.target.dropLast()), in: graph])
        return sumOverBatch(pickNegativeLogSoftmax(scores(outputs), Array(pair.target.dropFirst())))
    }
}

/// Workloads on pairs of sentences.
enum TranslationWorkloads {
    static func single(_ data: String, seconds: Double) throws(DataError) -> Measurement {
        let corpus = try NumberedTexts.parallel(data, marksEnds: true)
        let model = TranslationModel(sourceCount: corpus.sourceCount, targetCount: corpus.targetCount)
        let items = BenchCorpus.shuffled(corpus.items)
        var result = SentenceWorkloads.train(model.parameters, items, seconds: seconds, warmUp: 100) { pair, graph in
            (model.loss(pair, in: graph), pair.target.count - 1)
        }
        result.operationsPerUnit = operations(corpus)
        return result
    }

    static func batched(_ data: String, seconds: Double) throws(DataError) -> Measurement {
        let corpus = try NumberedTexts.parallel(data, marksEnds: true)
        let model = TranslationModel(sourceCount: corpus.sourceCount, targetCount: corpus.targetCount)
        let batches = NumberedTexts.batchesOfEqualSource(corpus.items)
        var result = SentenceWorkloads.train(model.parameters, batches, seconds: seconds, warmUp: 30) { batch, graph in
            (sum(batch.map { model.loss($0, in: graph) }), batch.reduce(0) { $0 + $1.target.count - 1 })
        }
        result.operationsPerUnit = operations(corpus)
        return result
    }

    private static func operations(_ corpus: NumberedTexts.Corpus<NumberedTexts.Pair>) -> Int {
        let source = corpus.items.reduce(0) { $0 + $1.source.count }
        let target = corpus.items.reduce(0) { $0 + $1.target.count - 1 }
        let steps = operationsOfLSTM(input: 64, hidden: 128) * (source + target) / max(target, 1)
        return 3 * (steps + 2 * 128 * corpus.targetCount)
    }
}
