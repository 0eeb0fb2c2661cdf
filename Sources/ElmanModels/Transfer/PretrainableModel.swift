import ElmanFiles
import ElmanGraph
import ElmanText

/// A model whose encoder can begin with that of another.
package protocol PretrainableModel: TaskModel {
    /// Where its encoder lies among its parameters.
    var encoderLayout: EncoderLayout { get }
    /// The words that its encoder has vectors of.
    var knownWords: Vocabulary { get }
    /// The characters that its encoder has vectors of.
    var knownCharacters: Vocabulary? { get }
    /// Whether its words are pieces of words.
    var usesSubwords: Bool { get }
    /// What predicts the next word, if anything does.
    var nextWordHead: NextWordHead? { get }
    /// The same model, with further words and other parameters.
    func adding(wordsOf vocabularies: [Vocabulary], in parameters: ParameterCollection) throws(DataError) -> Self
    /// How often each of its words occurs in the texts that its encoder reads.
    func wordCounts(in texts: TrainingTexts) -> [Int]
}

extension PretrainableModel {
    package var knownCharacters: Vocabulary? { nil }
    package var usesSubwords: Bool { false }
    package var nextWordHead: NextWordHead? { nil }

    /// A new model of texts that begins with what is taken over, its other parameters drawn from `seed`.
    static func pretrained(
        _ configuration: Configuration, for texts: TrainingTexts, _ transfer: Transfer, seed: UInt64
    ) throws(DataError) -> Self {
        let declared = try Self(configuration, for: texts, in: .declarations())
        let model = try transfer.extended(declared, in: ParameterCollection(seed: seed))
        try transfer.check(model)
        try transfer.load(into: model)
        return model
    }
}

extension EncoderVocabularies {
    /// With the words of others too.
    func adding(wordsOf others: [Vocabulary]) -> EncoderVocabularies { others.reduce(self) { $0.adding(wordsOf: $1) } }

    /// How often each word occurs in texts.
    func wordCounts(in texts: TokenLists) -> [Int] {
        var counts = [Int](repeating: 0, count: words.count)
        for type in 0..<texts.counts.typeCount { counts[encode(texts.counts.token(type)).number] += texts.counts.counts[type] }
        return counts
    }
}

extension Classifier: PretrainableModel {
    package var encoderLayout: EncoderLayout {
        EncoderLayout(configuration.encoder, inputSize: reader.tokens.outputSize)
    }
    package var knownWords: Vocabulary { vocabularies.words }
    package var knownCharacters: Vocabulary? { vocabularies.characters }

    package func adding(
        wordsOf others: [Vocabulary], in parameters: ParameterCollection
    ) throws(DataError) -> Classifier {
        try Classifier(configuration, vocabularies: vocabularies.adding(wordsOf: others), labels: labels, in: parameters)
    }

    /// Names of its parameters in groups, the lowest first, as `FineTuning` takes them: word vectors, recurrent layers, the rest.
    public var layerGroups: [[String]] { parameters.layerGroups() }

    package func wordCounts(in texts: LabelledTexts) -> [Int] { vocabularies.wordCounts(in: texts.texts) }

    /// A model for training texts that begins with what is taken over, its other parameters drawn from `seed`. Throws
    /// `.configuration` where the sizes differ; `Transfer.adopt` makes them equal.
    public init(
        _ configuration: ClassifierConfiguration, for texts: LabelledTexts, _ transfer: Transfer, seed: UInt64 = 1
    ) throws(DataError) {
        self = try Self.pretrained(configuration, for: texts, transfer, seed: seed)
    }
}

extension Tagger: PretrainableModel {
    package var encoderLayout: EncoderLayout {
        EncoderLayout(configuration.encoder, inputSize: encoder.network.inputSize)
    }
    package var knownWords: Vocabulary { vocabularies.words }
    package var knownCharacters: Vocabulary? { vocabularies.characters }

    package func adding(wordsOf others: [Vocabulary], in parameters: ParameterCollection) throws(DataError) -> Tagger {
        try Tagger(
            configuration, vocabularies: vocabularies.adding(wordsOf: others), tags: tags,
            contextualCharacters: contextualCharacters, in: parameters)
    }

    /// Names of its parameters in groups, the lowest first, as `FineTuning` takes them: word vectors, recurrent layers, the rest.
    public var layerGroups: [[String]] { parameters.layerGroups() }

    package func wordCounts(in texts: TaggedTexts) -> [Int] { vocabularies.wordCounts(in: texts.words) }

    /// A model for training texts that begins with what is taken over, its other parameters drawn from `seed`. Throws
    /// `.configuration` where the sizes differ; `Transfer.adopt` makes them equal.
    public init(
        _ configuration: TaggerConfiguration, for texts: TaggedTexts, _ transfer: Transfer, seed: UInt64 = 1
    ) throws(DataError) {
        self = try Self.pretrained(configuration, for: texts, transfer, seed: seed)
    }
}

extension Translator: PretrainableModel {
    package var encoderLayout: EncoderLayout { EncoderLayout(configuration) }
    package var knownWords: Vocabulary { vocabularies.source.vocabulary }
    package var usesSubwords: Bool { configuration.preparation.usesSubwords }

    package func adding(wordsOf others: [Vocabulary], in parameters: ParameterCollection) throws(DataError) -> Translator {
        try Translator(configuration, vocabularies: vocabularies.adding(sourceWordsOf: others), in: parameters)
    }

    /// Names of its parameters in groups, the lowest first, as `FineTuning` takes them: word vectors and layers of the encoder, the
    /// rest.
    public var layerGroups: [[String]] { parameters.layerGroups() }

    package func wordCounts(in texts: ParallelTexts) -> [Int] {
        let tokens = vocabularies.source.tokens(of: texts.sources), words = knownWords
        var counts = [Int](repeating: 0, count: words.count)
        for type in 0..<tokens.counts.typeCount {
            counts[words.index(of: tokens.counts.token(type)) ?? words.unknown!] += tokens.counts.counts[type]
        }
        return counts
    }

    /// A model for training pairs whose encoder begins with what is taken over, its other parameters drawn from `seed`. Throws
    /// `.configuration` where the sizes differ; `Transfer.adopt` makes them equal.
    public init(
        _ configuration: TranslatorConfiguration, for texts: ParallelTexts, _ transfer: Transfer, seed: UInt64 = 1
    ) throws(DataError) {
        self = try Self.pretrained(configuration, for: texts, transfer, seed: seed)
    }
}

extension Transfer {
    /// What a classifier took over, for the texts it was made for.
    public func audit(of model: Classifier, for texts: LabelledTexts) throws(DataError) -> TransferAudit {
        try audit(model, texts: texts)
    }

    /// What a tagger took over, for the texts it was made for.
    public func audit(of model: Tagger, for texts: TaggedTexts) throws(DataError) -> TransferAudit {
        try audit(model, texts: texts)
    }

    /// What the encoder of a translator took over, for the pairs it was made for.
    public func audit(of model: Translator, for texts: ParallelTexts) throws(DataError) -> TransferAudit {
        try audit(model, texts: texts)
    }
}
