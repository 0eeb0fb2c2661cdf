import ElmanFiles
import ElmanTensor

/// Reflexive pronouns agree in number and gender with the subject of their own clause (Marvin and Linzen 2018).
///
///     sentence → clause | the (adjective) noun said/thought/… that clause
///     clause   → the (adjective) noun phrase{0…} verb object (ending)
///     phrase   → preposition the noun | that the noun verb
///     object   → himself/herself/themselves | the noun
///
/// Verbs stand in the past tense, so that nothing but the noun tells the number. In a pair every other noun before the pronoun would
/// allow the wrong one: he is the attractor.
public struct ReflexiveGenerator: TextGenerator {
    /// `reflexive`.
    public static let kind = "reflexive"
    /// What it makes.
    public static let summary = "himself, herself, themselves agree with their own subject: text and pairs"
    /// What can be set.
    public static let options = [
        GeneratorOption<Self>("attractors", \.attractors, in: 0...4, "most nouns between subject and pronoun in a pair"),
        GeneratorOption<Self>("train-attractors", \.trainAttractors, in: 1...4, "most nouns between in the texts"),
        GeneratorOption<Self>("pairs", \.pairs, in: 0...1_000_000, "pairs"),
    ]

    /// Most nouns between subject and pronoun in a pair.
    public var attractors = 2
    /// Most nouns between them in the texts.
    public var trainAttractors = 2
    /// How many pairs.
    public var pairs = 1000

    /// The usual settings.
    public init() {}

    /// The rules.
    public var rules: String {
        """
        Reflexive pronouns (Marvin and Linzen 2018).
          sentence -> clause | the (adjective) noun said/thought/believed/claimed that clause
          clause   -> the (adjective) noun phrase{0...\(trainAttractors)} verb object (ending)
          phrase   -> preposition the noun | that the noun verb
          object   -> himself/herself/themselves (three of four) | the noun
        The pronoun has number and gender of the first noun of its clause; verbs are in the past tense and tell nothing.
        pairs.tsv: the bad sentence has another pronoun, wrong in number or in gender. group: number or gender, and clause where
        another clause stands before; attractors: nouns between subject and pronoun, all such that the wrong pronoun would be
        right for them (as is the noun of the clause before); distance: words between the noun and its pronoun.
        No sentence of a pair stands in a text; all its words stand in train.txt.

        elman train lm train.txt --dev dev.txt -o RUN
        elman pairs RUN pairs.tsv
        """
    }

    private static let nouns = [
        [
            Lexicon.Forms("man", "men"), .init("boy", "boys"), .init("king", "kings"), .init("father", "fathers"),
            .init("uncle", "uncles"), .init("brother", "brothers"), .init("son", "sons"), .init("prince", "princes"),
        ],
        [
            Lexicon.Forms("woman", "women"), .init("girl", "girls"), .init("queen", "queens"), .init("mother", "mothers"),
            .init("aunt", "aunts"), .init("sister", "sisters"), .init("daughter", "daughters"), .init("princess", "princesses"),
        ],
    ]
    private static let verbs = ["hurt", "blamed", "praised", "described", "saw", "trusted", "washed", "liked"]
    private static let claims = ["said", "thought", "believed", "claimed"]

    /// Number and gender of a noun.
    private struct Features {
        var isPlural: Bool
        var isFemale: Bool

        init(isPlural: Bool, isFemale: Bool) {
            self.isPlural = isPlural
            self.isFemale = isFemale
        }

        init(_ random: inout RandomGenerator) { self.init(isPlural: random.coin(), isFemale: random.coin()) }

        var pronoun: String { isPlural ? "themselves" : isFemale ? "herself" : "himself" }
    }

    /// The texts and the pairs.
    public func files(count: Int, seed: UInt64) throws(DataError) -> [GeneratedFile] {
        try sentences(
            count, seed, pairs: pairs,
            { random in
                let subject = Features(&random)
                let others = (0..<random.fewUp(to: trainAttractors)).map { _ in Features(&random) }
                let before = start(random.integer(below: 3) == 0 ? Features(&random) : nil, &random)
                let (clause, _) = clause(subject, others, &random)
                let object = random.integer(below: 4) > 0 ? [subject.pronoun] : ["the", noun(Features(&random), &random)]
                return before + clause + object + random.maybe(Lexicon.endings)
            }, pair)
    }

    private func pair(_ number: Int, _ random: inout RandomGenerator) -> MinimalPair {
        let between = number / 4 % (attractors + 1), isGender = number % 2 == 0, hasClause = number / 2 % 2 == 1
        var subject = Features(&random)
        if isGender { subject.isPlural = false }
        // A noun for which the wrong pronoun would be right.
        var other = subject
        if isGender { other.isFemale.toggle() } else { other.isPlural.toggle() }
        let before = start(hasClause ? other : nil, &random)
        let (clause, distance) = clause(subject, [Features](repeating: other, count: between), &random)
        let ending = random.maybe(Lexicon.endings)
        return MinimalPair(
            before + clause + [subject.pronoun] + ending, before + clause + [other.pronoun] + ending,
            group: (isGender ? "gender" : "number") + (hasClause ? ", clause" : ""), attractors: between, distance: distance)
    }

    private func noun(_ features: Features, _ random: inout RandomGenerator) -> String {
        random.pick(Self.nouns[features.isFemale ? 1 : 0])[isPlural: features.isPlural]
    }

    /// A clause before, or nothing.
    private func start(_ subject: Features?, _ random: inout RandomGenerator) -> [String] {
        guard let subject else { return [] }
        return ["the"] + random.maybe(Lexicon.adjectives) + [noun(subject, &random), random.pick(Self.claims), "that"]
    }

    /// A clause without its object, and the words after its subject.
    private func clause(
        _ subject: Features, _ others: [Features], _ random: inout RandomGenerator
    ) -> (words: [String], distance: Int) {
        let start = ["the"] + random.maybe(Lexicon.adjectives) + [noun(subject, &random)]
        var words = start
        for other in others {
            if random.coin() {
                words += [random.pick(Lexicon.prepositions), "the", noun(other, &random)]
            } else {
                words += ["that", "the", noun(other, &random), random.pick(Self.verbs)]
            }
        }
        words.append(random.pick(Self.verbs))
        return (words, words.count - start.count)
    }
}
