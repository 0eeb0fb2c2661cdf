import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanTensor
import ElmanText

/// A dependency parser: it finds a head and a relation for every word, always as a tree with a single root.
///
///     let parser = try Parser(contentsOf: "runs/english")
///     let trees = parser.trees(of: [["the", "king", "is", "dead"]], tags: [["DET", "NOUN", "AUX", "ADJ"]])
///
/// It is a value of handles and may be used by many threads at once, as long as none of them trains it.
public struct Parser: Sendable {
    /// What it is made of.
    public let configuration: ParserConfiguration
    /// The words and characters it knows.
    public let vocabularies: EncoderVocabularies
    /// The universal parts of speech it knows; nil where it does not look at them.
    public let tags: Vocabulary?
    /// The relations it gives.
    public let relations: Vocabulary
    /// All its parameters: see `GraphParser` and `TransitionParser`.
    public let parameters: ParameterCollection
    let reader: ParserReader
    let network: any DependencyNetwork

    /// A parser with new parameters, drawn from `seed`. Throws `.configuration` where the settings do not fit together.
    public init(
        _ configuration: ParserConfiguration, vocabularies: EncoderVocabularies, tags: Vocabulary?, relations: Vocabulary,
        seed: UInt64 = 1
    ) throws(DataError) {
        try self.init(
            configuration, vocabularies: vocabularies, tags: tags, relations: relations, in: ParameterCollection(seed: seed))
    }

    init(
        _ configuration: ParserConfiguration, vocabularies: EncoderVocabularies, tags: Vocabulary?, relations: Vocabulary,
        in parameters: ParameterCollection
    ) throws(DataError) {
        try configuration.validate()
        guard let root = relations.index(of: configuration.rootRelation) else {
            throw DataError(.configuration, "the root's relation '\(configuration.rootRelation)' is not one of the relations")
        }
        guard configuration.tagEmbeddingSize == 0 || tags?.unknown != nil else {
            throw DataError(.configuration, "the vocabulary of parts of speech has no entry \(Vocabulary.unknownSpelling)")
        }
        self.configuration = configuration
        self.vocabularies = vocabularies
        self.tags = configuration.tagEmbeddingSize == 0 ? nil : tags
        self.relations = relations
        self.parameters = parameters
        reader = ParserReader(configuration, vocabularies, tagCount: tags?.count ?? 0, in: parameters)
        let relationSet = ParserRelations(
            count: relations.count, root: root, isRootElsewhere: configuration.isRootRelationElsewhere)
        if let system = configuration.method.system {
            network = TransitionParser(configuration, system, reader, relationSet, in: parameters)
        } else {
            network = GraphParser(configuration, reader, relationSet, in: parameters)
        }
    }

    /// A parser for training sentences, whose words, tags and relations it knows; the root's relation is theirs.
    public init(
        _ configuration: ParserConfiguration, for bank: DependencyTreebank, seed: UInt64 = 1
    ) throws(DataError) {
        try self.init(configuration, for: bank, in: ParameterCollection(seed: seed))
    }

    /// The words' vectors.
    public var embeddings: LookupParameter { reader.words.embeddings }

    /// Sentences as numbers. `upos` are their parts of speech where they are not to be those of the file.
    public func encode(_ bank: DependencyTreebank, upos: TokenLists? = nil) -> EncodedDependencies {
        let texts = EncodedTexts(bank.words, vocabularies, configuration.encoder)
        let given = upos ?? bank.upos
        if given.starts != bank.words.starts { fail("parts of speech are given that are not as many as words") }
        let indices = tags.map { given.indices(in: $0) } ?? Array(repeating: 0, count: given.counts.typeCount)
        let lists = (0..<given.count).map { list in given[list].map { indices[Int($0)] } }
        return EncodedDependencies(bank, texts: texts, tags: EncodedLists(lists), knownRelations: relations)
    }

    /// A sentence as numbers. Fails where there are not as many tags as words; a parser that does not look at tags needs none.
    public func encode(_ words: [String], upos: [String] = []) -> ParserSentence {
        guard let tags else { return ParserSentence(words: vocabularies.encode(words), tags: []) }
        guard upos.count == words.count else { fail("\(upos.count) parts of speech are given for \(words.count) words") }
        return ParserSentence(words: vocabularies.encode(words), tags: upos.map { tags.index(of: $0) ?? tags.unknown! })
    }
}
