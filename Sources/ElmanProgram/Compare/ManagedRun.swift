import Elman

/// A run that processes of this program train, and measure where that is asked for; after any interruption it goes on where it was.
///
/// Beside its folder `NAME` lie `NAME.json`, what is known of it, and `NAME.log`, what its training said.
final class ManagedRun: QueuedWork {
    /// What is trained.
    struct Recipe {
        let task: String
        let sources: TrainingSources
        /// The file of settings.
        let settingsPath: String
        let seed: Int
        let threads: Int
    }

    /// Why there are no results.
    struct Failure {
        let status: Int32
        /// The last lines that the process said.
        let lines: [String]
    }

    /// For people: `gru, seed 3`.
    let name: String
    let path: String
    let recipe: Recipe
    /// Epochs to train for.
    let epochs: Int
    /// What to measure on; nil: nothing.
    let test: EvaluatedFiles?
    private(set) var record: RunRecord
    private(set) var failure: Failure?
    /// Whether the process that runs is an evaluation.
    private var isEvaluating = false

    init(name: String, path: String, _ recipe: Recipe, epochs: Int, test: EvaluatedFiles?) throws {
        self.name = name
        self.path = path
        self.recipe = recipe
        self.epochs = epochs
        self.test = test
        record = try RunRecord(reading: path + ".json")
        if !hasBegun { record = RunRecord() }
    }

    private var hasBegun: Bool { FileSystem.exists(FileSystem.join(path, "config.json")) }
    private var isTrained: Bool { record.trainedEpochs >= epochs }

    /// Whether nothing is left to do.
    var isDone: Bool { isTrained && (test == nil || record.evaluation(on: test) != nil) }

    /// What `elman evaluate` said.
    var evaluation: JSONObject? { record.evaluation(on: test) }

    var logPath: String { path + ".log" }
    private var outputPath: String { path + ".out" }

    func nextCommand() throws -> ChildProcess.Command? {
        if failure != nil || isDone { return nil }
        isEvaluating = isTrained
        let arguments = isEvaluating ? evaluateArguments : hasBegun ? resumeArguments : trainArguments
        return ChildProcess.Command(
            arguments: arguments + ["--threads", "\(recipe.threads)"], output: outputPath,
            errors: isEvaluating ? path + ".evaluate.log" : logPath)
    }

    private var trainArguments: [String] {
        let sources = recipe.sources
        var arguments = ["train", recipe.task] + sources.training
        if let development = sources.development { arguments += ["--dev", development] }
        for (prefix, pair) in [("", sources.pair), ("dev-", sources.developmentPair)] {
            if let pair { arguments += ["--\(prefix)source", pair.source, "--\(prefix)target", pair.target] }
        }
        arguments += ["-o", path, "--config", recipe.settingsPath, "--seed", "\(recipe.seed)", "--epochs", "\(epochs)"]
        // What a process left that was killed before it had begun.
        return arguments + (FileSystem.exists(path) ? ["--force"] : [])
    }

    private var resumeArguments: [String] { ["train", "--resume", path, "--epochs", "\(epochs)"] }

    private var evaluateArguments: [String] { ["evaluate", path] + (test?.arguments ?? []) + ["--json"] }

    func ended(_ end: ChildProcess.End) throws {
        defer { try? FileSystem.remove(outputPath) }
        if end.status == 0 {
            try succeeded(end)
        } else {
            if !isEvaluating { record.peakMemory = max(record.peakMemory, end.peakMemory) }
            // Whoever is asked to stop has not failed.
            if Signals.stop == nil {
                failure = Failure(status: end.status, lines: lastLines(of: isEvaluating ? path + ".evaluate.log" : logPath))
            }
        }
        if isEvaluating { try FileSystem.remove(path + ".evaluate.log") }
        try record.write(to: path + ".json")
    }

    private func succeeded(_ end: ChildProcess.End) throws {
        guard isEvaluating, let test else {
            record.trainedEpochs = epochs
            record.evaluation = nil
            record.peakMemory = max(record.peakMemory, end.peakMemory)
            return
        }
        let value = try JSONValue(parsing: try FileSystem.readFile(outputPath, maximumSize: 1 << 26), path: outputPath)
        guard let object = value.asObject else {
            throw DataError(.badData, path: outputPath, "is \(value.kindName), not what elman evaluate prints")
        }
        record.evaluation = object
        record.evaluatedOn = test.identity
    }
}

/// What is known of a run beside what lies in its folder.
struct RunRecord: Equatable {
    /// Epochs for which the training was asked for and came to its end; 0: it did not yet.
    var trainedEpochs = 0
    /// The largest resident set of its training, over all starts, in megabytes.
    var peakMemory = 0.0
    /// The files that it was measured on last, and options that were not the usual ones.
    var evaluatedOn: [String] = []
    /// What `elman evaluate --json` said.
    var evaluation: JSONObject?

    /// Nothing yet.
    init() {}

    /// What was written; nothing yet where no file is there.
    init(reading path: String) throws(DataError) {
        guard FileSystem.exists(path) else { return }
        let value = try JSONValue(parsing: try FileSystem.readFile(path, maximumSize: 1 << 26), path: path)
        guard let epochs = value["trained_epochs"]?.asInteger, let memory = value["peak_memory_mb"]?.asDouble else {
            throw DataError(.badData, path: path, "is no record of a run; remove it, and the run is trained again")
        }
        trainedEpochs = epochs
        peakMemory = memory
        evaluatedOn = value["evaluated_on"]?.asArray?.compactMap(\.asString) ?? []
        evaluation = value["evaluation"]?.asObject
    }

    func evaluation(on test: EvaluatedFiles?) -> JSONObject? { evaluatedOn == test?.identity ? evaluation : nil }

    func write(to path: String) throws(DataError) {
        let object: JSONObject = [
            "trained_epochs": JSONValue(trainedEpochs), "peak_memory_mb": JSONValue(peakMemory),
            "evaluated_on": .array(evaluatedOn.map { .string($0) }), "evaluation": evaluation.map { .object($0) } ?? .null,
        ]
        try AtomicFile.write(object.text(pretty: true) + "\n", to: path)
    }
}
