import Elman

/// Trained runs compared on one test set, example by example.
struct RunComparison {
    /// Two runs.
    struct Pair {
        let first: Int
        let second: Int
        let test: PairedExampleTest
        /// Of the swapped outputs, corrected for the number of pairs (Holm 1979).
        let correctedPValue: Double
    }

    let names: [String]
    let score: ComparedScore
    let sums: [ExampleSums]
    let pairs: [Pair]
    let alpha: Double
    let task: String
    /// What the reader must know before believing the numbers.
    let warnings: [String]

    /// Measures the runs. Throws where they have different tasks, or one whose examples are not scored by themselves.
    init(_ runs: [String], _ test: EvaluatedFiles, scoreKey: String?, alpha: Double) throws {
        let folders = try runs.map { run throws(DataError) in try RunFolder.open(run) }
        let tasks = try folders.map { try ProgramTasks.task(of: $0) }
        guard let task = tasks.first as? any ExampleMeasuring.Type else {
            throw ProgramError(
                .usage,
                "a run of task '\(tasks.first?.name ?? "")' gives no results by example; compare configurations over seeds")
        }
        if let other = tasks.firstIndex(where: { $0.name != task.name }) {
            throw ProgramError(
                .usage,
                "\(runs[0]) is of task \(task.name) and \(runs[other]) of task \(tasks[other].name); give runs of one task")
        }
        try test.options.check(for: task)
        let scores = try folders.map { try task.exampleScores($0, test.request) }
        // A tagger may know spans where another one does not.
        let common = scores[0].map(\.key).filter { key in scores.allSatisfy { $0.contains { $0.key == key } } }
        let score = try ComparedScore(scoreKey ?? common.first, among: common)
        let sums = scores.compactMap { $0.first { $0.key == score.key }?.sums }
        guard let count = sums.first?.count, count > 0 else {
            throw DataError(.badData, path: test.names.first, "has no examples to compare on")
        }
        guard sums.allSatisfy({ $0.count == count }) else {
            throw DataError(
                .badData, path: test.names.first,
                "the runs read \(sums.map { grouped($0.count) }.joined(separator: " and ")) examples of it and cannot be paired")
        }
        var tests: [(first: Int, second: Int, test: PairedExampleTest)] = []
        for first in sums.indices {
            for second in sums.indices.dropFirst(first + 1) {
                if let test = PairedExampleTest(sums[first], sums[second]) { tests.append((first, second, test)) }
            }
        }
        let corrected = holmCorrected(tests.map(\.test.randomizationPValue))
        pairs = zip(tests, corrected).map { Pair(first: $0.first, second: $0.second, test: $0.test, correctedPValue: $1) }
        warnings = try Self.warnings(folders, score)
        names = runs
        self.score = score
        self.sums = sums
        self.alpha = alpha
        self.task = task.name
    }

    /// Perplexities of models that know different words say nothing about each other.
    private static func warnings(_ folders: [RunFolder], _ score: ComparedScore) throws -> [String] {
        guard score.key == "perplexity" else { return [] }
        let vocabularies = try folders.map { folder throws(DataError) in try FileSystem.readFile(folder.vocabularyPath) }
        guard vocabularies.contains(where: { $0 != vocabularies[0] }) else { return [] }
        return ["the runs have different vocabularies: their perplexities are of different texts and cannot be compared"]
    }

    /// The better run of a pair; nil where they do not differ at `alpha`.
    func better(of pair: Pair) -> Int? {
        guard pair.correctedPValue <= alpha, pair.test.difference != 0 else { return nil }
        return (pair.test.difference > 0) == score.isLowerBetter ? pair.second : pair.first
    }

    /// For a terminal.
    func lines(_ test: EvaluatedFiles) -> [String] {
        let values = BestMarks.column(sums.map(\.value), lowerIsBetter: score.isLowerBetter, score.text)
        let title =
            "\(score.name) on \(test.text), \(counted(sums[0].count, "example")); "
            + "\(score.isLowerBetter ? "lower" : "higher") is better"
        var lines = [title, ""] + alignedColumns(zip(names, values).map { [$0, $1] }, header: ["run", score.name])
        guard !pairs.isEmpty else { return lines }
        let isCorrected = pairs.count > 1
        let rows = pairs.map { pair in
            let interval = "\(score.text(pair.test.interval.low)) to \(score.text(pair.test.interval.high))"
            let pValues =
                [pair.test.bootstrapPValue, pair.test.randomizationPValue] + (isCorrected ? [pair.correctedPValue] : [])
            return [names[pair.first], names[pair.second], score.signedText(pair.test.difference), interval]
                + pValues.map { ComparisonTables.text(pValue: $0) }
                + [better(of: pair).map { "\(names[$0]) is better" } ?? "no difference"]
        }
        let header =
            ["first", "second", "first - second", "95 % interval", "p bootstrap", "p swaps"]
            + (isCorrected ? ["p corrected"] : []) + ["result"]
        lines += [""] + alignedColumns(rows, header: header)
        let correction = isCorrected ? " after Holm's correction for \(pairs.count) pairs" : ""
        return lines + [
            "",
            "Paired by example: bootstrap (Koehn 2004) and approximate randomisation (Noreen 1989). A result counts as a difference "
                + "where p of the swaps is <= \(significant(alpha))\(correction). Other seeds may give other results: train with "
                + "--seeds to know.",
        ]
    }

    /// For programs.
    func json(_ test: EvaluatedFiles) -> JSONObject {
        [
            "task": .string(task), "evaluated_on": .array(test.names.map { .string($0) }),
            "evaluated_with": .array(test.options.arguments.map { .string($0) }), "score": .string(score.key),
            "lower_is_better": .bool(score.isLowerBetter), "examples": JSONValue(sums[0].count), "alpha": JSONValue(alpha),
            "runs": .array(zip(names, sums).map { ["run": .string($0), "score": JSONValue($1.value)] }),
            "comparisons": .array(
                pairs.map { pair in
                    [
                        "first": .string(names[pair.first]), "second": .string(names[pair.second]),
                        "difference": JSONValue(pair.test.difference), "ci95_low": JSONValue(pair.test.interval.low),
                        "ci95_high": JSONValue(pair.test.interval.high),
                        "first_higher": JSONValue(pair.test.firstHigherShare),
                        "p_bootstrap": JSONValue(pair.test.bootstrapPValue),
                        "p_randomization": JSONValue(pair.test.randomizationPValue),
                        "p_corrected": JSONValue(pair.correctedPValue),
                        "better": better(of: pair).map { .string(names[$0]) } ?? .null,
                    ]
                }),
        ]
    }
}
