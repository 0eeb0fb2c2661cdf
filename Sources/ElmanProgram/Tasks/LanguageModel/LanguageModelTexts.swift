import Elman

/// The texts of a language model's training.
struct LanguageModelTexts {
    private let training: TextCorpus
    private let development: TextCorpus?
    private let unit: TextUnit
    /// Of sentences, or of documents.
    private let split: DevelopmentSplit
    private let separatesDocuments: Bool
    /// Every document is learnt as one sentence.
    private let learnsWholeDocuments: Bool

    /// Reads the files. Throws a `DataError` that names file and line.
    init(_ sources: TrainingSources, _ settings: LanguageModelSettings) throws(DataError) {
        unit = settings.model.unit
        training = try TextCorpus(reading: sources.training, options: settings.reading)
        development = try sources.development.map { path throws(DataError) in
            try TextCorpus(reading: [path], options: settings.reading)
        }
        separatesDocuments = settings.model.separatesDocuments
        learnsWholeDocuments = separatesDocuments && settings.bptt == 0
        split = DevelopmentSplit(
            count: separatesDocuments ? training.documentCount : training.statistics.sentences,
            hasDevelopment: sources.development != nil)
    }

    /// What the text consists of, for people.
    var unitName: String { unit == .word ? "word" : "char" }

    func vocabulary(_ settings: LanguageModelSettings) throws(DataError) -> Vocabulary {
        let vocabulary = training.vocabulary(
            minimumCount: settings.training.minimumCount, maximumSize: settings.training.vocabularySize ?? .max)
        guard vocabulary.count >= 2 else { throw DataError(.badData, "the training text has no tokens to learn") }
        return vocabulary
    }

    /// The texts as indices.
    func corpora(_ vocabulary: Vocabulary) throws(DataError) -> LanguageModelCorpora {
        let whole = try training.encoded(with: vocabulary)
        if let development {
            return corpora(
                whole, try development.encoded(with: vocabulary), unknown: vocabulary.unknown.map { Int32($0) })
        }
        guard split.isNeeded else { return corpora(whole, nil) }
        func part(_ belongs: (Int) -> Bool) -> EncodedCorpus {
            separatesDocuments ? whole.documents(where: belongs) : whole.part(where: belongs)
        }
        return corpora(part { !split.isKeptApart($0) }, part(split.isKeptApart))
    }

    private func corpora(
        _ training: EncodedCorpus, _ development: EncodedCorpus?, unknown: Int32? = nil
    ) -> LanguageModelCorpora {
        LanguageModelCorpora(
            training: learnsWholeDocuments ? training.documentsAsSentences : training, development: development, unknown: unknown,
            separatesDocuments: separatesDocuments)
    }

    /// What was read, in a line or two.
    func summary(_ vocabulary: Vocabulary) -> [String] {
        let facts = training.statistics
        return [
            "\(counted(facts.sentences, "sentence")), \(counted(facts.tokens, unit == .word ? "token" : "character")), "
                + "\(counted(training.counts.typeCount, "type")), vocabulary \(grouped(vocabulary.count))"
                + (separatesDocuments ? ", \(counted(training.documentCount, "document"))" : "")
                + (facts.blankLines > 0 && !separatesDocuments ? ", \(counted(facts.blankLines, "blank line")) skipped" : "")
                + (facts.replacements > 0 ? ", \(grouped(facts.replacements)) invalid bytes replaced" : "")
        ] + split.summary(separatesDocuments ? "document" : "sentence")
    }

    /// What may not be as the user thinks.
    func warnings(_ settings: LanguageModelSettings, _ corpora: LanguageModelCorpora) -> [String] {
        var warnings: [String] = []
        let facts = training.statistics
        if facts.cutSentences > 0 {
            warnings.append(
                "\(counted(facts.cutSentences, "line")) cut after \(grouped(settings.training.maximumLength ?? 0)) tokens, "
                    + "\(counted(facts.cutTokens, "token")) left out; set --max-length, or --bptt to learn them as a stream")
        }
        if separatesDocuments, training.documentCount == 1 {
            warnings.append("no blank line separates documents: the whole text is one; leave blank lines between them")
        }
        let sentences = corpora.training.sentenceCount
        if settings.bptt == 0, settings.training.batchTokens == nil, settings.training.batchSize > sentences {
            warnings.append(
                "the batch size \(grouped(settings.training.batchSize)) is larger than the training text of "
                    + "\(counted(sentences, "sentence")); every update takes all of it")
        }
        if let unknown = neverTrained(corpora) { warnings.append(unknown) }
        return warnings
    }

    /// That the vector of unknown words will stay as it was drawn, where the development text asks for it.
    private func neverTrained(_ corpora: LanguageModelCorpora) -> String? {
        guard let unknown = corpora.unknown, let development = corpora.development else { return nil }
        let asked = development.tokens.count { $0 == unknown }
        guard asked > 0, !corpora.training.tokens.contains(unknown) else { return nil }
        return "\(counted(asked, "token")) of the development text are unknown and none of the training text is: what stands for "
            + "them is never trained, and the figure says little; set --min-count 2"
    }
}

/// The texts as indices of the vocabulary.
struct LanguageModelCorpora {
    let training: EncodedCorpus
    let development: EncodedCorpus?
    /// The index of unknown tokens, if the vocabulary has one.
    var unknown: Int32?
    var separatesDocuments = false

    /// A number that tells these texts from others, as text.
    var fingerprint: String {
        var fingerprint = Fingerprint()
        fingerprint.add(training.tokens)
        if separatesDocuments { fingerprint.add(training.documentStarts.map { Int32(truncatingIfNeeded: training.starts[$0]) }) }
        return fingerprint.text
    }
}
