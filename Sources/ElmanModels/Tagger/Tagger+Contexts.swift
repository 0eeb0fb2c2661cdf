import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanTensor
import ElmanText

// What character language models say of the words of a sentence, beside the words' own vectors.

extension Tagger {
    /// A model for training texts whose words have the states of character language models beside their vectors (Akbik, Blythe and
    /// Vollgraf 2018). The language models become part of it and stay as they are. Throws where the texts have no tags.
    public init(
        _ configuration: TaggerConfiguration, for texts: TaggedTexts, contextual models: ContextualModels, seed: UInt64 = 1
    ) throws(DataError) {
        let plain = try Tagger(configuration, for: texts, in: .declarations())
        self = try plain.with(models, in: ParameterCollection(seed: seed))
        load(models)
    }

    /// The same tagger with contextual vectors, whose weights are not those of the language models yet.
    package func with(_ models: ContextualModels, in parameters: ParameterCollection) throws(DataError) -> Tagger {
        var configuration = configuration
        configuration.contextual = models.configuration
        return try Tagger(
            configuration, vocabularies: vocabularies, tags: tags, contextualCharacters: models.vocabularies, in: parameters)
    }

    /// Takes the weights of the language models over.
    package func load(_ models: ContextualModels) { contexts?.load(models) }

    static func contexts(
        _ configuration: TaggerConfiguration, _ characters: ContextualVocabularies?, in parameters: ParameterCollection
    ) -> ContextualReader? {
        guard let contextual = configuration.contextual, let characters else { return nil }
        return ContextualReader(contextual, characters, in: parameters.scope("contextual"))
    }

    /// Sentences with what the language models say of their words; as they are where there are no such models.
    /// - Parameters:
    ///   - numbers: what the sentences are called in the cache.
    ///   - isSketch: whether nothing is computed, since the parameters have no values.
    func inContext(
        _ sentences: [EncodedSentence], numbers: [Int], tokens: (Int) -> [String], cache: ContextCache? = nil,
        isSketch: Bool = false
    ) -> [EncodedSentence] {
        guard let contexts else { return sentences }
        var result = sentences
        if isSketch {
            let zeros = [Float](repeating: 0, count: contexts.outputSize)
            for index in result.indices { result[index].contexts = Array(repeating: zeros, count: result[index].count) }
            return result
        }
        let missing = numbers.indices.filter { place in
            result[place].contexts = cache?[numbers[place]] ?? []
            return result[place].contexts.isEmpty
        }
        let graph = ComputationGraph(keepsForBackward: false)
        for (place, vectors) in zip(missing, contexts.vectors(of: missing.map { tokens(numbers[$0]) }, in: graph)) {
            result[place].contexts = vectors
            cache?.keep(vectors, of: numbers[place])
        }
        return result
    }

    /// The vectors beside those of the words.
    func besideVectors(of sentence: EncodedSentence, in graph: ComputationGraph, isTraining: Bool) -> [Expression] {
        guard contexts != nil else { return [] }
        guard sentence.contexts.count == sentence.count else { fail("a sentence is read without what language models say of it") }
        let encoder = configuration.encoder
        let rate = isTraining && !encoder.isDropoutVariational ? encoder.dropout : 0
        return sentence.contexts.map { vector in
            let input = graph.input(vector)
            return dropout(contextualProjection.map { $0(input) } ?? input, rate: rate)
        }
    }
}

/// What language models said of sentences, up to a limit of memory; what is not kept is computed again, to the same bits.
final class ContextCache {
    private static let largestCount = 1 << 25
    private var vectors: [Int: [[Float]]] = [:]
    private var count = 0

    subscript(sentence: Int) -> [[Float]]? { vectors[sentence] }

    func keep(_ vectors: [[Float]], of sentence: Int) {
        let numbers = vectors.reduce(0) { $0 + $1.count }
        guard count + numbers <= Self.largestCount else { return }
        count += numbers
        self.vectors[sentence] = vectors
    }
}
