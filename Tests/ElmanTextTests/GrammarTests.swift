import ElmanFiles
import Testing

@testable import ElmanText

/// The sentences of the grammars, checked by small readers of their own.
@Suite struct GrammarTests {
    /// Sentences of the three texts, and the pairs.
    static func data(
        _ kind: String, _ settings: [String: Int] = [:]
    ) throws -> (sentences: [[String]], pairs: [MinimalPair]) {
        let files = try GeneratorTests.files(kind, settings, count: 1500)
        let lines = ["train.txt", "dev.txt", "test.txt"].flatMap { files[$0]! }
        let pairs = try withFile(files["pairs.tsv"]!.map { $0 + "\n" }.joined()) { try MinimalPairs(reading: [$0]).pairs }
        return (lines.map { $0.split(separator: " ").map(String.init) }, pairs)
    }

    static func value(_ key: String, _ pair: MinimalPair) -> String { pair.groups.first { $0.key == key }!.name }

    static let irregular = ["men", "women", "children"]

    /// Whether a noun is for many, by its letters.
    static func isManyNoun(_ word: String) -> Bool {
        irregular.contains(word) || word.hasSuffix("s") && word != "princess"
    }

    /// Whether a verb is for many, by its letters.
    static func isManyVerb(_ word: String) -> Bool { ["are", "were", "have"].contains(word) || !word.hasSuffix("s") }

    static let adjectives: Set = ["old", "new", "small", "big", "quiet", "famous", "strange", "pretty"]
    static let adverbs: Set = ["often", "quietly", "now", "still", "also", "usually", "sometimes", "really"]

    // MARK: Agreement

    /// The first noun, the places of the nouns between, and the main verb; checks the clauses on the way.
    private func parts(_ words: [String]) -> (noun: Int, between: [Int], verb: Int, isClean: Bool) {
        let noun = Self.adjectives.contains(words[1]) ? 2 : 1
        var place = noun + 1, between: [Int] = [], isClean = words[0] == "the"
        while ["near", "beside", "behind", "with", "that"].contains(words[place]) {
            isClean = isClean && words[place + 1] == "the"
            between.append(place + 2)
            if words[place] == "that" {
                isClean = isClean && Self.isManyNoun(words[place + 2]) == Self.isManyVerb(words[place + 3])
                place += 1
            }
            place += 3
        }
        while Self.adverbs.contains(words[place]) { place += 1 }
        return (noun, between, place, isClean)
    }

    @Test func verbsAgreeWithTheFirstNoun() throws {
        let (sentences, pairs) = try Self.data("agreement", ["attractors": 3, "train-attractors": 5, "adverbs": 3])
        var most = 0
        for words in sentences {
            let (noun, between, verb, isClean) = parts(words)
            #expect(isClean && Self.isManyNoun(words[noun]) == Self.isManyVerb(words[verb]), "\(words)")
            most = max(most, between.count)
        }
        #expect(most == 5)
        var conditions = Set<[String]>()
        for pair in pairs {
            let (noun, between, verb, isClean) = parts(pair.good), isMany = Self.isManyNoun(pair.good[noun])
            #expect(isClean && isMany == Self.isManyVerb(pair.good[verb]), "\(pair.good)")
            #expect(isMany != Self.isManyVerb(pair.bad[0][verb]))
            #expect(pair.good.indices.filter { pair.good[$0] != pair.bad[0][$0] } == [verb])
            let attractors = between.count { Self.isManyNoun(pair.good[$0]) != isMany }
            #expect(Self.value("attractors", pair) == String(attractors))
            #expect(Self.value("distance", pair) == String(verb - noun - 1))
            let group = between.isEmpty ? "none" : attractors == 0 ? "same" : "different"
            #expect(Self.value("group", pair) == group && (attractors == 0 || attractors == between.count))
            conditions.insert([group, String(between.count)])
        }
        #expect(conditions.count == 7)
    }

    // MARK: Reflexives

    static let female: Set = [
        "woman", "women", "girl", "girls", "queen", "queens", "mother", "mothers", "aunt", "aunts", "sister", "sisters",
        "daughter", "daughters", "princess", "princesses",
    ]
    static let pronouns: Set = ["himself", "herself", "themselves"]

    static func pronoun(for noun: String) -> String {
        isManyNoun(noun) ? "themselves" : female.contains(noun) ? "herself" : "himself"
    }

    @Test func reflexivesAgreeWithTheirOwnSubject() throws {
        let (sentences, pairs) = try Self.data("reflexive", ["attractors": 2])
        /// The subject of the pronoun's clause, the nouns after it, the pronoun.
        func places(_ words: [String]) -> (subject: Int, others: [Int], pronoun: Int)? {
            guard let pronoun = words.firstIndex(where: Self.pronouns.contains) else { return nil }
            let claim = words.firstIndex { ["said", "thought", "believed", "claimed"].contains($0) }
            let start = claim.map { $0 + 2 } ?? 0
            let subject = Self.adjectives.contains(words[start + 1]) ? start + 2 : start + 1
            let others = (subject..<pronoun).filter { words[$0] == "the" }.map { $0 + 1 }
            return (subject, others, pronoun)
        }
        var found = 0
        for words in sentences {
            guard let (subject, _, pronoun) = places(words) else { continue }
            #expect(words[pronoun] == Self.pronoun(for: words[subject]), "\(words)")
            found += 1
        }
        #expect(found > 900)
        for pair in pairs {
            let (subject, others, pronoun) = try #require(places(pair.good))
            let (good, bad) = (pair.good[pronoun], pair.bad[0][pronoun])
            #expect(good == Self.pronoun(for: pair.good[subject]) && good != bad && Self.pronouns.contains(bad), "\(pair.good)")
            #expect(others.allSatisfy { Self.pronoun(for: pair.good[$0]) == bad })
            #expect(Self.value("attractors", pair) == String(others.count))
            #expect(Self.value("distance", pair) == String(pronoun - subject - 1))
            let isGender = good != "themselves" && bad != "themselves"
            let hasClause = pair.good[..<subject].contains("that")
            #expect(Self.value("group", pair) == (isGender ? "gender" : "number") + (hasClause ? ", clause" : ""))
        }
        #expect(Set(pairs.map { Self.value("group", $0) }).count == 4)
    }

    // MARK: Polarity

    @Test func itemsStandOnlyBelowNoOrFew() throws {
        let (sentences, pairs) = try Self.data("npi")
        func hasItem(_ words: [String]) -> Bool { words.contains("ever") || words.contains("any") }
        func allows(_ words: [String]) -> Bool { ["no", "few"].contains(words[0]) }
        for words in sentences where hasItem(words) { #expect(allows(words), "\(words)") }
        // Neither the item nor a no elsewhere tells the first word.
        #expect(sentences.contains { allows($0) && !hasItem($0) })
        #expect(sentences.contains { !allows($0) && $0.dropFirst().contains("no") })
        for words in sentences + pairs.map(\.good) {
            let noun = words[Self.adjectives.contains(words[1]) ? 2 : 1]
            let verb = try #require(words.first { $0 == "has" || $0 == "have" })
            #expect(Self.isManyNoun(noun) == (verb == "have"), "\(words)")
            for (determiner, noun) in zip(words, words.dropFirst()) where !Self.adjectives.contains(noun) {
                if ["this", "another"].contains(determiner) { #expect(!Self.isManyNoun(noun)) }
                if ["few", "some", "many", "most"].contains(determiner) { #expect(Self.isManyNoun(noun)) }
            }
        }
        for pair in pairs {
            #expect(hasItem(pair.good) && allows(pair.good) && hasItem(pair.bad[0]) && !allows(pair.bad[0]), "\(pair.good)")
            let item = Self.value("group", pair)
            #expect(Self.value("distance", pair) == String(pair.good.firstIndex(of: item)! - 1))
            let misleading = pair.bad[0].dropFirst().count { $0 == "no" || $0 == "few" }
            #expect(Self.value("attractors", pair) == String(misleading))
            if misleading > 0 { #expect(pair.good.sorted() == pair.bad[0].sorted()) }
        }
        #expect(Set(pairs.map { Self.value("group", $0) + Self.value("attractors", $0) }).count == 4)
    }

    // MARK: Selection

    static let sorts: [(verbs: Set<String>, nouns: Set<String>)] = [
        (["ate", "chewed"], ["bread", "cheese", "rice", "cake", "meat", "apple"]),
        (["drank", "sipped"], ["water", "milk", "tea", "wine", "juice", "coffee"]),
        (["read", "wrote"], ["book", "letter", "poem", "story", "novel", "article"]),
        (["drove", "parked"], ["car", "truck", "bus", "taxi", "tractor", "van"]),
        (["wore", "ironed"], ["coat", "shirt", "scarf", "dress", "sweater", "jacket"]),
        (["played", "tuned"], ["guitar", "piano", "violin", "flute", "harp", "trumpet"]),
    ]

    @Test func objectsAreOfTheSortOfTheirVerb() throws {
        let (sentences, pairs) = try Self.data("selection", ["attractors": 3])
        /// The verb, the things in order.
        func places(_ words: [String]) -> (verb: Int, things: [Int]) {
            let verb = words.firstIndex { word in
                Self.sorts.contains { $0.verbs.contains(word) } || ["saw", "found", "sold", "bought"].contains(word)
            }!
            return (verb, words.indices.filter { place in Self.sorts.contains { $0.nouns.contains(words[place]) } })
        }
        func fits(_ words: [String]) -> Bool {
            let (verb, things) = places(words)
            guard let sort = Self.sorts.first(where: { $0.verbs.contains(words[verb]) }) else { return true }
            return sort.nouns.contains(words[things[0]]) && !things.dropFirst().contains { sort.nouns.contains(words[$0]) }
        }
        for words in sentences { #expect(fits(words), "\(words)") }
        for pair in pairs {
            let (verb, things) = places(pair.good)
            #expect(fits(pair.good) && !fits(pair.bad[0]), "\(pair.good) \(pair.bad)")
            #expect(Self.sorts.contains { $0.verbs.contains(pair.good[verb]) })
            let isCleft = pair.good.starts(with: ["it", "was", "the"])
            #expect(Self.value("group", pair) == (isCleft ? "cleft" : "object"))
            #expect(Self.value("attractors", pair) == String(things.count - 1))
            #expect(Self.value("distance", pair) == String(abs(verb - things[0]) - 1))
            if things.count > 1 { #expect(pair.good.sorted() == pair.bad[0].sorted()) }
        }
        #expect(Set(pairs.map { Self.value("group", $0) + Self.value("attractors", $0) }).count == 5)
    }

    // MARK: Nesting

    @Test func nestedVerbsAgreeFromTheInsideOut() throws {
        let (sentences, pairs) = try Self.data("nesting", ["depth": 4, "train-depth": 5])
        /// The nouns of the subjects from outside, and their verbs.
        func places(_ words: [String]) -> (nouns: [Int], verbs: [Int]) {
            var nouns = [1]
            while words[nouns[nouns.count - 1] + 1] == "that" { nouns.append(nouns[nouns.count - 1] + 3) }
            let first = nouns[nouns.count - 1] + 1
            return (nouns, nouns.indices.map { first + nouns.count - 1 - $0 })
        }
        func wrong(_ words: [String]) -> [Int] {
            let (nouns, verbs) = places(words)
            return nouns.indices.filter { Self.isManyNoun(words[nouns[$0]]) != Self.isManyVerb(words[verbs[$0]]) }
        }
        for words in sentences { #expect(wrong(words).isEmpty, "\(words)") }
        #expect(sentences.contains { places($0).nouns.count == 6 })
        for pair in pairs {
            let (nouns, verbs) = places(pair.good), place = wrong(pair.bad[0])
            #expect(wrong(pair.good).isEmpty && place.count == 1, "\(pair.good) \(pair.bad)")
            let isMany = Self.isManyNoun(pair.good[nouns[place[0]]])
            let attractors = nouns.dropFirst(place[0] + 1).count { Self.isManyNoun(pair.good[$0]) != isMany }
            #expect(Self.value("attractors", pair) == String(attractors))
            #expect(Self.value("distance", pair) == String(verbs[place[0]] - nouns[place[0]] - 1))
            #expect(Self.value("group", pair) == "depth \(nouns.count - 1)")
        }
        #expect(Set(pairs.map { Self.value("group", $0) }).count == 5)
    }
}
