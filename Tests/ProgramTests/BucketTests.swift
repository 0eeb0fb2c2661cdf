import Elman
import Testing

/// Batches of sentences of about equal length under a number of tokens.
@Suite struct BucketTests {
    private static let tasks = ["lm", "classify", "tag", "seq2seq", "retrieve"]

    /// Sentences of 1 to 12 words in the form of a task.
    private func text(_ task: String) -> String {
        let sentences = (0..<60).map { number in (0..<1 + number * 7 % 12).map { "w\(($0 * 5 + number) % 17)" } }
        let lines = sentences.enumerated().map { number, words -> String in
            let line = words.joined(separator: " ")
            return switch task {
            case "classify": "\(number % 3) ||| \(line)"
            case "tag": words.map { "\($0)|T\($0.count)" }.joined(separator: " ")
            case "seq2seq", "retrieve": "\(line)\t\(words.reversed().joined(separator: " "))"
            default: line
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private let small = ["--hidden", "6", "--embedding", "6", "--batch-tokens", "40", "--learning-rate", "0.02"]

    private func train(_ task: String, _ run: String, _ more: [String], in folder: TemporaryFolder) throws -> Outcome {
        let outcome = try Program.run(["train", task, "train", "--dev", "train", "-o", run] + small + more, in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        return outcome
    }

    @Test(arguments: tasks) func bitsDependOnNeitherThreadsNorInterruptions(task: String) throws {
        let folder = TemporaryFolder()
        try folder.write(text(task), to: "train")
        let outcome = try train(task, "whole", ["--epochs", "3", "--threads", "1"], in: folder)
        #expect(outcome.errors.contains("60 examples in ") && outcome.errors.contains("of about equal length"))
        _ = try train(task, "threads", ["--epochs", "3", "--threads", "3"], in: folder)
        _ = try train(task, "parts", ["--epochs", "1"], in: folder)
        let resumed = try Program.run(["train", "--resume", "parts", "--epochs", "3"], in: folder)
        #expect(resumed.status == 0, "\(resumed.transcript)")
        for run in ["threads", "parts"] {
            #expect(folder.bytes("whole/model.safetensors") == folder.bytes("\(run)/model.safetensors"))
        }
        let other = try Program.run(["train", "--resume", "parts", "--batch-tokens", "50"], in: folder)
        #expect(other.status == 78, "\(other.transcript)")
    }

    /// A training that is stopped in the middle of an epoch goes on with the batch behind the last one.
    @Test func aRunGoesOnInTheMiddleOfAnEpoch() throws {
        let folder = TemporaryFolder()
        try folder.write(text("classify"), to: "train")
        _ = try train("classify", "whole", ["--epochs", "2", "--evaluate-every", "4"], in: folder)
        _ = try train("classify", "parts", ["--epochs", "2", "--evaluate-every", "4", "--max-minutes", "0.000001"], in: folder)
        #expect(folder.text("parts/log.jsonl") != folder.text("whole/log.jsonl"))
        for _ in 0..<3 {
            #expect(
                try Program.run(["train", "--resume", "parts", "--max-minutes", "0.000001"], in: folder).status == 0)
        }
        #expect(try Program.run(["train", "--resume", "parts", "--max-minutes", "5"], in: folder).status == 0)
        let last = "checkpoints/last.safetensors"
        let weights = ["whole", "parts"].map { run in
            (try? SafetensorsFile(folder["\(run)/\(last)"]))?.tensors.filter { $0.name.hasPrefix("weights/") }.map { tensor in
                (try? SafetensorsFile(folder["\(run)/\(last)"]).floats(named: tensor.name)) ?? []
            }
        }
        #expect(weights[0] != nil && weights[0]?.isEmpty == false && weights[0] == weights[1])
    }

    @Test func bucketsAndStreamsExcludeEachOther() throws {
        let folder = TemporaryFolder()
        try folder.write(text("lm"), to: "train")
        let outcome = try Program.run(["train", "lm", "train", "-o", "run", "--bptt", "5", "--batch-tokens", "40"], in: folder)
        #expect(outcome.status == 64 && outcome.errors.contains("--batch-tokens is for sentences"), "\(outcome.transcript)")
    }
}
