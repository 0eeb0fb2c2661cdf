import ElmanFiles
import Testing

@testable import ElmanText

/// What holds of every generator: the seed alone decides, nothing comes twice, and pairs are new but for their words.
@Suite struct GeneratorTests {
    static let kinds = TextGenerators.all.map { $0.kind }

    /// A generator with settings.
    static func make(_ kind: String, _ settings: [String: Int] = [:]) throws -> any TextGenerator {
        var generator: any TextGenerator = try #require(TextGenerators.named(kind)).init()
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) { try generator.set(name, to: value) }
        return generator
    }

    /// The lines of its files by name.
    static func files(
        _ kind: String, _ settings: [String: Int] = [:], count: Int = 600, seed: UInt64 = 1
    ) throws -> [String: [String]] {
        let files = try make(kind, settings).generate(count: count, seed: seed)
        return Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0.lines) })
    }

    /// Settings under which a kind gives pairs.
    static let withPairs: [(kind: String, settings: [String: Int])] = [
        ("agreement", ["pairs": 300]), ("reflexive", ["pairs": 300]), ("npi", ["pairs": 300]), ("selection", ["pairs": 300]),
        ("nesting", ["pairs": 300]), ("dyck", ["pairs": 300]), ("recall", ["pairs": 300, "text": 1]),
    ]

    @Test(arguments: kinds) func theSeedAloneDecides(kind: String) throws {
        let first = try Self.make(kind).generate(count: 500, seed: 7)
        #expect(try Self.make(kind).generate(count: 500, seed: 7) == first)
        let other = try Self.make(kind).generate(count: 500, seed: 8)
        #expect(other.map(\.name) == first.map(\.name))
        for (file, otherFile) in zip(first, other) { #expect(file.lines != otherFile.lines, "\(kind) \(file.name)") }
    }

    @Test(arguments: kinds) func noLineComesTwiceInAnyFile(kind: String) throws {
        let files = try Self.make(kind).generate(count: 500, seed: 3)
        let suffix = files[0].name.hasSuffix("txt") ? "txt" : "tsv"
        #expect(files.prefix(3).map(\.name) == ["train", "dev", "test"].map { "\($0).\(suffix)" })
        #expect(files.prefix(3).map(\.lines.count) == [500, 50, 50])
        let lines = files.prefix(3).flatMap(\.lines)
        #expect(Set(lines).count == lines.count)
        #expect(lines.allSatisfy { !$0.isEmpty && !$0.contains("  ") && !$0.hasSuffix(" ") })
        #expect(files.allSatisfy { TextGenerators.fileNames.contains($0.name) })
    }

    @Test(arguments: kinds) func theRulesTellWhatWasMade(kind: String) throws {
        let files = try Self.make(kind).generate(count: 500, seed: 3), rules = try #require(files.last)
        #expect(rules.name == "rules.txt")
        #expect(rules.lines[0].hasPrefix("elman make-data \(kind) "))
        #expect(rules.lines[0].hasSuffix(" --count 500 --seed 3"))
        #expect(rules.lines.contains { $0.hasPrefix("elman train ") })
        for file in files.dropLast() { #expect(rules.lines.contains("\(file.name): \(file.lines.count) lines")) }
    }

    @Test(arguments: withPairs.indices) func pairsAreNewButForTheirWords(_ number: Int) throws {
        let (kind, settings) = Self.withPairs[number]
        let files = try Self.files(kind, settings, count: 1500)
        let text = files["pairs.tsv"]!.map { $0 + "\n" }.joined()
        let pairs = try withFile(text) { try MinimalPairs(reading: [$0]) }
        #expect(pairs.pairs.count == 300)
        #expect(pairs.groupKeys == ["group", "attractors", "distance"])
        let texts = Set(["train.txt", "dev.txt", "test.txt"].flatMap { files[$0]! })
        let words = Set(files["train.txt"]!.flatMap { $0.split(separator: " ").map(String.init) })
        for pair in pairs.pairs {
            #expect(!texts.contains(pair.good.joined(separator: " ")))
            #expect(!texts.contains(pair.bad[0].joined(separator: " ")))
            #expect(words.isSuperset(of: pair.good + pair.bad[0]))
        }
        #expect(Set(pairs.pairs.map(\.good)).count == 300)
    }

    @Test(arguments: [
        ("agreement", ["attractors": 9], "--attractors is 9; give 0 to 8"), ("agreement", ["depth": 2], "no meaning"),
        ("parity", ["min-length": 9, "max-length": 8], "--min-length is 9, above --max-length 8"),
        ("parity", ["max-length": 5], "hardly more"), ("dyck", ["min-length": 9, "max-length": 9], "even"),
        ("copy", ["symbols": 1], "give 2 to 26"), ("numbers", ["limit": 100], "hardly more"),
        ("recall", ["symbols": 2, "distance": 3], "hardly more"),
    ])
    func settingsThatCannotBeAreRefused(kind: String, settings: [String: Int], message: String) throws {
        let error = try dataError { try Self.files(kind, settings) }
        #expect(error.kind == .configuration)
        #expect(error.message.contains(message), "\(error)")
    }

    @Test func aNumberOutOfRangeIsRefusedHoweverItWasSet() throws {
        var generator = ParityGenerator()
        generator.maxLength = 0
        #expect(try dataError { try generator.generate() }.message.contains("give 1 to 10000"))
        #expect(try dataError { try ParityGenerator().generate(count: 0) }.message.contains("--count is 0"))
    }

    @Test func pairsWithoutTheirWordsInTheTextAreRefused() throws {
        let error = try dataError { try Self.files("agreement", [:], count: 3) }
        #expect(error.message.contains("raise --count"))
    }
}
