import Elman

/// `retrieve`: finding the text that belongs to a text.
enum RetrieveProgramTask: ProgramTask {
    static let name = "retrieve"
    static let summary = "finding texts by texts: source<TAB>target, or --source and --target"
    static var keys: [String] {
        TrainSettings.keys + ModelFlags.keys + ["unknown-rate", "pooling", "loss", "margin"] + PairTaskFlags.keys
            + RetrieveFlags.keys
    }

    static func plan(_ reader: SettingsReader, _ sources: TrainingSources) throws -> TrainingPlan {
        let training = try TrainSettings(reader)
        guard training.batchSize > 1 else {
            throw reader.fault("batch-size", "is 1; pairs are compared within a batch, so give 2 at least")
        }
        let choices = [
            "pooling": PoolingKind.allCases.map(\.rawValue), "loss": RetrievalLoss.allCases.map(\.rawValue),
            "similarity": RetrievalSimilarity.allCases.map(\.rawValue), "normalize": TextNormalization.allCases.map(\.rawValue),
        ]
        let model = try reader.resolve(RetrieverConfiguration().json, choices: choices) { json throws(DataError) in
            try RetrieverConfiguration(json: json, path: "")
        }
        let columns = try PairTexts.columns(reader)
        return { folder in
            let texts = try PairTexts(sources, columns: columns, training)
            let retriever: SentenceRetriever
            if let folder {
                retriever = try SentenceRetriever.untrained(folder, seed: training.options.seed)
            } else {
                let vocabularies = try PairVocabularies(training: texts.training, model.preparation)
                retriever = try SentenceRetriever(model, vocabularies: vocabularies, seed: training.options.seed)
            }
            return PreparedRetriever(training: training, texts: texts, retriever: retriever)
        }
    }

    static func evaluate(_ folder: RunFolder, _ request: EvaluationRequest) throws -> EvaluationResult {
        let model = try SentenceRetriever(folder)
        let metrics = try model.metrics(of: model.vocabularies.encode(PairTexts.read(request, folder)))
        return EvaluationResult(json: metrics.json, rows: metrics.rows)
    }

    static func nextCommands(_ run: String) -> [String] {
        ["evaluate \(run) FILE", "search \(run) index FILE -o INDEX", "search \(run) query INDEX"]
    }
}

/// The training of a retriever, ready to begin.
private struct PreparedRetriever: PreparedTraining {
    let training: TrainSettings
    let texts: PairTexts
    let retriever: SentenceRetriever

    var configuration: JSONObject { retriever.configuration.json.adding(training.json).adding(texts.json) }
    var unit: String { "pair" }
    var metric: String { "MRR" }
    var warnings: [String] { cutWarnings(texts.training.statistics, training) }
    var fingerprint: String { texts.fingerprint }

    var summary: [String] {
        let sides = [retriever.vocabularies.source, retriever.vocabularies.target]
        return texts.summary(vocabularies: sides.map(\.vocabulary.count))
    }

    func writeVocabularies(to folder: RunFolder) throws { try retriever.writeVocabularies(to: folder) }

    func makeTask() throws -> any TrainingTask {
        try RetrieverTask(
            retriever, training: retriever.vocabularies.encode(texts.training),
            development: texts.development.map { retriever.vocabularies.encode($0) }, batchSize: training.batchSize,
            seed: training.options.seed)
    }
}
