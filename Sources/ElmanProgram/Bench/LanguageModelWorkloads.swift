import Elman

/// The language model of the lecture's scripts, in the library's public interface and nothing else.
struct LectureLanguageModel {
    let parameters = ParameterCollection(seed: 1)
    let embeddings: LookupParameter, rnn: LSTMBuilder, scores: Linear

    init(wordCount: Int) {
        embeddings = parameters.addLookup(count: wordCount, size: 64, named: "embeddings")
        rnn = LSTMBuilder(inputSize: 64, hiddenSize: 128, in: parameters.scope("rnn"))
        scores = Linear(inputSize: 128, outputSize: wordCount, biasInitializer: .glorot(), in: parameters.scope("scores"))
    }

    /// The loss of one sentence that ends with the boundary 0, which stands before it too.
    func loss(of sentence: [Int], in graph: ComputationGraph) -> Expression {
        var state = rnn.initialState(in: graph)
        let outputs = state.addSequence(embeddings[[0] + sentence.dropLast(), in: graph])
        return sumOverBatch(pickNegativeLogSoftmax(scores(outputs), sentence))
    }

    /// The loss of a batch that is padded by hand: one column of words at a time, the padding left out of the loss.
    func loss(ofPadded sentences: [[Int]], in graph: ComputationGraph) -> Expression {
        let length = sentences.map(\.count).max() ?? 0
        var inputs = [Int](repeating: 0, count: sentences.count)
        var state = rnn.initialState(in: graph)
        var losses: [Expression] = []
        for step in 0..<length {
            state.addInput(embeddings[inputs, in: graph])
            let targets = sentences.map { step < $0.count ? $0[step] : -1 }
            losses.append(sumOverBatch(pickNegativeLogSoftmax(scores(state.output), targets)))
            inputs = targets.map { max($0, 0) }
        }
        return sum(losses)
    }
}

/// A stack of LSTMs over parallel streams with carried state: the word model of Zaremba et al. and the character model.
struct StreamLanguageModel {
    let parameters = ParameterCollection(seed: 1)
    let embeddings: LookupParameter, rnn: LSTMBuilder, scores: Linear
    let dropoutRate: Float

    init(count: Int, embeddingSize: Int, hiddenSize: Int, range: Float, dropoutRate: Float) {
        let initializer = Initializer.uniform(range)
        embeddings = parameters.addLookup(count: count, size: embeddingSize, named: "embeddings", initializer: initializer)
        rnn = LSTMBuilder(
            layerCount: 2, inputSize: embeddingSize, hiddenSize: hiddenSize, in: parameters.scope("rnn")
        ) {
            LSTMCell(
                inputSize: $0, hiddenSize: $1, forgetBias: 0, initializer: initializer, biasInitializer: initializer, in: $2)
        }
        scores = Linear(
            inputSize: hiddenSize, outputSize: count, initializer: initializer, biasInitializer: initializer,
            in: parameters.scope("scores"))
        self.dropoutRate = dropoutRate
    }

    func initialState(in graph: ComputationGraph) -> RecurrentState<LSTMCell> {
        rnn.initialState(in: graph, dropout: RecurrentDropout(betweenLayers: dropoutRate))
    }

    /// The summed loss of a segment; the state goes on from where it stands.
    func loss(of segment: BenchCorpus.Segment, from state: inout RecurrentState<LSTMCell>) -> Expression {
        let graph = state.graph
        var losses: [Expression] = []
        for (inputs, targets) in zip(segment.inputs, segment.targets) {
            state.addInput(dropout(embeddings[inputs, in: graph], rate: dropoutRate))
            let output = dropout(state.output, rate: dropoutRate)
            losses.append(sumOverBatch(pickNegativeLogSoftmax(scores(output), targets)))
        }
        return sum(losses)
    }
}

/// How each workload is run. A workload's name, data, batches and units are those of the peers' scripts.
enum LanguageModelWorkloads {
    /// One update of the lecture's model for each item.
    static func sentences(_ settings: BenchSettings) throws(DataError) -> Measurement {
        let items = BenchCorpus.shuffled(try BenchCorpus.words(settings.data))
        return lecture(items, settings, warmUp: 100, units: \.count) { model, sentence, graph in
            model.loss(of: sentence, in: graph)
        }
    }

    static func padded(_ settings: BenchSettings, sorted: Bool = true) throws(DataError) -> Measurement {
        let items = batches(try BenchCorpus.words(settings.data), sorted: sorted)
        return lecture(items, settings, warmUp: 30, units: wordCount) { model, batch, graph in
            model.loss(ofPadded: batch, in: graph)
        }
    }

    static func automatic(_ settings: BenchSettings, sorted: Bool = false) throws(DataError) -> Measurement {
        let items = batches(try BenchCorpus.words(settings.data), sorted: sorted)
        return lecture(items, settings, warmUp: 30, units: wordCount) { model, batch, graph in
            sum(batch.map { model.loss(of: $0, in: graph) })
        }
    }

    /// Sixteen sentences each, of about one length or any.
    private static func batches(_ sentences: [[Int]], sorted: Bool) -> [[[Int]]] {
        sorted ? BenchCorpus.paddedBatches(sentences) : BenchCorpus.chunks(BenchCorpus.shuffled(sentences), size: 16)
    }

    private static func wordCount(_ sentences: [[Int]]) -> Int { sentences.reduce(0) { $0 + $1.count } }

    private static func lecture<Item>(
        _ items: [Item], _ settings: BenchSettings, warmUp: Int, units: (Item) -> Int,
        loss: (LectureLanguageModel, Item, ComputationGraph) -> Expression
    ) -> Measurement {
        let model = LectureLanguageModel(wordCount: BenchCorpus.vocabularySize)
        let trainer = AdamTrainer(model.parameters)
        trainer.measuresGradientNorm = false
        let graph = settings.makeGraph()
        var result = Measurement.run(items, seconds: settings.seconds, warmUp: warmUp) { item in
            graph.renew()
            let total = loss(model, item, graph)
            let value = Double(total.value.scalar)
            total.backward()
            trainer.update()
            return (value, units(item))
        }
        result.operationsPerUnit =
            3 * (operationsOfLSTM(input: 64, hidden: 128) + 2 * 128 * BenchCorpus.vocabularySize)
        return result
    }

    static func zaremba(_ settings: BenchSettings) throws(DataError) -> Measurement {
        let stream = try BenchCorpus.words(settings.data).flatMap { $0 }
        let segments = BenchCorpus.segments(stream, count: 20, length: 35)
        let model = StreamLanguageModel(
            count: BenchCorpus.vocabularySize, embeddingSize: 650, hiddenSize: 650, range: 0.05, dropoutRate: 0.5)
        let trainer = SGDTrainer(model.parameters, learningRate: 1)
        trainer.clipNorm = 5
        var result = streaming(segments, model: model, trainer: trainer, lossScale: 1 / 20, settings)
        result.operationsPerUnit =
            3 * (2 * operationsOfLSTM(input: 650, hidden: 650) + 2 * 650 * BenchCorpus.vocabularySize)
        return result
    }

    static func characters(_ settings: BenchSettings) throws(DataError) -> Measurement {
        let (stream, count) = try BenchCorpus.characters(settings.data)
        let segments = BenchCorpus.segments(stream, count: 50, length: 50)
        let model = StreamLanguageModel(count: count, embeddingSize: 64, hiddenSize: 512, range: 0.0442, dropoutRate: 0)
        let trainer = AdamTrainer(model.parameters, learningRate: 0.002)
        trainer.clipNorm = 5
        var result = streaming(segments, model: model, trainer: trainer, lossScale: 1 / 2500, settings)
        result.operationsPerUnit =
            3 * (operationsOfLSTM(input: 64, hidden: 512) + operationsOfLSTM(input: 512, hidden: 512) + 2 * 512 * count)
        return result
    }

    private static func streaming(
        _ segments: [BenchCorpus.Segment], model: StreamLanguageModel, trainer: Trainer, lossScale: Float,
        _ settings: BenchSettings
    ) -> Measurement {
        let graph = settings.makeGraph()
        var state = model.initialState(in: graph)
        return Measurement.run(segments, seconds: settings.seconds, warmUp: 4) { segment in
            graph.renew(carrying: &state)
            let loss = model.loss(of: segment, from: &state)
            let value = Double(loss.value.scalar)
            (loss * lossScale).backward()
            trainer.update()
            return (value, segment.inputs.count * segment.inputs[0].count)
        }
    }
}
