import ElmanFiles
import ElmanText

/// What turns pairs of texts into indices, for either side. It is stored in the run's folder: `vocabulary.txt` and
/// `target-vocabulary.txt`, and for pieces of words `merges.txt` and, where the sides have merges of their own,
/// `target-merges.txt`.
public struct PairVocabularies: Sendable, Equatable {
    /// Of the sources.
    public let source: PairSide
    /// Of the targets.
    public let target: PairSide

    private static let targetVocabularyName = "target-vocabulary.txt"
    private static let mergesName = "merges.txt"
    private static let targetMergesName = "target-merges.txt"

    /// The vocabularies of training texts. Throws `.configuration` for settings out of range.
    public init(
        training texts: ParallelTexts, _ preparation: PairPreparation = PairPreparation()
    ) throws(DataError) {
        try preparation.validate()
        let form = preparation.normalization
        let sources = texts.sources.normalized(form), targets = texts.targets.normalized(form)
        let merges = Self.merges(sources, targets, preparation)
        func side(_ texts: TokenLists, _ merges: BytePairEncoding?) throws(DataError) -> PairSide {
            let tokens = merges?.encoded(texts) ?? texts
            let vocabulary = tokens.vocabulary(
                minimumCount: preparation.minimumCount, maximumSize: preparation.vocabularySize ?? .max,
                boundary: Vocabulary.boundarySpelling)
            return try PairSide(vocabulary, merges: merges, normalization: form)
        }
        source = try side(sources, merges.source)
        target = try side(targets, merges.target)
    }

    private static func merges(
        _ sources: TokenLists, _ targets: TokenLists, _ preparation: PairPreparation
    ) -> (source: BytePairEncoding?, target: BytePairEncoding?) {
        guard preparation.usesSubwords else { return (nil, nil) }
        func learned(_ counts: TokenCounts) -> BytePairEncoding {
            BytePairEncoding(training: counts, mergeCount: preparation.mergeCount)
        }
        guard preparation.sharesMerges else { return (learned(sources.counts), learned(targets.counts)) }
        var counts = sources.counts
        for type in 0..<targets.counts.typeCount {
            let token = targets.counts.token(type)
            for _ in 0..<targets.counts.counts[type] { counts.add(token) }
        }
        let shared = learned(counts)
        return (shared, shared)
    }

    private init(source: PairSide, target: PairSide) {
        self.source = source
        self.target = target
    }

    /// These vocabularies with further tokens of the sources behind their own.
    func adding(sourceWordsOf others: [Vocabulary]) throws(DataError) -> PairVocabularies {
        let vocabulary = others.reduce(source.vocabulary) { words, other in
            words.adding(
                other.entries.enumerated().lazy.filter { $0.offset != other.boundary && $0.offset != other.unknown }.map(
                    \.element))
        }
        return PairVocabularies(
            source: try PairSide(vocabulary, merges: source.merges, normalization: source.normalization), target: target)
    }

    /// Writes the files of a run's folder.
    public func write(to folder: RunFolder) throws(DataError) {
        try source.vocabulary.write(to: folder.vocabularyPath)
        try target.vocabulary.write(to: try folder.file(named: Self.targetVocabularyName))
        guard let merges = source.merges, let targetMerges = target.merges else { return }
        try merges.write(to: try folder.file(named: Self.mergesName))
        if targetMerges != merges { try targetMerges.write(to: try folder.file(named: Self.targetMergesName)) }
    }

    /// Reads the files of a run's folder. Throws a `DataError` that names the file.
    public init(reading folder: RunFolder, _ preparation: PairPreparation) throws(DataError) {
        let merges = preparation.usesSubwords ? try BytePairEncoding(reading: try folder.file(named: Self.mergesName)) : nil
        let ownPath = try folder.file(named: Self.targetMergesName)
        let hasOwn = preparation.usesSubwords && !preparation.sharesMerges && FileSystem.exists(ownPath)
        let targetMerges = hasOwn ? try BytePairEncoding(reading: ownPath) : merges
        let targetPath = try folder.file(named: Self.targetVocabularyName)
        source = try PairSide(
            try Vocabulary(reading: folder.vocabularyPath), merges: merges, normalization: preparation.normalization,
            path: folder.vocabularyPath)
        target = try PairSide(
            try Vocabulary(reading: targetPath), merges: targetMerges, normalization: preparation.normalization,
            path: targetPath)
    }

    /// What the tables of tokens' vectors, by their names, must fit.
    func rowFiles(sources: String, targets: String) -> [RowFile] {
        [
            RowFile(sources, source.vocabulary.count, "vocabulary.txt"),
            RowFile(targets, target.vocabulary.count, Self.targetVocabularyName),
        ]
    }

    /// Pairs of texts as indices.
    public func encode(_ texts: ParallelTexts) -> EncodedPairs {
        EncodedPairs(texts: texts, sources: source.encode(texts.sources), targets: target.encode(texts.targets))
    }
}
