import ElmanFiles
import Testing

@testable import ElmanText

/// Reading pairs, judging them with models whose answer is known, counting.
@Suite struct MinimalPairTests {
    @Test func readsTheFormatsOfTheField() throws {
        let blimp =
            #"{"sentence_good": "Ann can't help herself.", "sentence_bad": "Ann can't help himself.", "field": "morphology", "UID": "a_1"}"#
        let pairs = try withFile(blimp + "\n\n") { try MinimalPairs(reading: [$0]).pairs }
        #expect(pairs.count == 1)
        #expect(pairs[0].good == ["Ann", "ca", "n't", "help", "herself", "."])
        #expect(pairs[0].bad == [["Ann", "ca", "n't", "help", "himself", "."]])
        #expect(pairs[0].groups == [.init("field", "morphology"), .init("UID", "a_1")])

        let gap =
            #"{"sentence": "The cup did not fit the box, as the _ was large.", "option1": "cup", "option2": "box", "answer": "1"}"#
        let filled = try withFile(gap) { try MinimalPairs(reading: [$0]).pairs[0] }
        #expect(filled.good.suffix(5) == ["the", "cup", "was", "large", "."])
        #expect(filled.bad[0].suffix(5) == ["the", "box", "was", "large", "."])

        let two = try withFile("a b\ta c\r\nd\te\n") { try MinimalPairs(reading: [$0]).pairs }
        #expect(two.map(\.good) == [["a", "b"], ["d"]])
        #expect(two.map(\.bad) == [[["a", "c"]], [["e"]]])
        #expect(two.map(\.line) == [1, 2])

        let named = try withFile("good\tbad\tattractors\na b\ta c\t2\n") { try MinimalPairs(reading: [$0]) }
        #expect(named.pairs[0].groups == [.init("attractors", "2")])
        #expect(named.groupKeys == ["attractors"])

        let template = try withFile("npi\tfuture\tno x ever\tthe x ever\tmost x ever\n") {
            try MinimalPairs(reading: [$0]).pairs[0]
        }
        #expect(template.bad.count == 2)
        #expect(template.groups == [.init("template", "npi"), .init("case", "future")])
    }

    @Test func readsPositionsBesideTheirText() throws {
        try withFile("") { path in
            let (gold, text) = (path + ".gold", path + ".text")
            try AtomicFile.write(Array("1\twalks\twalk\t3\n".utf8), to: gold)
            try AtomicFile.write(Array("she walk home <eos>\n".utf8), to: text)
            let pair = try MinimalPairs(reading: [gold]).pairs[0]
            #expect(pair.good == ["she", "walks", "home"])
            #expect(pair.bad == [["she", "walk", "home"]])
            #expect(pair.groups == [.init("attractors", "3")])
        }
    }

    @Test(arguments: [
        ("one column\n", 1, "no tab"), ("a\tb\tc\n", 1, "3 columns"), ("a b\ta b\n", 1, "same sentence"),
        ("a\tb\nc\n", 2, "columns"),
        ("{\"sentence_good\": \"a\"}\n", 1, "sentence_bad"), ("{\"sentence_good\"\n", 1, "JSON"), ("a\t\n", 1, "without words"),
    ])
    func namesTheLineThatIsNoPair(text: String, line: Int, message: String) throws {
        try withFile(text) { path in
            let error = #expect(throws: DataError.self) { try MinimalPairs(reading: [path]) }
            #expect(error?.line == line)
            #expect(error?.description.contains(message) == true, "\(String(describing: error))")
        }
    }

    @Test(arguments: [
        ("He won't go.", "He wo n't go ."), ("It's John's, isn't it?", "It 's John 's , is n't it ?"),
        ("The U.S. is big.", "The U.S. is big ."),
        ("\"I cannot,\" she said.", "\" I can not , \" she said ."), ("(They've left!)", "( They 've left ! )"),
        ("Mr. Smith", "Mr. Smith"),
        ("cats'", "cats '"), ("a", "a"),
    ])
    func splitsAsThePennTreebank(sentence: String, words: String) {
        #expect(WordSplitting.penn.words(of: sentence).joined(separator: " ") == words)
    }

    // MARK: Judging

    static let pairs = MinimalPairs([
        MinimalPair(
            good: ["the", "dog", "walks", "now"], bad: [["the", "dog", "walk", "now"]], groups: [.init("number", "one")]),
        MinimalPair(
            good: ["the", "dogs", "walk", "now"], bad: [["the", "dogs", "walks", "now"]], groups: [.init("number", "many")]),
        MinimalPair(good: ["the", "dog", "walks"], bad: [["the", "dog", "walk"]], groups: [.init("number", "one")]),
        MinimalPair(good: ["dogs", "walk"], bad: [["dogs", "walks"]], groups: [.init("number", "many")]),
    ])

    static let vocabulary = try! Vocabulary(entries: ["</s>", "<unk>", "the", "dog", "dogs", "walk", "walks", "now"])

    /// Counts what a model prefers that finds a token as likely as `logProbability` says, given all tokens before it.
    func metrics(
        _ pairs: MinimalPairs = pairs, by scoring: MinimalPairScoring = .sentence,
        _ logProbability: @escaping ([String], String) -> Double
    ) -> MinimalPairMetrics {
        let vocabulary = Self.vocabulary
        let judge = MinimalPairJudge(vocabulary: vocabulary) { sentences in
            sentences.map { tokens in
                let words = tokens.map { vocabulary[Int($0)] }
                return words.indices.map { logProbability(Array(words[..<$0]), words[$0]) }
            }
        }
        var metrics = MinimalPairMetrics()
        judge.forEachJudgement(of: pairs, by: scoring) { metrics.add($0, $1) }
        return metrics
    }

    private static func agrees(_ before: [String], _ word: String) -> Bool {
        before.contains("dogs") ? word != "walks" : word != "walk"
    }

    @Test(arguments: [MinimalPairScoring.sentence, .word])
    func modelsMadeByHandReachNoneHalfAndAll(scoring: MinimalPairScoring) {
        #expect(metrics(by: scoring) { Self.agrees($0, $1) ? -1 : -5 }.all.accuracy == 1)
        #expect(metrics(by: scoring) { Self.agrees($0, $1) ? -5 : -1 }.all.accuracy == 0)
        let onlyPlural = metrics(by: scoring) { $1 == "walk" ? -1 : -5 }
        #expect(onlyPlural.all.accuracy == 0.5)
        #expect(onlyPlural.groups.map(\.group.name) == ["one", "many"])
        #expect(onlyPlural.groups.map(\.share.accuracy) == [0, 1])
        let indifferent = metrics(by: scoring) { _, _ in -1 }
        #expect(indifferent.all.right == 0)
        #expect(indifferent.ties == 4)
    }

    @Test func continuationIsWhatFollowsTheDifference() {
        // What follows is likelier after the right verb; the verb itself is not.
        let metrics = metrics(by: .continuation) { before, word in
            if word == "walks" || word == "walk" { return Self.agrees(before, word) ? -9 : -1 }
            guard let verb = before.last(where: { $0.hasPrefix("walk") }), let place = before.lastIndex(of: verb) else {
                return -1
            }
            return Self.agrees(Array(before[..<place]), verb) ? -1 : -2
        }
        #expect(metrics.all.accuracy == 1)
    }

    @Test func everyWorseSentenceMustLose() {
        let pair = MinimalPair(good: ["dog", "walks"], bad: [["dogs", "walks"], ["dog", "walk"]])
        #expect(metrics(MinimalPairs([pair])) { $1 == "dogs" || $1 == "walk" ? -2 : -1 }.all.right == 1)
        #expect(metrics(MinimalPairs([pair])) { $1 == "dogs" ? -2 : -1 }.all.right == 0)
    }

    @Test func unknownWordsAreSetApartAndMissingMarksLeftOut() {
        let pairs = MinimalPairs([
            MinimalPair(good: ["The", "dog", "walks", "."], bad: [["The", "dog", "walk", "."]]),
            MinimalPair(good: ["The", "cat", "walks", "."], bad: [["The", "cat", "walk", "."]]),
            MinimalPair(good: ["The", "dog", "runs"], bad: [["The", "dog", "run"]]),
        ])
        let metrics = metrics(pairs) { Self.agrees($0, $1) ? -1 : -5 }
        #expect(metrics.all.pairs == 3)
        #expect(metrics.all.right == 2)
        #expect(metrics.known.pairs == 1)
        #expect(metrics.known.right == 1)
        #expect(metrics.ties == 1)
        #expect(metrics.commonestUnknownWords(9).map(\.word) == ["cat", "run", "runs"])
    }

    @Test func differencesAreTestedAsMcNemarDid() {
        // Binomial: of 10 differences 2 or fewer on one side, twice (1 + 10 + 45) / 1024.
        let first = [Bool](repeating: true, count: 8) + [false, false, true, false]
        let second = [Bool](repeating: false, count: 8) + [true, true, true, false]
        let test = McNemar(first, second)
        #expect(test.onlyFirst == 8)
        #expect(test.onlySecond == 2)
        #expect(abs(test.probability - 112.0 / 1024) < 1e-12)
        #expect(McNemar([true], [true]).probability == 1)
        #expect(McNemar([true, false], [false, true]).probability == 1)
    }
}
