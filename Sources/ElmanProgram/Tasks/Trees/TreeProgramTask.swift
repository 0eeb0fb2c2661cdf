import Elman

/// `tree`: a label for every node of a tree.
enum TreeProgramTask: ProgramTask {
    static let name = "tree"
    static let summary = "a label for each node of a tree: (3 (2 a) (4 b)), one a line"
    static var keys: [String] {
        TrainSettings.commonKeys + keys(ofModel: TreeClassifierConfiguration().json)
    }

    static func plan(_ reader: SettingsReader, _ sources: TrainingSources) throws -> TrainingPlan {
        try sources.requireFiles(of: name)
        let training = try TrainSettings(reader, keys: keys)
        let choices = ["cell": TreeCellKind.allCases.map(\.rawValue)]
        let model = try reader.resolve(TreeClassifierConfiguration().json, choices: choices) { json throws(DataError) in
            try TreeClassifierConfiguration(json: json, path: "")
        }
        return { folder in
            let texts = try TrainingTexts(sources) { files, _ in
                try Treebank(reading: files, invalidUTF8: training.reading.invalidUTF8)
            }
            return PreparedTreeClassifier(
                training: training, texts: texts,
                model: try TreeClassifier.declared(model, for: texts.training, resuming: folder), path: sources.training[0])
        }
    }

    static func evaluate(_ folder: RunFolder, _ request: EvaluationRequest) throws -> EvaluationResult {
        let model = try TreeClassifier(folder, weights: request.options.weights)
        let trees = try model.encode(Treebank(reading: request.files), path: request.files.first)
        let metrics = model.metrics(of: trees)
        return EvaluationResult(json: metrics.json, rows: metrics.rows)
    }

    /// The trees with the labels of the model; `tsv`: the root's label before each.
    static func predict(_ folder: RunFolder, _ request: PredictionRequest) throws {
        try request.requireFormat(among: ["text", "tsv"])
        let model = try TreeClassifier(folder, weights: request.weights)
        let bank = try Treebank(reading: [request.file])
        model.forEachPrediction(for: try model.encode(bank, path: request.file)) { number, prediction in
            let tree = bank.text(of: number, labels: prediction.labels.map { model.labels[Int($0)] })
            let label = request.format == "tsv" ? model.labels[Int(prediction.rootLabel)] + "\t" : ""
            request.console.print(label + tree)
        }
    }
}

/// The training of a classifier of trees, ready to begin.
private struct PreparedTreeClassifier: PreparedModelTraining {
    let training: TrainSettings
    let texts: TrainingTexts<Treebank>
    let model: TreeClassifier
    let path: String

    var unit: String { "node" }
    var metric: String { "root accuracy" }
    var hasDevelopment: Bool { texts.development != nil }

    var summary: [String] {
        let trees = texts.training
        return [
            "\(counted(trees.count, "tree")), \(counted(trees.labels.types.count, "node")), "
                + "\(counted(trees.words.counts.typeCount, "type")) of words, \(counted(model.labels.count, "label"))"
        ]
    }

    var fingerprint: String {
        var hash = Fingerprint()
        hash.add(texts.training.words)
        hash.add(texts.training.labels)
        return hash.text
    }

    func makeTask(_ model: TreeClassifier, _ training: TrainSettings) throws -> any BatchedTask {
        TreeClassifierTask(
            model, training: try model.encode(texts.training, path: path),
            development: try texts.development.map { bank throws(DataError) in try model.encode(bank) },
            batchSize: training.batchSize, seed: training.options.seed)
    }
}
