import ElmanGraph
import ElmanLayers
import ElmanTensor

/// Makes one vector of a text, as a classifier's architecture says.
///
/// Parameters: those of `SequenceEncoder` or of `TokenEncoder`; for attention those of `AttentionPooling` in the scope `pooling`.
struct TextReader: Sendable {
    private enum Kind: Sendable {
        case recurrent(SequenceEncoder, Pooling)
        case bagOfWords(TokenEncoder, AttentionPooling?)
    }

    private let kind: Kind
    private let pooling: PoolingKind
    private let dropoutRate: Float

    init(_ configuration: ClassifierConfiguration, _ vocabularies: EncoderVocabularies, in parameters: ParameterCollection) {
        pooling = configuration.pooling
        dropoutRate = configuration.encoder.dropout
        let scope = parameters.scope("pooling")
        switch configuration.architecture {
        case .recurrent:
            let encoder = SequenceEncoder(configuration.encoder, vocabularies, in: parameters)
            kind = .recurrent(encoder, Pooling(pooling, stateSize: encoder.outputSize, in: scope))
        case .bagOfWords:
            let tokens = TokenEncoder(configuration.encoder, vocabularies, in: parameters)
            let size = tokens.outputSize
            kind = .bagOfWords(
                tokens, pooling == .attention ? AttentionPooling(stateSize: size, attentionSize: size, in: scope) : nil)
        }
    }

    /// What makes vectors of words.
    var tokens: TokenEncoder {
        switch kind {
        case .recurrent(let encoder, _): encoder.tokens
        case .bagOfWords(let tokens, _): tokens
        }
    }

    /// Elements of a text's vector.
    var outputSize: Int {
        switch kind {
        case .recurrent(let encoder, _): pooling.outputSize(ofStates: encoder.outputSize)
        case .bagOfWords(let tokens, _): pooling.outputSize(ofStates: tokens.outputSize)
        }
    }

    /// Elements of what the network says at a word; nil for a bag of words.
    var stateSize: Int? {
        switch kind {
        case .recurrent(let encoder, _): encoder.outputSize
        case .bagOfWords: nil
        }
    }

    /// The vector of a text, `[outputSize]`.
    func callAsFunction(_ text: EncodedSentence, in graph: ComputationGraph, isTraining: Bool) -> Expression {
        read(text, in: graph, isTraining: isTraining, outputs: nil)
    }

    /// The vector of a text, `[outputSize]`; `outputs` is told what the network says at each word, unless there is none.
    func read(
        _ text: EncodedSentence, in graph: ComputationGraph, isTraining: Bool, outputs: (([Expression]) -> Void)?
    ) -> Expression {
        let rate = isTraining ? dropoutRate : 0
        switch kind {
        case .recurrent(let encoder, let pooling):
            let reading = encoder.read(text, in: graph, isTraining: isTraining)
            if let outputs { outputs(encoder.dropped(reading.outputs, isTraining: isTraining)) }
            return dropout(pooling(reading), rate: rate)
        case .bagOfWords(let tokens, let attention):
            let vectors = tokens.vectors(of: text, in: graph)
            if vectors.isEmpty { return graph.zeros([outputSize]) }
            return dropout(bag(vectors, attention), rate: rate)
        }
    }

    private func bag(_ vectors: [Expression], _ attention: AttentionPooling?) -> Expression {
        switch pooling {
        case .last, .sum: sum(vectors)
        case .mean: sum(vectors) / Float(vectors.count)
        case .max: max(concatenateColumns(vectors), dimension: 1)
        case .attention: attention!(vectors).context
        case .concatenation:
            concatenate([
                sum(vectors), max(concatenateColumns(vectors), dimension: 1), sum(vectors) / Float(vectors.count),
            ])
        }
    }
}
