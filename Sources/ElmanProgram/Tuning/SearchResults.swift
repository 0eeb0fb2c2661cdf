import Elman

extension HyperparameterSearch {
    /// The trials as a table, a line of headings first.
    var rows: [[String]] {
        let keys = trials.first?.drawn.keys ?? []
        let ranked = rankedTrials, best = best?.number
        let rows = ranked.map { trial -> [String] in
            let score = trial.score.map { metric?.text($0) ?? "" } ?? "–"
            let mark = trial.number == best ? "best" : trial.failure.map { "failed, status \($0.status)" } ?? ""
            return ["\(trial.number)"] + keys.map { key in trial.drawn[key].map { $0.asString ?? $0.text() } ?? "–" }
                + ["\(trial.epochs)", score, mark]
        }
        return [["trial"] + keys + ["epochs", metric?.name ?? "score", ""]] + rows
    }

    /// `search.json`.
    var json: JSONObject {
        [
            "task": .string(task.name), "score": metric.map { .string($0.key) } ?? .null, "seed": JSONValue(seed),
            "rungs": .array(halving.rungs.map { ["trials": JSONValue($0.trials), "epochs": JSONValue($0.epochs)] }),
            "best": best.map { JSONValue($0.number) } ?? .null,
            "trials": .array(
                rankedTrials.map { trial in
                    [
                        "trial": JSONValue(trial.number), "settings": .object(trial.drawn), "epochs": JSONValue(trial.epochs),
                        "score": trial.score.json, "run": .string(FileSystem.join(folder(of: trial), "run")),
                        "status": trial.failure.map { JSONValue(Int($0.status)) } ?? JSONValue(0),
                    ]
                }),
        ]
    }

    /// `best.json`, which `elman train --config` takes; nil where no trial has a score.
    var bestSettings: JSONObject? {
        guard let best else { return nil }
        var object: JSONObject = ["task": .string(task.name)]
        for member in best.configuration.settings.members { object[member.key] = member.value }
        object["epochs"] = JSONValue(best.epochs)
        object["seed"] = JSONValue(seed)
        object["_trial"] = JSONValue(best.number)
        object["_score"] = best.score.json
        return object
    }
}
