import Elman

/// `parse`: dependency trees.
enum ParseProgramTask: ProgramTask {
    static let name = "parse"
    static let summary = "a dependency tree for each sentence: CoNLL-U"
    static var keys: [String] {
        TrainSettings.keys + ModelFlags.keys + EncoderFlags.keys + ParseFlags.keys
            + ["tag-embedding", "root-relation", "root-relation-elsewhere"]
    }

    static func plan(_ reader: SettingsReader, _ sources: TrainingSources) throws -> TrainingPlan {
        try sources.requireFiles(of: name)
        let training = try TrainSettings(reader)
        let choices = [
            "method": ParsingMethod.allCases.map(\.rawValue), "normalize": TextNormalization.allCases.map(\.rawValue),
        ]
        let model = try reader.resolve(ParserConfiguration().json, choices: choices) { json throws(DataError) in
            try ParserConfiguration(json: json, path: "")
        }
        return { folder in
            let options = DependencyOptions(invalidUTF8: training.reading.invalidUTF8)
            let bank = try DependencyTreebank(reading: sources.training, options: options)
            let development = try sources.development.map { path throws(DataError) in
                try DependencyTreebank(reading: [path], options: options)
            }
            let parser: Parser
            if let folder {
                parser = try Parser.untrained(folder, seed: training.options.seed)
            } else {
                parser = try Parser(model, for: bank, seed: training.options.seed)
            }
            return PreparedParser(training: training, bank: bank, development: development, parser: parser)
        }
    }

    static func evaluate(_ folder: RunFolder, _ request: EvaluationRequest) throws -> EvaluationResult {
        let parser = try Parser(folder)
        let metrics = parser.metrics(of: parser.encode(try DependencyTreebank(reading: request.files)))
        return EvaluationResult(json: metrics.json, rows: metrics.rows)
    }

    /// CoNLL-U with heads and relations of the parser; everything else as it is.
    static func predict(_ folder: RunFolder, _ request: PredictionRequest) throws {
        try request.requireFormat(among: ["conll"])
        let parser = try Parser(folder)
        let options = DependencyOptions(allowsMissingHeads: true, requiresSingleRoot: false, keepsText: true)
        let bank = try DependencyTreebank(reading: [request.file], options: options)
        Console.output.write(String(decoding: parser.conllu(of: parser.encode(bank)), as: UTF8.self))
    }
}

/// The training of a parser, ready to begin.
private struct PreparedParser: PreparedTraining {
    let training: TrainSettings
    let bank: DependencyTreebank
    let development: DependencyTreebank?
    let parser: Parser

    var configuration: JSONObject { parser.configuration.json.adding(training.json) }
    var unit: String { "word" }
    var metric: String { "LAS" }

    var summary: [String] {
        [
            "\(counted(bank.count, "sentence")), \(counted(bank.words.types.count, "word")), "
                + "\(counted(bank.words.counts.typeCount, "type")), \(counted(parser.relations.count, "relation"))"
        ]
    }

    var warnings: [String] { development == nil ? ["no --dev is given: the last model is kept, not the best"] : [] }

    var fingerprint: String {
        var hash = Fingerprint()
        hash.add(bank.words)
        hash.add(bank.relations)
        hash.add(bank.heads)
        return hash.text
    }

    func writeVocabularies(to folder: RunFolder) throws { try parser.writeVocabularies(to: folder) }

    func makeTask() throws -> any TrainingTask {
        try ParserTask(
            parser, training: parser.encode(bank), development: development.map { parser.encode($0) },
            batchSize: training.batchSize, seed: training.options.seed)
    }
}
