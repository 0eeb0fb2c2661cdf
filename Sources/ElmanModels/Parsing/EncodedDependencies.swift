import ElmanText

/// Sentences as a parser sees them, with their trees where they have some.
public struct EncodedDependencies: Sendable {
    /// The words.
    public let texts: EncodedTexts
    /// What was read.
    public let bank: DependencyTreebank
    /// The relations of the parser and behind them those that only these sentences have.
    public let relations: Vocabulary
    private let tags: EncodedLists
    private let relationNumbers: EncodedLists
    private let knownRelations: Int

    init(
        _ bank: DependencyTreebank, texts: EncodedTexts, tags: EncodedLists, knownRelations: Vocabulary
    ) {
        self.bank = bank
        self.texts = texts
        self.tags = tags
        relations = knownRelations.extended(with: bank.relations.counts)
        relationNumbers = bank.relationIndices(in: relations)
        self.knownRelations = knownRelations.count
    }

    /// How many sentences there are.
    public var count: Int { bank.count }

    /// The number of words of every sentence.
    public var lengths: [Int] { texts.lengths }

    /// A sentence without its tree.
    public subscript(sentence: Int) -> ParserSentence {
        ParserSentence(words: texts[sentence], tags: tags[sentence].map { Int($0) })
    }

    /// A sentence as it is learned: see `EncodedTexts.sentence(_:inEpoch:seed:)`.
    func sentence(_ sentence: Int, inEpoch epoch: Int, seed: UInt64) -> ParserSentence {
        ParserSentence(
            words: texts.sentence(sentence, inEpoch: epoch, seed: seed), tags: tags[sentence].map { Int($0) })
    }

    /// The heads of a sentence, -1 where one is missing.
    func heads(of sentence: Int) -> [Int] { bank.heads(of: sentence).map { Int($0) } }

    /// The given tree of a sentence.
    public func tree(of sentence: Int) -> ParsedSentence {
        ParsedSentence(
            heads: heads(of: sentence),
            relations: relationNumbers[sentence].map { Int($0) < knownRelations ? Int($0) : -1 })
    }

    /// The given tree's relations as numbers of `relations`.
    func allRelations(of sentence: Int) -> ArraySlice<Int32> { relationNumbers[sentence] }
}
