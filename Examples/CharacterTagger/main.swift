// A tagger that also reads the characters of every word and sees how it is written, so that words it never saw tell it something.
//
//     swift run -c release CharacterTagger [TRAIN DEV] [--slice N] [--epochs N]          word|tag word|tag, or columns
import Elman
import ExampleSupport

struct Word {
    let index: Int, characters: [Int], wordCase: WordCase
}

struct Tagger {
    let parameters = ParameterCollection(seed: 1)
    let words: WordEncoder, reader: Bidirectional<LSTMCell>, output: Linear

    init(wordCount: Int, characterCount: Int, tagCount: Int) {
        words = WordEncoder(wordCount: wordCount, embeddingSize: 48, caseSize: 4, in: parameters.scope("words")) { scope in
            CharacterEncoder(characterCount: characterCount, embeddingSize: 16, hiddenSize: 16, in: scope)
        }
        reader = Bidirectional(inputSize: words.outputSize, hiddenSize: 64, in: parameters.scope("reader"))
        output = Linear(inputSize: 128, outputSize: tagCount, in: parameters.scope("output"))
    }

    /// The scores of all tags at every word.
    func scores(of sentence: [Word], in graph: ComputationGraph) -> [Expression] {
        let inputs = sentence.map { words($0.index, characters: $0.characters, wordCase: $0.wordCase, in: graph) }
        return reader.transduce(inputs).map { output($0) }
    }
}

let arguments = ExampleArguments(slice: 500, epochs: 5)
let texts = "Sources/CElmanTexts/texts/address-tags/"
let training = orEnd(try TaggedTexts(reading: [arguments.file(0, default: texts + "train.txt")]))
let development = orEnd(try TaggedTexts(reading: [arguments.file(1, default: texts + "dev.txt")]))
let vocabulary = training.words.lowercased().vocabulary(minimumCount: 2)
let tags = training.tagVocabulary().extended(with: development.tags!.counts)

func characters(_ word: String) -> [String] { word.unicodeScalars.map { String($0) } }
let alphabet = TokenLists((0..<training.words.counts.typeCount).map { characters(training.words.counts.token($0)) })
    .vocabulary(minimumCount: 2)

typealias Example = (words: [Word], tags: [Int])
func encoded(_ texts: TaggedTexts) throws -> [Example] {
    let lowered = try texts.words.lowercased().encoded(with: vocabulary), tags = texts.tagIndices(in: tags)
    return (0..<min(texts.count, arguments.slice)).map { sentence in
        let words = zip(lowered[sentence], texts.words.tokens(of: sentence)).map { index, spelling in
            let characters = characters(spelling).map { alphabet.index(of: $0) ?? alphabet.unknown! }
            return Word(index: Int(index), characters: characters, wordCase: WordCase(spelling))
        }
        return (words, tags[sentence].map { Int($0) })
    }
}
let train = orEnd(try encoded(training)), dev = orEnd(try encoded(development))

let model = Tagger(wordCount: vocabulary.count, characterCount: alphabet.count, tagCount: tags.count)
let trainer = AdamTrainer(model.parameters)
trainer.clipNorm = 5
let graph = ComputationGraph()
for epoch in 1...arguments.epochs {
    var total = 0.0
    for batch in SentenceBatches.shuffled(count: train.count, size: 8, seed: UInt64(epoch)).batches {
        graph.renew()
        let losses = batch.flatMap { index in
            zip(model.scores(of: train[index].words, in: graph), train[index].tags).map { pickNegativeLogSoftmax($0, $1) }
        }
        let loss = sum(losses)
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
    print("epoch \(epoch): loss \(loss) a word, dev accuracy \(percent(metrics.accuracy))")
}
