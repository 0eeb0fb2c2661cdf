import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanTensor

/// The words of a sentence as vectors: embedding, characters, case.
///
/// Parameters: those of `WordEncoder`.
public struct TokenEncoder: Sendable {
    /// Sizes and rates.
    public let configuration: EncoderConfiguration
    /// What makes a vector of a word.
    public let words: WordEncoder

    /// An encoder with new parameters.
    public init(
        _ configuration: EncoderConfiguration, _ vocabularies: EncoderVocabularies, in parameters: ParameterCollection
    ) {
        self.configuration = configuration
        let uniform = configuration.initialRange.map { Initializer.uniform($0) }
        let makeCharacters = vocabularies.characters.map { characters in
            { (scope: ParameterCollection) in
                CharacterEncoder(
                    characterCount: characters.count, embeddingSize: configuration.characterEmbeddingSize,
                    hiddenSize: configuration.characterHiddenSize, options: NetworkOptions(initializer: uniform), in: scope)
            }
        }
        words = WordEncoder(
            wordCount: vocabularies.words.count, embeddingSize: configuration.embeddingSize, caseSize: configuration.caseSize,
            initializer: (configuration.embeddingRange ?? configuration.initialRange).map { .uniform($0) } ?? .glorot(),
            in: parameters, makeCharacters: makeCharacters)
    }

    /// The words' own vectors.
    public var embeddings: LookupParameter { words.embeddings }

    /// Elements of a vector.
    public var outputSize: Int { words.outputSize }

    /// The vectors of the words of a sentence, `[outputSize]` each, without dropout.
    public func vectors(of sentence: EncodedSentence, in graph: ComputationGraph) -> [Expression] {
        let isPlain = words.characters == nil && words.cases == nil
        let vectors =
            isPlain
            ? sentence.words.map { words.embeddings[$0, in: graph] }
            : sentence.words.indices.map {
                words(sentence.words[$0], characters: sentence.characters[$0], wordCase: sentence.cases[$0], in: graph)
            }
        return graph.tokenVectors(vectors, named: words.embeddings.name)
    }

    /// The vectors of the words of a sentence. In training, and unless masks hold for whole sentences, a share of each is
    /// left out.
    public func droppedVectors(
        of sentence: EncodedSentence, in graph: ComputationGraph, isTraining: Bool
    ) -> [Expression] {
        let rate = isTraining && !configuration.isDropoutVariational ? configuration.dropout : 0
        return vectors(of: sentence, in: graph).map { dropout($0, rate: rate) }
    }
}
