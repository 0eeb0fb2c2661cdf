import Elman
import Testing

@testable import ElmanProgram

/// Settings of the tasks: what is accepted works, and what has no meaning is refused.
@Suite struct TaskSettingsTests {
    /// A folder with training data of a task in `train`.
    private func folder(_ task: String) throws -> TemporaryFolder {
        let folder = TemporaryFolder()
        try folder.write(TaskRun.training(task), to: "train")
        return folder
    }

    @Test(arguments: [
        ("classify", ["order", "bptt", "tie-embeddings", "softmax", "columns", "children", "dev-translation"]),
        ("tag", ["architecture", "pooling", "direct-connections"]), ("seq2seq", ["architecture", "pooling", "lowercase"]),
        ("retrieve", ["architecture", "variational-dropout", "attention", "tie-embeddings"]),
        (
            "tree",
            [
                "vocabulary-size", "normalize", "max-length", "batch-tokens", "layers", "layer-norm", "residual", "architecture",
                "character-embedding",
            ]
        ), ("parse", ["max-length", "batch-tokens", "architecture", "children"]),
        ("lm", ["lowercase", "unknown-rate", "column", "pooling", "arc-hidden"]),
    ])
    func settingsWithoutMeaningAreRefused(task: String, keys: [String]) throws {
        let folder = TemporaryFolder()
        try folder.write("a\n", to: "train")
        for key in keys {
            let isSwitch = ["tie-embeddings", "dev-translation", "lowercase", "layer-norm", "residual"].contains(key)
            let isBare = isSwitch || ["direct-connections", "variational-dropout"].contains(key)
            let flag = try Program.run(["train", task, "train", "-o", "run", "--\(key)"] + (isBare ? [] : ["1"]), in: folder)
            #expect(flag.status == 64, "\(flag.transcript)")
            #expect(flag.errors.contains("--\(key) has no meaning for task \(task)"), "\(flag.transcript)")
            try folder.write("{\"\(key)\": 1}", to: "settings.json")
            let file = try Program.run(["train", task, "train", "-o", "run", "--config", "settings.json"], in: folder)
            #expect(file.status == 78, "\(file.transcript)")
            #expect(file.errors.contains("there is no setting '\(key)'"), "\(file.transcript)")
        }
        #expect(!folder.has("run"))
    }

    /// The configuration of a run names each setting of its task, and none of another.
    @Test(arguments: TaskRun.tasks) func theConfigurationHasTheSettingsOfTheTask(task: String) throws {
        let folder = try folder(task)
        let small = ["--hidden", "4", "--embedding", "4", "--epochs", "1"]
        let outcome = try Program.run(["train", task, "train", "-o", "run"] + small, in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        let configuration = try #require(
            try JSONValue(parsing: folder.bytes("run/config.json"), path: "run/config.json").asObject)
        let kept = Set(configuration.members.map(\.key).filter { !$0.hasPrefix("_") })
        let expected = Set(try ProgramTasks.named(task).keys).subtracting(["layer-norm"])
        #expect(kept.subtracting(["task", "format_version", "program_version"]) == expected)
        // It can be given as it is for the next run.
        let again = try Program.run(["train", task, "train", "-o", "again", "--config", "run/config.json"], in: folder)
        #expect(again.status == 0, "\(again.transcript)")
        #expect(folder.bytes("run/model.safetensors") == folder.bytes("again/model.safetensors"))
    }

    /// Flags that are declared for one task reach it.
    @Test(arguments: [
        ("tree", "children", "3"), ("parse", "arc-hidden", "7"), ("retrieve", "scale", "2"), ("seq2seq", "attention-size", "5"),
        ("tag", "tag-embedding", "3"), ("classify", "character-hidden", "9"),
    ])
    func flagsReachTheirTask(task: String, key: String, value: String) throws {
        let folder = try folder(task)
        let small = ["--hidden", "4", "--embedding", "4", "--epochs", "1"]
        let outcome = try Program.run(["train", task, "train", "-o", "run", "--\(key)", value] + small, in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        #expect(folder.text("run/config.json").contains("\"\(key)\": \(value)"))
    }

    @Test(arguments: [("classify", 3), ("tag", 3), ("seq2seq", 2), ("retrieve", 2)])
    func longTextsAreCut(task: String, length: Int) throws {
        let folder = try folder(task)
        let outcome = try Program.run(["train", task, "train", "--dry-run", "--max-length", "\(length)"], in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        #expect(outcome.errors.contains("cut after \(length) tokens"), "\(outcome.transcript)")
        let whole = try Program.run(["train", task, "train", "--dry-run"], in: folder)
        #expect(!whole.errors.contains("cut after"), "\(whole.transcript)")
    }

    // MARK: Memory

    @Test(arguments: TaskRun.tasks) func tooLittleMemoryIsRefused(task: String) throws {
        let folder = try folder(task)
        let arguments = ["train", task, "train", "--dry-run", "--hidden", "256", "--batch-size", "20", "--memory-limit"]
        let impossible = try Program.run(arguments + ["1MB"], in: folder)
        #expect(impossible.status == 71, "\(impossible.transcript)")
        #expect(impossible.errors.contains("no batch size fits"), "\(impossible.transcript)")
        let huge = try Program.run(
            ["train", task, "train", "-o", "run", "--hidden", "65536", "--embedding", "65536"], in: folder)
        #expect(huge.status == 71, "\(huge.transcript)")
        #expect(!folder.has("run"))
        #expect(try Program.run(arguments + ["2GB"], in: folder).status == 0)
    }

    @Test func theBatchThatFitsIsAccepted() throws {
        let folder = try folder("classify")
        for flag in ["--batch-size", "--batch-tokens"] {
            let arguments = [
                "train", "classify", "train", "--dry-run", "--hidden", "300", "--memory-limit", "58MB", "--max-length", "4", flag,
            ]
            let refused = try Program.run(arguments + ["1000"], in: folder)
            let words = refused.errors.split(separator: " ")
            let position = try #require(words.firstIndex { $0 == flag }, "\(refused.transcript)")
            let largest = try #require(Int(words[position + 1]))
            #expect(try Program.run(arguments + ["\(largest)"], in: folder).status == 0)
            #expect(try Program.run(arguments + ["\(largest + 5)"], in: folder).status == 71)
        }
    }

    /// Peak sizes in megabytes, foretold and measured. The program itself, unoptimised here, is most of the difference.
    @Test(arguments: [
        ("classify", ["--hidden", "400"]), ("tag", ["--hidden", "200", "--loss", "crf"]),
        ("seq2seq", ["--hidden", "300", "--attention", "mlp"]), ("tree", []),
        ("parse", ["--method", "arc-hybrid", "--layers", "1"]),
    ])
    func theEstimateIsNearTheTruth(task: String, settings: [String]) throws {
        let folder = try folder(task)
        let outcome = try Program.run(["train", task, "train", "-o", "run", "--epochs", "1", "-v"] + settings, in: folder)
        let foretold = try megabytes(after: "needs about ", in: outcome.errors)
        let measured = try megabytes(after: "peak memory ", in: outcome.errors)
        #expect(foretold < 1.5 * measured && measured < 1.5 * foretold, "\(outcome.transcript)")
    }

    // MARK: Evaluation

    @Test(arguments: ["tree", "parse"]) func withoutDevelopmentTheLastModelIsKept(task: String) throws {
        let folder = try folder(task)
        let arguments = ["train", task, "train", "--hidden", "8", "--embedding", "8", "--learning-rate", "0.05"]
        func train(_ epochs: Int, to run: String, _ more: [String] = []) throws -> [UInt8] {
            let outcome = try Program.run(arguments + ["-o", run, "--epochs", "\(epochs)"] + more, in: folder)
            #expect(outcome.status == 0, "\(outcome.transcript)")
            #expect(more.isEmpty == outcome.errors.contains("the last model is kept"), "\(outcome.transcript)")
            return folder.bytes("\(run)/model.safetensors")
        }
        let last = try train(3, to: "three")
        #expect(try train(2, to: "two") != last)
        let resumed = try Program.run(["train", "--resume", "two", "--epochs", "3"], in: folder)
        #expect(resumed.status == 0, "\(resumed.transcript)")
        #expect(folder.bytes("two/model.safetensors") == last)
        #expect(try Program.run(["evaluate", "three", "train"], in: folder).status == 0)
        _ = try train(1, to: "measured", ["--dev", "train"])
    }

    @Test func theTranslationOfTheDevelopmentSetCanBeLeftOut() throws {
        let folder = try folder("seq2seq")
        func log(_ run: String, _ more: [String]) throws -> String {
            let outcome = try Program.run(
                ["train", "seq2seq", "train", "--dev", "train", "-o", run, "--epochs", "2", "--hidden", "8", "--patience", "1"]
                    + more, in: folder)
            #expect(outcome.status == 0, "\(outcome.transcript)")
            return folder.text("\(run)/log.jsonl")
        }
        let all = try log("all", []), short = try log("short", ["--no-dev-translation"])
        #expect(all.contains("dev_perplexity") && all.contains("dev_bleu") && all.contains("dev_exact_match"))
        #expect(short.contains("dev_perplexity") && !short.contains("dev_bleu") && !short.contains("dev_exact_match"))
        #expect(folder.bytes("all/model.safetensors") == folder.bytes("short/model.safetensors"))
        #expect(try Program.run(["train", "--resume", "short", "--dev-translation", "--epochs", "3"], in: folder).status == 0)
        #expect(folder.text("short/log.jsonl").contains("dev_bleu"))
    }
}
