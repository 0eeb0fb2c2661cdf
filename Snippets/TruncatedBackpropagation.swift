// Training on one long stream: the state goes on from segment to segment, the gradient ends at each cut.
import Elman

let parameters = ParameterCollection(seed: 1)
let embeddings = parameters.addLookup(count: 4, size: 8, named: "embeddings")
let rnn = LSTMBuilder(inputSize: 8, hiddenSize: 32, in: parameters.scope("rnn"))
let scores = Linear(inputSize: 32, outputSize: 4, in: parameters.scope("scores"))

// After 3 comes 0, 1 or 2, in turn: only a network that remembers the last turn can know which.
let stream = (0..<6000).map { $0 % 2 == 0 ? 3 : $0 / 2 % 3 }
let window = 20

let trainer = AdamTrainer(parameters)
trainer.clipNorm = 5
let schedule = LearningRateSchedule.cosine(updateCount: stream.count / window, warmUp: 20)
let graph = ComputationGraph()
var state = rnn.initialState(in: graph)
for start in stride(from: 0, to: stream.count - window, by: window) {
    graph.renew(carrying: &state)  // forgets all nodes; the state's values live on as constants
    var losses: [Expression] = []
    for position in start..<start + window {
        state.addInput(embeddings[stream[position], in: graph])
        losses.append(pickNegativeLogSoftmax(scores(state.output), stream[position + 1]))
    }
    let loss = average(losses)
    loss.backward()
    trainer.learningRate = schedule.rate(0.02, at: TrainingProgress(update: start / window))
    trainer.update()
    if start % 1000 == 0 { print("token \(start): \(loss.value.scalar) nats a token") }
}
