// A language model: an LSTM predicts every word of a sentence and its end. Words, a layer, sizes as in the lecture's lm-lstm.
//
//     swift run -c release LMLSTM [TRAIN DEV] [--slice N] [--epochs N]          one sentence a line
import Elman
import ExampleSupport

struct WordModel {
    let parameters = ParameterCollection(seed: 1)
    let embeddings: LookupParameter, rnn: LSTMBuilder, scores: Linear, boundary: Int

    init(wordCount: Int, boundary: Int) {
        embeddings = parameters.addLookup(count: wordCount, size: 64, named: "embeddings")
        rnn = LSTMBuilder(layerCount: 1, inputSize: 64, hiddenSize: 128, in: parameters.scope("rnn"))
        scores = Linear(inputSize: 128, outputSize: wordCount, in: parameters.scope("scores"))
        self.boundary = boundary
    }

    /// -log p of a sentence that ends in the boundary mark, which also stands before its first word.
    func loss(of sentence: [Int], in graph: ComputationGraph) -> Expression {
        var state = rnn.initialState(in: graph)
        var losses: [Expression] = [], previous = boundary
        for word in sentence {
            state.addInput(embeddings[previous, in: graph])
            losses.append(pickNegativeLogSoftmax(scores(state.output), word))
            previous = word
        }
        return sum(losses)
    }
}

func read(_ arguments: ExampleArguments) throws -> (train: TextCorpus, dev: TextCorpus) {
    guard !arguments.hasFiles else {
        let paths = (0..<2).map { arguments.file($0, default: "") }
        return (try TextCorpus(reading: [paths[0]]), try TextCorpus(reading: [paths[1]]))
    }
    let path = arguments.file(0, default: "Sources/CElmanTexts/texts/shakespeare.txt")
    let split = try ShakespeareTokens.split(FileSystem.readFile(path))
    return (split.train, split.dev)
}

func sentences(_ corpus: TextCorpus, _ vocabulary: Vocabulary, first count: Int) throws -> [[Int]] {
    let encoded = try corpus.encoded(with: vocabulary)
    return (0..<min(encoded.sentenceCount, count)).map { encoded[$0].map { Int($0) } }
}

let arguments = ExampleArguments(slice: 2000, epochs: 3)
let texts = orEnd(try read(arguments))
let vocabulary = texts.train.vocabulary(minimumCount: 3)  // rarer words are <unk>
let train = orEnd(try sentences(texts.train, vocabulary, first: arguments.slice))
let dev = orEnd(try sentences(texts.dev, vocabulary, first: arguments.slice))

let model = WordModel(wordCount: vocabulary.count, boundary: vocabulary.boundary!)
let trainer = AdamTrainer(model.parameters)
trainer.clipNorm = 5
let graph = ComputationGraph()
for epoch in 1...arguments.epochs {
    var total = 0.0
    for index in SentenceBatches.shuffled(count: train.count, size: 1, seed: UInt64(epoch)).batches.joined() {
        graph.renew()
        let loss = model.loss(of: train[index], in: graph)
        total += Double(loss.value.scalar)
        loss.backward()
        trainer.update()
    }
    var metrics = LanguageModelMetrics()
    for batch in SentenceBatches.inOrder(count: dev.count, size: 32).batches {
        graph.renew()
        let loss = sum(batch.map { model.loss(of: dev[$0], in: graph) }).value.scalar
        metrics.tokens += batch.reduce(0) { $0 + dev[$1].count }
        metrics.negativeLogLikelihood += Double(loss)
    }
    let words = train.reduce(0) { $0 + $1.count }
    print("epoch \(epoch): loss \(fixed(total / Double(words))) a word, dev perplexity \(fixed(metrics.perplexity, 1))")
}
