import ElmanFiles
import ElmanTensor

/// Agreement of a verb with its subject across other nouns (Linzen, Dupoux and Goldberg 2016; Marvin and Linzen 2018).
///
///     sentence → the (adjective) noun phrase{0…} adverb{0…} predicate
///     phrase   → preposition the noun | that the person verb
///     predicate → verb (ending) | is/are adjective (ending) | was/were adjective (ending)
///
/// The predicate has the number of the first noun, the verb of a relative clause that of its own subject. In the training text the
/// numbers of all nouns are drawn independently, and more phrases are rarer: each more half as likely. In a pair all nouns
/// between have one number, the subject's or (attractors) the other; the bad sentence has the predicate's verb in the wrong number.
public struct AgreementGenerator: TextGenerator {
    /// `agreement`.
    public static let kind = "agreement"
    /// What it makes.
    public static let summary = "verbs agree with their subject across other nouns: text and pairs"
    /// What can be set.
    public static let options = [
        GeneratorOption<Self>("attractors", \.attractors, in: 0...8, "most nouns between subject and verb in a pair"),
        GeneratorOption<Self>("train-attractors", \.trainAttractors, in: 1...8, "most nouns between in the texts"),
        GeneratorOption<Self>("adverbs", \.adverbs, in: 0...6, "most adverbs before the verb"),
        GeneratorOption<Self>("pairs", \.pairs, in: 0...1_000_000, "pairs"),
    ]

    /// Most nouns between subject and verb in a pair.
    public var attractors = 4
    /// Most nouns between them in the texts.
    public var trainAttractors = 4
    /// Most adverbs before the verb.
    public var adverbs = 2
    /// How many pairs.
    public var pairs = 1000

    /// The usual settings.
    public init() {}

    /// The rules.
    public var rules: String {
        """
        Agreement of a verb with its subject (Linzen, Dupoux and Goldberg 2016; Marvin and Linzen 2018).
          sentence  -> the (adjective) noun phrase{0...\(trainAttractors)} adverb{0...\(adverbs)} predicate
          phrase    -> preposition the noun | that the person verb
          predicate -> verb (ending) | is/are adjective (ending) | was/were adjective (ending)
        The predicate has the number of the first noun, the verb of a relative clause that of the noun before it.
        Texts: all numbers drawn independently; each phrase more is half as likely.
        pairs.tsv: the bad sentence has the predicate's verb in the wrong number. group: none (no noun between), same (all nouns
        between have the subject's number), different (all have the other); attractors: nouns between with the other number;
        distance: words between the first noun and the verb. No sentence of a pair stands in a text; all its words stand in train.txt.

        elman train lm train.txt --dev dev.txt -o RUN
        elman pairs RUN pairs.tsv
        """
    }

    /// The texts and the pairs.
    public func files(count: Int, seed: UInt64) throws(DataError) -> [GeneratedFile] {
        try sentences(
            count, seed, pairs: pairs,
            { random in
                let between = random.fewUp(to: trainAttractors)
                return sentence(random.coin(), (0..<between).map { _ in random.coin() }, &random).words(isRight: true)
            }, pair)
    }

    private func pair(_ number: Int, _ random: inout RandomGenerator) -> MinimalPair {
        // 0 nouns between; then 1 to `attractors` with the other number, and as many with the same.
        let condition = number % (2 * attractors + 1)
        let between = condition > attractors ? condition - attractors : condition, isSame = condition > attractors
        let isPlural = random.coin()
        let sentence = sentence(isPlural, [Bool](repeating: isPlural == isSame, count: between), &random)
        return MinimalPair(
            sentence.words(isRight: true), sentence.words(isRight: false),
            group: between == 0 ? "none" : isSame ? "same" : "different", attractors: isSame ? 0 : between,
            distance: sentence.between.count)
    }

    private struct Sentence {
        let subject: [String]
        let between: [String]
        let verb: (right: String, wrong: String)
        let rest: [String]

        func words(isRight: Bool) -> [String] { subject + between + [isRight ? verb.right : verb.wrong] + rest }
    }

    /// A sentence with the given numbers of its nouns.
    private func sentence(_ isPlural: Bool, _ others: [Bool], _ random: inout RandomGenerator) -> Sentence {
        let noun = random.pick(Lexicon.people + Lexicon.things)[isPlural: isPlural]
        let subject = ["the"] + random.maybe(Lexicon.adjectives) + [noun]
        var between: [String] = []
        for other in others {
            if random.coin() {
                between += [random.pick(Lexicon.prepositions), "the"]
                between.append(random.pick(Lexicon.people + Lexicon.things)[isPlural: other])
            } else {
                between += ["that", "the", random.pick(Lexicon.people)[isPlural: other]]
                between.append(random.pick(Lexicon.transitive)[isPlural: other])
            }
        }
        var adverbs = Lexicon.adverbs
        for _ in 0..<random.integer(below: self.adverbs + 1) {
            between.append(adverbs.remove(at: random.integer(below: adverbs.count)))
        }
        let verb = random.pick(Lexicon.intransitive + [.init("is", "are"), .init("was", "were")])
        let state = Lexicon.intransitive.contains { $0.singular == verb.singular } ? [] : [random.pick(Lexicon.adjectives)]
        return Sentence(
            subject: subject, between: between, verb: (verb[isPlural: isPlural], verb[isPlural: !isPlural]),
            rest: state + random.maybe(Lexicon.endings))
    }
}
