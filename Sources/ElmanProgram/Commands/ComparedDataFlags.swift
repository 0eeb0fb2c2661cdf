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
    @OptionGroup(title: "Pairs") var pair: PairFlags
    @Option(help: ArgumentHelp("Pairs to evaluate on: the file of sources.", valueName: "file")) var devSource: String?
    @Option(help: ArgumentHelp("Pairs to evaluate on: the file of targets.", valueName: "file")) var devTarget: String?
    @Option(help: ArgumentHelp("Pairs to measure on: the file of sources.", valueName: "file")) var testSource: String?
    @Option(help: ArgumentHelp("Pairs to measure on: the file of targets.", valueName: "file")) var testTarget: String?

    /// What is trained on.
    func sources(training: [String], _ task: any ProgramTask.Type) throws -> TrainingSources {
        let pair = try pair.files()
        guard !training.isEmpty || pair != nil else {
            throw ProgramError(.usage, "no training file; name one behind the task: \(task.name) train.txt")
        }
        guard (devSource == nil) == (devTarget == nil) else {
            throw ProgramError(.usage, "--dev-source and --dev-target belong together; give both")
        }
        return TrainingSources(
            training: training, development: dev, pair: pair, developmentPair: PairFlags.pair(devSource, devTarget))
    }

    /// Whether something to measure on is named beside what is evaluated while training.
    var hasTest: Bool { test != nil || testSource != nil }

    /// What trained models are measured on.
    func evaluatedFiles() throws -> EvaluatedFiles {
        guard (testSource == nil) == (testTarget == nil) else {
            throw ProgramError(.usage, "--test-source and --test-target belong together; give both")
        }
        if let pair = PairFlags.pair(testSource, testTarget) { return EvaluatedFiles(pair: pair) }
        if let test { return EvaluatedFiles(files: [test]) }
        if let pair = PairFlags.pair(devSource, devTarget) { return EvaluatedFiles(pair: pair) }
        guard let dev else { throw ProgramError(.usage, "nothing to compare on; name a file with --test or --dev") }
        return EvaluatedFiles(files: [dev])
    }
}

/// All flags that are settings of a training.
struct SettingFlagGroups: ParsableArguments {
    @OptionGroup(title: "Model") var model: ModelFlags
    @OptionGroup(title: "Language models") var languageModel: LanguageModelFlags
    @OptionGroup(title: "Regularisation of language models") var regularization: RegularizationFlags
    @OptionGroup(title: "Many words") var softmax: OutputFlags
    @OptionGroup(title: "Words of sentences") var encoder: EncoderFlags
    @OptionGroup(title: "Reading sentences") var reading: ReaderFlags
    @OptionGroup(title: "Pretrained models") var transfer: TransferFlags
    @OptionGroup(title: "Fine-tuning") var fineTuning: FineTuningFlags
    @OptionGroup(title: "Classifiers") var classify: ClassifyFlags
    @OptionGroup(title: "Taggers") var tag: TagFlags
    @OptionGroup(title: "Tasks on pairs") var pairTask: PairTaskFlags
    @OptionGroup(title: "Translators") var translate: TranslateFlags
    @OptionGroup(title: "Retrievers") var retrieve: RetrieveFlags
    @OptionGroup(title: "Trees") var tree: TreeFlags
    @OptionGroup(title: "Parsers") var parse: ParseFlags
    @OptionGroup(title: "Texts") var text: TextFlags
    @OptionGroup(title: "Training") var training: TrainingFlags

    /// The settings that are given.
    var settings: JSONObject { givenSettings(self) }
}

/// `settings(of:)`, whose name a property hides.
private func givenSettings(_ flags: SettingFlagGroups) -> JSONObject { settings(of: flags) }
