import Elman
import Foundation
import Testing

/// Configurations compared over seeds.
@Suite struct CompareTests {
    private static let data = ["train.txt", "--dev", "dev.txt", "--test", "test.txt", "-o", "out"]

    private func arguments(_ more: [String], seeds: Int = 3) -> [String] {
        ["compare", "classify"] + Self.data + ComparedTexts.small + ["--seeds", "\(seeds)"] + more
    }

    /// A comparison that nobody interrupted: `out` in a folder with its texts.
    private static let whole = Result {
        let folder = try ComparedTexts.folder()
        folder.removeAtExit()
        let outcome = try Program.run(
            ["compare", "classify"] + data + ComparedTexts.small
                + ["--seeds", "3", "--configs", "rnn.json", "gru.json", "--target-score", "0.1", "--jobs", "3"], in: folder)
        try #require(outcome.status == 0, "\(outcome.transcript)")
        return (folder: folder, outcome: outcome)
    }

    @Test func everySeedIsTrainedAndMeasured() throws {
        let (folder, outcome) = try Self.whole.get()
        let object = try ComparedTexts.object("out/comparison.json", in: folder)
        #expect(object["task"]?.asString == "classify" && object["score"]?.asString == "accuracy")
        #expect(object["lower_is_better"]?.asBool == false)
        #expect(object["seeds"] == [1, 2, 3] && object["failed"] == [])
        let configurations = try #require(object["configurations"]?.asArray)
        #expect(configurations.map { $0["name"]?.asString } == ["rnn", "gru"])
        for configuration in configurations {
            let name = try #require(configuration["name"]?.asString)
            let runs = try #require(configuration["runs"]?.asArray)
            #expect(runs.count == 3)
            for run in runs {
                let path = try #require(run["run"]?.asString)
                let measured = try Program.run(["evaluate", path, "test.txt", "--json"], in: folder)
                #expect(try JSONValue(parsing: Array(measured.output.utf8), path: "-") == run["evaluation"])
                #expect(run["score"] == run["evaluation"]?["accuracy"])
                #expect(try #require(run["cost"]?["peak_memory_mb"]?.asDouble) > 1)
                #expect(try #require(run["cost"]?["seconds"]?.asDouble) > 0)
                #expect(try #require(run["cost"]?["words_per_second"]?.asDouble) > 0)
                #expect(try #require(run["cost"]?["seconds_to_target"]?.asDouble) > 0)
            }
            let values = runs.compactMap { $0["score"]?.asDouble }
            let summary = try #require(configuration["scores"]?["accuracy"])
            #expect(abs(try #require(summary["mean"]?.asDouble) - values.reduce(0, +) / 3) < 1e-12)
            #expect(summary["lowest"]?.asDouble == values.min() && summary["highest"]?.asDouble == values.max())
            #expect(configuration["settings"]?["cell"]?.asString == name)
        }
        let pair = try #require(object["comparisons"]?.asArray?.first)
        #expect(object["comparisons"]?.asArray?.count == 1)
        #expect(pair["seeds"] == 3 && pair["test"]?.asString == "sign flips, all")
        #expect(try #require(pair["p"]?.asDouble) >= 0.25)
        #expect(outcome.output.contains("with 3 seeds no difference can be shown at 0.05, however large; give --seeds 6 or more"))
        #expect(outcome.output.contains(" best"))
    }

    @Test func thePageShowsEverySeed() throws {
        let folder = try Self.whole.get().folder
        let page = folder.text("out/comparison.html")
        #expect(isWellFormed(page))
        for seed in 1...3 {
            for name in ["rnn", "gru"] { #expect(page.contains("<title>\(name), seed \(seed): ")) }
        }
        // Curves of a configuration have one colour, and its name once.
        #expect(page.contains("class=\"e-name e-f1\"") && !page.contains("class=\"e-name e-f2\""))
        for banned in ["<script", "src=", "url("] { #expect(!page.contains(banned)) }
    }

    @Test func aRunIsWhatTrainMakesOfItsSettings() throws {
        let folder = try Self.whole.get().folder
        let copy = try ComparedTexts.folder()
        let outcome = try Program.run(
            ["train", "classify", "train.txt", "--dev", "dev.txt", "-o", "run", "--config", "gru.json", "--seed", "2"]
                + ComparedTexts.small, in: copy)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        // Options come before the file.
        #expect(folder.text("out/gru/settings.json").contains("\"hidden\": 4"))
        #expect(folder.bytes("out/gru/seed-2/model.safetensors") == copy.bytes("run/model.safetensors"))
    }

    @Test func interruptedAndRepeatedIsAsNeverInterrupted() throws {
        let folder = try ComparedTexts.folder()
        let more = ["--configs", "rnn.json", "gru.json", "--target-score", "0.1", "--jobs", "2"]
        for lines in [1, 2] {
            let comparison = try Training(command: arguments(more), in: folder)
            try comparison.wait("log") { folder.text("out/rnn/seed-\(lines)/log.jsonl").contains("\n") }
            comparison.send(SIGINT)
            let outcome = comparison.end()
            #expect(outcome.status == 130, "\(outcome.transcript)")
            #expect(outcome.errors.contains("the same command goes on"))
            #expect(!folder.has("out/lock") && !folder.has("out/comparison.json"))
        }
        let outcome = try Program.run(arguments(more), in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        let expected = try ComparedTexts.object("out/comparison.json", in: Self.whole.get().folder)
        let object = try ComparedTexts.object("out/comparison.json", in: folder)
        #expect(JSONValue.object(object).without("cost") == JSONValue.object(expected).without("cost"))
        for seed in 1...3 {
            let name = "out/gru/seed-\(seed)/model.safetensors"
            #expect(folder.bytes(name) == (try Self.whole.get().folder.bytes(name)))
        }
    }

    /// A process that somebody else kills is one failure, and the same command goes on with it.
    @Test func aKilledProcessIsTriedAgain() throws {
        let folder = try ComparedTexts.folder()
        #if DEBUG
            let epochs = "12"
        #else
            let epochs = "400"
        #endif
        let command = arguments(["--configs", "rnn.json", "--epochs", epochs, "--jobs", "1"], seeds: 1)
        let comparison = try Training(command: command, in: folder)
        try comparison.wait("log") { folder.text("out/rnn/seed-1/log.jsonl").contains("\n") }
        let process = try #require(folder.text("out/rnn/seed-1/lock").split(separator: " ").first.flatMap { Int32($0) })
        kill(process, SIGKILL)
        let outcome = comparison.end()
        #expect(outcome.status == 70, "\(outcome.transcript)")
        #expect(outcome.errors.contains("rnn, seed 1 ended with status 137"))
        #expect(try Program.run(command, in: folder).status == 0)
        let other = try ComparedTexts.folder()
        #expect(try Program.run(command, in: other).status == 0)
        #expect(folder.bytes("out/rnn/seed-1/model.safetensors") == other.bytes("out/rnn/seed-1/model.safetensors"))
    }

    @Test func doneWorkIsNotDoneAgain() throws {
        let folder = try ComparedTexts.folder()
        let more = ["--vary", "cell=gru,lstm", "--json"]
        let first = try Program.run(arguments(more, seeds: 1), in: folder)
        #expect(first.status == 0, "\(first.transcript)")
        let log = folder.bytes("out/cell=gru/seed-1/log.jsonl")
        let second = try Program.run(arguments(more, seeds: 2), in: folder)
        #expect(second.errors.contains("2 runs done already"), "\(second.transcript)")
        // Times of a log are those of the one training.
        #expect(folder.bytes("out/cell=gru/seed-1/log.jsonl") == log)
        try folder.write(ComparedTexts.labelled(10, from: 300), to: "other.txt")
        let third = try Program.run(arguments(more + ["--test", "other.txt"], seeds: 2), in: folder)
        #expect(folder.bytes("out/cell=gru/seed-1/log.jsonl") == log)
        #expect(third.lines.count == 1 && third.output.contains("\"evaluated_on\":[\"other.txt\"]"), "\(third.transcript)")
        #expect(third.output.contains("\"examples\":10"))
    }

    @Test func equalConfigurationsAreNoDifference() throws {
        let folder = try ComparedTexts.folder()
        for name in ["one.json", "two.json", "three.json"] { try folder.write("{\"cell\": \"gru\"}", to: name) }
        let outcome = try Program.run(
            arguments(["--configs", "one.json", "two.json", "three.json", "--dropout", "0.1"]), in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        #expect(outcome.lines.count { $0.hasSuffix("no difference") } == 3)
        #expect(outcome.output.contains("after Holm's correction for 3 pairs"))
        let object = try ComparedTexts.object("out/comparison.json", in: folder)
        for pair in try #require(object["comparisons"]?.asArray) {
            #expect(pair["difference"]?.asDouble == 0 && pair["p"]?.asDouble == 1 && pair["p_corrected"]?.asDouble == 1)
            #expect(pair["better"] == .null)
        }
    }

    @Test func aRunThatFailsDoesNotStopTheOthers() throws {
        let folder = try ComparedTexts.folder()
        try folder.write("{\"memory-limit\": \"1MB\"}", to: "rnn.json")
        let outcome = try Program.run(arguments(["--configs", "rnn.json", "gru.json"], seeds: 2), in: folder)
        #expect(outcome.status == 71, "\(outcome.transcript)")
        #expect(outcome.errors.contains("rnn, seed 1 ended with status 71"))
        #expect(outcome.errors.contains("elman: error: ") && outcome.errors.contains("memory"))
        #expect(outcome.errors.contains("2 of 4 runs failed; the same command tries them again"))
        let object = try ComparedTexts.object("out/comparison.json", in: folder)
        #expect(object["failed"]?.asArray?.map { $0["status"]?.asInteger } == [71, 71])
        #expect(object["configurations"]?.asArray?.map { $0["runs"]?.asArray?.count } == [0, 2])
        #expect(object["comparisons"] == [])
    }

    @Test(arguments: [
        (["--vary", "hiden=4,8"], 64, "did you mean \"hidden\"?"),
        (["--configs", "stream.json"], 78, "stream.json: there is no setting"),
        (["--configs", "rnn.json", "--test", "none.txt"], 66, "none.txt: there is no such file"),
        (["--configs", "rnn.json", "--score", "bleu"], 64, "there is no score 'bleu'"),
    ])
    func whatIsWrongIsFoundBeforeAnythingIsTrained(more: [String], status: Int32, hint: String) throws {
        let folder = try ComparedTexts.folder()
        try folder.write("{\"bptt\": 5}", to: "stream.json")
        let outcome = try Program.run(arguments(more, seeds: 1), in: folder)
        #expect(outcome.status == status, "\(outcome.transcript)")
        #expect(outcome.errors.contains(hint), "\(outcome.transcript)")
        #expect(!folder.has("out"))
    }

    @Test func anotherConfigurationInTheFolderIsRefused() throws {
        let folder = try ComparedTexts.folder()
        let command = arguments(["--configs", "gru.json"], seeds: 1)
        #expect(try Program.run(command, in: folder).status == 0)
        let model = folder.bytes("out/gru/seed-1/model.safetensors")
        try folder.write("{\"cell\": \"lstm\"}", to: "gru.json")
        let changed = try Program.run(command, in: folder)
        #expect(changed.status == 78)
        #expect(changed.errors.contains("settings.json: the runs in this folder have 'cell' \"gru\", not \"lstm\""))
        try folder.write("{\"cell\": \"gru\"}", to: "gru.json")
        let longer = try Program.run(command + ["--epochs", "3"], in: folder)
        #expect(longer.status == 78 && longer.errors.contains("'epochs' 2, not 3"), "\(longer.transcript)")
        #expect(folder.bytes("out/gru/seed-1/model.safetensors") == model)
    }

    @Test func valuesThatVaryAreCombined() throws {
        let folder = try ComparedTexts.folder()
        let outcome = try Program.run(
            ["compare", "classify"] + Self.data + ["--config", "gru.json", "--epochs", "1", "--seeds", "1", "--first-seed", "7"]
                + ["--vary", "embedding=3,4", "cell=rnn,gru"], in: folder, environment: ["ELMAN_BATCH_SIZE": "20"])
        #expect(outcome.status == 0, "\(outcome.transcript)")
        let names = ["embedding=3,cell=gru", "embedding=3,cell=rnn", "embedding=4,cell=gru", "embedding=4,cell=rnn"]
        #expect(try folder.names("out") == ["comparison.html", "comparison.json"] + names.map { "gru," + $0 })
        let saved = folder.text("out/gru,embedding=3,cell=rnn/seed-7/config.json")
        for setting in ["\"embedding\": 3", "\"cell\": \"rnn\"", "\"hidden\": 5", "\"batch-size\": 20", "\"seed\": 7"] {
            #expect(saved.contains(setting), "\(setting)")
        }
    }

    /// Every option of a training is one of a comparison.
    @Test func noSettingIsForgotten() throws {
        func options(_ command: String) throws -> Set<Substring> {
            let help = try Program.run([command, "--help"], in: TemporaryFolder()).output
            return Set(help.split(whereSeparator: { " \n,/[".contains($0) }).filter { $0.hasPrefix("--") })
        }
        let own: Set<Substring> = ["--resume", "--force", "--dry-run"]
        let train = try options("train")
        #expect(train.subtracting(own).subtracting(try options("compare")) == [])
        #expect(train.subtracting(own).subtracting(try options("search-hyperparameters")) == [])
    }
}
