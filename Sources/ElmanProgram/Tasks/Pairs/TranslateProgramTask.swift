import Elman

/// `seq2seq`: one text from another.
enum TranslateProgramTask: ProgramTask {
    static let name = "seq2seq"
    static let summary = "a text from a text: source<TAB>target, or --source and --target"
    static var keys: [String] {
        TrainSettings.keys + ModelFlags.keys + ["tie-embeddings", "unknown-rate"] + PairTaskFlags.keys + TranslateFlags.keys
    }

    static func plan(_ reader: SettingsReader, _ sources: TrainingSources) throws -> TrainingPlan {
        let training = try TrainSettings(reader)
        let choices = [
            "attention": AttentionKind.allCases.map(\.rawValue), "hand-over": StateHandOver.allCases.map(\.rawValue),
            "normalize": TextNormalization.allCases.map(\.rawValue),
        ]
        let model = try reader.resolve(TranslatorConfiguration().json, choices: choices) { json throws(DataError) in
            try TranslatorConfiguration(json: json, path: "")
        }
        let columns = try PairTexts.columns(reader)
        return { folder in
            let texts = try PairTexts(sources, columns: columns, training)
            let translator: Translator
            if let folder {
                translator = try Translator.untrained(folder, seed: training.options.seed)
            } else {
                let vocabularies = try PairVocabularies(training: texts.training, model.preparation)
                translator = try Translator(model, vocabularies: vocabularies, seed: training.options.seed)
            }
            return PreparedTranslator(training: training, texts: texts, translator: translator)
        }
    }

    static func evaluate(_ folder: RunFolder, _ request: EvaluationRequest) throws -> EvaluationResult {
        let model = try Translator(folder)
        let texts = try PairTexts.read(request, folder)
        let options = TranslationOptions(beamSize: request.beam ?? 1)
        let metrics = try model.metrics(of: model.vocabularies.encode(texts), options)
        return EvaluationResult(json: metrics.json(version: elmanVersion), rows: metrics.rows)
    }

    /// Sources, one a line. Prints translations; with `--best` above 1 each with its score, an empty line between sources.
    static func predict(_ folder: RunFolder, _ request: PredictionRequest) throws {
        try request.requireFormat(among: ["text", "tsv", "jsonl"])
        let model = try Translator(folder)
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

/// The training of a translator, ready to begin.
private struct PreparedTranslator: PreparedTraining {
    let training: TrainSettings
    let texts: PairTexts
    let translator: Translator

    var configuration: JSONObject { translator.configuration.json.adding(training.json).adding(texts.json) }
    var unit: String { "word" }
    var metric: String { "perplexity" }
    var warnings: [String] { cutWarnings(texts.training.statistics, training) }
    var fingerprint: String { texts.fingerprint }

    var summary: [String] {
        let sides = [translator.vocabularies.source, translator.vocabularies.target]
        return texts.summary(vocabularies: sides.map(\.vocabulary.count))
    }

    func writeVocabularies(to folder: RunFolder) throws { try translator.writeVocabularies(to: folder) }

    func makeTask() throws -> any TrainingTask {
        TranslatorTask(
            translator, training: translator.vocabularies.encode(texts.training),
            development: texts.development.map { translator.vocabularies.encode($0) }, batchSize: training.batchSize,
            seed: training.options.seed)
    }
}
