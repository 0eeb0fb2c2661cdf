// Translation with attention: the decoder looks at all states of the encoder before it writes a word (Bahdanau et al. 2015).
//
//     swift run -c release AttentionDecoder [TRAIN DEV] [--slice N] [--epochs N]          lines: source<TAB>target
import Elman
import ExampleSupport

struct Translator {
    typealias State = (rnn: RecurrentState<LSTMCell>, memory: AttentionMemory, weights: Expression?)
    let parameters = ParameterCollection(seed: 1)
    let sourceEmbeddings: LookupParameter, targetEmbeddings: LookupParameter
    let encoder: Bidirectional<LSTMCell>, decoder: LSTMBuilder, attention: MLPAttention, mixing: Linear, scores: Linear

    init(sourceCount: Int, targetCount: Int) {
        sourceEmbeddings = parameters.addLookup(count: sourceCount, size: 64, named: "sourceEmbeddings")
        targetEmbeddings = parameters.addLookup(count: targetCount, size: 64, named: "targetEmbeddings")
        encoder = Bidirectional(inputSize: 64, hiddenSize: 64, in: parameters.scope("encoder"))
        decoder = LSTMBuilder(inputSize: 64, hiddenSize: 128, in: parameters.scope("decoder"))
        attention = MLPAttention(querySize: 128, stateSize: 128, attentionSize: 128, in: parameters.scope("attention"))
        mixing = Linear(inputSize: 256, outputSize: 128, in: parameters.scope("mixing"))
        scores = Linear(inputSize: 128, outputSize: targetCount, in: parameters.scope("scores"))
    }

    func start(_ source: [Int], in graph: ComputationGraph) -> State {
        let reading = encoder.read(source.map { sourceEmbeddings[$0, in: graph] })
        let first = LSTMState(hidden: tanh(reading.summary), cell: reading.summary)
        return (decoder.initialState(from: [first], in: graph), attention.memory(of: reading.outputs), nil)
    }

    /// The state after a word, and the scores of the next one.
    func step(_ state: State, _ word: Int) -> (state: State, scores: Expression) {
        let rnn = state.rnn.addingInput(targetEmbeddings[word, in: state.rnn.graph])
        let seen = attention(rnn.output, state.memory)
        let mixed = tanh(mixing(concatenate(rnn.output, seen.context)))
        return ((rnn, state.memory, seen.weights), scores(mixed))
    }

    func loss(of source: [Int], _ target: [Int], boundary: Int, in graph: ComputationGraph) -> Expression {
        var state = start(source, in: graph)
        let losses = zip([boundary] + target, target + [boundary]).map { previous, word in
            let next = step(state, previous)
            state = next.state
            return pickNegativeLogSoftmax(next.scores, word)
        }
        return sum(losses)
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
let boundary = targetWords.boundary!
func encoded(_ texts: ParallelTexts) throws -> [(source: [Int], target: [Int])] {
    let sources = try texts.sources.encoded(with: sourceWords), targets = try texts.targets.encoded(with: targetWords)
    return (0..<min(texts.count, arguments.slice)).map { (sources[$0].map { Int($0) }, targets[$0].map { Int($0) }) }
}
let train = orEnd(try encoded(training)), dev = orEnd(try encoded(development))

let model = Translator(sourceCount: sourceWords.count, targetCount: targetWords.count)
let trainer = AdamTrainer(model.parameters)
let graph = ComputationGraph()
for epoch in 1...arguments.epochs {
    for batch in SentenceBatches.shuffled(count: train.count, size: 16, seed: UInt64(epoch)).batches {
        graph.renew()
        sum(batch.map { model.loss(of: train[$0].source, train[$0].target, boundary: boundary, in: graph) }).backward()
        trainer.update()
    }
    graph.renew()
    let loss = sum(dev.map { model.loss(of: $0.source, $0.target, boundary: boundary, in: graph) }).value.scalar
    let perWord = Double(loss) / Double(dev.reduce(0) { $0 + $1.target.count + 1 })
    print("epoch \(epoch): dev loss \(fixed(perWord)) a word")
}

// Beam search, and what each word of the translation looked at most.
graph.renew()
let search = BeamSearch(beamSize: 4, endToken: boundary, maximumLength: 50, normalization: .power(alpha: 1))
let found = search.search(from: model.start(dev[0].source, in: graph), after: boundary) { live in
    let next = live.map { model.step($0.state, $0.token) }
    let logs = concatenateToBatch(next.map { logSoftmax($0.scores) }).value
    return next.indices.map { (next[$0].state, logs.member($0).scalars) }
}
let tokens = found[0].tokens
var state = model.start(dev[0].source, in: graph)
for (previous, word) in zip([boundary] + tokens, tokens) {
    state = model.step(state, previous).state
    print("  \(targetWords[word]) ← \(sourceWords[dev[0].source[state.weights!.value.argmax]])")
}
