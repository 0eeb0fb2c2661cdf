import ArgumentParser
import Elman

/// `elman predict`.
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict", abstract: "Labels, tags, translations or trees for the lines of a file.",
        discussion: "The output has the input's format unless --format names another.")

    @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: .directory) var runPath: String
    @Argument(help: "A file; - or nothing is standard input.") var file = "-"
    @Option(help: ArgumentHelp("Format of the output (as the input).", valueName: "text|tsv|conll|jsonl")) var format: String?
    @Option(help: ArgumentHelp("Translations: hypotheses of the beam search (1).", valueName: "n")) var beam: Int?
    @Option(help: ArgumentHelp("Translations: print so many of the best.", valueName: "n")) var best = 1
    @Option(help: ArgumentHelp("Tags: the column that gets them.", valueName: "last|upos|xpos|n")) var column: String?
    @OptionGroup var held: WeightFlags
    @OptionGroup var common: CommonFlags

    private static let formats = ["text", "tsv", "conll", "jsonl"]

    func validate() throws {
        if let format, !Self.formats.contains(format) {
            throw ValidationError("--format is '\(format)'\(suggestion(for: format, among: Self.formats))")
        }
        if let beam, !(1...1000).contains(beam) { throw ValidationError("--beam is \(beam); give 1 to 1000") }
        guard (1...1000).contains(best) else { throw ValidationError("--best is \(best); give 1 to 1000") }
    }

    func run() throws {
        let console = common.start()
        let folder = try RunFolder.open(runPath)
        let request = PredictionRequest(
            file: file, format: format, beam: beam, best: best, column: column, weights: held.precision,
            console: console)
        try ProgramTasks.task(of: folder).predict(folder, request)
    }
}
