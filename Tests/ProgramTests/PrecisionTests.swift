import Foundation
import Testing

/// `--precision` of training and `--weights` of what uses a run.
@Suite struct PrecisionTests {
    private func folder() throws -> TemporaryFolder {
        let folder = TemporaryFolder()
        let subjects = ["the cat", "a dog", "the king", "an owl"], verbs = ["sees", "likes", "follows"]
        let lines = (0..<40).map { "\(subjects[$0 % 4]) \(verbs[$0 % 3]) \(subjects[$0 / 2 % 4])" }
        try folder.write(lines.joined(separator: "\n") + "\n", to: "train.txt")
        try folder.write(lines[0..<9].joined(separator: "\n") + "\n", to: "dev.txt")
        return folder
    }

    private func train(_ folder: TemporaryFolder, _ run: String, _ more: [String] = []) throws -> Outcome {
        try Program.run(
            ["train", "lm", "train.txt", "--dev", "dev.txt", "-o", run, "--epochs", "2", "--hidden", "24", "--embedding", "24"]
                + more, in: folder)
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func trainingInBFloat16IsRecordedAndDiffersALittle() throws {
        let folder = try folder()
        #expect(try train(folder, "single").status == 0)
        #expect(try train(folder, "rounded", ["--precision", "bfloat16"]).status == 0)
        #expect(try object(folder.text("rounded/config.json"))["precision"] as? String == "bfloat16")
        #expect(try object(folder.text("single/config.json"))["precision"] as? String == "float32")
        let perplexities = try ["single", "rounded"].map { run in
            let text = try Program.run(["evaluate", run, "dev.txt", "--json"], in: folder).output
            return try #require(try object(text)["perplexity"] as? Double)
        }
        #expect(perplexities[0] != perplexities[1])
        #expect(abs(perplexities[0] / perplexities[1] - 1) < 0.02)
    }

    @Test func aRunInBFloat16GoesOnInIt() throws {
        let folder = try folder()
        #expect(try train(folder, "whole", ["--precision", "bfloat16", "--epochs", "4"]).status == 0)
        #expect(try train(folder, "parts", ["--precision", "bfloat16"]).status == 0)
        let resumed = try Program.run(["train", "--resume", "parts", "--epochs", "4"], in: folder)
        #expect(resumed.status == 0, "\(resumed.transcript)")
        #expect(folder.bytes("whole/model.safetensors") == folder.bytes("parts/model.safetensors"))
        let other = try Program.run(["train", "--resume", "parts", "--precision", "float32"], in: folder)
        #expect(other.status == 78, "\(other.transcript)")
    }

    @Test(arguments: ["bfloat16", "int8"]) func scoresInFewerBitsAreNearAndTheSameHoweverTheyAreCut(weights: String) throws {
        let folder = try folder()
        #expect(try train(folder, "run", ["--layers", "2"]).status == 0)
        let exact = try Program.run(["score", "run", "dev.txt"], in: folder).lines
        let all = try ["1", "3"].map {
            try Program.run(["score", "run", "dev.txt", "--weights", weights, "--threads", $0], in: folder).lines
        }
        #expect(all[0] == all[1] && all[0] != exact && all[0].count == 9)
        for (found, expected) in zip(all[0], exact) {
            let scores = [found, expected].compactMap { Double($0.prefix { $0 != "\t" }) }
            #expect(scores.count == 2 && abs(scores[0] - scores[1]) < 0.1)
        }
        let line = folder.text("dev.txt").split(separator: "\n")[3]
        let alone = try Program.run(["score", "run", "-", "--weights", weights], in: folder, input: line + "\n")
        #expect(alone.lines == [all[0][3]])
        let drawn = try ["1", "2"].map {
            try Program.run(["generate", "run", "--weights", weights, "--length", "20", "--threads", $0], in: folder)
        }
        #expect(drawn[0].status == 0 && drawn[0].output == drawn[1].output)
    }

    @Test func halfIsBFloat16() throws {
        let folder = try folder()
        #expect(try train(folder, "run").status == 0)
        let outcomes = try [["--half"], ["--weights", "bfloat16"], ["--half", "--weights", "bfloat16"]].map {
            try Program.run(["evaluate", "run", "dev.txt", "--json"] + $0, in: folder).output
        }
        #expect(Set(outcomes).count == 1 && !outcomes[0].isEmpty)
    }

    @Test func whatIsNoPrecisionIsRefused() throws {
        let folder = try folder()
        for (arguments, word) in [
            (["train", "lm", "train.txt", "-o", "run", "--precision", "bfloat61"], "bfloat16"),
            (["generate", "run", "--weights", "int9"], "int8"),
            (["evaluate", "run", "x", "--half", "--weights", "int8"], "half"),
            (["bench", "bilstm-tagger", "--precision", "bfloat16"], "float32"),
            (["bench", "lm-lstm", "--weights", "int8"], "generation-word"),
        ] {
            let outcome = try Program.run(arguments, in: folder)
            #expect([64, 78].contains(outcome.status), "\(outcome.transcript)")
            #expect(outcome.transcript.contains(word), "\(outcome.transcript)")
        }
    }
}
