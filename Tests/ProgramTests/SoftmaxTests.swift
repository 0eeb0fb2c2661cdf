import Foundation
import Testing

/// `elman train lm --softmax`: every command works with every output layer, and what has no meaning is refused.
@Suite struct SoftmaxTests {
    static let kinds = ["class", "hierarchical", "adaptive", "sampled", "nce"]

    private func run(_ kind: String, _ more: [String] = []) throws -> TemporaryFolder {
        let folder = try TrainedRun.texts()
        let small = ["--hidden", "8", "--embedding", "8", "--epochs", "1", "--evaluate-every", "2"]
        let command = ["train", "lm", "train.txt", "--dev", "dev.txt", "-o", "run", "--softmax", kind] + small + more
        let outcome = try Program.run(command, in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        return folder
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test(arguments: kinds) func evaluationScoresPairsAndTextsWork(kind: String) throws {
        let folder = try run(kind)
        let evaluated = try Program.run(["evaluate", "run", "dev.txt", "--json"], in: folder)
        let json = try object(evaluated.output)
        let total = try #require(json["nll"] as? Double)
        let tokens = try Program.run(["score", "run", "dev.txt", "--per-token"], in: folder).lines
        let sum = -tokens.reduce(0) { $0 + (Double($1.split(separator: "\t").first ?? "0") ?? 0) }
        #expect(abs(sum - total) < 1e-5 * total)
        #expect((json["log_normalizer_mean"] != nil) == (kind == "nce"))
        try folder.write(PairsTests.pairs, to: "pairs.tsv")
        #expect(try Program.run(["pairs", "run", "pairs.tsv", "--json"], in: folder).status == 0)
        let text = try Program.run(["generate", "run", "--length", "20"], in: folder)
        #expect(text.status == 0 && !text.output.isEmpty, "\(text.transcript)")
        // Its own configuration makes the same run again.
        let again = try Program.run(
            ["train", "lm", "train.txt", "--dev", "dev.txt", "-o", "again", "--config", "run/config.json"], in: folder)
        #expect(again.status == 0, "\(again.transcript)")
        #expect(folder.bytes("run/model.safetensors") == folder.bytes("again/model.safetensors"))
        #expect(folder.text("run/counts.txt") == folder.text("again/counts.txt"))
    }

    @Test func countsAreThoseOfTheTrainingText() throws {
        let folder = try run("hierarchical")
        let words = folder.text("run/vocabulary.txt").split(separator: "\n"), text = folder.text("train.txt")
        let counts = folder.text("run/counts.txt").split(separator: "\n").map { Int($0) }
        #expect(words.count == counts.count)
        let tokens = text.split(separator: "\n").flatMap { $0.split(separator: " ").map(String.init) + ["</s>"] }
        for (word, count) in zip(words, counts) { #expect(count == tokens.count { $0 == word }, "\(word)") }
        try folder.write("3\n", to: "run/counts.txt")
        let damaged = try Program.run(["evaluate", "run", "dev.txt"], in: folder)
        #expect(damaged.status == 65 && damaged.errors.contains("counts.txt"), "\(damaged.transcript)")
        try FileManager.default.removeItem(atPath: folder["run/counts.txt"])
        #expect(try Program.run(["evaluate", "run", "dev.txt"], in: folder).status == 66)
    }

    @Test(arguments: [
        (["--softmax", "tree"], Int32(64), "hierarchical"), (["--softmax-classes", "5"], 64, "--softmax-classes has no meaning"),
        (["--softmax", "adaptive", "--softmax-samples", "5"], 64, "--softmax-samples has no meaning"),
        (["--softmax", "adaptive", "--softmax-cutoffs", "5;7"], 64, "commas"),
        (["--softmax", "adaptive", "--softmax-cutoffs", "7,5"], 78, "softmax-cutoffs has 5 behind 7"),
        (["--softmax", "adaptive", "--softmax-cutoffs", "7,5000"], 78, "5000"),
        (["--softmax", "adaptive", "--tie-embeddings", "--embedding", "128"], 78, "tied embeddings"),
        (["--softmax", "nce", "--softmax-sampler", "uniform"], 64, "unigram"),
    ])
    func refusesWithTheReason(flags: [String], status: Int32, message: String) throws {
        let folder = try TrainedRun.texts()
        let outcome = try Program.run(["train", "lm", "train.txt", "-o", "run"] + flags, in: folder)
        #expect(outcome.status == status, "\(outcome.transcript)")
        #expect(outcome.errors.contains(message), "\(outcome.transcript)")
        #expect(!folder.has("run/config.json"))
    }
}
