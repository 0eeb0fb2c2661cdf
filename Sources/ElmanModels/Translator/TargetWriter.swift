import ElmanGraph
import ElmanLayers

/// Where a decoder stands in a target: a value that can be branched.
struct TargetState {
    /// The network's state.
    var network: any RecurrentNetworkState
    /// The vector that the last token was predicted from, `[hiddenSize]`; before the first zeros.
    var attended: Expression
    /// The weights of the source's tokens at the last step, `[n]`; nil without attention.
    var weights: Expression?
}

/// The decoder: a network over the embeddings of a target that looks at the source, if it has attention.
///
///     h_t = rnn(e_t)                 with input feeding: rnn([e_t; a_{t-1}])
///     a_t = tanh(W [c_t; h_t] + b)   c_t: what attention says to h_t; without attention a_t = h_t
///     scores = V a_t + d
///
/// Parameters: `embeddings` [embeddingSize, tokens]; `rnn/…`; `attention/…` and `mixing/weights`, `mixing/bias` with attention;
/// `scores/weights` unless they are the embeddings, `scores/bias`.
struct TargetWriter: Sendable {
    let embeddings: LookupParameter
    let network: any RecurrentNetwork
    let attention: (any Attention)?
    private let mixing: Linear?
    private let scoreLayer: Linear?
    private let tiedScoreLayer: TiedLinear?
    private let configuration: TranslatorConfiguration

    init(_ configuration: TranslatorConfiguration, tokenCount: Int, in parameters: ParameterCollection) {
        self.configuration = configuration
        let uniform = configuration.uniform, hiddenSize = configuration.hiddenSize
        embeddings = parameters.addLookup(
            count: tokenCount, size: configuration.embeddingSize, named: "embeddings",
            initializer: uniform ?? (configuration.tiesEmbeddings ? .uniform(0.1) : .glorot()))
        network = makeNetwork(
            kind: configuration.cell, layerCount: configuration.layerCount, inputSize: configuration.decoderInputSize,
            hiddenSize: hiddenSize, options: NetworkOptions(isResidual: configuration.isResidual, initializer: uniform),
            in: parameters.scope("rnn"))
        attention = Self.attention(configuration, in: parameters.scope("attention"))
        mixing =
            attention == nil
            ? nil
            : Linear(
                inputSize: configuration.encoderOutputSize + hiddenSize, outputSize: hiddenSize,
                initializer: uniform ?? .glorot(), biasInitializer: uniform ?? .glorot(), in: parameters.scope("mixing"))
        let scope = parameters.scope("scores")
        let bias = uniform ?? .glorot()
        tiedScoreLayer =
            configuration.tiesEmbeddings ? TiedLinear(embeddings, biasInitializer: uniform ?? .zeros, in: scope) : nil
        scoreLayer =
            configuration.tiesEmbeddings
            ? nil
            : Linear(
                inputSize: hiddenSize, outputSize: tokenCount, initializer: uniform ?? .glorot(), biasInitializer: bias, in: scope
            )
    }

    private static func attention(
        _ configuration: TranslatorConfiguration, in parameters: ParameterCollection
    ) -> (any Attention)? {
        let (query, state) = (configuration.hiddenSize, configuration.encoderOutputSize)
        switch configuration.attention {
        case .none: return nil
        case .mlp:
            return MLPAttention(
                querySize: query, stateSize: state, attentionSize: configuration.attentionSize,
                initializer: configuration.uniform ?? .glorot(), in: parameters)
        case .dot: return DotAttention(stateSize: state)
        case .bilinear:
            return BilinearAttention(
                querySize: query, stateSize: state, initializer: configuration.uniform ?? .glorot(), in: parameters)
        }
    }

    /// Elements of the parts of the state, for each layer.
    var partSizes: [[Int]] { network.stateShapes.map { $0.map(\.rows) } }

    /// What attention needs of a source; nil without attention.
    func memory(of reading: SourceReading) -> AttentionMemory? { attention?.memory(of: reading.states) }

    /// The state before the first token.
    func start(from parts: [[Expression]], in graph: ComputationGraph, isTraining: Bool) -> TargetState {
        TargetState(
            network: network.start(from: parts, dropout: configuration.recurrentDropout(isTraining)),
            attended: graph.zeros([configuration.hiddenSize]))
    }

    /// Goes on with a token; afterwards `attended` is what the next one is predicted from.
    func add(
        _ token: Int32, to state: inout TargetState, _ memory: AttentionMemory?, in graph: ComputationGraph, isTraining: Bool
    ) {
        let rate = isTraining && !configuration.isDropoutVariational ? configuration.dropout : 0
        let embedding = dropout(embeddings[Int(token), in: graph], rate: rate)
        state.network.addInput(configuration.feedsInput ? concatenate(embedding, state.attended) : embedding)
        guard let attention, let mixing, let memory else {
            state.attended = state.network.output
            return
        }
        let looked = attention(state.network.output, memory)
        state.attended = tanh(mixing(concatenate(looked.context, state.network.output)))
        state.weights = looked.weights
    }

    /// The scores of all tokens.
    func scores(_ attended: Expression) -> Expression {
        if let tiedScoreLayer { return tiedScoreLayer(attended) }
        return scoreLayer!(attended)
    }
}
