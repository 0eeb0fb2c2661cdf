// The tag of every word from a bidirectional LSTM with a softmax at each word.
//
//     swift run -c release BiLSTMTagger [TRAIN DEV] [--slice N] [--epochs N]          word|tag word|tag, CoNLL columns, CoNLL-U
import Elman
import ExampleSupport

struct Tagger {
    let parameters = ParameterCollection(seed: 1)
    let embeddings: LookupParameter, reader: Bidirectional<LSTMCell>, output: Linear

    init(wordCount: Int, tagCount: Int) {
        embeddings = parameters.addLookup(count: wordCount, size: 64, named: "embeddings")
        reader = Bidirectional(inputSize: 64, hiddenSize: 64, in: parameters.scope("reader"))
        output = Linear(inputSize: 128, outputSize: tagCount, in: parameters.scope("output"))
    }

    /// The scores of all tags at every word.
    func scores(of words: [Int], in graph: ComputationGraph) -> [Expression] {
        reader.transduce(words.map { embeddings[$0, in: graph] }).map { output($0) }
    }

    func loss(of words: [Int], _ tags: [Int], in graph: ComputationGraph) -> Expression {
        sum(zip(scores(of: words, in: graph), tags).map { pickNegativeLogSoftmax($0, $1) })
    }
}

let arguments = ExampleArguments(slice: 1000, epochs: 5)
let texts = "Sources/CElmanTexts/texts/address-tags/"
let training = orEnd(try TaggedTexts(reading: [arguments.file(0, default: texts + "train.txt")]))
let development = orEnd(try TaggedTexts(reading: [arguments.file(1, default: texts + "dev.txt")]))
let vocabulary = training.words.vocabulary(minimumCount: 2)
let tags = training.tagVocabulary().extended(with: development.tags!.counts)

typealias Example = (words: [Int], tags: [Int])
func encoded(_ texts: TaggedTexts) throws -> [Example] {
    let words = try texts.words.encoded(with: vocabulary), tags = texts.tagIndices(in: tags)
    return (0..<min(texts.count, arguments.slice)).map { (words[$0].map { Int($0) }, tags[$0].map { Int($0) }) }
}
let train = orEnd(try encoded(training)), dev = orEnd(try encoded(development))

let model = Tagger(wordCount: vocabulary.count, tagCount: tags.count)
let trainer = AdamTrainer(model.parameters)
trainer.clipNorm = 5
let graph = ComputationGraph()
for epoch in 1...arguments.epochs {
    var total = 0.0
    for batch in SentenceBatches.shuffled(count: train.count, size: 8, seed: UInt64(epoch)).batches {
        graph.renew()
        let loss = sum(batch.map { model.loss(of: train[$0].words, train[$0].tags, in: graph) })
        total += Double(loss.value.scalar)
        loss.backward()
        trainer.update()
    }
    var metrics = SpanMetrics(tags: tags)
    for example in dev {
        graph.renew()
        let scores = concatenateToBatch(model.scores(of: example.words, in: graph)).value
        let found = example.words.indices.map { Int32(scores.member($0).argmax) }
        metrics.add(gold: example.tags.map { Int32($0) }, predicted: found)
    }
    let loss = fixed(total / Double(train.reduce(0) { $0 + $1.words.count }))
    let spans = metrics.tagSet.hasSpans ? ", span F1 \(percent(metrics.spans.f1))" : ""
    print("epoch \(epoch): loss \(loss) a word, dev accuracy \(percent(metrics.accuracy))\(spans)")
}
