import Elman

/// `classify`: texts with one label each.
enum ClassifyProgramTask: ProgramTask {
    static let name = "classify"
    static let summary = "a label for each text: label ||| text, label<TAB>text or __label__x text, one a line"
    static var keys: [String] {
        TrainSettings.commonKeys + TrainSettings.lengthKeys + keys(ofModel: ClassifierConfiguration().json)
            + TransferSettings.keys + TrainSettings.fineTuningKeys
    }

    static func plan(_ reader: SettingsReader, _ sources: TrainingSources) throws -> TrainingPlan {
        try sources.requireFiles(of: name)
        let training = try TrainSettings(reader, keys: keys)
        let choices = [
            "architecture": ClassifierArchitecture.allCases.map(\.rawValue), "pooling": PoolingKind.allCases.map(\.rawValue),
            "class-weights": ClassWeighting.allCases.map(\.rawValue),
            "normalize": TextNormalization.allCases.map(\.rawValue),
        ]
        let transfer = try TransferSettings(reader)
        let model = try reader.resolve(transfer.defaults(ClassifierConfiguration().json), choices: choices) {
            json throws(DataError) in
            try ClassifierConfiguration(json: json, path: "")
        }
        try transfer.check(model.json)
        return { folder in
            let texts = try TrainingTexts(dividing: sources, "text") { files, _ in
                try LabelledTexts(reading: files, options: training.reading)
            }
            let (model, prepared) = try transfer.declared(model, for: texts.training, resuming: folder) as (Classifier, _)
            return PreparedClassifier(
                training: training, texts: texts, model: model, transfer: prepared, transferJSON: transfer.json(prepared))
        }
    }

    static func evaluate(_ folder: RunFolder, _ request: EvaluationRequest) throws -> EvaluationResult {
        let model = try Classifier(folder, weights: request.options.weights)
        let texts = try LabelledTexts(reading: request.files)
        let metrics = model.evaluate(texts, worstErrorCount: request.errorCount)
        let rows = [
            ["examples", grouped(metrics.report.examples)], ["accuracy", percentText(metrics.report.accuracy)],
            ["macro f1", percentText(metrics.report.macroF1)],
        ]
        var details = [""] + alignedColumns(Array(metrics.rows.dropFirst()), header: metrics.rows[0])
        let confusions = metrics.confusionRows()
        if confusions.count > 1 {
            details += [""] + alignedColumns(Array(confusions.dropFirst()), header: confusions[0])
        }
        if !metrics.worstErrors.isEmpty {
            let errors = metrics.worstErrorRows
            details += ["", "worst errors"] + alignedColumns(Array(errors.dropFirst()), header: errors[0])
        }
        return EvaluationResult(json: metrics.json, rows: rows, details: details)
    }

    /// Texts without labels, one a line. Prints the label, its probability and the line, or an object with all probabilities.
    static func predict(_ folder: RunFolder, _ request: PredictionRequest) throws {
        try request.requireFormat(among: ["text", "tsv", "jsonl"])
        let model = try Classifier(folder, weights: request.weights)
        try request.forEachGroupOfLines { lines in
            let predictions = model.predict(lines.map { $0.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init) })
            for (line, prediction) in zip(lines, predictions) { request.console.print(text(line, prediction, model, request)) }
        }
    }

    private static func text(
        _ line: String, _ prediction: Classifier.Prediction, _ model: Classifier, _ request: PredictionRequest
    ) -> String {
        let label = model.labels[prediction.label], probability = prediction.probabilities[prediction.label]
        switch request.format {
        case "jsonl":
            var all: JSONObject = [:]
            for (index, probability) in prediction.probabilities.enumerated() {
                all[model.labels[index]] = JSONValue(probability)
            }
            let object: JSONObject = [
                "label": .string(label), "probability": JSONValue(probability), "probabilities": .object(all),
                "text": .string(line),
            ]
            return object.text()
        case "text": return label
        default: return "\(label)\t\(probability)\t\(line)"
        }
    }
}

/// The training of a classifier, ready to begin.
private struct PreparedClassifier: PreparedModelTraining {
    let training: TrainSettings
    let texts: TrainingTexts<LabelledTexts>
    let model: Classifier
    let transfer: PreparedTransfer?
    let transferJSON: JSONObject

    var configuration: JSONObject { model.settings.adding(training.json).adding(transferJSON) }
    var beginsElsewhere: Bool { transfer != nil }
    func begin(_ model: Classifier) throws { try transfer?.load(into: model) }

    var unit: String { "text" }
    var metric: String { "accuracy" }
    var hasDevelopment: Bool { texts.development != nil }
    var warnings: [String] { cutWarnings(texts.training.statistics, training) }

    var summary: [String] {
        let all = texts.training
        return [
            "\(counted(all.count, "text")), \(counted(all.texts.types.count, "token")), "
                + "\(counted(all.texts.counts.typeCount, "type")), \(counted(model.labels.count, "label"))"
        ] + texts.splitSummary + (transfer?.audit.lines ?? [])
    }

    var fingerprint: String {
        var hash = Fingerprint()
        hash.add(texts.training.texts)
        hash.add(texts.training.labelTypes)
        return hash.text
    }

    func makeTask(_ model: Classifier, _ training: TrainSettings) throws -> any BatchedTask {
        try ClassifierTask(
            model, training: texts.training, development: texts.development, batchSize: training.batchSize,
            batchTokens: training.batchTokens, seed: training.options.seed)
    }
}
