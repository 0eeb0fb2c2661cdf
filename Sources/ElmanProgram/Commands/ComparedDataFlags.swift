import ArgumentParser
import Elman

/// The files and the folder of commands that train many runs.
struct ComparedDataFlags: ParsableArguments {
    @Option(help: ArgumentHelp("File to evaluate on while training, and by which the best model is kept.", valueName: "file"))
    var dev: String?
    @Option(help: ArgumentHelp("File to measure the trained models on (that of --dev).", valueName: "file"))
    var test: String?
    @Option(
        name: [.customShort("o"), .long], help: ArgumentHelp("Folder for all runs and results.", valueName: "folder"),
        completion: .directory)
    var output: String?
    @OptionGroup(title: "Pairs") var pairs: TrainingPairFlags
    @Option(help: ArgumentHelp("Pairs to measure on: the file of sources.", valueName: "file")) var testSource: String?
    @Option(help: ArgumentHelp("Pairs to measure on: the file of targets.", valueName: "file")) var testTarget: String?
    @OptionGroup(title: "Measuring") var measuring: MeasuringFlags

    /// What is trained on.
    func sources(training: [String], _ task: any ProgramTask.Type) throws -> TrainingSources {
        let sources = try pairs.sources(training: training, development: dev)
        guard !training.isEmpty || sources.pair != nil else {
            throw ProgramError(.usage, "no training file; name one behind the task: \(task.name) train.txt")
        }
        return sources
    }

    /// Whether something to measure on is named beside what is evaluated while training.
    var hasTest: Bool { test != nil || testSource != nil }

    /// What trained models are measured on.
    func evaluatedFiles() throws -> EvaluatedFiles {
        let options = measuring.options
        if let pair = try PairFlags.pair(testSource, testTarget, named: "test-") {
            return EvaluatedFiles(pair: pair, options: options)
        }
        if let test { return EvaluatedFiles(files: [test], options: options) }
        if let pair = try pairs.development() { return EvaluatedFiles(pair: pair, options: options) }
        guard let dev else { throw ProgramError(.usage, "nothing to compare on; name a file with --test or --dev") }
        return EvaluatedFiles(files: [dev], options: options)
    }
}
