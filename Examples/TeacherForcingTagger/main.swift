// A tagger that sees the tag before: the right one (teacher forcing), or ever more often its own (scheduled sampling, Bengio et
// al. 2015). When it tags, it has only its own.
//
//     swift run -c release TeacherForcingTagger [TRAIN DEV] [--slice N] [--epochs N]          word|tag word|tag, or columns
import Elman
import ExampleSupport

struct Tagger {
    let parameters = ParameterCollection(seed: 1)
    let words: LookupParameter, tags: LookupParameter, reader: Bidirectional<ElmanCell>, output: Linear

    init(wordCount: Int, tagCount: Int) {
        words = parameters.addLookup(count: wordCount, size: 64, named: "words")
        tags = parameters.addLookup(count: tagCount + 1, size: 16, named: "tags")  // the last stands before a sentence
        reader = Bidirectional(inputSize: 64, hiddenSize: 64, in: parameters.scope("reader"))
        output = Linear(inputSize: 144, outputSize: tagCount, in: parameters.scope("output"))
    }

    /// The scores of all tags at every word. `previous` says which tag the next word sees: it gets the word's number and scores.
    func scores(of words: [Int], in graph: ComputationGraph, previous: (Int, Expression) -> Int) -> [Expression] {
        var tag = tags.count - 1
        return reader.transduce(words.map { self.words[$0, in: graph] }).enumerated().map { position, state in
            let scores = output(concatenate(state, tags[tag, in: graph]))
            tag = previous(position, scores)
            return scores
        }
    }

    /// The right tag stands before a word with the probability `truth`, otherwise the one that the model finds.
    func loss(
        of words: [Int], _ gold: [Int], truth: Double, _ random: inout RandomGenerator, in graph: ComputationGraph
    ) -> Expression {
        let scores = scores(of: words, in: graph) { position, scores in
            random.uniform() < truth ? gold[position] : scores.value.argmax
        }
        return sum(zip(scores, gold).map { pickNegativeLogSoftmax($0, $1) })
    }

    func tags(of words: [Int], in graph: ComputationGraph) -> [Int] {
        var found: [Int] = []
        _ = scores(of: words, in: graph) { _, scores in
            found.append(scores.value.argmax)
            return found[found.count - 1]
        }
        return found
    }
}

let arguments = ExampleArguments(slice: 500, epochs: 5)
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

let graph = ComputationGraph()
for isSampling in [false, true] {
    print(isSampling ? "scheduled sampling" : "teacher forcing")
    let model = Tagger(wordCount: vocabulary.count, tagCount: tags.count)
    let trainer = AdamTrainer(model.parameters)
    trainer.clipNorm = 5
    var random = RandomGenerator(seed: 1)
    for epoch in 1...arguments.epochs {
        let truth = isSampling ? max(1 - 0.1 * Double(epoch - 1), 0.2) : 1
        for batch in SentenceBatches.shuffled(count: train.count, size: 4, seed: UInt64(epoch)).batches {
            graph.renew()
            let losses = batch.map { index in
                model.loss(of: train[index].words, train[index].tags, truth: truth, &random, in: graph)
            }
            sum(losses).backward()
            trainer.update()
        }
        var metrics = SpanMetrics(tags: tags)
        for example in dev {
            graph.renew()
            let found = model.tags(of: example.words, in: graph)
            metrics.add(gold: example.tags.map { Int32($0) }, predicted: found.map { Int32($0) })
        }
        print("  epoch \(epoch): right tag given with p = \(fixed(truth, 1)), dev accuracy \(percent(metrics.accuracy))")
    }
}
