import Foundation
import Testing

/// Texts that are longer than memory, and documents, through the program.
@Suite struct LongSequenceTests {
    /// One line of so many words.
    private func line(_ count: Int) -> String {
        (0..<count).map { "w\(($0 * $0 + 3 * $0) % 23)" }.joined(separator: " ") + "\n"
    }

    private func weights(_ folder: TemporaryFolder, _ run: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: folder["\(run)/model.safetensors"]))
    }

    /// The weights are those of a training without a limit; the limit is kept to, and told.
    @Test(arguments: [["--batch-size", "1"], ["--batch-size", "2", "--bptt", "2000"]])
    func aLimitChangesNoBit(settings: [String]) throws {
        let folder = TemporaryFolder()
        try folder.write(line(3000) + line(2500), to: "train.txt")
        try folder.write(line(50), to: "dev.txt")
        func train(_ run: String, _ more: [String]) throws -> Outcome {
            let arguments = ["train", "lm", "train.txt", "--dev", "dev.txt", "-o", run, "--hidden", "50", "--embedding", "30"]
            return try Program.run(arguments + ["--dropout", "0.2", "--epochs", "1", "-v"] + settings + more, in: folder)
        }
        let whole = try train("whole", [])
        try #require(whole.status == 0, "\(whole.transcript)")
        #expect(!whole.errors.contains("segments"))
        let needed = try megabytes(after: "needs about ", in: whole.errors)
        let parts = try train("parts", ["--memory-limit", "\(Int(needed - 3))MB"])
        try #require(parts.status == 0, "\(parts.transcript)")
        #expect(
            parts.errors.contains("gradient through \(settings.count > 2 ? "2,000" : "3,001") steps in "), "\(parts.transcript)")
        #expect(try megabytes(after: "needs about ", in: parts.errors) < needed - 3)
        #expect(try megabytes(after: "peak memory ", in: parts.errors) < megabytes(after: "peak memory ", in: whole.errors) - 1)
        #expect(try weights(folder, "whole") == weights(folder, "parts"))
        let refused = try train("refused", ["--memory-limit", "20MB"])
        #expect(refused.status == 71)
        #expect(refused.errors.contains("training needs at least "), "\(refused.transcript)")
    }

    @Test func documentsAreReadEvaluatedAndScored() throws {
        let folder = TemporaryFolder()
        let documents = (0..<30).map { number in
            (0..<4).map { "the w\(number) reads w\((number + $0) % 7) again\n" }.joined()
        }
        try folder.write(documents.joined(separator: "\n"), to: "train.txt")
        for (run, settings) in [("streams", ["--bptt", "7", "--batch-size", "3"]), ("whole", ["--batch-size", "4"])] {
            let arguments = ["train", "lm", "train.txt", "-o", run, "--documents", "--epochs", "2"] + TrainedRun.small
            let outcome = try Program.run(arguments + settings, in: folder)
            try #require(outcome.status == 0, "\(outcome.transcript)")
            #expect(outcome.errors.contains("30 documents"), "\(outcome.transcript)")
            // Two documents together are two documents alone.
            try folder.write(documents[0], to: "one.txt")
            try folder.write(documents[1], to: "other.txt")
            try folder.write(documents[0] + "\n\n" + documents[1], to: "both.txt")
            let scores = try ["one.txt", "other.txt", "both.txt"].map { try Program.run(["score", run, $0], in: folder).lines }
            #expect(scores[2].filter { !$0.isEmpty } == scores[0] + scores[1])
            #expect(Set(scores[0].map { $0.split(separator: "\t")[0] }).count == 4)
            let losses = try ["one.txt", "other.txt", "both.txt"].map { name -> Double in
                let text = try Program.run(["evaluate", run, name, "--json"], in: folder).output
                let json = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
                #expect(json?["state"] as? String == "carried")
                return try #require(json?["nll"] as? Double)
            }
            #expect(abs(losses[2] - losses[0] - losses[1]) < 1e-6)
            let resumed = try Program.run(["train", "--resume", run, "--epochs", "3"], in: folder)
            #expect(resumed.status == 0, "\(resumed.transcript)")
        }
        let one = try Program.run(
            ["train", "lm", "one.txt", "--dev", "other.txt", "-o", "r", "--documents", "--dry-run"] + TrainedRun.small, in: folder
        )
        #expect(one.errors.contains("no blank line separates documents"), "\(one.transcript)")
        let varied = try Program.run(
            ["train", "lm", "train.txt", "-o", "r", "--documents", "--bptt", "5", "--vary-bptt"], in: folder)
        #expect(varied.status == 64 && varied.errors.contains("--documents"), "\(varied.transcript)")
    }
}
