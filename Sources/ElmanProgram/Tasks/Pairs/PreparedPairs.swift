import Elman

/// The training of a model on pairs, ready to begin.
struct PreparedPairs<Model: TaskModel>: PreparedModelTraining {
    let training: TrainSettings
    let texts: PairTexts
    let model: Model
    let vocabularies: PairVocabularies
    let unit: String
    let metric: String
    /// Settings of the task beside those of the model.
    var settings: JSONObject = [:]
    /// What a new model takes over.
    var transfer: PreparedTransfer?
    /// What is done to a new model.
    var beginning: (Model) throws -> Void = { _ in }
    /// Makes the task for a model, pairs to learn, pairs to evaluate on, and settings.
    let task: (Model, EncodedPairs, EncodedPairs?, TrainSettings) throws -> any BatchedTask

    var configuration: JSONObject { model.settings.adding(training.json).adding(texts.json).adding(settings) }
    var warnings: [String] { cutWarnings(texts.training.statistics, training) }
    var fingerprint: String { texts.fingerprint }
    var hasDevelopment: Bool { texts.development != nil }
    var beginsElsewhere: Bool { transfer != nil }
    func begin(_ model: Model) throws { try beginning(model) }

    var summary: [String] {
        texts.summary(vocabularies: [vocabularies.source, vocabularies.target].map(\.vocabulary.count))
            + (transfer?.audit.lines ?? [])
    }

    func makeTask(_ model: Model, _ training: TrainSettings) throws -> any BatchedTask {
        try task(
            model, vocabularies.encode(texts.training), texts.development.map { vocabularies.encode($0) }, training)
    }
}
