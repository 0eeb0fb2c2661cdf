import Elman

/// `tag`: a tag for every word.
enum TagProgramTask: ProgramTask {
    static let name = "tag"
    static let summary = "a tag for each word: word|tag word|tag, CoNLL columns, or CoNLL-U with --column upos"
    static var keys: [String] {
        TrainSettings.commonKeys + TrainSettings.lengthKeys + keys(ofModel: TaggerConfiguration().json) + [
            "column", "embeddings",
        ] + ContextualSettings.keys + TransferSettings.keys + TrainSettings.fineTuningKeys
    }

    static func plan(_ reader: SettingsReader, _ sources: TrainingSources) throws -> TrainingPlan {
        try sources.requireFiles(of: name)
        let training = try TrainSettings(reader, keys: keys)
        let column = try reader.string("column")
        guard let tagColumn = TagColumn(column ?? "last") else {
            throw reader.fault("column", "is '\(column ?? "")'; give last, upos, xpos or a number")
        }
        let schemes = TagScheme.allCases.map(\.rawValue)
        let choices = [
            "loss": TaggerLoss.allCases.map(\.rawValue), "tag-scheme": schemes, "file-scheme": schemes,
            "normalize": TextNormalization.allCases.map(\.rawValue),
        ]
        let transfer = try TransferSettings(reader)
        let model = try reader.resolve(transfer.defaults(TaggerConfiguration().json), choices: choices) {
            json throws(DataError) in
            try TaggerConfiguration(json: json, path: "")
        }
        try transfer.check(model.json)
        let contextual = try ContextualSettings(reader)
        let embeddings = try reader.string("embeddings")
        if embeddings != nil, transfer.transfer != nil {
            throw reader.fault("embeddings", "are given, but --pretrained brings word vectors too; leave one of them out")
        }
        return { folder in
            let options = TagReadingOptions(
                tagColumn: tagColumn, invalidUTF8: training.reading.invalidUTF8,
                maximumLength: training.reading.maximumLength)
            let texts = try TrainingTexts(dividing: sources, "sentence") { files, _ in
                try TaggedTexts(reading: files, options: options)
            }
            let (model, prepared) =
                try transfer.declared(model, for: texts.training, resuming: folder, extend: contextual.declared) as (Tagger, _)
            return PreparedTagger(
                training: training, column: column, embeddings: embeddings, texts: texts, model: model,
                transfer: prepared, contextual: contextual, beginnings: transfer.json(prepared).adding(contextual.json))
        }
    }

    static func evaluate(_ folder: RunFolder, _ request: EvaluationRequest) throws -> EvaluationResult {
        let model = try Tagger(folder, weights: request.options.weights)
        let options = TagReadingOptions(tagColumn: try column(request.column, folder))
        let metrics = try model.evaluate(TaggedTexts(reading: request.files, options: options))
        var rows = [
            ["sentences", grouped(metrics.spans.sentences)], ["tokens", grouped(metrics.spans.tokens)],
            ["accuracy", percentText(metrics.spans.accuracy)],
        ]
        if metrics.hasSpans { rows.append(["span F1", percentText(metrics.spans.spans.f1)]) }
        let table = alignedColumns(Array(metrics.rows.dropFirst()), header: metrics.rows[0])
        let confusions = metrics.confusionRows(limit: request.errorCount)
        let errors =
            confusions.count > 1 ? [""] + alignedColumns(Array(confusions.dropFirst()), header: confusions[0]) : []
        return EvaluationResult(json: metrics.json, rows: rows, details: [""] + table + errors)
    }

    /// The file as it is, with the tags of the model; or written afresh in another format.
    static func predict(_ folder: RunFolder, _ request: PredictionRequest) throws {
        try request.requireFormat(among: ["text", "conll", "jsonl"])
        let model = try Tagger(folder, weights: request.weights)
        let options = TagReadingOptions(
            tagColumn: try column(request.column, folder), allowsMissingTags: true, keepsText: true)
        let texts = try TaggedTexts(reading: [request.file], options: options)
        let tags = model.tagIndices(of: texts.words)
        switch request.format {
        case "jsonl": printObjects(texts, tags, model, request.console)
        case "text":
            Console.output.write(String(decoding: texts.contents(tags: tags, of: model.outputTags, as: .wordTags), as: UTF8.self))
        case "conll":
            Console.output.write(String(decoding: texts.contents(tags: tags, of: model.outputTags, as: .columns), as: UTF8.self))
        default: Console.output.write(String(decoding: texts.contents(tags: tags, of: model.outputTags), as: UTF8.self))
        }
    }

    private static func printObjects(_ texts: TaggedTexts, _ tags: [Int32], _ model: Tagger, _ console: Console) {
        for sentence in 0..<texts.count {
            let range = texts.words.starts[sentence]..<texts.words.starts[sentence + 1]
            let object: JSONObject = [
                "words": .array(texts.words.tokens(of: sentence).map { .string($0) }),
                "tags": .array(tags[range].map { .string(model.outputTags[Int($0)]) }),
            ]
            console.print(object.text())
        }
    }

    /// The column that is asked for, or that of the training.
    private static func column(_ name: String?, _ folder: RunFolder) throws -> TagColumn {
        let name = try name ?? folder.readConfiguration()["column"]?.asString ?? "last"
        guard let column = TagColumn(name) else {
            throw ProgramError(.usage, "--column is '\(name)'; give last, upos, xpos or a number")
        }
        return column
    }
}

/// The training of a tagger, ready to begin.
private struct PreparedTagger: PreparedModelTraining {
    let training: TrainSettings
    let column: String?
    let embeddings: String?
    let texts: TrainingTexts<TaggedTexts>
    let model: Tagger
    let transfer: PreparedTransfer?
    let contextual: ContextualSettings
    /// Where weights come from, as it is saved.
    let beginnings: JSONObject

    var configuration: JSONObject {
        var object = model.settings.adding(training.json).adding(beginnings)
        object["column"] = column.map { .string($0) } ?? .null
        object["embeddings"] = .null
        if let embeddings { object["_embeddings"] = .string(embeddings) }
        return object
    }

    var beginsElsewhere: Bool { embeddings != nil || transfer != nil || contextual.models != nil }

    var unit: String { "word" }
    var metric: String { model.configuration.fileScheme == nil ? "accuracy" : "span F1" }
    var hasDevelopment: Bool { texts.development != nil }
    var warnings: [String] { cutWarnings(texts.training.statistics, training) }

    var summary: [String] {
        let words = texts.training.words
        let scheme = model.configuration.fileScheme.map { ", spans in \($0.rawValue.uppercased())" } ?? ""
        return [
            "\(counted(texts.training.count, "sentence")), \(counted(words.types.count, "word")), "
                + "\(counted(words.counts.typeCount, "type")), \(counted(model.outputTags.count, "tag"))\(scheme)"
        ] + texts.splitSummary + contextual.summary + (transfer?.audit.lines ?? [])
    }

    var fingerprint: String {
        var hash = Fingerprint()
        hash.add(texts.training.words)
        if let tags = texts.training.tags { hash.add(tags) }
        return hash.text
    }

    func begin(_ model: Tagger) throws {
        try transfer?.load(into: model)
        if let models = contextual.models { model.load(models) }
        guard let embeddings else { return }
        try model.load(PretrainedEmbeddings(reading: embeddings, for: model.vocabularies.words))
    }

    func makeTask(_ model: Tagger, _ training: TrainSettings) throws -> any BatchedTask {
        try TaggerTask(
            model, training: texts.training, development: texts.development, batchSize: training.batchSize,
            batchTokens: training.batchTokens, seed: training.options.seed)
    }
}
