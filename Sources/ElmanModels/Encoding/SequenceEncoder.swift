import ElmanGraph
import ElmanLayers
import ElmanTensor

/// Reads a sentence from both ends, or from its beginning alone.
///
/// Parameters: those of `TokenEncoder`, and in the scope `network` `<layer>/forward/…` and, with both directions,
/// `<layer>/backward/…`.
public struct SequenceEncoder: Sendable {
    /// What makes vectors of words.
    public let tokens: TokenEncoder
    /// What reads them.
    public let network: any BidirectionalNetwork
    /// Sizes and rates.
    public var configuration: EncoderConfiguration { tokens.configuration }

    /// An encoder with new parameters.
    public init(
        _ configuration: EncoderConfiguration, _ vocabularies: EncoderVocabularies, in parameters: ParameterCollection
    ) {
        self.init(configuration, vocabularies, besideSize: 0, in: parameters)
    }

    /// - Parameter besideSize: elements of further vectors that stand behind those of the words.
    init(
        _ configuration: EncoderConfiguration, _ vocabularies: EncoderVocabularies, besideSize: Int,
        in parameters: ParameterCollection
    ) {
        tokens = TokenEncoder(configuration, vocabularies, in: parameters)
        network = makeBidirectionalNetwork(
            kind: configuration.cell, layerCount: configuration.layerCount, inputSize: tokens.outputSize + besideSize,
            hiddenSize: configuration.hiddenSize,
            options: NetworkOptions(
                isResidual: configuration.isResidual, initializer: configuration.initialRange.map { .uniform($0) }),
            isOneDirectional: configuration.isOneDirectional, in: parameters.scope("network"))
    }

    /// Elements of an output: both directions together, where there are two.
    public var outputSize: Int { network.outputSize }

    /// Reads a sentence. In training a share of the words' vectors, and of what stands between layers, is left out; of the
    /// outputs nothing is yet, see `dropped`.
    public func read(
        _ sentence: EncodedSentence, in graph: ComputationGraph, isTraining: Bool = false
    ) -> BidirectionalReading {
        read(sentence, beside: [], in: graph, isTraining: isTraining)
    }

    /// As `read`, with a further vector behind that of each word.
    func read(
        _ sentence: EncodedSentence, beside: [Expression], in graph: ComputationGraph, isTraining: Bool
    ) -> BidirectionalReading {
        let words = tokens.droppedVectors(of: sentence, in: graph, isTraining: isTraining)
        return network.read(
            beside.isEmpty ? words : zip(words, beside).map { concatenate($0, $1) }, in: graph,
            dropout: configuration.recurrentDropout(isTraining: isTraining))
    }

    /// What is left of outputs in training. With masks for whole sentences all get the same.
    public func dropped(_ outputs: [Expression], isTraining: Bool) -> [Expression] {
        guard isTraining, configuration.dropout > 0, let first = outputs.first else { return outputs }
        guard configuration.isDropoutVariational else { return outputs.map { dropout($0, rate: configuration.dropout) } }
        let mask = first.graph.dropoutMask(first.shape, rate: configuration.dropout)
        return outputs.map { $0 .* mask }
    }

    /// What is left of one vector in training.
    public func dropped(_ output: Expression, isTraining: Bool) -> Expression {
        dropout(output, rate: isTraining ? configuration.dropout : 0)
    }
}

extension EncoderConfiguration {
    /// What the recurrent network leaves out.
    func recurrentDropout(isTraining: Bool) -> RecurrentDropout {
        guard isTraining, dropout > 0 else { return .none }
        return isDropoutVariational
            ? RecurrentDropout(variationalInput: dropout, variationalState: dropout) : RecurrentDropout(betweenLayers: dropout)
    }
}
