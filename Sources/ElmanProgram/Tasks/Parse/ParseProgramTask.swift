import Elman

/// `parse`: dependency trees.
enum ParseProgramTask: ProgramTask {
    static let name = "parse"
    static let summary = "a dependency tree for each sentence: CoNLL-U"
    static var keys: [String] {
        TrainSettings.commonKeys + keys(ofModel: ParserConfiguration().json)
    }

    static func plan(_ reader: SettingsReader, _ sources: TrainingSources) throws -> TrainingPlan {
        try sources.requireFiles(of: name)
        let training = try TrainSettings(reader, keys: keys)
        let choices = [
            "method": ParsingMethod.allCases.map(\.rawValue), "normalize": TextNormalization.allCases.map(\.rawValue),
        ]
        let model = try reader.resolve(ParserConfiguration().json, choices: choices) { json throws(DataError) in
            try ParserConfiguration(json: json, path: "")
        }
        return { folder in
            let texts = try TrainingTexts(sources) { files, _ in
                try DependencyTreebank(
                    reading: files, options: DependencyOptions(invalidUTF8: training.reading.invalidUTF8))
            }
            return PreparedParser(
                training: training, texts: texts, model: try Parser.declared(model, for: texts.training, resuming: folder))
        }
    }

    static func evaluate(_ folder: RunFolder, _ request: EvaluationRequest) throws -> EvaluationResult {
        let parser = try Parser(folder, weights: request.options.weights)
        let metrics = parser.metrics(of: parser.encode(try DependencyTreebank(reading: request.files)))
        return EvaluationResult(json: metrics.json, rows: metrics.rows)
    }

    /// CoNLL-U with heads and relations of the parser; everything else as it is.
    static func predict(_ folder: RunFolder, _ request: PredictionRequest) throws {
        try request.requireFormat(among: ["conll"])
        let parser = try Parser(folder, weights: request.weights)
        let options = DependencyOptions(allowsMissingHeads: true, requiresSingleRoot: false, keepsText: true)
        let bank = try DependencyTreebank(reading: [request.file], options: options)
        Console.output.write(String(decoding: parser.conllu(of: parser.encode(bank)), as: UTF8.self))
    }
}

/// The training of a parser, ready to begin.
private struct PreparedParser: PreparedModelTraining {
    let training: TrainSettings
    let texts: TrainingTexts<DependencyTreebank>
    let model: Parser

    var unit: String { "word" }
    var metric: String { "LAS" }
    var hasDevelopment: Bool { texts.development != nil }

    var summary: [String] {
        let bank = texts.training
        return [
            "\(counted(bank.count, "sentence")), \(counted(bank.words.types.count, "word")), "
                + "\(counted(bank.words.counts.typeCount, "type")), \(counted(model.relations.count, "relation"))"
        ]
    }

    var fingerprint: String {
        var hash = Fingerprint()
        hash.add(texts.training.words)
        hash.add(texts.training.relations)
        hash.add(texts.training.heads)
        return hash.text
    }

    func makeTask(_ model: Parser, _ training: TrainSettings) throws -> any BatchedTask {
        try ParserTask(
            model, training: model.encode(texts.training), development: texts.development.map { model.encode($0) },
            batchSize: training.batchSize, seed: training.options.seed)
    }
}
