// What automatic batching does: nodes that do the same work run together, and every value stays the same bits.
import Elman

let parameters = ParameterCollection(seed: 1)
let embeddings = parameters.addLookup(count: 10, size: 8, named: "embeddings")
let rnn = LSTMBuilder(inputSize: 8, hiddenSize: 16, in: parameters.scope("rnn"))
let sentences = [[3, 1, 4, 1], [2, 6, 5], [3, 5]]

var values: [[Float]] = []
for batching in ComputationGraph.Batching.allCases {
    let graph = ComputationGraph(batching: batching)
    let ends = sentences.map { sentence in
        var state = rnn.initialState(in: graph)
        for word in sentence { state.addInput(embeddings[word, in: graph]) }
        return sum(state.output)
    }
    values.append(concatenate(ends).value.scalars)
    let lines = graph.explain().split(separator: "\n")
    print(batching == .byAgenda ? lines.joined(separator: "\n") : lines[0])
}
print("same bits: \(values.allSatisfy { $0 == values[0] })")
