// A feed-forward trigram model (Bengio et al. 2003) beside counted trigrams (Kneser and Ney 1995).
//
//     swift run -c release FeedForwardLM [TRAIN DEV] [--slice N] [--epochs N]          one sentence a line
import Elman
import ExampleSupport

func read(_ arguments: ExampleArguments) throws -> (train: TextCorpus, dev: TextCorpus) {
    guard !arguments.hasFiles else {
        let paths = (0..<2).map { arguments.file($0, default: "") }
        return (try TextCorpus(reading: [paths[0]]), try TextCorpus(reading: [paths[1]]))
    }
    let path = arguments.file(0, default: "Sources/CElmanTexts/texts/shakespeare.txt")
    let split = try ShakespeareTokens.split(FileSystem.readFile(path))
    return (split.train, split.dev)
}

let arguments = ExampleArguments(slice: 4000, epochs: 3)
let texts = orEnd(try read(arguments))
let vocabulary = texts.train.vocabulary(minimumCount: 3)
let boundary = vocabulary.boundary!
let train = orEnd(try texts.train.encoded(with: vocabulary)).part { $0 < arguments.slice }
let dev = orEnd(try texts.dev.encoded(with: vocabulary)).part { $0 < arguments.slice }

let parameters = ParameterCollection(seed: 1)
let model = FeedForwardNGram(
    wordCount: vocabulary.count, contextCount: 2, embeddingSize: 64, hiddenSize: 128, in: parameters)

/// -log p of a sentence that ends in the boundary mark. No word waits for another: all are one batch.
func loss(of sentence: ArraySlice<Int32>, in graph: ComputationGraph) -> Expression {
    let contexts = model.contexts(of: sentence.dropLast().map { Int($0) }, boundary: boundary)
    return sumOverBatch(pickNegativeLogSoftmax(model(contexts, in: graph), sentence.map { Int($0) }))
}

let counted = KneserNey(training: train, vocabularySize: vocabulary.count, order: 3)
print("Kneser-Ney trigrams: dev perplexity \(fixed(counted.evaluate(dev).perplexity, 1))")

let trainer = AdamTrainer(parameters)
trainer.clipNorm = 5
let graph = ComputationGraph()
for epoch in 1...arguments.epochs {
    var total = 0.0
    for batch in SentenceBatches.shuffled(count: train.sentenceCount, size: 16, seed: UInt64(epoch)).batches {
        graph.renew()
        let batchLoss = sum(batch.map { loss(of: train[$0], in: graph) })
        total += Double(batchLoss.value.scalar)
        batchLoss.backward()
        trainer.update()
    }
    var metrics = LanguageModelMetrics(tokens: dev.tokens.count)
    for batch in SentenceBatches.inOrder(count: dev.sentenceCount, size: 32).batches {
        graph.renew()
        metrics.negativeLogLikelihood += Double(sum(batch.map { loss(of: dev[$0], in: graph) }).value.scalar)
    }
    let mean = fixed(total / Double(train.tokens.count))
    print("epoch \(epoch): loss \(mean) a word, dev perplexity \(fixed(metrics.perplexity, 1))")
}
