// Minibatches of a language model in two ways, side by side: sentences padded by hand, with masks, and sentences each for itself,
// which the engine runs together. The losses are the same bits; what differs is the code.
//
//     swift run -c release LMMinibatch [TRAIN] [--slice N] [--epochs N]          one sentence a line
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

    /// By hand: one column of words at a time, shorter sentences padded with the boundary mark. A mask of ones and zeros, one
    /// for each sentence, takes the losses of the padding away.
    func paddedLoss(of batch: [[Int]], in graph: ComputationGraph) -> Expression {
        var state = rnn.initialState(in: graph)
        var losses: [Expression] = [], inputs = batch.map { _ in boundary }
        for step in 0..<batch.reduce(0, { max($0, $1.count) }) {
            let targets = batch.map { step < $0.count ? $0[step] : boundary }
            let mask = batch.map { Float(step < $0.count ? 1 : 0) }
            state.addInput(embeddings[inputs, in: graph])
            let loss = pickNegativeLogSoftmax(scores(state.output), targets)
            losses.append(loss .* graph.input(Tensor(shape: Shape([], batchSize: batch.count), scalars: mask)))
            inputs = targets
        }
        return sumOverBatch(sum(losses))
    }

    /// Automatically: the loss of one sentence. Sum as many as the minibatch shall have.
    func loss(of sentence: [Int], in graph: ComputationGraph) -> Expression {
        var state = rnn.initialState(in: graph)
        let losses = zip([boundary] + sentence, sentence).map { previous, word in
            state.addInput(embeddings[previous, in: graph])
            return pickNegativeLogSoftmax(scores(state.output), word)
        }
        return sum(losses)
    }
}

func read(_ arguments: ExampleArguments) throws -> TextCorpus {
    let path = arguments.file(0, default: "Sources/CElmanTexts/texts/shakespeare.txt")
    if arguments.hasFiles { return try TextCorpus(reading: [path]) }
    return try ShakespeareTokens.split(FileSystem.readFile(path)).train
}

let arguments = ExampleArguments(slice: 2000, epochs: 2)
let corpus = orEnd(try read(arguments))
let vocabulary = corpus.vocabulary(minimumCount: 3)
let text = orEnd(try corpus.encoded(with: vocabulary))
let sentences = (0..<min(text.sentenceCount, arguments.slice)).map { text[$0].map { Int($0) } }
let words = sentences.reduce(0) { $0 + $1.count }

// Sentences of about one length together, so that little is padded; the same batches for both ways.
let order = SentenceBatches.byLength(sentences.map(\.count), limit: .sentences(16), seed: 1)
let batches = order.batches.map { $0.map { sentences[$0] } }
print("\(batches.count) batches; positions that hold nothing: \(percent(order.padding?.share ?? 0))")

let graph = ComputationGraph()
for isPadded in [true, false] {
    let model = WordModel(wordCount: vocabulary.count, boundary: vocabulary.boundary!)
    let differing = batches.count { batch in
        graph.renew()
        let automatic = sum(batch.map { model.loss(of: $0, in: graph) })
        return model.paddedLoss(of: batch, in: graph).value != automatic.value
    }
    print("\(isPadded ? "padded by hand" : "automatic"): \(differing) batches have another loss in the other way")
    let trainer = AdamTrainer(model.parameters)
    for epoch in 1...arguments.epochs {
        var total = 0.0
        let time = ContinuousClock().measure {
            for batch in batches {
                graph.renew()
                let loss =
                    isPadded ? model.paddedLoss(of: batch, in: graph) : sum(batch.map { model.loss(of: $0, in: graph) })
                total += Double(loss.value.scalar)
                loss.backward()
                trainer.update()
            }
        }
        let speed = Int(Double(words) / (time / .seconds(1)))
        print("  epoch \(epoch): loss \(fixed(total / Double(words))) a word, \(speed) words/s")
    }
}
