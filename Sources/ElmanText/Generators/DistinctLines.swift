import ElmanFiles
import ElmanTensor

/// Draws lines of which none comes twice, in whichever file.
struct DistinctLines {
    /// How often in a row a draw may fail.
    private static let patience = 10_000
    private var seen = Set<String>()

    /// So many new lines.
    mutating func draw(
        _ count: Int, from random: inout RandomGenerator, _ line: (inout RandomGenerator) -> String
    ) throws(DataError) -> [String] {
        var lines: [String] = [], failures = 0
        while lines.count < count {
            let next = line(&random)
            if seen.insert(next).inserted {
                lines.append(next)
                failures = 0
                continue
            }
            failures += 1
            if failures == Self.patience {
                throw DataError(
                    .configuration,
                    "the rules give hardly more than \(seen.count) different lines with these settings; lower --count, or let lines be longer"
                )
            }
        }
        return lines
    }

    /// So many pairs whose sentences are new and have no word but the given ones.
    mutating func drawPairs(
        _ count: Int, knowing words: Set<String>, from random: inout RandomGenerator,
        _ pair: (Int, inout RandomGenerator) -> MinimalPair
    ) throws(DataError) -> [MinimalPair] {
        var pairs: [MinimalPair] = [], failures = 0
        while pairs.count < count {
            let next = pair(pairs.count, &random)
            let good = next.good.joined(separator: " ")
            let isKnown = (next.good + next.bad.joined()).allSatisfy(words.contains)
            let isNew = next.bad.allSatisfy { !seen.contains($0.joined(separator: " ")) }
            if isKnown, isNew, seen.insert(good).inserted {
                pairs.append(next)
                failures = 0
                continue
            }
            failures += 1
            if failures == Self.patience {
                throw DataError(
                    .configuration,
                    isKnown
                        ? "there is no pair \(pairs.count + 1) whose sentences are new; lower --count or --pairs"
                        : "the training text lacks words of pair \(pairs.count + 1); raise --count")
            }
        }
        return pairs
    }
}

extension TextGenerator {
    /// `train`, `dev` and `test` of different lines: `count` and twice a tenth of it.
    func parts(
        _ count: Int, _ seed: UInt64, suffix: String, of lines: inout DistinctLines, _ line: (inout RandomGenerator) -> String
    ) throws(DataError) -> [GeneratedFile] {
        let few = max(1, count / 10)
        var files: [GeneratedFile] = []
        for (stream, (name, size)) in [("train", count), ("dev", few), ("test", few)].enumerated() {
            var random = RandomGenerator(seed: seed, stream: UInt64(stream))
            files.append(GeneratedFile("\(name).\(suffix)", try lines.draw(size, from: &random, line)))
        }
        return files
    }

    /// The three parts alone.
    func parts(
        _ count: Int, _ seed: UInt64, suffix: String, _ line: (inout RandomGenerator) -> String
    ) throws(DataError) -> [GeneratedFile] {
        var lines = DistinctLines()
        return try parts(count, seed, suffix: suffix, of: &lines, line)
    }

    /// Three parts of a text for language models, and `pairs.tsv`: good, bad and what the pairs are counted under.
    func sentences(
        _ count: Int, _ seed: UInt64, pairs pairCount: Int, _ sentence: (inout RandomGenerator) -> [String],
        _ pair: (Int, inout RandomGenerator) -> MinimalPair
    ) throws(DataError) -> [GeneratedFile] {
        var lines = DistinctLines()
        let files = try parts(count, seed, suffix: "txt", of: &lines) { sentence(&$0).joined(separator: " ") }
        guard pairCount > 0 else { return files }
        let words = Set(files[0].lines.flatMap { $0.split(separator: " ").map(String.init) })
        var random = RandomGenerator(seed: seed, stream: 3)
        let pairs = try lines.drawPairs(pairCount, knowing: words, from: &random, pair)
        let rows = pairs.map { pair in
            ([pair.good, pair.bad[0]].map { $0.joined(separator: " ") } + pair.groups.map(\.name)).joined(separator: "\t")
        }
        let head = (["good", "bad"] + pairs[0].groups.map(\.key)).joined(separator: "\t")
        return files + [GeneratedFile("pairs.tsv", [head] + rows)]
    }
}

extension MinimalPair {
    /// A pair of a grammar and what it is counted under: `group`, `attractors` (words between that mislead) and `distance` (words
    /// between the two that depend on each other).
    init(_ good: [String], _ bad: [String], group: String, attractors: Int, distance: Int) {
        self.init(
            good: good, bad: [bad],
            groups: [Group("group", group), Group("attractors", String(attractors)), Group("distance", String(distance))])
    }
}
