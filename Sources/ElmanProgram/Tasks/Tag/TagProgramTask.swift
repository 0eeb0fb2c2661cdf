import Elman

/// `tag`: a tag for every word.
enum TagProgramTask: ProgramTask {
    static let name = "tag"
    static let summary = "a tag for each word: word|tag word|tag, CoNLL columns, or CoNLL-U with --column upos"
    static var keys: [String] {
        TrainSettings.keys + ModelFlags.keys + EncoderFlags.keys + TagFlags.keys + ["file-scheme"]
    }

    static func plan(_ reader: SettingsReader, _ sources: TrainingSources) throws -> TrainingPlan {
        try sources.requireFiles(of: name)
        let training = try TrainSettings(reader)
        let column = try reader.string("column")
        guard let tagColumn = TagColumn(column ?? "last") else {
            throw reader.fault("column", "is '\(column ?? "")'; give last, upos, xpos or a number")
        }
        let schemes = TagScheme.allCases.map(\.rawValue)
        let choices = [
            "loss": TaggerLoss.allCases.map(\.rawValue), "tag-scheme": schemes, "file-scheme": schemes,
            "normalize": TextNormalization.allCases.map(\.rawValue),
        ]
        let model = try reader.resolve(TaggerConfiguration().json, choices: choices) { json throws(DataError) in
            try TaggerConfiguration(json: json, path: "")
        }
        let embeddings = try reader.string("embeddings")
        return { folder in
            let texts = try TagTexts(sources, TagReadingOptions(tagColumn: tagColumn, invalidUTF8: training.reading.invalidUTF8))
            let tagger =
                try folder.map { folder throws(DataError) in try Tagger.untrained(folder, seed: training.options.seed) }
                ?? Tagger(model, for: texts.training, seed: training.options.seed)
            return PreparedTagger(training: training, column: column, embeddings: embeddings, texts: texts, tagger: tagger)
        }
    }

    static func evaluate(_ folder: RunFolder, _ request: EvaluationRequest) throws -> EvaluationResult {
        let model = try Tagger(folder)
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
        let model = try Tagger(folder)
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

/// The tagged sentences of a training.
private struct TagTexts {
    let training: TaggedTexts
    let development: TaggedTexts?
    let split: DevelopmentSplit

    init(_ sources: TrainingSources, _ options: TagReadingOptions) throws(DataError) {
        let all = try TaggedTexts(reading: sources.training, options: options)
        split = DevelopmentSplit(count: all.count, hasDevelopment: sources.development != nil)
        let split = split
        training = split.isNeeded ? all.part { !split.isKeptApart($0) } : all
        if let path = sources.development {
            development = try TaggedTexts(reading: [path], options: options)
        } else {
            development = split.isNeeded ? all.part(where: split.isKeptApart) : nil
        }
    }
}

/// The training of a tagger, ready to begin.
private struct PreparedTagger: PreparedTraining {
    let training: TrainSettings
    let column: String?
    let embeddings: String?
    let texts: TagTexts
    let tagger: Tagger

    var configuration: JSONObject {
        var object = tagger.configuration.json.adding(training.json)
        object["column"] = column.map { .string($0) } ?? .null
        object["embeddings"] = .null
        object["_embeddings"] = embeddings.map { .string($0) } ?? .null
        return object
    }

    var unit: String { "word" }
    var metric: String { tagger.configuration.fileScheme == nil ? "accuracy" : "span F1" }
    var warnings: [String] { cutWarnings(texts.training.statistics, training) }

    var summary: [String] {
        let words = texts.training.words
        let scheme = tagger.configuration.fileScheme.map { ", spans in \($0.rawValue.uppercased())" } ?? ""
        return [
            "\(counted(texts.training.count, "sentence")), \(counted(words.types.count, "word")), "
                + "\(counted(words.counts.typeCount, "type")), \(counted(tagger.outputTags.count, "tag"))\(scheme)"
        ] + texts.split.summary("sentence")
    }

    var fingerprint: String {
        var hash = Fingerprint()
        hash.add(texts.training.words)
        if let tags = texts.training.tags { hash.add(tags) }
        return hash.text
    }

    func writeVocabularies(to folder: RunFolder) throws { try tagger.writeVocabularies(to: folder) }

    func makeTask() throws -> any TrainingTask {
        if let embeddings {
            try tagger.load(PretrainedEmbeddings(reading: embeddings, for: tagger.vocabularies.words))
        }
        return try TaggerTask(
            tagger, training: texts.training, development: texts.development, batchSize: training.batchSize,
            seed: training.options.seed)
    }
}
