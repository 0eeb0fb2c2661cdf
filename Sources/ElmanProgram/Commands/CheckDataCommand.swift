import ArgumentParser
import Elman

/// `elman check-data`.
struct CheckDataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-data", abstract: "Look at text files before training: format, counts, labels, bad lines.",
        usage: """
            elman check-data <file> ... [--task <task>]
            elman check-data --source <file> --target <file>
            """,
        discussion: """
            The first file is taken for the training text; what the others share with it and what they have that it lacks is \
            shown. Ends with status 65 where training would refuse a line, or has nothing to learn.
            """)

    @Argument(help: "Files; - is standard input.") var files: [String] = []
    @OptionGroup var pairs: TrainingPairFlags
    @Option(help: ArgumentHelp("What is to be trained on them (by the look of the files).", valueName: "task"))
    var task: String?
    @Option(help: ArgumentHelp("Tags: the column that holds them.", valueName: "last|upos|xpos|n")) var column: String?
    @Option(help: ArgumentHelp("Columns of source and target in a file of three or more.", valueName: "n,n"))
    var columns: String?
    @Option(help: ArgumentHelp("Show so many bad lines of a file (20).", valueName: "n")) var limit = DataCheck.usualFaultLimit
    @OptionGroup var common: CommonFlags

    func validate() throws {
        guard (0...1_000_000_000).contains(limit) else { throw ValidationError("--limit is \(limit); give 0 to 1000000000") }
    }

    func run() throws {
        let console = common.start()
        let checks = try checks()
        guard !checks.isEmpty else { throw ProgramError(.usage, "no file to look at; elman check-data FILE") }
        var training: DataCheck?
        var faultCount = 0
        for (number, read) in checks.enumerated() {
            if number > 0 { console.print() }
            let check = try read()
            show(check, training, console)
            training = training ?? check
            // Of nothing, nothing can be learnt.
            if let examples = check.examples { faultCount += examples.faultCount + (examples.count == 0 ? 1 : 0) }
        }
        console.detailPeakMemory()
        guard faultCount == 0 else { throw ExitWithStatus(status: .badData) }
    }

    /// What reads each file, or each pair of files.
    private func checks() throws -> [() throws -> DataCheck] {
        let form = try form(), limit = limit
        let pairs = [try pairs.training.files(), try pairs.development()].compactMap { $0 }
        if !pairs.isEmpty, let task, !["seq2seq", "retrieve"].contains(task) {
            throw ProgramError(.usage, "--source and --target are for tasks on pairs, not for \(task)")
        }
        return files.map { path in { try DataCheck(reading: path, as: form, faultLimit: limit) } }
            + pairs.map { pair in { try DataCheck(source: pair.source, target: pair.target, faultLimit: limit) } }
    }

    /// What the files are to hold; nil where their look is to tell.
    private func form() throws -> ExampleForm? {
        guard let tagColumn = TagColumn(column ?? "last") else {
            throw ProgramError(.usage, "--column is '\(column ?? "")'; give last, upos, xpos or a number")
        }
        let pair = try columns.map { text in
            guard let pair = PairTexts.parse(text) else {
                throw ProgramError(.usage, "--columns is '\(text)'; give two numbers such as 1,3")
            }
            return pair
        }
        guard let task else { return column != nil ? .tagged(tagColumn) : pair.map { .pairs($0) } }
        switch try ProgramTasks.named(task).name {
        case "classify": return .labelled
        case "tag": return .tagged(tagColumn)
        case "seq2seq", "retrieve": return .pairs(pair)
        case "tree": return .trees
        case "parse": return .dependencies
        default: return .sentences
        }
    }

    private func show(_ check: DataCheck, _ training: DataCheck?, _ console: Console) {
        for file in check.files { for line in file.textLines() { console.print(line) } }
        if let examples = check.examples { for line in examples.textLines() { console.print(line) } }
        guard let training else { return }
        for (file, known) in zip(check.files, training.files) {
            for line in file.unknown(toTrainingText: known).textLines() { console.print(line) }
        }
        if let examples = check.examples, let known = training.examples, examples.form == known.form {
            for line in examples.compared(toTraining: known).textLines(examples.form.noun) { console.print(line) }
        }
    }
}
