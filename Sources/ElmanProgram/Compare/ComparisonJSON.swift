import Elman

extension SeedComparison {
    /// `comparison.json`. What scores are follows from data, settings and seeds alone; what stands under `cost` does not.
    func json(task: String, test: EvaluatedFiles, seeds: [Int], target: Double?, failures: [ManagedRun]) -> JSONObject {
        [
            "task": .string(task), "evaluated_on": .array(test.names.map { .string($0) }),
            "evaluated_with": .array(test.options.arguments.map { .string($0) }), "score": .string(score.key),
            "lower_is_better": .bool(score.isLowerBetter), "seeds": .array(seeds.map { JSONValue($0) }),
            "alpha": JSONValue(alpha), "target": target.map { JSONValue($0) } ?? .null,
            "configurations": .array(entries.map { .object(json($0)) }),
            "comparisons": .array(pairs.map { .object(json($0)) }),
            "failed": .array(
                failures.map { run in
                    ["run": .string(run.path), "status": run.failure.map { JSONValue(Int($0.status)) } ?? .null]
                }),
        ]
    }

    private func json(_ entry: Entry) -> JSONObject {
        let keys = entry.runs.first.map { ComparedScore.keys(of: $0.evaluation) } ?? []
        var scores: JSONObject = [:]
        for key in keys { scores[key] = entry.summary(key).map { .object($0.json) } ?? .null }
        return [
            "name": .string(entry.name), "settings": .object(entry.configuration.settings),
            "epochs": JSONValue(entry.configuration.epochs), "scores": .object(scores),
            "cost": [
                "words_per_second": entry.mean(\.wordsPerSecond).json, "seconds": entry.mean(\.seconds).json,
                "peak_memory_mb": entry.mean(\.peakMemory).json, "seconds_to_target": entry.mean(\.secondsToTarget).json,
                "runs_at_target": JSONValue(entry.runs.count { $0.secondsToTarget != nil }),
            ],
            "runs": .array(
                entry.runs.map { run in
                    [
                        "seed": JSONValue(run.seed), "run": .string(run.path), "score": run.value(score.key).json,
                        "evaluation": .object(run.evaluation),
                        "cost": [
                            "words_per_second": run.wordsPerSecond.json, "seconds": run.seconds.json,
                            "peak_memory_mb": JSONValue(run.peakMemory), "seconds_to_target": run.secondsToTarget.json,
                        ],
                    ]
                }),
        ]
    }

    private func json(_ pair: Pair) -> JSONObject {
        [
            "first": .string(entries[pair.first].name), "second": .string(entries[pair.second].name),
            "seeds": JSONValue(pair.test.count), "difference": JSONValue(pair.test.mean),
            "ci95_low": JSONValue(pair.test.interval.low), "ci95_high": JSONValue(pair.test.interval.high),
            "p": JSONValue(pair.test.pValue), "p_corrected": JSONValue(pair.correctedPValue),
            "test": .string(pair.test.isExact ? "sign flips, all" : "sign flips, drawn"),
            "better": better(of: pair).map { .string(entries[$0].name) } ?? .null,
        ]
    }
}

extension SampleSummary {
    /// Count, mean, spread, range and the interval of the mean.
    var json: JSONObject {
        let interval = interval()
        return [
            "runs": JSONValue(count), "mean": JSONValue(mean), "sd": standardDeviation.json, "lowest": JSONValue(lowest),
            "highest": JSONValue(highest), "ci95_low": (interval?.low).json, "ci95_high": (interval?.high).json,
        ]
    }
}

extension Double? {
    /// The number, or `null`.
    var json: JSONValue { map { JSONValue($0) } ?? .null }
}
