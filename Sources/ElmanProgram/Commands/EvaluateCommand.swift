import ArgumentParser
import Elman

/// `elman evaluate`.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measure a trained model on a file.",
        usage: """
            elman evaluate <run> <file> ... [<options>]
            elman evaluate <run> --source <file> --target <file> [<options>]
            """)

    @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: .directory) var runPath: String
    @Argument(help: "Files; - is standard input.") var files: [String] = []
    @OptionGroup var pair: PairFlags
    @Flag(help: "One JSON object on standard output.") var json = false
    @Flag(help: "Language models: begin every line anew, also where the model was trained on a stream.") var resetState = false
    @OptionGroup var held: WeightFlags
    @Option(help: ArgumentHelp("Tags: the column that holds them.", valueName: "last|upos|xpos|n")) var column: String?
    @Option(help: ArgumentHelp("Show so many of the worst errors.", valueName: "n")) var errors = 0
    @Option(help: ArgumentHelp("Translations: hypotheses of the beam search (1).", valueName: "n")) var beam: Int?
    @OptionGroup(title: "Adapting to the text") var adaptation: AdaptationFlags
    @OptionGroup var common: CommonFlags

    func validate() throws {
        guard (0...1_000_000).contains(errors) else { throw ValidationError("--errors is \(errors); give 0 to 1000000") }
        if let beam, !(1...1000).contains(beam) { throw ValidationError("--beam is \(beam); give 1 to 1000") }
    }

    func run() throws {
        let console = common.start()
        let folder = try RunFolder.open(runPath)
        let task = try ProgramTasks.task(of: folder)
        let pair = try pair.files()
        guard !files.isEmpty || pair != nil else {
            throw ProgramError(.usage, "no file to evaluate on; elman evaluate \(shellQuoted(runPath)) FILE")
        }
        let request = EvaluationRequest(
            files: files, pair: pair, resetsState: resetState, weights: held.precision, column: column, errorCount: errors,
            beam: beam, adaptation: adaptation.adaptation)
        if adaptation.adaptation != nil, task.name != LanguageModelProgramTask.name {
            throw ProgramError(.usage, "--cache and --dynamic are for language models, and \(shellQuoted(runPath)) is none")
        }
        let result = try task.evaluate(folder, request)
        for warning in ExperimentChecks.ofEvaluation(files, folder) { console.warn(warning) }
        if json { return console.print(result.json.text()) }
        console.print(alignedColumns(result.rows).joined(separator: "\n"))
        for line in result.details { console.print(line) }
    }
}

/// Two files of equal line count.
struct PairFlags: ParsableArguments {
    @Option(help: ArgumentHelp("Pairs: the file of sources.", valueName: "file")) var source: String?
    @Option(help: ArgumentHelp("Pairs: the file of targets.", valueName: "file")) var target: String?

    /// The files; nil where none is named.
    func files() throws -> PairedFiles? {
        guard (source == nil) == (target == nil) else {
            throw ProgramError(.usage, "--source and --target belong together; give both")
        }
        return Self.pair(source, target)
    }

    /// Two files where both are named.
    static func pair(_ source: String?, _ target: String?) -> PairedFiles? {
        guard let source, let target else { return nil }
        return PairedFiles(source: source, target: target)
    }
}
