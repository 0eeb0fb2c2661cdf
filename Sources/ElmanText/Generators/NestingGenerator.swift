import ElmanFiles
import ElmanTensor

/// Clauses nested in the middle of others, whose verbs agree with their nouns from the inside out (Elman 1991; Christiansen and
/// Chater 1999).
///
///     sentence → the noun (clause) verb (adverb) (ending)  |  the noun (clause) verb the (adjective) noun (ending)
///     clause   → that the noun (clause) verb
///
/// `the boy that the dogs that the cat sees follow waits`: the last verb belongs to the first noun. All numbers are drawn independently.
public struct NestingGenerator: TextGenerator {
    /// `nesting`.
    public static let kind = "nesting"
    /// What it makes.
    public static let summary = "verbs of clauses nested in the middle of clauses: text and pairs"
    /// What can be set.
    public static let options = [
        GeneratorOption<Self>("depth", \.depth, in: 0...8, "most clauses within each other in a pair"),
        GeneratorOption<Self>("train-depth", \.trainDepth, in: 1...8, "most clauses within each other in the texts"),
        GeneratorOption<Self>("pairs", \.pairs, in: 0...1_000_000, "pairs"),
    ]

    /// Most clauses within each other in a pair.
    public var depth = 3
    /// Most clauses within each other in the texts.
    public var trainDepth = 3
    /// How many pairs.
    public var pairs = 1000

    /// The usual settings.
    public init() {}

    /// The rules.
    public var rules: String {
        """
        Nested clauses (Elman 1991; Christiansen and Chater 1999).
          sentence -> the noun (clause) verb (adverb) (ending) | the noun (clause) verb the (adjective) noun (ending)
          clause   -> that the noun (clause) verb
        At most \(trainDepth) clauses stand within each other; each more is half as likely. Every verb has the number of its own noun:
        the last verb that of the first noun, and so on inwards. All numbers are drawn independently.
        pairs.tsv: one verb of the bad sentence has the wrong number. group: depth N, the clauses of the sentence; attractors:
        nouns between that verb and its noun that have the other number; distance: words between them.
        No sentence of a pair stands in a text; all its words stand in train.txt.

        elman train lm train.txt --dev dev.txt -o RUN
        elman pairs RUN pairs.tsv
        """
    }

    /// The texts and the pairs.
    public func files(count: Int, seed: UInt64) throws(DataError) -> [GeneratedFile] {
        try sentences(
            count, seed, pairs: pairs, { random in sentence(random.fewUp(to: trainDepth), &random).words(wrong: nil) }, pair)
    }

    private func pair(_ number: Int, _ random: inout RandomGenerator) -> MinimalPair {
        let depth = number % (self.depth + 1), wrong = random.integer(below: depth + 1)
        let sentence = sentence(depth, &random)
        let numbers = sentence.numbers
        return MinimalPair(
            sentence.words(wrong: nil), sentence.words(wrong: wrong), group: "depth \(depth)",
            attractors: numbers[(wrong + 1)...].count { $0 != numbers[wrong] },
            // Of each clause within: that, the, its noun, its verb.
            distance: 4 * (depth - wrong))
    }

    private struct Sentence {
        /// Whether each noun is for many, the first of the sentence first.
        let numbers: [Bool]
        let nouns: [Lexicon.Forms]
        let verbs: [Lexicon.Forms]
        let rest: [String]

        /// The words, with the verb of one noun in the wrong number.
        func words(wrong: Int?) -> [String] {
            let start = zip(nouns, numbers).map { noun, isPlural in ["the", noun[isPlural: isPlural]] }
            let end = numbers.indices.reversed().map { place in verbs[place][isPlural: numbers[place] != (place == wrong)] }
            return Array(start.joined(separator: ["that"])) + end + rest
        }
    }

    private func sentence(_ depth: Int, _ random: inout RandomGenerator) -> Sentence {
        let numbers = (0...depth).map { _ in random.coin() }
        let nouns = (0...depth).map { _ in random.pick(Lexicon.people) }
        var verbs = (0...depth).map { _ in random.pick(Lexicon.transitive) }
        var rest: [String] = []
        if random.coin() {
            verbs[0] = random.pick(Lexicon.intransitive)
            rest = random.maybe(Lexicon.adverbs)
        } else {
            let object = random.pick(Lexicon.people + Lexicon.things)[isPlural: random.coin()]
            rest = ["the"] + random.maybe(Lexicon.adjectives) + [object]
        }
        return Sentence(numbers: numbers, nouns: nouns, verbs: verbs, rest: rest + random.maybe(Lexicon.endings))
    }
}
