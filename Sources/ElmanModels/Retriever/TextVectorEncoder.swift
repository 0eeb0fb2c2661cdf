import ElmanGraph
import ElmanLayers
import ElmanTensor

/// The encoder of one side: a network of both directions over a text's embeddings, pooled to one vector.
///
/// Parameters: `embeddings` [embeddingSize, tokens]; `rnn/0/forward/…`, `rnn/0/backward/…`, …; `pooling/…` for attention.
struct TextVectorEncoder: Sendable {
    private let configuration: RetrieverConfiguration
    private let embeddings: LookupParameter
    private let network: any BidirectionalNetwork
    private let pooling: Pooling

    init(_ configuration: RetrieverConfiguration, tokenCount: Int, in parameters: ParameterCollection) {
        self.configuration = configuration
        let uniform = configuration.initialRange.map { Initializer.uniform($0) }
        embeddings = parameters.addLookup(
            count: tokenCount, size: configuration.embeddingSize, named: "embeddings", initializer: uniform ?? .glorot())
        network = makeBidirectionalNetwork(
            kind: configuration.cell, layerCount: configuration.layerCount, inputSize: configuration.embeddingSize,
            hiddenSize: configuration.hiddenSize,
            options: NetworkOptions(isResidual: configuration.isResidual, initializer: uniform), in: parameters.scope("rnn"))
        pooling = Pooling(configuration.pooling, stateSize: network.outputSize, in: parameters.scope("pooling"))
    }

    /// The vector of a text, `[vectorSize]`; for cosines of length 1.
    func vector(of tokens: some Collection<Int32>, in graph: ComputationGraph, isTraining: Bool) -> Expression {
        let rate = isTraining ? configuration.dropout : 0
        let vectors = graph.tokenVectors(tokens.map { embeddings[Int($0), in: graph] }, named: embeddings.name)
        let inputs = vectors.map { dropout($0, rate: rate) }
        let reading = network.read(inputs, in: graph, dropout: RecurrentDropout(betweenLayers: rate))
        let vector = dropout(pooling(reading), rate: rate)
        guard configuration.similarity == .cosine else { return vector }
        return vector ./ sqrt(squaredNorm(vector) + Self.smallestSquare)
    }

    /// Keeps the length of a vector of zeros, and its gradient, finite.
    private static let smallestSquare: Float = 1e-12
}
