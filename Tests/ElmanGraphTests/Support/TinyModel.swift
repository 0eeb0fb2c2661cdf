import ElmanGraph
import ElmanTensor

/// A recurrent language model over four words, written for one sentence.
struct TinyModel {
    let parameters: ParameterCollection
    let embeddings: LookupParameter
    let projection: Parameter, recurrent: Parameter, bias: Parameter, output: Parameter, outputBias: Parameter

    init(seed: UInt64 = 1) {
        parameters = ParameterCollection(seed: seed)
        embeddings = parameters.addLookup(count: 4, size: 3, named: "embeddings")
        projection = parameters.add([8, 3], named: "projection")
        recurrent = parameters.add([8, 2], named: "recurrent")
        bias = parameters.add([8], named: "bias")
        output = parameters.add([4, 2], named: "output")
        outputBias = parameters.add([4], named: "outputBias")
    }

    /// The loss of a sentence; `visit` sees the scores of every step.
    func loss(_ words: [Int], in graph: ComputationGraph, visit: (Expression) -> Void = { _ in }) -> Expression {
        var hidden = graph.zeros([2]), cell = graph.zeros([2])
        var losses: [Expression] = []
        for word in words {
            let scores = affine(output(in: graph), hidden, outputBias(in: graph))
            visit(scores)
            losses.append(pickNegativeLogSoftmax(scores, word))
            let projected = affine(projection(in: graph), embeddings[word, in: graph], bias(in: graph))
            (hidden, cell) = lstmStep(
                projected: projected, hidden: hidden, cell: cell, recurrentWeights: recurrent(in: graph))
        }
        return sum(losses)
    }

    /// The gradients of all parameters.
    var gradients: [Tensor?] {
        parameters.parameters.map(\.gradient) + parameters.lookupParameters.map(\.gradient)
    }

    var gradientBits: [UInt32] { gradients.flatMap { $0.map(bits) ?? [] } }
}
