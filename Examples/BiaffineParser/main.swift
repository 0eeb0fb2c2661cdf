// A graph-based dependency parser: every word scores every other one as its head, and a maximum spanning tree is the parse (Dozat
// and Manning 2017). Sizes as in the lecture's script.
//
//     swift run -c release BiaffineParser [TRAIN DEV] [--slice N] [--epochs N]          CoNLL-U
import Elman
import ExampleSupport

struct Parser {
    let parameters = ParameterCollection(seed: 1)
    let embeddings: LookupParameter, reader: Bidirectional<ElmanCell>
    let arcs: BiaffineArcScorer, relations: BiaffineLabelScorer

    init(wordCount: Int, relationCount: Int) {
        embeddings = parameters.addLookup(count: wordCount + 1, size: 32, named: "embeddings")  // the last is the root
        reader = Bidirectional(inputSize: 32, hiddenSize: 64, in: parameters.scope("reader"))
        arcs = BiaffineArcScorer(stateSize: 128, arcSize: 64, in: parameters.scope("arcs"))
        relations = BiaffineLabelScorer(
            stateSize: 128, labelSize: 32, labelCount: relationCount, in: parameters.scope("relations"))
    }

    /// The states of the root and of all words, `[128, n + 1]`.
    func states(_ words: [Int], in graph: ComputationGraph) -> Expression {
        reader.read(([embeddings.count - 1] + words).map { embeddings[$0, in: graph] }).outputMatrix
    }

    func loss(of sentence: Sentence, in graph: ComputationGraph) -> Expression {
        let states = states(sentence.words, in: graph)
        return arcs.loss(arcs(states), heads: sentence.heads)
            + relations.loss(relations(states, heads: sentence.heads), labels: sentence.relations)
    }

    func parse(_ words: [Int], in graph: ComputationGraph) -> [AttachmentMetrics.Arc] {
        let states = states(words, in: graph)
        let heads = maximumSpanningTree(scores: arcs(states).value)
        let scores = relations(states, heads: heads).value
        return heads.enumerated().map { (Int32($1), Int32(scores.member($0).argmax)) }
    }
}

struct Sentence {
    let words: [Int], heads: [Int], relations: [Int]
    var arcs: [AttachmentMetrics.Arc] { zip(heads, relations).map { (Int32($0), Int32($1)) } }
}

let arguments = ExampleArguments(slice: 500, epochs: 15)
let training = orEnd(try DependencyTreebank(reading: [arguments.file(0, default: "Examples/Data/sentences-train.conllu")]))
let development = orEnd(try DependencyTreebank(reading: [arguments.file(1, default: "Examples/Data/sentences-dev.conllu")]))
let vocabulary = training.words.vocabulary(minimumCount: 2)
let relations = training.relationVocabulary().extended(with: development.relations.counts)

func encoded(_ treebank: DependencyTreebank) throws -> [Sentence] {
    let words = try treebank.words.encoded(with: vocabulary), relations = treebank.relationIndices(in: relations)
    return (0..<min(treebank.count, arguments.slice)).map { index in
        let heads = treebank.heads(of: index).map { Int($0) }
        return Sentence(words: words[index].map { Int($0) }, heads: heads, relations: relations[index].map { Int($0) })
    }
}
let train = orEnd(try encoded(training)), dev = orEnd(try encoded(development))

let model = Parser(wordCount: vocabulary.count, relationCount: relations.count)
let trainer = AdamTrainer(model.parameters)
trainer.clipNorm = 5
let graph = ComputationGraph()
for epoch in 1...arguments.epochs {
    var total = 0.0
    for batch in SentenceBatches.shuffled(count: train.count, size: 4, seed: UInt64(epoch)).batches {
        graph.renew()
        let loss = sum(batch.map { model.loss(of: train[$0], in: graph) })
        total += Double(loss.value.scalar)
        loss.backward()
        trainer.update()
    }
    var metrics = AttachmentMetrics(relations: relations)
    for sentence in dev {
        graph.renew()
        metrics.add(gold: sentence.arcs, predicted: model.parse(sentence.words, in: graph))
    }
    let loss = fixed(total / Double(train.reduce(0) { $0 + $1.words.count }))
    print("epoch \(epoch): loss \(loss) a word, dev UAS \(percent(metrics.uas)), LAS \(percent(metrics.las))")
}
