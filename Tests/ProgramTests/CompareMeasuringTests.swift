import Elman
import Testing

/// How models are measured is said to `elman compare` as to `elman evaluate`.
@Suite struct CompareMeasuringTests {
    private func object(_ outcome: Outcome) throws -> JSONValue {
        try #require(outcome.status == 0, "\(outcome.transcript)")
        return try JSONValue(parsing: Array(outcome.output.utf8), path: "-")
    }

    /// Runs are measured by example as `elman evaluate` measures them as a whole.
    @Test(arguments: [
        ("lm", "perplexity", ["--cache", "20", "--cache-theta", "0.5", "--cache-weight", "0.2"]),
        ("lm", "perplexity", ["--dynamic", "sgd", "--dynamic-rate", "0.2", "--dynamic-segment", "7"]),
        ("lm", "perplexity", ["--reset-state"]), ("lm", "perplexity", ["--weights", "int8"]),
        ("classify", "accuracy", ["--half"]), ("seq2seq", "bleu", ["--beam", "3", "--weights", "bfloat16"]),
    ]) func runsAreMeasuredAsAskedFor(task: String, score: String, options: [String]) throws {
        let folder = task == "lm" ? try TrainedRun.stream.get() : try TaskRun.copy(task)
        let test = task == "lm" ? "dev.txt" : "train"
        let compared = try object(Program.run(["compare", "run", "run", "--test", test, "--json"] + options, in: folder))
        let measured = try object(Program.run(["evaluate", "run", test, "--json"] + options, in: folder))
        let value = try #require(compared["runs"]?.asArray?.first?["score"]?.asDouble)
        let expected = try #require(measured[score]?.asDouble)
        #expect(compared["score"]?.asString == score)
        #expect(abs(value - expected) <= 1e-9 * abs(expected))
        let with = try #require(compared["evaluated_with"]?.asArray?.compactMap { $0.asString })
        #expect(options == ["--half"] ? with == ["--weights", "bfloat16"] : Set(options).isSubset(of: with))
        if task == "lm" {
            let plain = try object(Program.run(["evaluate", "run", test, "--json"], in: folder))
            #expect(plain[score] != measured[score], "the options change nothing")
        }
    }

    /// Configurations are measured so after their training, and anew where something else is asked for.
    @Test func configurationsAreMeasuredAsAskedFor() throws {
        let folder = TemporaryFolder()
        try folder.write(TaskRun.training("seq2seq"), to: "train")
        let command = [
            "compare", "seq2seq", "train", "--dev", "train", "-o", "out", "--vary", "hidden=4,6", "--embedding", "4", "--epochs",
            "1", "--seeds", "1", "--json",
        ]
        let beam = try object(Program.run(command + ["--beam", "3"], in: folder))
        #expect(beam["evaluated_with"] == ["--beam", "3"])
        let run = try #require(firstRun(of: beam))
        let path = try #require(run["run"]?.asString)
        let measured = try object(Program.run(["evaluate", path, "train", "--beam", "3", "--json"], in: folder))
        #expect(run["evaluation"] == measured)
        let log = folder.bytes("\(path)/log.jsonl")
        let greedy = try object(Program.run(command, in: folder))
        #expect(greedy["evaluated_with"] == [])
        let anew = try object(Program.run(["evaluate", path, "train", "--json"], in: folder))
        #expect(firstRun(of: greedy)?["evaluation"] == anew)
        #expect(folder.bytes("\(path)/log.jsonl") == log)
    }

    private func firstRun(of comparison: JSONValue) -> JSONValue? {
        comparison["configurations"]?.asArray?.first?["runs"]?.asArray?.first
    }

    @Test func whatHasNoMeaningIsRefused() throws {
        let folder = try TaskRun.copy("classify")
        for (options, message) in [
            (["--beam", "2"], "--beam is for models of task seq2seq"), (["--cache", "9"], "--cache is for models of task lm"),
            (["--dynamic", "sgd"], "--dynamic is for models of task lm"),
            (["--reset-state"], "--reset-state is for models of task lm"),
        ] {
            for command in [
                ["evaluate", "run", "train"], ["compare", "run", "run", "--test", "train"],
                ["compare", "classify", "train", "--dev", "train", "-o", "out"],
            ] {
                let outcome = try Program.run(command + options, in: folder)
                #expect(outcome.status == 64 && outcome.errors.contains(message), "\(outcome.transcript)")
            }
        }
    }
}
