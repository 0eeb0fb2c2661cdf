import Elman

/// What the program does for one task: one conforming type a task, and its line in `all`.
///
/// `train`, `evaluate` and `predict` find the task by the name on the command line or in a run's configuration.
protocol ProgramTask {
    /// As on the command line and in `config.json`.
    static var name: String { get }
    /// What the task does, in a few words.
    static var summary: String { get }
    /// Keys of the settings that the task knows.
    static var keys: [String] { get }
    /// Resolves the settings, and gives what reads the texts then.
    static func plan(_ reader: SettingsReader, _ sources: TrainingSources) throws -> TrainingPlan
    /// Measures a trained model on files.
    static func evaluate(_ folder: RunFolder, _ request: EvaluationRequest) throws -> EvaluationResult
    /// Predicts for each line of a file and prints; nil where the task has nothing to predict.
    static func predict(_ folder: RunFolder, _ request: PredictionRequest) throws
    /// Commands to try after a training, without `elman`.
    static func nextCommands(_ run: String) -> [String]
}

extension ProgramTask {
    static func predict(_ folder: RunFolder, _ request: PredictionRequest) throws {
        throw ProgramError(.usage, "a run of task '\(name)' predicts nothing by itself; see elman help")
    }

    static func nextCommands(_ run: String) -> [String] { ["evaluate \(run) FILE", "predict \(run) FILE"] }
}

/// The tasks of the program.
enum ProgramTasks {
    static var all: [any ProgramTask.Type] {
        [
            LanguageModelProgramTask.self, ClassifyProgramTask.self, TagProgramTask.self, TranslateProgramTask.self,
            RetrieveProgramTask.self, TreeProgramTask.self, ParseProgramTask.self,
        ]
    }

    static var names: [String] { all.map { $0.name } }

    /// The task of a name that was given on the command line.
    static func named(_ name: String) throws -> any ProgramTask.Type {
        guard let task = all.first(where: { $0.name == name }) else {
            throw ProgramError(.usage, "there is no task '\(name)'\(suggestion(for: name, among: names))")
        }
        return task
    }

    /// The task of a run.
    static func task(of folder: RunFolder) throws -> any ProgramTask.Type {
        let name = try folder.readConfiguration()["task"]?.asString ?? "unknown"
        guard let task = all.first(where: { $0.name == name }) else {
            throw DataError(.badData, path: folder.configurationPath, "task '\(name)' is not known to this program")
        }
        return task
    }
}

/// Reads the texts of a training whose settings are resolved. It is given the run that is resumed, which has its vocabularies,
/// and nil for a new one.
typealias TrainingPlan = (RunFolder?) throws -> any PreparedTraining

/// A training that is ready to begin: settings resolved, texts read, vocabularies made.
protocol PreparedTraining {
    /// What all trainings have.
    var training: TrainSettings { get }
    /// Everything, as it is saved in `config.json`.
    var configuration: JSONObject { get }
    /// What was read, in a line or two.
    var summary: [String] { get }
    /// What may not be as the user thinks.
    var warnings: [String] { get }
    /// A text that tells these data from others.
    var fingerprint: String { get }
    /// What progress counts: `word`, `sentence`.
    var unit: String { get }
    /// By what the best model is chosen, for people: `perplexity`.
    var metric: String { get }
    /// Whether there is anything to evaluate on; where not, the last model is kept.
    var hasDevelopment: Bool { get }
    /// What a model has to beat; nil where nothing is at hand.
    var baseline: Baseline? { get }
    /// Whether the model begins with weights that do not follow from the seed, so that a checkpoint of them is needed.
    var beginsElsewhere: Bool { get }
    /// Throws where settings of fine-tuning do not fit the model.
    func checkFineTuning() throws
    /// Throws where there is too little memory, and tells how much is needed.
    func checkMemory(_ console: Console) throws
    /// How much memory is needed, in a line; nil where that is not foretold.
    var memory: String? { get }
    /// Writes vocabularies and what else a model needs beside its weights.
    func writeVocabularies(to folder: RunFolder) throws
    /// The model and how it is trained. Made late: it takes memory.
    func makeTask() throws -> any TrainingTask
    /// What a dry run shows of the first update.
    func firstBatch(of task: any TrainingTask) -> [String]
}

extension PreparedTraining {
    var warnings: [String] { [] }
    var baseline: Baseline? { nil }
    var beginsElsewhere: Bool { false }
    func checkFineTuning() throws {}

    func firstBatch(of task: any TrainingTask) -> [String] {
        ["first batch:"] + task.contents(ofUpdate: 0).members.map { "  \($0.key) \($0.value.text())" }
    }
}

/// What `elman evaluate` is asked for.
struct EvaluationRequest {
    let files: [String]
    /// Files of pairs, for tasks on pairs.
    let pair: PairedFiles?
    var options = MeasuringOptions()
    /// The column of the tag.
    var column: String?
    /// How many of the worst errors to show.
    var errorCount = 0
}

/// What an evaluation found.
struct EvaluationResult {
    /// With `task` first, as the interface says.
    var json: JSONObject
    /// Names and values for people.
    var rows: [[String]]
    /// Further text for people.
    var details: [String] = []
}

/// What `elman predict` is asked for.
struct PredictionRequest {
    let file: String
    /// `text`, `tsv`, `conll`, `jsonl`; nil: as the input.
    let format: String?
    /// Hypotheses of a beam search.
    let beam: Int?
    /// Best hypotheses to print.
    let best: Int
    /// The column of the tag.
    let column: String?
    /// In how many bits weights are held.
    var weights = WeightPrecision.float32
    let console: Console
}
