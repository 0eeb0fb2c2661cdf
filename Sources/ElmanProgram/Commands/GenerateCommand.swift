import ArgumentParser
import Elman

/// `elman generate`.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "generate", abstract: "Draw text from a language model.")

    @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: .directory) var runPath: String
    @Option(help: "Text to go on from.") var prompt: String?
    @Option(help: "Tokens to draw.") var length = 100
    @Option(help: "Texts to draw.") var count = 1
    @Option(help: "Below 1 safer, above 1 wilder, 0 always the likeliest token.") var temperature: Float = 1
    @Option(name: .customLong("top-k"), help: "Draw from the so many likeliest tokens only.") var topK: Int?
    @Option(name: .customLong("top-p"), help: "Draw from the likeliest tokens that have this probability together.")
    var topP: Float?
    @Option(help: "Seed of the draws.") var seed = 1
    @Flag(help: "Allow <unk>.") var allowUnknown = false
    @Flag(help: "One JSON object a text.") var json = false
    @OptionGroup var held: WeightFlags
    @OptionGroup var hold: HoldFlags
    @OptionGroup var common: CommonFlags

    func validate() throws {
        guard (0...100_000_000).contains(length) else { throw ValidationError("--length is \(length); give 0 to 100000000") }
        guard (1...1_000_000).contains(count) else { throw ValidationError("--count is \(count); give 1 to 1000000") }
        guard temperature >= 0, temperature.isFinite else {
            throw ValidationError("--temperature is \(temperature); give 0 or a positive number")
        }
        if let topK, topK < 1 { throw ValidationError("--top-k is \(topK); give at least 1") }
        if let topP, !(topP > 0 && topP <= 1) { throw ValidationError("--top-p is \(topP); give a number above 0, at most 1") }
        guard !hold.ablate.contains("best") else { throw ValidationError("--ablate best is for elman units; name the unit") }
        guard seed >= 0 else { throw ValidationError("--seed is \(seed); give 0 or a positive number") }
    }

    func run() throws {
        let console = common.start()
        let model = try LanguageModel(contentsOf: runPath, weights: held.precision)
        let start = try prompt.map { prompt throws(DataError) in try model.encoder.encode(prompt).tokens } ?? []
        let intervention = try hold.intervention(in: model)
        for number in 0..<count {
            let options = GenerationOptions(
                length: length, temperature: temperature, topCount: topK, topProbability: topP, allowsUnknown: allowUnknown,
                seed: UInt64(seed) &+ UInt64(number))
            let tokens = try model.generate(after: start, options, intervention: intervention)
            show(tokens, after: start, model, console)
        }
    }

    private func show(_ tokens: [Int32], after start: [Int32], _ model: LanguageModel, _ console: Console) {
        let text = GeneratedText(model)
        if json {
            let object: JSONObject = [
                "prompt": .string(prompt ?? ""), "text": .string(text.lines(tokens)), "tokens": JSONValue(tokens.count),
            ]
            console.print(object.text())
        } else {
            console.print(text.lines(start + tokens))
            if count > 1 { console.print() }
        }
    }
}

/// Drawn tokens as text: words with spaces, a new line after each end mark; characters as they are. What was drawn from the end of
/// a line is turned round.
struct GeneratedText {
    private let model: LanguageModel

    init(_ model: LanguageModel) { self.model = model }

    func lines(_ tokens: [Int32]) -> String {
        guard model.configuration.isBackward else { return forwardLines(tokens) }
        let lines = tokens.split(separator: model.boundary, omittingEmptySubsequences: false).map { $0.reversed() }
        return forwardLines(Array(lines.joined(separator: [model.boundary])))
    }

    private func forwardLines(_ tokens: [Int32]) -> String {
        guard model.configuration.unit == .word else { return model.vocabulary.text(of: tokens, unit: .char) }
        return tokens.split(separator: model.boundary, omittingEmptySubsequences: false)
            .map { model.vocabulary.text(of: $0, unit: .word) }.joined(separator: "\n")
    }
}
