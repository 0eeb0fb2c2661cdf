// What automatic batching does: nodes that do the same work run together, and every value stays the same bits.
import Elman

extension Op {
    /// The same value. Its kernel runs once a batch and prints how many nodes the batch has.
    static let watched = Op(
        "watched", batching: .stacked, samples: [OpSample([[4]])],
        shape: { shapes throws(ShapeError) in shapes[0] },
        forward: { call in
            print(call.nodeCount, terminator: " ")
            for row in 0..<call.rowCount { call.output[row].update(from: call.input(0)[row], count: call.output.size) }
        },
        backward: { call in
            guard let gradient = call.inputGradient(0) else { return }
            for row in 0..<call.rowCount {
                for index in 0..<gradient.size { gradient[row][index] += call.outputGradient[row][index] }
            }
        })
}

let parameters = ParameterCollection(seed: 1)
let embeddings = parameters.addLookup(count: 10, size: 8, named: "embeddings")
let rnn = LSTMBuilder(inputSize: 8, hiddenSize: 16, in: parameters.scope("rnn"))
let sentences = [[3, 1, 4, 1, 5, 9], [2, 6, 5], [3, 5, 8, 9]]

var values: [[Float]] = []
for batching in ComputationGraph.Batching.allCases {
    let graph = ComputationGraph(batching: batching)
    print("\(batching), nodes in each batch: ", terminator: "")
    let ends = sentences.map { sentence in
        var state = rnn.initialState(in: graph)
        for word in sentence {  // one step of all sentences is one batch, as long as they last
            state.addInput(embeddings[word, in: graph])
            state.setHidden(state.hidden(0).applying(.watched), layer: 0)
        }
        return sum(state.output)
    }
    values.append(concatenate(ends).value.scalars)
    print("  \(graph.nodeCount) nodes")
}
print("same bits: \(values.allSatisfy { $0 == values[0] })")
