// Translation by an encoder and a decoder: an LSTM reads the source, another one goes on from its memory and writes the target.
//
//     swift run -c release EncoderDecoder [TRAIN DEV] [--slice N] [--epochs N]          lines: source<TAB>target
import Elman
import ExampleSupport

struct Translator {
    let parameters = ParameterCollection(seed: 1)
    let sourceEmbeddings: LookupParameter, targetEmbeddings: LookupParameter
    let encoder: LSTMBuilder, decoder: LSTMBuilder, scores: Linear, boundary: Int

    init(sourceCount: Int, targetCount: Int, boundary: Int) {
        sourceEmbeddings = parameters.addLookup(count: sourceCount, size: 64, named: "sourceEmbeddings")
        targetEmbeddings = parameters.addLookup(count: targetCount, size: 64, named: "targetEmbeddings")
        encoder = LSTMBuilder(inputSize: 64, hiddenSize: 128, in: parameters.scope("encoder"))
        decoder = LSTMBuilder(inputSize: 64, hiddenSize: 128, in: parameters.scope("decoder"))
        scores = Linear(inputSize: 128, outputSize: targetCount, in: parameters.scope("scores"))
        self.boundary = boundary
    }

    /// The decoder's state before its first word: the sentence's vector is its memory.
    func start(_ source: [Int], in graph: ComputationGraph) -> RecurrentState<LSTMCell> {
        var state = encoder.initialState(in: graph)
        for word in source { state.addInput(sourceEmbeddings[word, in: graph]) }
        return decoder.initialState(from: [LSTMState(hidden: tanh(state.output), cell: state.output)], in: graph)
    }

    /// -log p of the target's words and of its end.
    func loss(of source: [Int], _ target: [Int], in graph: ComputationGraph) -> Expression {
        var state = start(source, in: graph)
        let losses = zip([boundary] + target, target + [boundary]).map { previous, word in
            state.addInput(targetEmbeddings[previous, in: graph])
            return pickNegativeLogSoftmax(scores(state.output), word)
        }
        return sum(losses)
    }

    /// The likeliest word at every step, up to 50; all sentences go on together.
    func translations(of sources: [[Int]], in graph: ComputationGraph) -> [[Int]] {
        var states = sources.map { start($0, in: graph) }, outputs = sources.map { _ in [Int]() }
        var live = Array(sources.indices)
        while !live.isEmpty {
            for index in live { states[index].addInput(targetEmbeddings[outputs[index].last ?? boundary, in: graph]) }
            let best = concatenateToBatch(live.map { scores(states[$0].output) }).value
            let words = live.indices.map { best.member($0).argmax }
            for (index, word) in zip(live, words) where word != boundary { outputs[index].append(word) }
            live = zip(live, words).filter { $1 != boundary && outputs[$0].count < 50 }.map(\.0)
        }
        return outputs
    }
}

let arguments = ExampleArguments(slice: 1000, epochs: 3)
func read(_ index: Int, _ name: String) throws -> ParallelTexts {
    let path = arguments.file(index, default: "Sources/CElmanTexts/texts/verses/" + name)
    return try ParallelTexts(reading: path, columns: arguments.hasFiles ? nil : .init(source: 1, target: 2))
}
let training = orEnd(try read(0, "train.tsv")), development = orEnd(try read(1, "dev.tsv"))
let sourceWords = training.sources.vocabulary(minimumCount: 2)
let targetWords = training.targets.vocabulary(minimumCount: 2, boundary: Vocabulary.boundarySpelling)
func encoded(_ texts: ParallelTexts) throws -> [(source: [Int], target: [Int])] {
    let sources = try texts.sources.encoded(with: sourceWords), targets = try texts.targets.encoded(with: targetWords)
    return (0..<min(texts.count, arguments.slice)).map { (sources[$0].map { Int($0) }, targets[$0].map { Int($0) }) }
}
let train = orEnd(try encoded(training)), dev = orEnd(try encoded(development))

let model = Translator(sourceCount: sourceWords.count, targetCount: targetWords.count, boundary: targetWords.boundary!)
let trainer = AdamTrainer(model.parameters)
trainer.clipNorm = 5
let graph = ComputationGraph()
for epoch in 1...arguments.epochs {
    for batch in SentenceBatches.shuffled(count: train.count, size: 16, seed: UInt64(epoch)).batches {
        graph.renew()
        sum(batch.map { model.loss(of: train[$0].source, train[$0].target, in: graph) }).backward()
        trainer.update()
    }
    graph.renew()
    let loss = sum(dev.map { model.loss(of: $0.source, $0.target, in: graph) }).value.scalar
    let metrics = LanguageModelMetrics(  // every word of the targets counts, and every end
        tokens: dev.reduce(0) { $0 + $1.target.count + 1 }, negativeLogLikelihood: Double(loss))
    var bleu = BLEU(tokenization: .none)
    graph.renew()
    for (index, words) in model.translations(of: dev.map(\.source), in: graph).enumerated() {
        let reference = development.targets.tokens(of: index).joined(separator: " ")
        bleu.add(words.map { targetWords[$0] }.joined(separator: " "), references: [reference])
    }
    print("epoch \(epoch): dev perplexity \(fixed(metrics.perplexity, 1)), BLEU \(fixed(bleu.score, 2))")
}
