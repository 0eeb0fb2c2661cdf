import ElmanFiles
import ElmanTensor

/// Recall of the first token after many others (after Hochreiter and Schmidhuber 1997, experiment 2): `c ||| c a f b a`, for
/// classifiers, or `c a f b a = c` for language models.
///
/// All tokens are drawn from the same symbols, so that the first must be kept from being overwritten by others like it.
public struct RecallGenerator: TextGenerator {
    /// `recall`.
    public static let kind = "recall"
    /// What it makes.
    public static let summary = "the first token after many others: lines for classify, or text and pairs"
    /// What can be set.
    public static let options = [
        GeneratorOption<Self>("distance", \.distance, in: 1...10_000, "tokens after the first"),
        GeneratorOption<Self>("symbols", \.symbols, in: 2...26, "different symbols"),
        GeneratorOption<Self>("text", \.isText, "text for language models, and pairs"),
        GeneratorOption<Self>("pairs", \.pairs, in: 0...1_000_000, "pairs, of the text"),
    ]

    /// Tokens after the first.
    public var distance = 50
    /// Different symbols, a to z.
    public var symbols = 8
    /// Whether lines are for a language model, not for a classifier.
    public var isText = false
    /// How many pairs there are beside a text.
    public var pairs = 1000

    /// The usual settings.
    public init() {}

    /// The rules.
    public var rules: String {
        let start = """
            Recall of the first token (after Hochreiter and Schmidhuber 1997, experiment 2).
            A line has \(distance + 1) of the symbols \(Symbols.name(0)) to \(Symbols.name(symbols - 1)), all equally likely.

            """
        guard isText else {
            return start + """
                It is label ||| tokens; the label is the first token. No line stands in two files.
                Classifiers read lines from both ends, and from the end to the beginning the first token comes last, which needs no
                memory. With --text there are lines for language models, which read from the beginning alone.

                elman train classify train.txt --dev dev.txt -o RUN
                elman evaluate RUN test.txt
                """
        }
        return start + """
            Then come = and the first token again.
            pairs.tsv: the bad line ends with another symbol. group: recall; attractors: how often that symbol stands between;
            distance: tokens between the first token and its second time. No line of a pair stands in a text.

            elman train lm train.txt --dev dev.txt -o RUN
            elman pairs RUN pairs.tsv
            """
    }

    /// Three files of labelled lines, or the texts and the pairs.
    public func files(count: Int, seed: UInt64) throws(DataError) -> [GeneratedFile] {
        if isText {
            return try sentences(
                count, seed, pairs: pairs,
                { random in
                    let tokens = draw(&random)
                    return tokens + ["=", tokens[0]]
                }, pair)
        }
        return try parts(count, seed, suffix: "txt") { random in
            let tokens = draw(&random)
            return tokens[0] + " ||| " + tokens.joined(separator: " ")
        }
    }

    private func pair(_ number: Int, _ random: inout RandomGenerator) -> MinimalPair {
        let tokens = draw(&random)
        let others = (0..<symbols).map(Symbols.name).filter { $0 != tokens[0] }
        let wrong = random.pick(others)
        return MinimalPair(
            tokens + ["=", tokens[0]], tokens + ["=", wrong], group: "recall",
            attractors: tokens.dropFirst().count { $0 == wrong }, distance: distance + 1)
    }

    private func draw(_ random: inout RandomGenerator) -> [String] {
        (0...distance).map { _ in Symbols.name(random.integer(below: symbols)) }
    }
}
