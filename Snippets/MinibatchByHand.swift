// A minibatch padded by hand, as in the days before automatic batching, and the same sentences left to the engine.
import Elman

let parameters = ParameterCollection(seed: 1)
let embeddings = parameters.addLookup(count: 10, size: 8, named: "embeddings")
let rnn = LSTMBuilder(inputSize: 8, hiddenSize: 16, in: parameters.scope("rnn"))
let scores = Linear(inputSize: 16, outputSize: 10, in: parameters.scope("scores"))
let sentences = [[3, 1, 4, 1, 5, 9, 0], [2, 6, 5, 3, 0], [5, 8, 0]]  // each ends with the mark 0

/// One column of words at a time. A target of -1 is padding, which has no loss and no gradient.
func paddedLoss(in graph: ComputationGraph) -> Expression {
    var state = rnn.initialState(in: graph)
    var inputs = sentences.map { _ in 0 }
    var losses: [Expression] = []
    for step in 0..<7 {
        state.addInput(embeddings[inputs, in: graph])  // [8]×3: a batch of three vectors
        let targets = sentences.map { step < $0.count ? $0[step] : -1 }
        losses.append(sumOverBatch(pickNegativeLogSoftmax(scores(state.output), targets)))
        inputs = targets.map { max($0, 0) }
    }
    return sum(losses)
}

/// The loss of one sentence.
func loss(of sentence: [Int], in graph: ComputationGraph) -> Expression {
    var state = rnn.initialState(in: graph)
    let losses = zip([0] + sentence, sentence).map { input, target in
        state.addInput(embeddings[input, in: graph])
        return pickNegativeLogSoftmax(scores(state.output), target)
    }
    return sum(losses)
}

let graph = ComputationGraph()
print("padded by hand:", paddedLoss(in: graph).value.scalar)
print("automatic:     ", sum(sentences.map { loss(of: $0, in: graph) }).value.scalar)
