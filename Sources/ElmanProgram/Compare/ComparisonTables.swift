import Elman

/// A comparison as tables of text, for a terminal and for a page.
struct ComparisonTables {
    let comparison: SeedComparison
    /// What was measured on, for people.
    let test: String
    let seeds: [Int]
    let target: Double?

    private var score: ComparedScore { comparison.score }
    private var entries: [SeedComparison.Entry] { comparison.entries }

    /// What the scores are, in a line.
    var title: String {
        let range = seeds.count == 1 ? "seed \(seeds[0])" : "seeds \(seeds[0]) to \(seeds[seeds.count - 1])"
        return "\(score.name) on \(test), \(range); \(score.isLowerBetter ? "lower" : "higher") is better"
    }

    /// Scores: a line of headings, then a line a configuration.
    var scores: [[String]] {
        let summaries = entries.map { $0.summary(score.key) }
        let means = BestMarks.column(summaries.map { $0?.mean }, lowerIsBetter: score.isLowerBetter, score.text)
        let rows = entries.indices.map { index -> [String] in
            let summary = summaries[index], interval = summary?.interval()
            return [
                entries[index].name, "\(summary?.count ?? 0)", means[index],
                summary?.standardDeviation.map(score.text) ?? "–", summary.map { score.text($0.lowest) } ?? "–",
                summary.map { score.text($0.highest) } ?? "–", interval.map(text) ?? "–",
            ]
        }
        return [["configuration", "runs", "mean", "sd", "lowest", "highest", "95 % interval of the mean"]] + rows
    }

    /// What the trainings cost, in the same form.
    var costs: [[String]] {
        let speed = BestMarks.column(entries.map { $0.mean(\.wordsPerSecond) }, lowerIsBetter: false) { grouped($0, 0) }
        let time = BestMarks.column(entries.map { $0.mean(\.seconds) }, lowerIsBetter: true) { significant($0, 3) }
        let memory = BestMarks.column(entries.map { $0.mean(\.peakMemory) }, lowerIsBetter: true) { grouped($0, 1) }
        var rows = [["configuration", "words/s", "seconds", "peak MB"]]
        for index in entries.indices { rows.append([entries[index].name, speed[index], time[index], memory[index]]) }
        guard let target else { return rows }
        let reached = BestMarks.column(entries.map { $0.mean(\.secondsToTarget) }, lowerIsBetter: true) { significant($0, 3) }
        rows[0] += ["seconds to \(score.text(target)) on dev", "reached by"]
        for index in entries.indices {
            let count = entries[index].runs.count { $0.secondsToTarget != nil }
            rows[index + 1] += [reached[index], "\(count) of \(entries[index].runs.count)"]
        }
        return rows
    }

    /// Differences of all pairs, in the same form; nothing where there is no pair.
    var differences: [[String]] {
        guard !comparison.pairs.isEmpty else { return [] }
        let isCorrected = comparison.pairs.count > 1
        let header =
            ["first", "second", "first - second", "95 % interval", "p"] + (isCorrected ? ["p corrected"] : []) + ["result"]
        return [header]
            + comparison.pairs.map { pair in
                let better = comparison.better(of: pair).map { "\(entries[$0].name) is better" } ?? "no difference"
                return [
                    entries[pair.first].name, entries[pair.second].name, score.signedText(pair.test.mean),
                    text(pair.test.interval), Self.text(pValue: pair.test.pValue),
                ] + (isCorrected ? [Self.text(pValue: pair.correctedPValue)] : []) + [better]
            }
    }

    /// How the differences were tested, in a sentence.
    var method: String {
        let exact = comparison.pairs.allSatisfy(\.test.isExact)
        let correction =
            comparison.pairs.count > 1 ? " after Holm's correction for \(comparison.pairs.count) pairs" : ""
        return "Differences over the same seeds: sign-flip permutation test (\(exact ? "all flips" : "drawn flips")), bootstrap "
            + "interval. A result counts as a difference at p <= \(significant(comparison.alpha))\(correction)."
    }

    /// Everything for a terminal.
    var lines: [String] {
        func table(_ rows: [[String]]) -> [String] { alignedColumns(Array(rows.dropFirst()), header: rows[0]) }
        var lines = [title, ""] + table(scores) + [""] + table(costs)
        if !differences.isEmpty { lines += [""] + table(differences) + ["", method] }
        if let weakness = comparison.weakness { lines.append("Note: " + weakness + ".") }
        return lines
    }

    private func text(_ interval: ConfidenceInterval) -> String { "\(score.text(interval.low)) to \(score.text(interval.high))" }

    /// `0.0312`, `< 0.0001`.
    static func text(pValue: Double) -> String { pValue < 0.0001 ? "< 0.0001" : fixed(pValue, 4) }
}
