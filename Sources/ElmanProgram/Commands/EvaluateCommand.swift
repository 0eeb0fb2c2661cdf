import ArgumentParser
import Elman

/// `elman evaluate`.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measure a trained model on a file.")

    @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: .directory) var runPath: String
    @Argument(help: "Files; - is standard input.") var files: [String]
    @Flag(help: "One JSON object on standard output.") var json = false
    @Flag(help: "Begin every line anew, also where the model was trained on a stream.") var resetState = false
    @Flag(help: "Weights of 16 bits (bfloat16): less memory to read for each token, a little less precise.") var half = false
    @OptionGroup var common: CommonFlags

    func run() throws {
        let console = common.start()
        let model = try LanguageModel(contentsOf: runPath)
        if half { model.parameters.roundToBFloat16() }
        let carries = model.configuration.carriesState && !resetState
        let corpus = try EncodedCorpus(
            reading: files, with: model.vocabulary,
            options: ReadingOptions(
                unit: model.configuration.unit, keepsBlankLines: model.configuration.unit == .char && carries,
                normalization: model.configuration.normalization))
        var scorer = LanguageModelScorer(model, carriesState: carries)
        let metrics = scorer.metrics(of: corpus)
        console.print(json ? object(metrics, model, carries).text() : text(metrics, model, carries))
    }

    private func object(_ metrics: LanguageModelMetrics, _ model: LanguageModel, _ carries: Bool) -> JSONObject {
        var object: JSONObject = [
            "task": "lm", "sentences": JSONValue(metrics.sentences), "tokens": JSONValue(metrics.tokens),
            "unknown": JSONValue(metrics.unknown), "nll": JSONValue(metrics.negativeLogLikelihood),
            "perplexity": JSONValue(metrics.perplexity), "bits_per_token": JSONValue(metrics.bitsPerToken),
        ]
        if model.configuration.unit == .char { object["bits_per_character"] = JSONValue(metrics.bitsPerToken) }
        object["state"] = .string(carries ? "carried" : "reset")
        return object
    }

    private func text(_ metrics: LanguageModelMetrics, _ model: LanguageModel, _ carries: Bool) -> String {
        let isCharacters = model.configuration.unit == .char
        var rows = [
            ["perplexity", fixed(metrics.perplexity, 3)],
            [isCharacters ? "bits per character" : "bits per token", fixed(metrics.bitsPerToken, 4)],
            ["nll", fixed(metrics.negativeLogLikelihood, 3)],
            ["tokens", grouped(metrics.tokens)],
            ["sentences", grouped(metrics.sentences)],
        ]
        let share = metrics.tokens > 0 ? 100 * Double(metrics.unknown) / Double(metrics.tokens) : 0
        rows.append(["unknown", "\(grouped(metrics.unknown)) (\(fixed(share, 2)) %)"])
        rows.append(["state", carries ? "carried from line to line" : "reset at every line"])
        return alignedColumns(rows).joined(separator: "\n")
    }
}
