import Elman

/// The classifier of the lecture's scripts: a network in both directions, its last states, a linear layer.
private struct SentimentModel<Cell: RecurrentCell> {
    let parameters = ParameterCollection(seed: 1)
    let embeddings: LookupParameter, reader: Bidirectional<Cell>, scores: Linear

    init(wordCount: Int, labelCount: Int) {
        embeddings = parameters.addLookup(count: wordCount, size: 64, named: "embeddings")
        reader = Bidirectional(inputSize: 64, hiddenSize: 64, in: parameters.scope("reader"))
        scores = Linear(inputSize: 128, outputSize: labelCount, in: parameters.scope("scores"))
    }

    func scores(_ words: [Int], in graph: ComputationGraph) -> Expression {
        scores(reader.read(sequence: embeddings[words, in: graph]).summary)
    }
}

/// The tagger of the lecture's scripts.
private struct TaggerModel {
    let parameters = ParameterCollection(seed: 1)
    let embeddings: LookupParameter, reader: Bidirectional<LSTMCell>, scores: Linear

    init(wordCount: Int, tagCount: Int) {
        embeddings = parameters.addLookup(count: wordCount, size: 64, named: "embeddings")
        reader = Bidirectional(inputSize: 64, hiddenSize: 64, in: parameters.scope("reader"))
        scores = Linear(inputSize: 128, outputSize: tagCount, in: parameters.scope("scores"))
    }

    func loss(_ item: NumberedTexts.Tagged, in graph: ComputationGraph) -> Expression {
        let outputs = reader.read(sequence: embeddings[item.words, in: graph]).outputSequence
        return sumOverBatch(pickNegativeLogSoftmax(scores(outputs), item.tags))
    }
}

/// Two encoders whose vectors of paired sentences should be more alike than those of others.
private struct RetrievalModel {
    let parameters = ParameterCollection(seed: 1)
    let embeddings: [LookupParameter], readers: [Bidirectional<LSTMCell>]

    init(wordCounts: [Int]) {
        let parameters = parameters
        embeddings = wordCounts.enumerated().map { parameters.addLookup(count: $1, size: 64, named: "embeddings\($0)") }
        readers = (0..<2).map { Bidirectional(inputSize: 64, hiddenSize: 64, in: parameters.scope("reader\($0)")) }
    }

    /// The vectors of some sentences as the columns of a matrix.
    private func encode(_ sentences: [[Int]], side: Int, in graph: ComputationGraph) -> Expression {
        concatenateColumns(sentences.map { readers[side].read(sequence: embeddings[side][$0, in: graph]).summary })
    }

    func loss(_ pairs: [NumberedTexts.Pair], in graph: ComputationGraph) -> Expression {
        let sources = encode(pairs.map(\.source), side: 0, in: graph)
        let targets = encode(pairs.map(\.target), side: 1, in: graph)
        return sum(hinge(transposed(sources) * targets, Array(pairs.indices), dimension: 1))
    }
}

/// Workloads on single sentences and pairs of them. Names, data, batches and units are those of the peers' scripts.
enum SentenceWorkloads {
    static func sentiment<Cell: RecurrentCell>(
        _ cell: Cell.Type, _ data: String, seconds: Double
    ) throws(DataError) -> Measurement {
        let corpus = try NumberedTexts.sentiment(data)
        let model = SentimentModel<Cell>(wordCount: corpus.sourceCount, labelCount: corpus.targetCount)
        var result = train(model.parameters, BenchCorpus.shuffled(corpus.items), seconds: seconds, warmUp: 200) { item, graph in
            (pickNegativeLogSoftmax(model.scores(item.words, in: graph), item.label), 1)
        }
        let graph = ComputationGraph(keepsForBackward: false)
        result.evaluationRate =
            Measurement.run(corpus.items, seconds: min(2, seconds), warmUp: 1, windows: 3) { item in
                graph.renew()
                return (Double(model.scores(item.words, in: graph).value[0]), 1)
            }.rate
        let words = corpus.items.reduce(0) { $0 + $1.words.count }
        let gates = Cell.self == LSTMCell.self ? 4 : 1
        result.operationsPerUnit =
            3 * (words * 2 * 2 * 64 * 128 * gates / corpus.items.count + 2 * 128 * corpus.targetCount)
        return result
    }

    static func tagger(_ data: String, seconds: Double) throws(DataError) -> Measurement {
        let corpus = try NumberedTexts.tags(data)
        let model = TaggerModel(wordCount: corpus.sourceCount, tagCount: corpus.targetCount)
        var result = train(
            model.parameters, BenchCorpus.shuffled(corpus.items), seconds: seconds, warmUp: 100
        ) { item, graph in (model.loss(item, in: graph), item.words.count) }
        result.operationsPerUnit = operations(tagCount: corpus.targetCount)
        return result
    }

    static func batchedTagger(_ data: String, seconds: Double) throws(DataError) -> Measurement {
        let corpus = try NumberedTexts.tags(data)
        let model = TaggerModel(wordCount: corpus.sourceCount, tagCount: corpus.targetCount)
        let batches = BenchCorpus.chunks(BenchCorpus.shuffled(corpus.items), size: 16)
        var result = train(model.parameters, batches, seconds: seconds, warmUp: 30) { batch, graph in
            (sum(batch.map { model.loss($0, in: graph) }), batch.reduce(0) { $0 + $1.words.count })
        }
        result.operationsPerUnit = operations(tagCount: corpus.targetCount)
        return result
    }

    private static func operations(tagCount: Int) -> Int {
        3 * (2 * operationsOfLSTM(input: 64, hidden: 64) + 2 * 128 * tagCount)
    }

    static func retrieval(_ data: String, seconds: Double) throws(DataError) -> Measurement {
        let corpus = try NumberedTexts.parallel(data, marksEnds: false)
        let model = RetrievalModel(wordCounts: [corpus.sourceCount, corpus.targetCount])
        let batches = BenchCorpus.chunks(BenchCorpus.shuffled(corpus.items), size: 16)
        var result = train(model.parameters, batches, seconds: seconds, warmUp: 30) { batch, graph in
            (model.loss(batch, in: graph), batch.count)
        }
        let words = corpus.items.reduce(0) { $0 + $1.source.count + $1.target.count }
        result.operationsPerUnit = 3 * 2 * operationsOfLSTM(input: 64, hidden: 64) * words / corpus.items.count
        return result
    }

    /// One update by Adam for each item.
    static func train<Item>(
        _ parameters: ParameterCollection, _ items: [Item], seconds: Double, warmUp: Int,
        loss: (Item, ComputationGraph) -> (Expression, units: Int)
    ) -> Measurement {
        let trainer = AdamTrainer(parameters)
        trainer.measuresGradientNorm = false
        let graph = ComputationGraph()
        return Measurement.run(items, seconds: seconds, warmUp: warmUp) { item in
            graph.renew()
            let (total, units) = loss(item, graph)
            let value = Double(total.value.scalar)
            total.backward()
            trainer.update()
            return (value, units)
        }
    }
}
