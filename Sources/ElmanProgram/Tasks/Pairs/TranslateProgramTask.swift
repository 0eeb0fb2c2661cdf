import Elman

/// `seq2seq`: one text from another.
enum TranslateProgramTask: ProgramTask {
    static let name = "seq2seq"
    static let summary = "a text from a text: source<TAB>target, or --source and --target"
    static var keys: [String] {
        TrainSettings.commonKeys + TrainSettings.lengthKeys + keys(ofModel: TranslatorConfiguration().json)
            + ["columns", "dev-translation", "autoencode"] + TransferSettings.keys + TrainSettings.fineTuningKeys
    }

    static func plan(_ reader: SettingsReader, _ sources: TrainingSources) throws -> TrainingPlan {
        let training = try TrainSettings(reader, keys: keys)
        let choices = [
            "attention": AttentionKind.allCases.map(\.rawValue), "hand-over": StateHandOver.allCases.map(\.rawValue),
            "normalize": TextNormalization.allCases.map(\.rawValue),
        ]
        let transfer = try TransferSettings(reader)
        let defaults = transfer.encoderDefaults(TranslatorConfiguration().json)
        let model = try reader.resolve(defaults, choices: choices) { json throws(DataError) in
            try TranslatorConfiguration(json: json, path: "")
        }
        try transfer.check(model.json)
        let autoencodes = try reader.bool("autoencode") ?? false
        let columns = try PairTexts.columns(reader)
        let translates = try reader.bool("dev-translation") ?? true
        return { folder in
            let texts = try PairTexts(sources, columns: columns, training, autoencodes: autoencodes)
            let (model, prepared) = try transfer.declared(model, for: texts.training, resuming: folder) as (Translator, _)
            let settings: JSONObject = ["dev-translation": .bool(translates), "autoencode": .bool(autoencodes)]
            return PreparedPairs(
                training: training, texts: texts, model: model, vocabularies: model.vocabularies, unit: "word",
                metric: "perplexity", settings: settings.adding(transfer.json(prepared)), transfer: prepared,
                beginning: { try prepared?.load(into: $0) }
            ) { model, pairs, development, settings in
                TranslatorTask(
                    model, training: pairs, development: development, batchSize: settings.batchSize,
                    batchTokens: settings.batchTokens, translatesDevelopment: translates, seed: settings.options.seed)
            }
        }
    }

    static func evaluate(_ folder: RunFolder, _ request: EvaluationRequest) throws -> EvaluationResult {
        let model = try Translator(folder, weights: request.options.weights)
        let texts = try PairTexts.read(request, folder)
        let options = TranslationOptions(beamSize: request.options.beam ?? 1)
        let metrics = try model.metrics(of: model.vocabularies.encode(texts), options)
        return EvaluationResult(json: metrics.json(version: elmanVersion), rows: metrics.rows)
    }

    /// Sources, one a line. Prints translations; with `--best` above 1 each with its score, an empty line between sources.
    static func predict(_ folder: RunFolder, _ request: PredictionRequest) throws {
        try request.requireFormat(among: ["text", "tsv", "jsonl"])
        let model = try Translator(folder, weights: request.weights)
        let options = TranslationOptions(
            beamSize: max(request.beam ?? 1, request.best), replacesUnknown: model.hasAttention)
        try request.forEachGroupOfLines { lines in
            let words = lines.map { $0.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init) }
            for (line, translations) in zip(lines, try model.nBest(words, options, count: request.best)) {
                for translation in translations { request.console.print(text(translation, of: line, request)) }
                if request.best > 1, request.format != "jsonl" { request.console.print() }
            }
        }
    }

    private static func text(_ translation: Translation, of line: String, _ request: PredictionRequest) -> String {
        switch request.format ?? (request.best > 1 ? "tsv" : "text") {
        case "jsonl":
            let object: JSONObject = [
                "source": .string(line), "target": .string(translation.text), "score": JSONValue(translation.score),
                "log_probability": JSONValue(translation.logProbability),
            ]
            return object.text()
        case "tsv": return "\(translation.score)\t\(translation.text)"
        default: return translation.text
        }
    }
}
