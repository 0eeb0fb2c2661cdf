import Elman

/// `retrieve`: finding the text that belongs to a text.
enum RetrieveProgramTask: ProgramTask {
    static let name = "retrieve"
    static let summary = "finding texts by texts: source<TAB>target, or --source and --target"
    static var keys: [String] {
        TrainSettings.commonKeys + TrainSettings.lengthKeys + keys(ofModel: RetrieverConfiguration().json) + ["columns"]
    }

    static func plan(_ reader: SettingsReader, _ sources: TrainingSources) throws -> TrainingPlan {
        let training = try TrainSettings(reader, keys: keys)
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
            let model = try SentenceRetriever.declared(model, for: texts.training, resuming: folder)
            return PreparedPairs(
                training: training, texts: texts, model: model, vocabularies: model.vocabularies, unit: "pair", metric: "MRR"
            ) { model, pairs, development, settings in
                try RetrieverTask(
                    model, training: pairs, development: development, batchSize: settings.batchSize,
                    batchTokens: settings.batchTokens, seed: settings.options.seed)
            }
        }
    }

    static func evaluate(_ folder: RunFolder, _ request: EvaluationRequest) throws -> EvaluationResult {
        let model = try SentenceRetriever(folder, weights: request.options.weights)
        let metrics = try model.metrics(of: model.vocabularies.encode(PairTexts.read(request, folder)))
        return EvaluationResult(json: metrics.json, rows: metrics.rows)
    }

    static func nextCommands(_ run: String) -> [String] {
        ["evaluate \(run) FILE", "search \(run) index FILE -o INDEX", "search \(run) query INDEX"]
    }
}
