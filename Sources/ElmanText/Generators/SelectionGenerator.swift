import ElmanFiles
import ElmanTensor

/// Selectional preference: one eats bread and reads letters (Resnik 1996).
///
///     sentence → the (adjective) person verb the adjective{0…2} noun (ending)
///              | it was the (adjective) noun (preposition the noun){0…} that the (adjective) person verb (ending)
///
/// The first noun after `the`, or after `it was the`, is of a sort that the verb takes; nouns after prepositions are of other sorts.
/// Some verbs take every sort. Verbs stand in the past tense.
public struct SelectionGenerator: TextGenerator {
    /// `selection`.
    public static let kind = "selection"
    /// What it makes.
    public static let summary = "verbs take objects of their sort: text and pairs"
    /// What can be set.
    public static let options = [
        GeneratorOption<Self>("attractors", \.attractors, in: 0...4, "most things between object and verb in a pair"),
        GeneratorOption<Self>("train-attractors", \.trainAttractors, in: 1...4, "most things between in the texts"),
        GeneratorOption<Self>("pairs", \.pairs, in: 0...1_000_000, "pairs"),
    ]

    /// Most things between object and verb in a pair.
    public var attractors = 2
    /// Most things between them in the texts.
    public var trainAttractors = 2
    /// How many pairs.
    public var pairs = 1000

    /// The usual settings.
    public init() {}

    /// The rules.
    public var rules: String {
        let sorts = Self.sorts.map { "  \($0.verbs.joined(separator: ", ")): \($0.nouns.joined(separator: ", "))" }
        return """
            Selectional preference (Resnik 1996).
              sentence -> the (adjective) person verb the adjective{0...2} noun (ending)
                        | it was the (adjective) noun (preposition the noun){0...\(trainAttractors)} that the (adjective) person verb (ending)
            The object (of the second form: the first noun) is of a sort that the verb takes:
            \(sorts.joined(separator: "\n"))
              \(Self.neutral.joined(separator: ", ")): all of them
            Nouns after prepositions are of other sorts than the object.
            pairs.tsv: the object of the bad sentence is of another sort; where nouns stand between, it has changed places with
            the first of them. group: object (first form) or cleft (second); attractors: nouns of things between object and verb;
            distance: words between object and verb. No sentence of a pair stands in a text; all its words stand in train.txt.

            elman train lm train.txt --dev dev.txt -o RUN
            elman pairs RUN pairs.tsv
            """
    }

    private struct Sort: Sendable {
        let verbs: [String]
        let nouns: [String]
    }

    private static let sorts = [
        Sort(verbs: ["ate", "chewed"], nouns: ["bread", "cheese", "rice", "cake", "meat", "apple"]),
        Sort(verbs: ["drank", "sipped"], nouns: ["water", "milk", "tea", "wine", "juice", "coffee"]),
        Sort(verbs: ["read", "wrote"], nouns: ["book", "letter", "poem", "story", "novel", "article"]),
        Sort(verbs: ["drove", "parked"], nouns: ["car", "truck", "bus", "taxi", "tractor", "van"]),
        Sort(verbs: ["wore", "ironed"], nouns: ["coat", "shirt", "scarf", "dress", "sweater", "jacket"]),
        Sort(verbs: ["played", "tuned"], nouns: ["guitar", "piano", "violin", "flute", "harp", "trumpet"]),
    ]
    private static let neutral = ["saw", "found", "sold", "bought"]
    private static let adjectives = ["old", "new", "small", "strange", "expensive", "good"]
    private static let prepositions = ["near", "beside", "behind", "under"]

    /// The texts and the pairs.
    public func files(count: Int, seed: UInt64) throws(DataError) -> [GeneratedFile] {
        try sentences(
            count, seed, pairs: pairs,
            { random in
                let sort = random.integer(below: Self.sorts.count)
                let verb = random.pick(random.integer(below: 4) == 0 ? Self.neutral : Self.sorts[sort].verbs)
                let isCleft = random.coin()
                let others = isCleft ? random.fewUp(to: trainAttractors) : 0
                let nouns = nouns(sort, others, &random)
                return form(isCleft, verb, &random).words(nouns)
            }, pair)
    }

    private func pair(_ number: Int, _ random: inout RandomGenerator) -> MinimalPair {
        // The first form, and the second with 0 to `attractors` nouns between.
        let condition = number % (attractors + 2), isCleft = condition > 0, between = max(0, condition - 1)
        let sort = random.integer(below: Self.sorts.count)
        let good = nouns(sort, between, &random)
        var bad = good
        if between > 0 { bad.swapAt(0, 1) } else { bad[0] = other(than: sort, &random) }
        let form = form(isCleft, random.pick(Self.sorts[sort].verbs), &random)
        let (verb, object) = (form.verb(with: good), form.object(with: good))
        return MinimalPair(
            form.words(good), form.words(bad), group: isCleft ? "cleft" : "object", attractors: between,
            distance: abs(object - verb) - 1)
    }

    /// A noun of a sort, and others of other sorts.
    private func nouns(_ sort: Int, _ others: Int, _ random: inout RandomGenerator) -> [String] {
        let first = random.pick(Self.sorts[sort].nouns)
        return [first] + (0..<others).map { _ in other(than: sort, &random) }
    }

    private func other(than sort: Int, _ random: inout RandomGenerator) -> String {
        let shift = 1 + random.integer(below: Self.sorts.count - 1)
        return random.pick(Self.sorts[(sort + shift) % Self.sorts.count].nouns)
    }

    /// A sentence but for its nouns of things.
    private struct Form {
        let isCleft: Bool
        let person: [String]
        let verb: String
        let adjectives: [String]
        let prepositions: [String]
        let ending: [String]

        func words(_ nouns: [String]) -> [String] {
            let object = ["the"] + adjectives + [nouns[0]]
            if !isCleft { return person + [verb] + object + ending }
            let phrases = zip(prepositions, nouns.dropFirst()).flatMap { [$0, "the", $1] }
            return ["it", "was"] + object + phrases + ["that"] + person + [verb] + ending
        }

        func object(with nouns: [String]) -> Int {
            isCleft ? 3 + adjectives.count : person.count + 2 + adjectives.count
        }

        func verb(with nouns: [String]) -> Int {
            isCleft ? 4 + adjectives.count + 3 * (nouns.count - 1) + 1 + person.count : person.count
        }
    }

    private func form(_ isCleft: Bool, _ verb: String, _ random: inout RandomGenerator) -> Form {
        var adjectives = Self.adjectives
        let chosen = (0..<random.integer(below: isCleft ? 2 : 3)).map { _ in
            adjectives.remove(at: random.integer(below: adjectives.count))
        }
        let person = ["the"] + random.maybe(Self.adjectives) + [random.pick(Lexicon.people)[isPlural: random.coin()]]
        return Form(
            isCleft: isCleft, person: person, verb: verb, adjectives: chosen,
            prepositions: (0..<8).map { _ in random.pick(Self.prepositions) }, ending: random.maybe(Lexicon.endings))
    }
}
