import Elman

/// The texts of a language model's training.
struct LanguageModelTexts {
    private let training: TextCorpus
    private let development: TextCorpus?
    private let unit: TextUnit
    /// Every tenth sentence of the training text is kept apart, where no file is given.
    private let splitsDevelopment: Bool

    /// Reads the files. Throws a `DataError` that names file and line.
    init(files: [String], dev: String?, settings: TrainSettings) throws(DataError) {
        unit = settings.model.unit
        training = try TextCorpus(reading: files, options: settings.reading)
        development = try dev.map { path throws(DataError) in try TextCorpus(reading: [path], options: settings.reading) }
        splitsDevelopment = dev == nil && training.statistics.sentences >= 20
    }

    /// What the text consists of, for people.
    var unitName: String { unit == .word ? "word" : "char" }

    func vocabulary(_ settings: TrainSettings) throws(DataError) -> Vocabulary {
        let vocabulary = training.vocabulary(
            minimumCount: settings.minimumCount, maximumSize: settings.vocabularySize ?? .max)
        guard vocabulary.count >= 2 else { throw DataError(.badData, "the training text has no tokens to learn") }
        return vocabulary
    }

    func trainingCorpus(_ vocabulary: Vocabulary) throws(DataError) -> EncodedCorpus {
        let corpus = try training.encoded(with: vocabulary)
        guard splitsDevelopment else { return corpus }
        return Self.part(of: corpus, vocabulary) { $0 % 10 != 9 }
    }

    func developmentCorpus(_ vocabulary: Vocabulary) throws(DataError) -> EncodedCorpus? {
        if let development { return try development.encoded(with: vocabulary) }
        guard splitsDevelopment else { return nil }
        return Self.part(of: try training.encoded(with: vocabulary), vocabulary) { $0 % 10 == 9 }
    }

    /// Blocks of ten sentences stay together, so that text which runs on is cut seldom.
    private static func part(
        of corpus: EncodedCorpus, _ vocabulary: Vocabulary, _ belongs: (Int) -> Bool
    ) -> EncodedCorpus {
        let sentences = (0..<corpus.sentenceCount).filter { belongs($0 / 10) || corpus.sentenceCount < 100 && belongs($0) }
        return EncodedCorpus(
            sentences: sentences.map { Array(corpus[$0].dropLast()) }, boundary: Int32(vocabulary.boundary ?? 0))
    }

    /// What was read and what will be trained, in two lines.
    func summary(_ model: LanguageModel) -> [String] {
        let facts = training.statistics
        var lines = [
            "\(counted(facts.sentences, "sentence")), \(counted(facts.tokens, unit == .word ? "token" : "character")), "
                + "\(counted(training.counts.typeCount, "type")), vocabulary \(grouped(model.vocabulary.count))"
                + (facts.blankLines > 0 ? ", \(counted(facts.blankLines, "blank line")) skipped" : "")
                + (facts.replacements > 0 ? ", \(grouped(facts.replacements)) invalid bytes replaced" : "")
                + (facts.cutSentences > 0 ? ", \(counted(facts.cutSentences, "line")) cut" : "")
        ]
        let configuration = model.configuration
        lines.append(
            "\(configuration.cell.rawValue) \(configuration.layerCount) × \(configuration.hiddenSize), embeddings "
                + "\(configuration.embeddingSize), \(grouped(model.parameters.scalarCount)) parameters")
        if splitsDevelopment { lines.append("every tenth block of ten sentences is kept apart for evaluation (no --dev given)") }
        return lines
    }
}
