// A recurrent cell of one's own: an LSTM with nothing but a forget gate (JANET: van der
// Westhuizen and Lasenby 2018).
import Elman

struct ForgetGateCell: RecurrentCell {
    let gate, candidate: Linear
    let inputSize, hiddenSize: Int

    init(inputSize: Int, hiddenSize: Int, in parameters: ParameterCollection) {
        let size = inputSize + hiddenSize
        gate = Linear(inputSize: size, outputSize: hiddenSize, in: parameters.scope("gate"))
        candidate = Linear(inputSize: size, outputSize: hiddenSize, in: parameters.scope("candidate"))
        (self.inputSize, self.hiddenSize) = (inputSize, hiddenSize)
    }

    func step(_ input: Expression, from hidden: Expression) -> Expression {
        let both = concatenate(input, hidden)
        let forget = sigmoid(gate(both)), proposal = tanh(candidate(both))
        return proposal + forget .* (hidden - proposal)
    }
}

// Layers, both directions, dropout, a learned initial state and batching come with it.
let parameters = ParameterCollection(seed: 1)
let stack = RecurrentBuilder<ForgetGateCell>(
    layerCount: 2, inputSize: 8, hiddenSize: 16, isResidual: true, in: parameters.scope("stack"))
let reader = Bidirectional<ForgetGateCell>(inputSize: 8, hiddenSize: 16, in: parameters.scope("reader"))

let graph = ComputationGraph()
let words = (0..<5).map { _ in graph.randomNormal([8]) }
let outputs = stack.transduce(words, dropout: RecurrentDropout(variationalState: 0.2))
print("stack: \(outputs.count) outputs of shape \(outputs[0].shape)")
print("both directions: \(reader.read(words).summary.shape)")
print(parameters.names.joined(separator: "\n"))
