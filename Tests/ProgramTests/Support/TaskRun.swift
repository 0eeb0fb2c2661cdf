import Foundation
import Testing

/// Small runs of every task, trained once and only read by tests: `run` in a folder with its data `train`.
enum TaskRun {
    /// All tasks but language models.
    static let tasks = ["classify", "tag", "seq2seq", "retrieve", "tree", "parse"]

    /// Training data of a task: twenty examples or more.
    static func training(_ task: String) -> String {
        switch task {
        case "lm": SampleText.sentences(20)
        case "seq2seq", "retrieve": String(repeating: "one two three\t1 2 3\nfour five six seven\t4 5 6 7\n", count: 10)
        default: TaskTests.samples.first { $0.task == task }!.training
        }
    }

    private static let runs: [String: Result<TemporaryFolder, any Error>] = Dictionary(
        uniqueKeysWithValues: tasks.map { task in (task, Result { try make(task) }) })

    private static func make(_ task: String) throws -> TemporaryFolder {
        let folder = TemporaryFolder()
        folder.removeAtExit()
        try folder.write(training(task), to: "train")
        let outcome = try Program.run(
            ["train", task, "train", "--dev", "train", "-o", "run", "--hidden", "4", "--embedding", "4", "--epochs", "1"],
            in: folder)
        try #require(outcome.status == 0, "\(outcome.transcript)")
        return folder
    }

    /// A folder with a copy of a task's run and data, to be spoilt.
    static func copy(_ task: String) throws -> TemporaryFolder {
        let source = try runs[task]!.get(), folder = TemporaryFolder()
        for name in ["run", "train"] { try FileManager.default.copyItem(atPath: source[name], toPath: folder[name]) }
        return folder
    }
}
