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
    @Option(help: ArgumentHelp("Tags: the column that holds them.", valueName: "last|upos|xpos|n")) var column: String?
    @Option(help: ArgumentHelp("Show so many of the worst errors.", valueName: "n")) var errors = 0
    @OptionGroup var measuring: MeasuringFlags
    @OptionGroup var common: CommonFlags

    func validate() throws {
        guard (0...1_000_000).contains(errors) else { throw ValidationError("--errors is \(errors); give 0 to 1000000") }
    }

    func run() throws {
        let console = common.start()
        let folder = try RunFolder.open(runPath)
        let task = try ProgramTasks.task(of: folder)
        let pair = try pair.files()
        guard !files.isEmpty || pair != nil else {
            throw ProgramError(.usage, "no file to evaluate on; elman evaluate \(shellQuoted(runPath)) FILE")
        }
        try measuring.options.check(for: task)
        let request = EvaluationRequest(
            files: files, pair: pair, options: measuring.options, column: column, errorCount: errors)
        let result = try task.evaluate(folder, request)
        for warning in ExperimentChecks.ofEvaluation(files, folder) { console.warn(warning) }
        if json { return console.print(result.json.text()) }
        console.print(alignedColumns(result.rows).joined(separator: "\n"))
        for line in result.details { console.print(line) }
    }
}
