import ArgumentParser
import Elman

/// `elman score`.
struct ScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score", abstract: "Log-probability of each line under a language model.",
        discussion: "Prints: log-probability (natural logarithm, end of sentence included), tokens, line; with tabs between.")

    @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: .directory) var runPath: String
    @Argument(help: "A file; - or nothing is standard input.") var file = "-"
    @Flag(help: "One token a line, an empty line between sentences.") var perToken = false
    @Flag(help: "Begin every line anew, also where the model was trained on a stream.") var resetState = false
    @OptionGroup var held: WeightFlags
    @OptionGroup(title: "Adapting to the text") var adaptation: AdaptationFlags
    @OptionGroup var common: CommonFlags

    /// Lines scored in one go where they do not depend on each other.
    private static let linesAtOnce = 32

    func run() throws {
        let console = common.start()
        let folder = try RunFolder.open(runPath)
        let model = try LanguageModel(folder, weights: held.precision)
        let adaptation = adaptation.adaptation
        try LanguageModelProgramTask.checkAdaptation(adaptation, model, resetsState: resetState, weights: held.precision)
        let encoder = model.encoder
        var plain = LanguageModelScorer(model, carriesState: model.configuration.carriesState && !resetState)
        let adaptive = try adaptation?.scorer(model, folder)
        func scores(_ lines: [[Int32]]) -> [[Float]] {
            if let adaptive { return lines.map { adaptive.logProbabilities(of: $0) } }
            return plain.logProbabilities(of: lines)
        }
        var reader = try ByteReader(file)
        var lines: [(text: String, tokens: [Int32])] = []
        let separatesDocuments = model.configuration.separatesDocuments && !resetState
        while let line = try reader.nextLine() {
            if separatesDocuments, line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
                show(&lines, scores(lines.map(\.tokens)), model, console)
                plain.beginDocument()
                console.print()
                continue
            }
            let tokens = try encoder.encode(Array(line), path: reader.path, line: reader.lineNumber).tokens
            lines.append((String(decoding: line, as: UTF8.self), tokens + [model.boundary]))
            if lines.count == Self.linesAtOnce { show(&lines, scores(lines.map(\.tokens)), model, console) }
        }
        show(&lines, scores(lines.map(\.tokens)), model, console)
    }

    private func show(
        _ lines: inout [(text: String, tokens: [Int32])], _ scores: [[Float]], _ model: LanguageModel, _ console: Console
    ) {
        for (line, scores) in zip(lines, scores) {
            if perToken {
                for (token, score) in zip(line.tokens, scores) {
                    console.print("\(score)\t\(printable(model.vocabulary[Int(token)]))")
                }
                console.print()
            } else {
                let sum = scores.reduce(0) { $0 + Double($1) }
                console.print("\(sum)\t\(scores.count)\t\(line.text)")
            }
        }
        lines.removeAll()
    }
}
