import ArgumentParser
import Elman

/// `elman train`.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train a model, or go on with a run that was interrupted.",
        usage: """
            elman train <task> <file> ... --dev <file> -o <run> [<options>]
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

    @Argument(
        help: ArgumentHelp(
            "The task (\(ProgramTasks.names.joined(separator: ", "))) and its training files; - is standard input.",
            valueName: "task> <file"))
    var inputs: [String] = []

    @Option(
        help: ArgumentHelp(
            "File to evaluate on while training; without it a tenth of the training text is kept apart (not of trees: the last model is kept).",
            valueName: "file"))
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

    @OptionGroup(title: "Pairs") var pairs: TrainingPairFlags
    @OptionGroup var settings: SettingFlagGroups
    @OptionGroup var common: CommonFlags

    func run() throws {
        let console = common.start()
        let task = try inputs.first.map { try ProgramTasks.named($0) }
        if let resume {
            try checkResume()
            return try RunTraining.resume(resume, flags: settings.settings, console: console)
        }
        guard let task else {
            throw ProgramError(.usage, "nothing to train; name a task and a file: elman train lm train.txt -o RUN")
        }
        let sources = try sources()
        let plan = try plan(task, sources)
        if dryRun {
            try DryRun(prepared: plan(nil), console: console).run()
        } else if let output {
            try RunTraining.start(plan, task, sources, output: output, force: force, console: console)
        } else {
            throw ProgramError(.usage, "no folder for the run; name one with -o")
        }
    }

    /// What is to be trained, by flags, environment and configuration file.
    func plan(_ task: any ProgramTask.Type, _ sources: TrainingSources) throws -> TrainingPlan {
        guard !sources.training.isEmpty || sources.pair != nil else {
            throw ProgramError(.usage, "no training file; elman train \(task.name) train.txt -o RUN")
        }
        let flags = settings.settings
        if let foreign = flags.members.first(where: { !task.keys.contains($0.key) }) {
            throw ProgramError(.usage, "--\(foreign.key) has no meaning for task \(task.name); leave it out")
        }
        return try task.plan(SettingsReader(flags: flags, file: config, keys: task.keys), sources)
    }

    /// The files that are given.
    func sources() throws -> TrainingSources {
        try pairs.sources(training: Array(inputs.dropFirst()), development: dev)
    }

    /// A resumed run knows its files and its folder.
    private func checkResume() throws {
        let given = [
            (inputs.count > 1, "training files"), (dev != nil, "--dev"), (output != nil, "--output"), (config != nil, "--config"),
            (force, "--force"), (dryRun, "--dry-run"), (try pairs.training.files() != nil, "--source"),
            (try pairs.development() != nil, "--dev-source"),
        ]
        guard let wrong = given.first(where: \.0) else { return }
        throw ProgramError(.usage, "\(wrong.1) cannot be given with --resume; the run keeps what it was begun with")
    }
}
