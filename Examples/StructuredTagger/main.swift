// A tagger that scores whole sequences of tags: a bidirectional network below, transitions between tags above. Trained in three
// ways: as a conditional random field, as a structured perceptron, and with a margin (Hamming cost).
//
//     swift run -c release StructuredTagger [TRAIN DEV] [--slice N] [--epochs N]          word|tag word|tag, or columns
import Elman
import ExampleSupport

enum Objective: String, CaseIterable {
    case likelihood = "conditional random field", perceptron = "structured perceptron", margin = "margin"
}

struct Tagger {
    let parameters = ParameterCollection(seed: 1)
    let embeddings: LookupParameter, reader: Bidirectional<ElmanCell>, output: Linear, chain: LinearChainCRF

    init(wordCount: Int, tagCount: Int) {
        embeddings = parameters.addLookup(count: wordCount, size: 64, named: "embeddings")
        reader = Bidirectional(inputSize: 64, hiddenSize: 64, in: parameters.scope("reader"))
        output = Linear(inputSize: 128, outputSize: tagCount, in: parameters.scope("output"))
        chain = LinearChainCRF(tagCount: tagCount, in: parameters.scope("chain"))
    }

    /// What the network says of all tags at all words, `[tagCount, words]`.
    func emissions(of words: [Int], in graph: ComputationGraph) -> Expression {
        output(reader.read(words.map { embeddings[$0, in: graph] }).outputMatrix)
    }

    func loss(of words: [Int], _ tags: [Int], _ objective: Objective, in graph: ComputationGraph) -> Expression {
        let emissions = emissions(of: words, in: graph)
        return switch objective {
        case .likelihood: chain.negativeLogLikelihood(emissions, tags: tags)
        case .perceptron: chain.perceptronLoss(emissions, tags: tags)
        case .margin: chain.marginLoss(emissions, tags: tags)
        }
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

let graph = ComputationGraph()
for objective in Objective.allCases {
    print(objective.rawValue)
    let model = Tagger(wordCount: vocabulary.count, tagCount: tags.count)
    let trainer = AdamTrainer(model.parameters)
    trainer.clipNorm = 5
    for epoch in 1...arguments.epochs {
        var total = 0.0
        for batch in SentenceBatches.shuffled(count: train.count, size: 8, seed: UInt64(epoch)).batches {
            graph.renew()
            let loss = sum(batch.map { model.loss(of: train[$0].words, train[$0].tags, objective, in: graph) })
            total += Double(loss.value.scalar)
            loss.backward()
            trainer.update()
        }
        graph.renew()
        var metrics = SpanMetrics(tags: tags)
        let paths = model.chain.decode(dev.map { model.emissions(of: $0.words, in: graph) })
        for (example, path) in zip(dev, paths) {
            metrics.add(gold: example.tags.map { Int32($0) }, predicted: path.map { Int32($0) })
        }
        let loss = fixed(total / Double(train.count))
        print("  epoch \(epoch): loss \(loss) a sentence, dev accuracy \(percent(metrics.accuracy))")
    }
}
