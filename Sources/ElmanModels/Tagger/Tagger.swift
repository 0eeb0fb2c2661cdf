import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanTensor
import ElmanText

/// Gives every word of a sentence a tag.
///
///     let model = try Tagger(contentsOf: "runs/names")
///     let tags = model.tags(of: [["Alan", "Turing", "was", "born", "in", "London"]])[0]
///
/// It is a value of handles and may be used by many threads at once, as long as none of them trains it.
public struct Tagger: Sendable {
    /// What it is made of.
    public let configuration: TaggerConfiguration
    /// The words and characters that it knows.
    public let vocabularies: EncoderVocabularies
    /// The tags that it learns, in the scheme `configuration.trainedScheme`.
    public let tags: Vocabulary
    /// The tags that it gives out, in the training file's scheme.
    public let outputTags: Vocabulary
    /// All its parameters: `encoder/…`, `scores/…`, for chains `chain/…`, with contextual vectors `contextual/…`, frozen, and
    /// `projection/…`, with the previous tag as input `previousTags`, where next words
    /// are predicted too `language/…`.
    public let parameters: ParameterCollection
    let encoder: SequenceEncoder
    let scoreLayer: Linear
    let chain: LinearChainCRF?
    /// Vectors of the tags, and last of what stands before the first word.
    let previousTags: LookupParameter?
    package let nextWordHead: NextWordHead?
    /// Which tags may follow each other; nil: all.
    let constraint: ChainConstraint?
    let tagSet: TagSet
    /// The characters of the language models of contextual vectors; nil where there are none.
    let contextualCharacters: ContextualVocabularies?
    let contexts: ContextualReader?
    let contextualProjection: Linear?

    /// A model with new parameters, drawn from `seed`. Throws `.configuration` where the settings do not fit together.
    public init(
        _ configuration: TaggerConfiguration, vocabularies: EncoderVocabularies, tags: Vocabulary, seed: UInt64 = 1
    ) throws(DataError) {
        try self.init(configuration, vocabularies: vocabularies, tags: tags, in: ParameterCollection(seed: seed))
    }

    init(
        _ configuration: TaggerConfiguration, vocabularies: EncoderVocabularies, tags: Vocabulary,
        contextualCharacters: ContextualVocabularies? = nil, in parameters: ParameterCollection
    ) throws(DataError) {
        try configuration.validate()
        guard (configuration.contextual == nil) == (contextualCharacters == nil) else {
            throw DataError(.configuration, "contextual vectors need the language models' characters too; give the models")
        }
        guard tags.count > 0 else { throw DataError(.configuration, "there are no tags to give") }
        self.configuration = configuration
        self.vocabularies = vocabularies
        self.tags = tags
        tagSet = TagSet(tags)
        outputTags = Self.outputTags(configuration, tags, tagSet)
        constraint = Self.constraint(configuration, tagSet)
        self.parameters = parameters
        self.contextualCharacters = contextualCharacters
        contexts = Self.contexts(configuration, contextualCharacters, in: parameters)
        let projected = contexts == nil ? 0 : configuration.contextualProjection
        contextualProjection =
            projected > 0
            ? Linear(inputSize: contexts!.outputSize, outputSize: projected, in: parameters.scope("projection")) : nil
        encoder = SequenceEncoder(
            configuration.encoder, vocabularies, besideSize: projected > 0 ? projected : contexts?.outputSize ?? 0,
            in: parameters.scope("encoder"))
        let uniform = configuration.encoder.initialRange.map { Initializer.uniform($0) }
        let seesTags = configuration.loss == .previousTag
        previousTags =
            seesTags
            ? parameters.addLookup(
                count: tags.count + 1, size: configuration.tagEmbeddingSize, named: "previousTags",
                initializer: uniform ?? .glorot()) : nil
        scoreLayer = Linear(
            inputSize: encoder.outputSize + (seesTags ? configuration.tagEmbeddingSize : 0), outputSize: tags.count,
            initializer: uniform ?? .glorot(), biasInitializer: uniform ?? .zeros, in: parameters.scope("scores"))
        chain =
            configuration.loss.isChain
            ? LinearChainCRF(
                tagCount: tags.count, constraint: constraint, initializer: uniform ?? .zeros, in: parameters.scope("chain"))
            : nil
        nextWordHead = configuration.languageModel.head(encoder.tokens, outputSize: encoder.outputSize, in: parameters)
    }

    /// A model for training texts: their words, characters, tags, and the scheme of these. Throws where the texts have no tags.
    public init(_ configuration: TaggerConfiguration, for texts: TaggedTexts, seed: UInt64 = 1) throws(DataError) {
        try self.init(configuration, for: texts, in: ParameterCollection(seed: seed))
    }

    /// The words' vectors.
    public var embeddings: LookupParameter { encoder.tokens.embeddings }

    /// Puts pretrained vectors in place of the words' initial ones, before training; see `TokenEncoder.load`.
    public func load(_ pretrained: PretrainedEmbeddings) throws(DataError) { try encoder.tokens.load(pretrained) }

    /// The scores of the tags of a sentence of one word at least, before softmax: a matrix `[tags.count, words]`. With the
    /// previous tag as input there is no such matrix; see `losses`.
    func emissions(_ outputs: [Expression]) -> Expression { scoreLayer(concatenateColumns(outputs)) }

    /// The scores of a word's tags given the tag before it; nil at the first word.
    func scores(_ output: Expression, after previous: Int?) -> Expression {
        guard let previousTags else { fail("the previous tag is no input of this tagger") }
        return scoreLayer(concatenate(output, previousTags[previous ?? tags.count, in: output.graph]))
    }
}

// MARK: Schemes

extension Tagger {
    /// Tags of a file in the scheme in which they are learned. Tags that their scheme does not allow become ones that it does, by
    /// the spans that conlleval sees in them.
    static func trainingTags(_ tags: TokenLists, _ configuration: TaggerConfiguration) -> TokenLists {
        configuration.trainedScheme.map { TagSet.converted(tags, to: $0) } ?? tags
    }

    /// Tags that were learned, as they are given out.
    func output(_ tags: [Int32]) -> [Int32] {
        guard let scheme = configuration.fileScheme, scheme != configuration.trainedScheme else { return tags }
        return tagSet.converted(tags, to: scheme).map { Int32(outputTags.index(of: $0)!) }
    }

    private static func outputTags(_ configuration: TaggerConfiguration, _ tags: Vocabulary, _ set: TagSet) -> Vocabulary {
        guard let scheme = configuration.fileScheme, scheme != configuration.trainedScheme else { return tags }
        var counts = TokenCounts()
        counts.add("O")
        for (type, _) in set.typeNames.enumerated() {
            // Three words, one word right behind, and one by itself: every prefix of every scheme.
            let spans = [Span(type: type, range: 0..<3), Span(type: type, range: 3..<4), Span(type: type, range: 5..<6)]
            for tag in set.tags(of: spans, count: 6, scheme: scheme) { counts.add(tag) }
        }
        return Vocabulary(labels: counts)
    }

    private static func constraint(_ configuration: TaggerConfiguration, _ set: TagSet) -> ChainConstraint? {
        guard configuration.isConstrained, let scheme = configuration.trainedScheme else { return nil }
        let transitions = TagTransitions(set, scheme: scheme)
        return ChainConstraint(
            tagCount: transitions.count, mayFollow: { transitions.allows(from: $0, to: $1) },
            mayBegin: { transitions.canStart[$0] }, mayEnd: { transitions.canEnd[$0] })
    }
}
