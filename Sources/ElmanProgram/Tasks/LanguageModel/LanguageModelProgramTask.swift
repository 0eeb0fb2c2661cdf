import Elman

/// `lm`: language models.
enum LanguageModelProgramTask: ProgramTask {
    static let name = "lm"
    static let summary = "language model; one sentence a line"
    static var keys: [String] { LanguageModelSettings.keys }

    static func plan(_ reader: SettingsReader, _ sources: TrainingSources) throws -> TrainingPlan {
        let settings = try LanguageModelSettings(reader)
        return { folder in try PreparedLanguageModel(settings, sources, resuming: folder) }
    }

    /// The model of a run and the text that it is to be measured on. Throws where it cannot be measured as it was asked for.
    static func opened(
        _ folder: RunFolder, _ request: EvaluationRequest
    ) throws -> (model: LanguageModel, corpus: EncodedCorpus, carriesState: Bool) {
        let options = request.options
        let model = try LanguageModel(folder, weights: options.weights)
        try checkAdaptation(options.adaptation, model, resetsState: options.resetsState, weights: options.weights)
        let carries = model.configuration.carriesState && !options.resetsState
        let reading = model.configuration.reading(carriesState: carries)
        return (model, try EncodedCorpus(reading: request.files, with: model.vocabulary, options: reading), carries)
    }

    static func evaluate(_ folder: RunFolder, _ request: EvaluationRequest) throws -> EvaluationResult {
        let (model, corpus, carries) = try opened(folder, request), adaptation = request.options.adaptation
        let metrics: LanguageModelMetrics
        if let adaptation {
            metrics = try adaptation.scorer(model, folder).metrics(of: corpus)
        } else {
            var scorer = LanguageModelScorer(model, carriesState: carries)
            metrics = scorer.metrics(of: corpus)
        }
        try adaptation?.checkSurvival(metrics.negativeLogLikelihood)
        var result = EvaluationResult(json: json(metrics, model, carries), rows: rows(metrics, model, carries))
        if let adaptation {
            for member in adaptation.json.members { result.json[member.key] = member.value }
            result.rows += adaptation.rows
        }
        addNormalizers(model.normalizerSpread(of: corpus, carriesState: carries), to: &result)
        return result
    }

    /// How near the scores of a model that learnt from noise come to probabilities.
    private static func addNormalizers(_ spread: NormalizerSpread?, to result: inout EvaluationResult) {
        guard let spread else { return }
        result.json["log_normalizer_mean"] = JSONValue(spread.mean)
        result.json["log_normalizer_deviation"] = JSONValue(spread.deviation)
        let place = "of the first \(counted(spread.count, "token"))"
        result.rows.append(["log normaliser", "\(fixed(spread.mean, 4)) ± \(fixed(spread.deviation, 4)) \(place)"])
    }

    /// Throws where a model cannot adapt to a text.
    static func checkAdaptation(
        _ adaptation: Adaptation?, _ model: LanguageModel, resetsState: Bool, weights: WeightPrecision
    ) throws {
        guard let adaptation else { return }
        let name = adaptation.cache == nil ? "--dynamic" : "--cache"
        if resetsState { throw ProgramError(.usage, "\(name) needs the state that --reset-state forgets; leave one of them out") }
        guard model.configuration.carriesState else {
            throw ProgramError(
                .usage, "\(name) is for models that carry their state, and this one was trained without --bptt")
        }
        if model.configuration.separatesDocuments {
            throw ProgramError(.usage, "\(name) reads a text as one stream, and this model was trained with --documents")
        }
        if weights != .float32, adaptation.dynamic != nil {
            throw ProgramError(
                .usage, "--dynamic changes weights, which --weights \(weights.rawValue) rounds; leave one of them out")
        }
    }

    private static func json(_ metrics: LanguageModelMetrics, _ model: LanguageModel, _ carries: Bool) -> JSONObject {
        var object: JSONObject = [
            "task": "lm", "sentences": JSONValue(metrics.sentences), "tokens": JSONValue(metrics.tokens),
            "unknown": JSONValue(metrics.unknown), "nll": JSONValue(metrics.negativeLogLikelihood),
            "perplexity": JSONValue(metrics.perplexity), "bits_per_token": JSONValue(metrics.bitsPerToken),
        ]
        if model.configuration.unit == .char { object["bits_per_character"] = JSONValue(metrics.bitsPerToken) }
        object["state"] = .string(carries ? "carried" : "reset")
        return object
    }

    private static func rows(_ metrics: LanguageModelMetrics, _ model: LanguageModel, _ carries: Bool) -> [[String]] {
        let isCharacters = model.configuration.unit == .char
        let within = model.configuration.separatesDocuments ? " of a document" : ""
        let share = metrics.tokens > 0 ? 100 * Double(metrics.unknown) / Double(metrics.tokens) : 0
        return [
            ["perplexity", fixed(metrics.perplexity, 3)],
            [isCharacters ? "bits per character" : "bits per token", fixed(metrics.bitsPerToken, 4)],
            ["nll", fixed(metrics.negativeLogLikelihood, 3)],
            ["tokens", grouped(metrics.tokens)],
            ["sentences", grouped(metrics.sentences)],
            ["unknown", "\(grouped(metrics.unknown)) (\(fixed(share, 2)) %)"],
            ["state", carries ? "carried from line to line\(within)" : "reset at every line"],
        ]
    }

    static func nextCommands(_ run: String) -> [String] { ["evaluate \(run) FILE", "generate \(run)"] }
}

/// The training of a language model, ready to begin.
private struct PreparedLanguageModel: PreparedTraining {
    private let settings: LanguageModelSettings
    private let texts: LanguageModelTexts
    private let vocabulary: Vocabulary
    private let corpora: LanguageModelCorpora
    /// How often each entry of the vocabulary occurs, where the output layer goes by it.
    private let counts: [Int]?

    init(_ settings: LanguageModelSettings, _ sources: TrainingSources, resuming folder: RunFolder?) throws {
        self.settings = settings
        texts = try LanguageModelTexts(sources, settings)
        vocabulary =
            try folder.map { folder throws(DataError) in
                try LanguageModel.vocabulary(of: folder, settings.model)
            } ?? texts.vocabulary(settings)
        corpora = try texts.corpora(vocabulary)
        try settings.model.output.validate(vocabularySize: vocabulary.count)
        counts = try Self.counts(settings, vocabulary, corpora, resuming: folder)
    }

    private static func counts(
        _ settings: LanguageModelSettings, _ vocabulary: Vocabulary, _ corpora: LanguageModelCorpora, resuming folder: RunFolder?
    ) throws(DataError) -> [Int]? {
        guard settings.model.output.needsCounts else { return nil }
        guard let folder else { return WordCounts.of(corpora.training, vocabularySize: vocabulary.count) }
        return try LanguageModel.counts(of: folder, settings.model, vocabularySize: vocabulary.count)
    }

    var training: TrainSettings { settings.training }
    var configuration: JSONObject { settings.json }
    var summary: [String] { texts.summary(vocabulary) }
    var warnings: [String] { texts.warnings(settings, corpora) }
    var fingerprint: String { corpora.fingerprint }
    var unit: String { texts.unitName }
    var metric: String { "perplexity" }

    var hasDevelopment: Bool { corpora.development != nil }

    var baseline: Baseline? { Baseline(corpora, vocabularySize: vocabulary.count, unit: settings.model.unit) }

    private var memoryCheck: MemoryCheck {
        let model = settings.model
        return MemoryCheck(
            training: training,
            model: "\(model.cell.rawValue) \(model.layerCount) × \(model.hiddenSize), embeddings \(model.embeddingSize), ",
            advice: "the model or the vocabulary" + (settings.bptt > 0 ? " or --bptt" : "")
        ) { try estimate($0, limit: $1) }
    }

    private func estimate(_ training: TrainSettings, limit: Int) throws -> MemoryEstimate {
        try MemoryEstimate.requirePossible(settings.model, vocabularySize: vocabulary.count, counts: counts)
        var settings = settings
        settings.training = training
        let lengths = (settings.model.separatesDocuments ? corpora.training.documentsAsSentences : corpora.training).lengths
        return MemoryEstimate(
            settings.model,
            MemoryEstimate.Work(
                vocabularySize: vocabulary.count, momentCount: training.momentCount,
                update: MemoryEstimate.Update(
                    largestOf: settings.batches, lengths: lengths, epochs: training.options.epochs,
                    seed: training.options.seed, variesSegments: settings.variesSegments),
                textTokens: lengths.reduce(corpora.development?.tokens.count ?? 0, +), sentences: corpora.training.sentenceCount,
                counts: counts, limit: limit))
    }

    func checkMemory(_ console: Console) throws {
        let estimate = try memoryCheck.run(console)
        guard let plan = estimate.segments, let length = estimate.longestText else { return }
        console.note(
            "gradient through \(grouped(length)) steps in \(grouped(plan.segments.count)) segments, about "
                + "\(byteSize(plan.bytes)) at a time")
    }

    var memory: String? { try? memoryCheck.summary() }

    func writeVocabularies(to folder: RunFolder) throws {
        try vocabulary.write(to: folder.vocabularyPath)
        if let counts { try WordCounts.write(counts, to: folder.file(named: WordCounts.fileName)) }
    }

    func makeTask() throws -> any TrainingTask {
        let model = try LanguageModel(
            settings.model, vocabulary: vocabulary, counts: counts, seed: settings.training.options.seed)
        let task = LanguageModelTask(
            model, training: corpora.training, development: corpora.development, batches: settings.batches,
            objective: settings.objective, variesSegments: settings.variesSegments, seed: settings.training.options.seed)
        let memory = memoryCheck
        task.graphBytes = try max(0, memory.limit - estimate(training, limit: memory.limit).withoutGraph)
        return task
    }

    private static let shownExamples = 5
    private static let shownWidth = 100

    func firstBatch(of task: any TrainingTask) -> [String] {
        guard let examples = (task as? LanguageModelTask)?.targets(ofUpdate: 0) else { return [] }
        let tokens = examples.reduce(0) { $0 + $1.count }
        let noun = settings.bptt > 0 ? "stream" : settings.model.separatesDocuments ? "document" : "sentence"
        var lines = ["first batch: \(counted(examples.count, noun)), \(counted(tokens, "token"))"]
        for example in examples.prefix(Self.shownExamples) {
            let text = printable(vocabulary.text(of: example, unit: settings.model.unit))
            let isLong = text.count > Self.shownWidth
            lines.append("  \(example.count)  \(isLong ? text.prefix(Self.shownWidth - 1) + "…" : text[...])")
        }
        if examples.count > Self.shownExamples { lines.append("  and \(grouped(examples.count - Self.shownExamples)) more") }
        return lines
    }
}
