import ArgumentParser
import Elman

/// `elman plot`.
struct PlotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plot", abstract: "Learning curves of one or more runs as a page.")

    @Argument(help: "Runs.", completion: .directory) var runs: [String]
    @Option(name: [.customShort("o"), .long], help: "The HTML file to write.") var output: String
    @OptionGroup var common: CommonFlags

    func run() throws {
        let console = common.start()
        let read = try runs.map { run throws(DataError) in try RunReport.trainingRun(try RunFolder.open(run)) }
        let page = PlotPage.page(of: read, signature: "elman \(elmanVersion): elman plot \(runs.joined(separator: " "))")
        try AtomicFile.write(page.html, to: output)
        console.note("wrote \(output)")
    }
}

/// The page `report.html` of a run.
enum RunReport {
    static func trainingRun(_ folder: RunFolder) throws(DataError) -> TrainingRun {
        let rows = try folder.readLog().map { entry in
            var row: [String: Double] = [:]
            for member in entry.members { if let number = member.value.asDouble { row[member.key] = number } }
            return row
        }
        let configuration = try folder.readConfiguration()
        let settings = configuration.members.filter { !$0.key.hasPrefix("_") && $0.value != .null }
            .map { (name: $0.key, value: $0.value.asString ?? $0.value.text()) }
        return TrainingRun(
            name: FileSystem.name(of: folder.path), rows: rows, settings: settings,
            baseline: Baseline(json: configuration["_baseline"]))
    }

    /// Writes the page from configuration and log.
    static func write(_ folder: RunFolder) throws(DataError) {
        let run = try trainingRun(folder)
        var page = PlotPage.page(of: [run], signature: "elman \(elmanVersion), run \(folder.path)")
        page.heading("Settings")
        page.facts(run.settings)
        try AtomicFile.write(page.html, to: folder.reportPath)
    }
}
