import ElmanGraph
import ElmanLayers
import ElmanTensor

/// Reads the words and parts of speech of a sentence from both ends: what all parsers have in common.
///
/// Parameters: in the scope `words` those of `TokenEncoder`, `tags` [tagEmbeddingSize, tag count], and in the scope `network`
/// `<layer>/forward/…` and `<layer>/backward/…`.
struct ParserReader: Sendable {
    let words: TokenEncoder
    let tags: LookupParameter?
    private let network: any BidirectionalNetwork

    init(
        _ configuration: ParserConfiguration, _ vocabularies: EncoderVocabularies, tagCount: Int,
        in parameters: ParameterCollection
    ) {
        let encoder = configuration.encoder, uniform = encoder.initialRange.map { Initializer.uniform($0) }
        words = TokenEncoder(encoder, vocabularies, in: parameters.scope("words"))
        tags =
            configuration.tagEmbeddingSize == 0
            ? nil
            : parameters.addLookup(
                count: tagCount, size: configuration.tagEmbeddingSize, named: "tags", initializer: uniform ?? .glorot())
        network = makeBidirectionalNetwork(
            kind: encoder.cell, layerCount: encoder.layerCount, inputSize: words.outputSize + (tags?.size ?? 0),
            hiddenSize: encoder.hiddenSize, options: NetworkOptions(isResidual: encoder.isResidual, initializer: uniform),
            isOneDirectional: encoder.isOneDirectional, in: parameters.scope("network"))
    }

    /// Elements of an input of the network.
    var inputSize: Int { network.inputSize }

    /// Elements of an output: both directions together.
    var outputSize: Int { network.outputSize }

    /// Reads a sentence, `first` before its words where it is given.
    func read(
        _ sentence: ParserSentence, after first: Expression? = nil, in graph: ComputationGraph, isTraining: Bool
    ) -> BidirectionalReading {
        let configuration = words.configuration
        let rate = isTraining && !configuration.isDropoutVariational ? configuration.dropout : 0
        var inputs = words.droppedVectors(of: sentence.words, in: graph, isTraining: isTraining)
        if let tags {
            inputs = zip(inputs, sentence.tags).map { concatenate($0, dropout(tags[$1, in: graph], rate: rate)) }
        }
        return network.read(
            (first.map { [$0] } ?? []) + inputs, in: graph,
            dropout: configuration.recurrentDropout(isTraining: isTraining))
    }
}
