import ElmanFiles
import ElmanTensor
import ElmanText

@testable import ElmanModels

/// Texts in pairs that are made by rule.
enum PairFixture {
    private static let small = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
        "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ]
    private static let tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]

    /// A number below 1000 in words: `one hundred twenty three`.
    static func words(of number: Int) -> String {
        var parts: [String] = []
        if number >= 100 { parts += [small[number / 100], "hundred"] }
        let rest = number % 100
        if rest >= 20 {
            parts.append(tens[rest / 10])
            if rest % 10 > 0 { parts.append(small[rest % 10]) }
        } else if rest > 0 || number == 0 {
            parts.append(small[rest])
        }
        return parts.joined(separator: " ")
    }

    /// Its digits: `1 2 3`.
    static func digits(of number: Int) -> String { String(number).map { String($0) }.joined(separator: " ") }

    /// Numbers in words and in digits.
    static func numbers(_ numbers: some Sequence<Int>) throws -> ParallelTexts {
        try texts(numbers.map { (words(of: $0), digits(of: $0)) })
    }

    /// Random sentences of a language of 12 words, and the same in another one, in reverse order.
    static func sentences(_ count: Int, seed: UInt64) throws -> ParallelTexts {
        var generator = RandomGenerator(seed: seed)
        return try texts(
            (0..<count).map { _ in
                let words = (0..<generator.integer(below: 3) + 2).map { _ in generator.integer(below: 12) }
                return (
                    words.map { "a\($0)" }.joined(separator: " "), words.reversed().map { "b\($0)" }.joined(separator: " ")
                )
            })
    }

    /// Pairs of lines.
    static func texts(_ pairs: [(String, String)]) throws -> ParallelTexts {
        let folder = try TemporaryFolder()
        let path = folder.path + "/pairs.tsv"
        try AtomicFile.write(pairs.map { "\($0)\t\($1)\n" }.joined(), to: path)
        return try ParallelTexts(reading: path)
    }

    /// A small translator of the numbers below 30 with new parameters.
    static func translator(
        _ change: (inout TranslatorConfiguration) -> Void = { _ in }
    ) throws -> (Translator, EncodedPairs) {
        var configuration = TranslatorConfiguration()
        configuration.embeddingSize = 6
        configuration.hiddenSize = 8
        configuration.attentionSize = 5
        change(&configuration)
        let texts = try numbers(0..<30)
        let vocabularies = try PairVocabularies(training: texts, configuration.preparation)
        return (try Translator(configuration, vocabularies: vocabularies, seed: 3), vocabularies.encode(texts))
    }

    /// Words of the sources of pairs.
    static func sources(_ pairs: EncodedPairs) -> [[String]] { (0..<pairs.count).map { pairs.texts.sources.tokens(of: $0) } }
}
