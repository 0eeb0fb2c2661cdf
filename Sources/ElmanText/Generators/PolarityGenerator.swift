import ElmanFiles
import ElmanTensor

/// Negative polarity items: `ever` and `any` need a `no` or `few` above them, not merely before them (Marvin and Linzen 2018;
/// Warstadt et al. 2019).
///
///     sentence   → determiner (adjective) noun clause{0…} has/have adverb participle object (ending)
///     clause     → that determiner noun verb
///     determiner → no | few (many) | the | this | another | some (many) | many (many) | most (many)
///     adverb     → ever (only where the first determiner is no or few) | often | already | …
///     object     → any noun (likewise) | the noun
///
/// A `no` within a clause allows nothing outside it. Nouns after `no` are for one or for many.
public struct PolarityGenerator: TextGenerator {
    /// `npi`.
    public static let kind = "npi"
    /// What it makes.
    public static let summary = "ever and any only where no or few stands above them: text and pairs"
    /// What can be set.
    public static let options = [
        GeneratorOption<Self>("attractors", \.attractors, in: 0...4, "most clauses between in a pair"),
        GeneratorOption<Self>("train-attractors", \.trainAttractors, in: 1...4, "most clauses between in the texts"),
        GeneratorOption<Self>("pairs", \.pairs, in: 0...1_000_000, "pairs"),
    ]

    /// Most clauses between the determiner and the item in a pair.
    public var attractors = 2
    /// Most clauses between them in the texts.
    public var trainAttractors = 2
    /// How many pairs.
    public var pairs = 1000

    /// The usual settings.
    public init() {}

    /// The rules.
    public var rules: String {
        """
        Negative polarity items (Marvin and Linzen 2018; Warstadt et al. 2019).
          sentence   -> determiner (adjective) noun clause{0...\(trainAttractors)} has/have adverb participle object (ending)
          clause     -> that determiner noun verb
          determiner -> no | the | this, another (of one) | few, some, many, most (of many)
          adverb     -> ever (only where the sentence begins with no or few) | often, already, recently, always
          object     -> any noun (only there, too) | the noun
        no and few within a clause allow nothing outside it.
        pairs.tsv: the good sentence begins with no or few, the bad one does not. group: ever or any; attractors: clauses that
        say no in the bad sentence, where the first no has changed places with the first clause's determiner; 0 where the
        determiner is merely another one; distance: words between the determiner and the item.
        No sentence of a pair stands in a text; all its words stand in train.txt.

        elman train lm train.txt --dev dev.txt -o RUN
        elman pairs RUN pairs.tsv
        """
    }

    private static let adverbs = ["often", "already", "recently", "always"]

    /// Determiners that allow an item, or do not, for nouns of a number.
    private static func determiners(allowing: Bool, isPlural: Bool) -> [String] {
        if allowing { return isPlural ? ["no", "few"] : ["no"] }
        return isPlural ? ["the", "some", "many", "most"] : ["the", "this", "another"]
    }

    /// What a sentence but for its determiners is drawn from.
    private struct Plan {
        /// Whether the noun after each determiner is for many.
        var numbers: [Bool]
        var hasEver: Bool
        var hasAny: Bool
    }

    /// The texts and the pairs.
    public func files(count: Int, seed: UInt64) throws(DataError) -> [GeneratedFile] {
        try sentences(
            count, seed, pairs: pairs,
            { random in
                let numbers = (0...random.fewUp(to: trainAttractors)).map { _ in random.coin() }
                let allowing = numbers.map { _ in random.coin() }
                let determiners = zip(allowing, numbers).map { allowing, isPlural in
                    random.pick(Self.determiners(allowing: allowing, isPlural: isPlural))
                }
                let items = (allowing[0] && random.coin(), allowing[0] && random.coin())
                let plan = Plan(numbers: numbers, hasEver: items.0, hasAny: items.1)
                let rest = rest(of: plan, &random)
                return rest.words(determiners)
            }, pair)
    }

    private func pair(_ number: Int, _ random: inout RandomGenerator) -> MinimalPair {
        let isEver = number % 2 == 0
        // Clauses between, each number of them without and (from one on) with a misleading no.
        let condition = number / 2 % (2 * attractors + 1)
        let clauses = condition > attractors ? condition - attractors : condition, isMisleading = condition > attractors
        let numbers = (0...clauses).map { _ in random.coin() }
        var good = numbers.map { random.pick(Self.determiners(allowing: false, isPlural: $0)) }
        var bad = good
        if isMisleading {
            (good[0], good[1]) = ("no", "the")
            (bad[0], bad[1]) = ("the", "no")
        } else {
            good[0] = random.pick(Self.determiners(allowing: true, isPlural: numbers[0]))
        }
        let plan = Plan(numbers: numbers, hasEver: isEver, hasAny: !isEver)
        let rest = rest(of: plan, &random)
        let words = rest.words(good)
        let item = words.firstIndex(of: isEver ? "ever" : "any") ?? words.count
        return MinimalPair(
            words, rest.words(bad), group: isEver ? "ever" : "any", attractors: isMisleading ? 1 : 0, distance: item - 1)
    }

    /// A sentence but for its determiners.
    private struct Rest {
        /// What follows each determiner.
        var pieces: [[String]]

        func words(_ determiners: [String]) -> [String] { zip(determiners, pieces).flatMap { [$0] + $1 } }
    }

    private func rest(of plan: Plan, _ random: inout RandomGenerator) -> Rest {
        var pieces: [[String]] = []
        for (place, isPlural) in plan.numbers.enumerated() {
            let noun = random.pick(Lexicon.people)[isPlural: isPlural]
            pieces.append(place == 0 ? random.maybe(Lexicon.adjectives) + [noun] : [noun, random.pick(Lexicon.past)])
            if place + 1 < plan.numbers.count { pieces[place].append("that") }
        }
        var end = [plan.numbers[0] ? "have" : "has", plan.hasEver ? "ever" : random.pick(Self.adverbs)]
        end += [random.pick(Lexicon.past), plan.hasAny ? "any" : "the"]
        end.append(random.pick(Lexicon.people + Lexicon.things)[isPlural: plan.hasAny || random.coin()])
        pieces[pieces.count - 1] += end + random.maybe(Lexicon.endings)
        return Rest(pieces: pieces)
    }
}
