import ElmanGraph
import ElmanLayers

/// What was read of a source.
struct SourceReading {
    /// What the encoder says at each token, `[size, n]`.
    let states: Expression
    /// Its last output, of either direction: `[size]`.
    let summary: Expression
    /// The parts of its last state, for each layer in the cell's order: `[size]` each.
    let finalParts: [[Expression]]
}

/// The encoder: a network of one or of two directions over the embeddings of a source.
///
/// Parameters: `embeddings` [embeddingSize, tokens]; `rnn/0/…` or `rnn/0/forward/…` and `rnn/0/backward/…`, ….
struct SourceReader: Sendable {
    let embeddings: LookupParameter
    private let network: Network
    private let configuration: TranslatorConfiguration

    private enum Network: Sendable {
        case forward(any RecurrentNetwork)
        case both(any BidirectionalNetwork)
    }

    init(_ configuration: TranslatorConfiguration, tokenCount: Int, in parameters: ParameterCollection) {
        self.configuration = configuration
        embeddings = parameters.addLookup(
            count: tokenCount, size: configuration.embeddingSize, named: "embeddings",
            initializer: configuration.uniform ?? .glorot())
        let options = NetworkOptions(isResidual: configuration.isResidual, initializer: configuration.uniform)
        let hiddenSize = configuration.encoderHiddenSize ?? configuration.hiddenSize
        network =
            configuration.isBidirectional
            ? .both(
                makeBidirectionalNetwork(
                    kind: configuration.cell, layerCount: configuration.layerCount, inputSize: configuration.embeddingSize,
                    hiddenSize: hiddenSize, options: options, in: parameters.scope("rnn")))
            : .forward(
                makeNetwork(
                    kind: configuration.cell, layerCount: configuration.layerCount, inputSize: configuration.embeddingSize,
                    hiddenSize: hiddenSize, options: options, in: parameters.scope("rnn")))
    }

    /// Elements of the parts of the last state, for each layer: what a reading would have.
    var partSizes: [[Int]] {
        switch network {
        case .forward(let network): return network.stateShapes.map { $0.map(\.rows) }
        case .both(let network):
            let sizes = network.stateShapes.map { $0.map(\.rows) }
            return stride(from: 0, to: sizes.count, by: 2).map { zip(sizes[$0], sizes[$0 + 1]).map { $0 + $1 } }
        }
    }

    /// Reads tokens, one at least.
    func read(_ tokens: [Int32], in graph: ComputationGraph, isTraining: Bool) -> SourceReading {
        let rate = isTraining && !configuration.isDropoutVariational ? configuration.dropout : 0
        let vectors = graph.tokenVectors(tokens.map { embeddings[Int($0), in: graph] }, named: embeddings.name)
        let inputs = vectors.map { dropout($0, rate: rate) }
        let recurrentDropout = configuration.recurrentDropout(isTraining)
        switch network {
        case .forward(let network):
            var state = network.start(in: graph, dropout: recurrentDropout)
            let outputs = inputs.map { input in
                state.addInput(input)
                return state.output
            }
            return SourceReading(states: concatenateColumns(outputs), summary: state.output, finalParts: state.parts)
        case .both(let network):
            let reading = network.read(inputs, dropout: recurrentDropout)
            let directions = reading.finalStates
            let parts = stride(from: 0, to: directions.count, by: 2).map { layer in
                zip(directions[layer], directions[layer + 1]).map { concatenate($0, $1) }
            }
            return SourceReading(states: reading.outputMatrix, summary: reading.summary, finalParts: parts)
        }
    }
}
