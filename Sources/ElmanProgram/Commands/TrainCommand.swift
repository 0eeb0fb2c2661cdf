import ArgumentParser
import Elman

/// `elman train`.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train a model, or go on with a run that was interrupted.",
        usage: """
            elman train lm <file> ... --dev <file> -o <run> [<options>]
            elman train --resume <run>
            """,
        discussion: """
            elman train lm train.txt --dev dev.txt -o runs/words
            elman train lm book.txt -o runs/letters --unit char --bptt 100 --hidden 256
            elman train --resume runs/words

            What stands in parentheses is the default. Every option of the model and of the training is also a \
            key in the file of --config, and a variable such as ELMAN_BATCH_SIZE. Ctrl-C saves; the run can be \
            resumed and then ends with the same bits as one that was never interrupted.
            """)

    @Argument(help: ArgumentHelp("The task, lm, and its training files; - is standard input.", valueName: "task> <file"))
    var inputs: [String] = []

    @Option(
        help: ArgumentHelp(
            "File to evaluate on while training; without it a tenth of the training text is kept apart.", valueName: "file"))
    var dev: String?

    @Option(
        name: [.customShort("o"), .long], help: ArgumentHelp("Folder for the run.", valueName: "run"), completion: .directory)
    var output: String?

    @Option(help: ArgumentHelp("Run to go on with.", valueName: "run"), completion: .directory)
    var resume: String?

    @Option(
        help: ArgumentHelp("JSON file with settings; options come before it.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var config: String?

    @Flag(help: "Overwrite a run that is in the folder.")
    var force = false

    @Flag(help: "Tell sizes, memory and the first batch, and train nothing.")
    var dryRun = false

    @OptionGroup(title: "Model") var model: ModelFlags
    @OptionGroup(title: "Training") var training: TrainingFlags
    @OptionGroup var common: CommonFlags

    func run() throws {
        let console = common.start()
        if let task = inputs.first, task != "lm" {
            throw ProgramError(.usage, "there is no task '\(task)'\(suggestion(for: task, among: ["lm"]))")
        }
        if let resume {
            try checkResume()
            try LanguageModelTraining.resume(resume, flags: flags, console: console)
            return
        }
        guard !inputs.isEmpty else {
            throw ProgramError(.usage, "nothing to train; name a task and a file: elman train lm train.txt -o RUN")
        }
        guard inputs.count > 1 else { throw ProgramError(.usage, "no training file; elman train lm train.txt -o RUN") }
        let reader = try SettingsReader(flags: flags, file: config, keys: TrainSettings.keys)
        let sources = TextSources(training: Array(inputs.dropFirst()), development: dev)
        let settings = try TrainSettings(reader)
        if dryRun {
            try DryRun(sources: sources, settings: settings, console: console).run()
        } else if let output {
            try LanguageModelTraining.start(sources, output: output, force: force, settings: settings, console: console)
        } else {
            throw ProgramError(.usage, "no folder for the run; name one with -o")
        }
    }

    /// A resumed run knows its files and its folder.
    private func checkResume() throws {
        let given = [
            (inputs.count > 1, "training files"), (dev != nil, "--dev"), (output != nil, "--output"), (config != nil, "--config"),
            (force, "--force"), (dryRun, "--dry-run"),
        ]
        guard let wrong = given.first(where: \.0) else { return }
        throw ProgramError(.usage, "\(wrong.1) cannot be given with --resume; the run keeps what it was begun with")
    }

    private var flags: JSONObject {
        var object = model.settings
        for member in training.settings.members { object[member.key] = member.value }
        return object
    }
}
