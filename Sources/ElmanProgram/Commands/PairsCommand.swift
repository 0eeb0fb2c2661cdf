import ArgumentParser
import Elman

/// `elman pairs`.
struct PairsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pairs", abstract: "Minimal pairs: which of two sentences a language model prefers.",
        discussion: """
            Files: JSON lines with sentence_good and sentence_bad (BLiMP), or with a gap to fill (sentence, option1, option2,
            answer); good<TAB>bad; template<TAB>case<TAB>good<TAB>bad; NAME.gold beside NAME.text.
            """)

    @Argument(help: ArgumentHelp("The run of a language model.", valueName: "run"), completion: .directory) var runPath: String
    @Argument(help: "Files of pairs.") var files: [String]
    @Option(help: ArgumentHelp("What is compared (sentence).", valueName: "sentence|word|continuation")) var scoring: String?
    @Option(help: ArgumentHelp("How sentences become words (penn in JSON, spaces elsewhere).", valueName: "spaces|penn"))
    var words: String?
    @Flag(inversion: .prefixedNo, help: "Look words up in lower case (as the vocabulary is).") var lowercase: Bool?
    @Option(help: ArgumentHelp("Another run to compare with.", valueName: "run")) var against: [String] = []
    @Option(help: ArgumentHelp("Compare with n-grams counted in a text.", valueName: "file")) var ngram: String?
    @Option(help: ArgumentHelp("Longest n-gram (3).", valueName: "n")) var order = 3
    @Option(help: ArgumentHelp("Show so many of the pairs judged wrongly.", valueName: "n")) var errors = 0
    @Flag(help: "One JSON object on standard output.") var json = false
    @OptionGroup var common: CommonFlags

    func validate() throws {
        guard !files.isEmpty else { throw ValidationError("no file of pairs; elman pairs \(runPath) FILE") }
        guard (1...10).contains(order) else { throw ValidationError("--order is \(order); give 1 to 10") }
        guard (0...1_000_000).contains(errors) else { throw ValidationError("--errors is \(errors); give 0 to 1000000") }
        if let scoring { try Self.check("--scoring", scoring, MinimalPairScoring.allCases.map(\.rawValue)) }
        if let words { try Self.check("--words", words, WordSplitting.allCases.map(\.rawValue)) }
    }

    private static func check(_ flag: String, _ value: String, _ choices: [String]) throws {
        guard !choices.contains(value) else { return }
        throw ValidationError(
            "\(flag) is '\(value)'; give \(choices.joined(separator: ", "))\(suggestion(for: value, among: choices))")
    }

    func run() throws {
        let console = common.start()
        let model = try LanguageModel(contentsOf: runPath)
        guard model.configuration.unit == .word else {
            throw ProgramError(.configuration, "\(runPath): a model of characters; pairs are judged by models of words")
        }
        guard !model.configuration.isBackward else {
            throw ProgramError(
                .configuration, "\(runPath): a model that reads backwards; pairs are judged by models that read forwards")
        }
        guard model.vocabulary.unknown != nil else {
            throw ProgramError(
                .configuration, "\(runPath): the vocabulary has no entry for unknown words; train with --min-count 2")
        }
        let pairs = try MinimalPairs(reading: files, words: words.flatMap(WordSplitting.init(rawValue:)))
        let scoring = scoring.flatMap(MinimalPairScoring.init(rawValue:)) ?? .sentence
        var wrong: [MinimalPair] = []
        let contestants = try [PairContestant(runPath, model)] + rivals(model)
        let results = contestants.enumerated().map { place, contestant in
            var metrics = MinimalPairMetrics()
            contestant.judge(lowercase).forEachJudgement(of: pairs, by: scoring) { pair, judgement in
                metrics.add(pair, judgement)
                if place == 0, !judgement.isRight, wrong.count < errors { wrong.append(pair) }
            }
            return (name: contestant.name, metrics: metrics)
        }
        let report = PairsReport(results: results, scoring: scoring)
        if json { return console.print(report.json.text()) }
        for line in report.lines { console.print(line) }
        for pair in wrong {
            console.print("  \(printable(pair.good.joined(separator: " ")))")
            for bad in pair.bad { console.print("    preferred: \(printable(bad.joined(separator: " ")))") }
        }
    }

    /// The other models, each with the name that it has in the report.
    private func rivals(_ model: LanguageModel) throws -> [PairContestant] {
        var rivals = try against.map { PairContestant($0, try LanguageModel(contentsOf: $0)) }
        if let ngram {
            let corpus = try TextCorpus(reading: [ngram]).encoded(with: model.vocabulary)
            let counts = KneserNey(training: corpus, vocabularySize: model.vocabulary.count, order: order)
            rivals.append(PairContestant("\(order)-grams", model.vocabulary) { $0.map { counts.logProbabilities(of: $0) } })
        }
        return rivals
    }
}

/// A model that judges pairs.
private struct PairContestant {
    let name: String
    let vocabulary: Vocabulary
    let logProbabilities: ([[Int32]]) -> [[Double]]

    init(_ name: String, _ vocabulary: Vocabulary, _ logProbabilities: @escaping ([[Int32]]) -> [[Double]]) {
        self.name = name
        self.vocabulary = vocabulary
        self.logProbabilities = logProbabilities
    }

    init(_ path: String, _ model: LanguageModel) {
        self.init(path, model.vocabulary) { sentences in
            var scorer = LanguageModelScorer(model, carriesState: false)
            return scorer.logProbabilities(of: sentences).map { $0.map(Double.init) }
        }
    }

    func judge(_ lowercases: Bool?) -> MinimalPairJudge {
        MinimalPairJudge(vocabulary: vocabulary, lowercases: lowercases, logProbabilities: logProbabilities)
    }
}
