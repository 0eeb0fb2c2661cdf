import Foundation
import Testing

/// Every command does what its help says.
@Suite struct CommandTests {
    @Test func theProgramAloneShowsHowToBegin() throws {
        let outcome = try Program.run([], in: TemporaryFolder())
        #expect(outcome.status == 0)
        #expect(outcome.lines.count <= 16)
        #expect(outcome.lines.count { $0.hasPrefix("  elman ") } == 3)
        #expect(outcome.errors.isEmpty)
    }

    @Test(arguments: [
        ["--help"], ["-h"], ["help"], ["help", "train"], ["train", "--help"], ["evaluate", "--help"], ["score", "-h"],
        ["generate", "--help"], ["inspect", "--help"], ["check-data", "--help"], ["plot", "--help"], ["bench", "--help"],
        ["demo", "--help"], ["predict", "--help"], ["search", "--help"],
        ["compare", "--help"], ["search-hyperparameters", "--help"], ["make-data", "--help"],
    ])
    func helpIsShown(arguments: [String]) throws {
        let outcome = try Program.run(arguments, in: TemporaryFolder())
        #expect(outcome.status == 0, "\(outcome.transcript)")
        #expect(outcome.output.contains("USAGE: elman"))
        #expect(outcome.errors.isEmpty)
    }

    @Test func versionIsANumber() throws {
        let outcome = try Program.run(["--version"], in: TemporaryFolder())
        #expect(outcome.status == 0)
        #expect(outcome.output.split(separator: ".").count == 3)
    }

    @Test func trainingWritesTheWholeFolder() throws {
        let folder = try TrainedRun.words.get()
        #expect(
            try folder.names("run") == [
                "checkpoints", "config.json", "log.jsonl", "model.safetensors", "report.html", "vocabulary.txt",
            ])
        #expect(try folder.names("run/checkpoints") == ["last.safetensors"])
        let log = folder.text("run/log.jsonl").split(separator: "\n")
        #expect(log.count == 2)
        let keys = [
            "step", "epoch", "train_loss", "dev_perplexity", "dev_loss", "learning_rate", "words_per_second", "seconds", "best",
        ]
        for line in log {
            let entry = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            for key in keys { #expect(entry[key] != nil, "\(key) in \(line)") }
        }
        #expect(folder.text("run/report.html").hasPrefix("<!DOCTYPE html>"))
        #expect(folder.text("run/vocabulary.txt").hasPrefix("<unk>\n</s>\n"))
    }

    @Test func evaluationIsOneObject() throws {
        let folder = try TrainedRun.words.get()
        let outcome = try Program.run(["evaluate", "run", "dev.txt", "--json"], in: folder)
        #expect(outcome.lines.count == 1)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect(
            Set(object.keys) == ["task", "sentences", "tokens", "unknown", "nll", "perplexity", "bits_per_token", "state"])
        #expect(object["sentences"] as? Int == 15)
        #expect(object["state"] as? String == "reset")
        let text = try Program.run(["evaluate", "run", "dev.txt", "train.txt"], in: folder)
        #expect(text.output.contains("perplexity"))
        #expect(text.output.contains("sentences       75"))
    }

    @Test func charactersHaveBitsPerCharacter() throws {
        let outcome = try Program.run(["evaluate", "run", "dev.txt", "--json"], in: TrainedRun.characters.get())
        #expect(outcome.output.contains("\"bits_per_character\":"))
        #expect(outcome.output.contains("\"state\":\"carried\""))
    }

    @Test func generationFollowsItsSeed() throws {
        let folder = try TrainedRun.words.get()
        let arguments = [
            "generate", "run", "--length", "12", "--count", "2", "--temperature", "0.8", "--top-k", "5", "--top-p", "0.9",
        ]
        let first = try Program.run(arguments + ["--seed", "3"], in: folder)
        #expect(first.status == 0, "\(first.transcript)")
        #expect(first.output == (try Program.run(arguments + ["--seed", "3", "--threads", "1"], in: folder)).output)
        #expect(first.output != (try Program.run(arguments + ["--seed", "4"], in: folder)).output)
        let json = try Program.run(["generate", "run", "--length", "3", "--prompt", "the cat", "--json"], in: folder)
        #expect(json.output.hasPrefix("{\"prompt\":\"the cat\",\"text\":"))
        let likeliest = ["generate", "run", "--temperature", "0", "--length", "5"]
        #expect(
            try Program.run(likeliest + ["--seed", "1"], in: folder).output
                == Program.run(likeliest + ["--seed", "2"], in: folder).output)
    }

    @Test func inspectionShowsTensorsAndSettings() throws {
        let folder = try TrainedRun.words.get()
        let outcome = try Program.run(["inspect", "run"], in: folder)
        #expect(outcome.output.contains("rnn/0/inputWeights"))
        #expect(outcome.output.contains("batch-size"))
        let file = try Program.run(["inspect", "run/model.safetensors", "--json"], in: folder)
        #expect(file.output.contains("\"name\":\"embeddings\""))
        #expect(file.lines.count == 1)
    }

    @Test func dataIsChecked() throws {
        let outcome = try Program.run(["check-data", "train.txt", "dev.txt"], in: TrainedRun.words.get())
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("plain text, one sentence a line"))
        #expect(outcome.output.contains("not in the training text"))
    }

    @Test func curvesAreDrawn() throws {
        let folder = try TrainedRun.copy()
        let outcome = try Program.run(["plot", "run", "run", "-o", "curves.html"], in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        #expect(folder.text("curves.html").contains("<svg"))
    }

    @Test func benchmarkNeedsItsData() throws {
        let outcome = try Program.run(
            ["bench", "lm-lstm", "--data", "nowhere", "--seconds", "0.2"], in: TemporaryFolder())
        #expect(outcome.status == 66, "\(outcome.transcript)")
        #expect(outcome.errors.contains("nowhere/ptb/train.txt"))
    }

    #if !DEBUG
        /// Its models are too large for a program that is not optimised.
        @Test func benchmarkGivesOneObject() throws {
            let outcome = try Program.run(
                ["bench", "generation-char", "--seconds", "0.2", "--threads", "1", "--json"], in: TemporaryFolder())
            #expect(outcome.status == 0, "\(outcome.transcript)")
            let object = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
            for key in ["peer", "workload", "threads", "unit", "chars_per_sec", "min", "max", "flops_per_unit", "peak_rss_mb"] {
                #expect(object[key] != nil, "\(key)")
            }
        }
    #endif
}
