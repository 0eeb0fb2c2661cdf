// A recurrent language model and its training, made of the library's parts.
import Elman

struct WordModel {
    let parameters = ParameterCollection(seed: 1)
    let embeddings: LookupParameter, rnn: LSTMBuilder, scores: Linear, boundary: Int

    init(wordCount: Int, boundary: Int) {
        embeddings = parameters.addLookup(count: wordCount, size: 32, named: "embeddings")
        rnn = LSTMBuilder(layerCount: 1, inputSize: 32, hiddenSize: 64, in: parameters.scope("rnn"))
        scores = Linear(inputSize: 64, outputSize: wordCount, in: parameters.scope("scores"))
        self.boundary = boundary
    }

    /// The loss of one sentence, written for one sentence: no padding, no masks, no batches.
    func loss(of sentence: [Int], in graph: ComputationGraph) -> Expression {
        var state = rnn.initialState(in: graph).addingInput(embeddings[boundary, in: graph])
        var losses: [Expression] = []
        for word in sentence + [boundary] {
            losses.append(pickNegativeLogSoftmax(scores(state.output), word))
            state.addInput(embeddings[word, in: graph])
        }
        return sum(losses)
    }
}

let text = "the king sleeps\nthe queen and the king walk in the garden\nthe owl cries\nwho walks in the garden\n"
let corpus = try TextCorpus(text: Array(text.utf8))
let vocabulary = corpus.vocabulary()
let encoded = try corpus.encoded(with: vocabulary)
let sentences = (0..<encoded.sentenceCount).map { encoded[$0].dropLast().map { Int($0) } }

let model = WordModel(wordCount: vocabulary.count, boundary: vocabulary.boundary!)
let trainer = AdamTrainer(model.parameters, learningRate: 0.01)
let graph = ComputationGraph()
for epoch in 1...60 {
    graph.renew()
    let loss = sum(sentences.map { model.loss(of: $0, in: graph) })  // this is the minibatch
    loss.backward()
    trainer.update()
    if epoch % 20 == 0 { print("epoch \(epoch): \(loss.value.scalar / Float(encoded.tokens.count)) nats a word") }
}
