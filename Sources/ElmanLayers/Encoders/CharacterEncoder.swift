import ElmanGraph
import ElmanTensor

/// A word's vector from its characters: the last states of a network that reads them from both ends (Ling et al. 2015; Lample
/// et al. 2016). Characters are numbers, so they may as well be bytes or subwords.
///
/// Parameters: `embeddings` [embeddingSize, characterCount], and in the scope `network` those of the bidirectional network.
public struct CharacterEncoder: Sendable {
    /// The characters' vectors.
    public let embeddings: LookupParameter
    /// What reads them.
    public let network: any BidirectionalNetwork

    /// An encoder of one layer. `hiddenSize` units read in each direction.
    public init(
        characterCount: Int, embeddingSize: Int, hiddenSize: Int, kind: CellKind = .lstm,
        options: NetworkOptions = NetworkOptions(), in parameters: ParameterCollection
    ) {
        embeddings = parameters.addLookup(
            count: characterCount, size: embeddingSize, named: "embeddings", initializer: options.initializer ?? .glorot())
        network = makeBidirectionalNetwork(
            kind: kind, inputSize: embeddingSize, hiddenSize: hiddenSize, options: options, in: parameters.scope("network"))
    }

    /// Elements of a word's vector: both directions together.
    public var outputSize: Int { network.outputSize }

    /// The vector of a word, `[outputSize]`: last state forwards, last state backwards. For no characters the initial state.
    /// Words of one graph run together, whatever their lengths.
    public func callAsFunction(
        _ characters: [Int], in graph: ComputationGraph, dropout: RecurrentDropout = .none
    ) -> Expression {
        network.read(characters.map { embeddings[$0, in: graph] }, in: graph, dropout: dropout).summary
    }
}
