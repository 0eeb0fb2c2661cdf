import Elman

/// `tree`: a label for every node of a tree.
enum TreeProgramTask: ProgramTask {
    static let name = "tree"
    static let summary = "a label for each node of a tree: (3 (2 a) (4 b)), one a line"
    static var keys: [String] {
        TrainSettings.keys + ["cell", "embedding", "hidden", "dropout", "initial-range", "lowercase", "unknown-rate"]
            + TreeFlags.keys
    }

    static func plan(_ reader: SettingsReader, _ sources: TrainingSources) throws -> TrainingPlan {
        try sources.requireFiles(of: name)
        let training = try TrainSettings(reader)
        let choices = ["cell": TreeCellKind.allCases.map(\.rawValue)]
        let model = try reader.resolve(TreeClassifierConfiguration().json, choices: choices) { json throws(DataError) in
            try TreeClassifierConfiguration(json: json, path: "")
        }
        return { folder in
            let invalid = training.reading.invalidUTF8
            let trees = try Treebank(reading: sources.training, invalidUTF8: invalid)
            let development = try sources.development.map { path throws(DataError) in
                try Treebank(reading: [path], invalidUTF8: invalid)
            }
            let classifier: TreeClassifier
            if let folder {
                classifier = try TreeClassifier.untrained(folder, seed: training.options.seed)
            } else {
                classifier = try TreeClassifier(model, for: trees, seed: training.options.seed)
            }
            return PreparedTreeClassifier(
                training: training, trees: trees, development: development, classifier: classifier,
                path: sources.training[0])
        }
    }

    static func evaluate(_ folder: RunFolder, _ request: EvaluationRequest) throws -> EvaluationResult {
        let model = try TreeClassifier(folder)
        let trees = try model.encode(Treebank(reading: request.files), path: request.files.first)
        let metrics = model.metrics(of: trees)
        return EvaluationResult(json: metrics.json, rows: metrics.rows)
    }

    /// The trees with the labels of the model; `tsv`: the root's label before each.
    static func predict(_ folder: RunFolder, _ request: PredictionRequest) throws {
        try request.requireFormat(among: ["text", "tsv"])
        let model = try TreeClassifier(folder)
        let bank = try Treebank(reading: [request.file])
        model.forEachPrediction(for: try model.encode(bank, path: request.file)) { number, prediction in
            let tree = bank.text(of: number, labels: prediction.labels.map { model.labels[Int($0)] })
            let label = request.format == "tsv" ? model.labels[Int(prediction.rootLabel)] + "\t" : ""
            request.console.print(label + tree)
        }
    }
}

/// The training of a classifier of trees, ready to begin.
private struct PreparedTreeClassifier: PreparedTraining {
    let training: TrainSettings
    let trees: Treebank
    let development: Treebank?
    let classifier: TreeClassifier
    let path: String

    var configuration: JSONObject { classifier.configuration.json.adding(training.json) }
    var unit: String { "node" }
    var metric: String { "root accuracy" }

    var summary: [String] {
        [
            "\(counted(trees.count, "tree")), \(counted(trees.labels.types.count, "node")), "
                + "\(counted(trees.words.counts.typeCount, "type")) of words, \(counted(classifier.labels.count, "label"))"
        ]
    }

    var warnings: [String] { development == nil ? ["no --dev is given: the last model is kept, not the best"] : [] }

    var fingerprint: String {
        var hash = Fingerprint()
        hash.add(trees.words)
        hash.add(trees.labels)
        return hash.text
    }

    func writeVocabularies(to folder: RunFolder) throws { try classifier.writeVocabularies(to: folder) }

    func makeTask() throws -> any TrainingTask {
        TreeClassifierTask(
            classifier, training: try classifier.encode(trees, path: path),
            development: try development.map { bank throws(DataError) in try classifier.encode(bank) },
            batchSize: training.batchSize, seed: training.options.seed)
    }
}
