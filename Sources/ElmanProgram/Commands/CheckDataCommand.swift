import ArgumentParser
import Elman

/// `elman check-data`.
struct CheckDataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-data", abstract: "Look at text files before training: format, counts, bad lines.",
        discussion: "The first file is taken for the training text; what the others have that it lacks is shown.")

    @Argument(help: "Files; - is standard input.") var files: [String]
    @OptionGroup var common: CommonFlags

    func run() throws {
        let console = common.start()
        var training: DataReport?
        for file in files {
            let report = try DataReport(reading: file)
            for line in report.textLines() { console.print(line) }
            if let training {
                for line in report.unknown(toTrainingText: training).textLines() { console.print(line) }
            } else {
                training = report
            }
            if file != files.last { console.print() }
        }
        console.detailPeakMemory()
    }
}
