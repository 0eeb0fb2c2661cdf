import ElmanFiles
import Testing

@testable import ElmanText

/// The tasks on memory: every label and target is what the rule says, worked out anew.
@Suite struct MemoryTaskTests {
    /// Lines of the three files.
    static func lines(_ kind: String, _ settings: [String: Int] = [:]) throws -> [String] {
        let files = try GeneratorTests.files(kind, settings, count: 1000)
        return ["train", "dev", "test"].flatMap { files["\($0).txt"] ?? files["\($0).tsv"]! }
    }

    /// Labels and tokens, as classifiers read them.
    static func labelled(_ kind: String, _ settings: [String: Int] = [:]) throws -> [(label: String, tokens: [String])] {
        let text = try lines(kind, settings).map { $0 + "\n" }.joined()
        let texts = try LabelledTexts(text: Array(text.utf8))
        #expect(texts.format == .bars)
        return (0..<texts.count).map { (texts.label(of: $0), texts.texts.tokens(of: $0)) }
    }

    /// Sources and targets, as translators read them.
    static func pairs(_ kind: String, _ settings: [String: Int] = [:]) throws -> [(source: [String], target: [String])] {
        try lines(kind, settings).map { line in
            let sides = line.split(separator: "\t", omittingEmptySubsequences: false)
            #expect(sides.count == 2)
            return (sides[0].split(separator: " ").map(String.init), sides[1].split(separator: " ").map(String.init))
        }
    }

    @Test func parityIsThatOfTheOnes() throws {
        let examples = try Self.labelled("parity", ["min-length": 3, "max-length": 16])
        for (label, bits) in examples {
            #expect(bits.allSatisfy { $0 == "0" || $0 == "1" } && (3...16).contains(bits.count))
            #expect(label == (bits.count { $0 == "1" }.isMultiple(of: 2) ? "0" : "1"), "\(bits)")
        }
        #expect(Set(examples.map(\.label)).count == 2)
    }

    @Test(arguments: [4, 7, 30]) func theSumIsThatOfTheTwoMarkedDigits(length: Int) throws {
        for (label, tokens) in try Self.labelled("adding", ["length": length]) {
            #expect(tokens.count == length)
            let marked = tokens.indices.filter { tokens[$0].hasPrefix("+") }
            #expect(marked.count == 2 && marked[0] < length / 2 && marked[1] >= length / 2)
            #expect(marked.compactMap { Int(tokens[$0].dropFirst()) }.reduce(0, +) == Int(label), "\(tokens)")
            #expect(tokens.allSatisfy { Int($0) != nil && $0.utf8.count <= 2 })
        }
    }

    @Test func theFirstTokenIsTheLabel() throws {
        let examples = try Self.labelled("recall", ["distance": 9, "symbols": 3])
        #expect(examples.allSatisfy { $0.tokens.count == 10 && $0.tokens[0] == $0.label })
        #expect(Set(examples.flatMap(\.tokens)) == ["a", "b", "c"])
        for line in try Self.lines("recall", ["distance": 9, "symbols": 3, "text": 1]) {
            let tokens = line.split(separator: " ")
            #expect(tokens.count == 12 && tokens[10] == "=" && tokens[11] == tokens[0])
        }
        let files = try GeneratorTests.files("recall", ["distance": 9, "text": 1])
        for row in files["pairs.tsv"]!.dropFirst() {
            let fields = row.split(separator: "\t"), good = fields[0].split(separator: " "), bad = fields[1].split(separator: " ")
            #expect(good.dropLast() == bad.dropLast() && good.last == good.first && bad.last != good.first)
            #expect(fields[3] == "\(good[1...9].count { $0 == bad.last })" && fields[4] == "10")
        }
    }

    @Test func copiesAreTheSourceOrTheSourceBackwards() throws {
        let copies = try Self.pairs("copy", ["min-length": 2, "max-length": 7, "symbols": 4])
        #expect(copies.allSatisfy { $0.source == $0.target })
        #expect(Set(copies.map(\.source.count)) == [2, 3, 4, 5, 6, 7])
        #expect(Set(copies.flatMap(\.source)) == ["a", "b", "c", "d"])
        let reversed = try Self.pairs("copy", ["reverse": 1])
        #expect(reversed.allSatisfy { $0.source == $0.target.reversed() })
        #expect(reversed.contains { $0.source != $0.target })
    }

    /// The value of a number in words, worked out from its words.
    private func value(_ words: [String]) -> Int? {
        let small = [
            "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
            "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
            "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
            "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
        ]
        var (thousands, rest) = (0, 0)
        for word in words {
            switch word {
            case "thousand": (thousands, rest) = (rest, 0)
            case "hundred": rest *= 100
            default:
                guard let number = small[word] else { return nil }
                rest += number
            }
        }
        return thousands * 1000 + rest
    }

    @Test(arguments: [2000, 50_000, 1_000_000]) func digitsAreThoseOfTheWords(limit: Int) throws {
        var longest = 0
        for (source, target) in try Self.pairs("numbers", ["limit": limit]) {
            let number = try #require(Int(target.joined()))
            #expect(value(source) == number && number < limit && target.allSatisfy { $0.utf8.count == 1 }, "\(source)")
            longest = max(longest, target.count)
        }
        #expect(longest == String(limit - 1).count)
    }

    @Test func numbersInWordsAreThoseOfEnglish() {
        #expect(NumberWords.words(0) == "zero")
        #expect(NumberWords.words(402) == "four hundred two")
        #expect(NumberWords.words(13_070) == "thirteen thousand seventy")
        #expect(NumberWords.words(999_999) == "nine hundred ninety nine thousand nine hundred ninety nine")
    }

    // MARK: Brackets

    /// The deepest nesting; nil where a line is not well nested.
    private func depth(_ tokens: [String]) -> Int? {
        var open: [Substring] = [], most = 0
        for token in tokens {
            if token.hasPrefix("(") {
                open.append(token.dropFirst())
            } else if open.popLast() != token.dropLast() || !token.hasSuffix(")") {
                return nil
            }
            most = max(most, open.count)
        }
        return open.isEmpty ? most : nil
    }

    @Test(arguments: [(1, 3), (2, 2), (5, 8)]) func bracketsAreWellNestedAndNoDeeper(kinds: Int, most: Int) throws {
        let lines = try Self.lines(
            "dyck", ["kinds": kinds, "depth": most, "min-length": 21, "max-length": 41, "pairs": 100])
        let tokens = lines.map { $0.split(separator: " ").map(String.init) }
        for line in tokens {
            #expect((22...40).contains(line.count))
            let deepest = try #require(depth(line), "\(line)")
            #expect(deepest <= most)
        }
        #expect(tokens.contains { depth($0) == most })
        #expect(Set(tokens.joined()).count == 2 * kinds)
    }

    @Test func theBadLineOfAPairHasOneBracketOfAnotherKind() throws {
        let files = try GeneratorTests.files("dyck", ["kinds": 3, "pairs": 200])
        for row in files["pairs.tsv"]!.dropFirst() {
            let fields = row.split(separator: "\t").map(String.init)
            let (good, bad) = (fields[0].split(separator: " ").map(String.init), fields[1].split(separator: " ").map(String.init))
            let changed = good.indices.filter { good[$0] != bad[$0] }
            #expect(depth(good) != nil && depth(bad) == nil && changed.count == 1 && bad[changed[0]].hasSuffix(")"))
            // What stands between a bracket and its partner is well nested; before the pair, so many are open.
            let distance = try #require(Int(fields[4])), place = changed[0], partner = place - distance - 1
            #expect(depth(Array(good[partner...place])) != nil && depth(Array(good[(partner + 1)..<place])) != nil)
            let before = good[...partner].count { $0.hasPrefix("(") } - good[...partner].count { $0.hasSuffix(")") }
            #expect(fields[2] == "depth \(before)")
        }
        #expect(try GeneratorTests.files("dyck", ["kinds": 1, "min-length": 20])["pairs.tsv"] == nil)
    }

    @Test(arguments: [1, 3]) func validLinesAreWellNestedAndOthersAreNot(kinds: Int) throws {
        let examples = try Self.labelled("dyck", ["kinds": kinds, "classify": 1, "min-length": 20])
        for (label, tokens) in examples {
            #expect(label == (depth(tokens) == nil ? "invalid" : "valid"), "\(tokens)")
            #expect(tokens.count { $0.hasPrefix("(") } == tokens.count { $0.hasSuffix(")") })
        }
        let valid = examples.count { $0.label == "valid" }
        #expect((500...700).contains(valid))
    }
}
