import Foundation
import Testing

/// What is about to be misread is told, and what training knows of itself is logged.
@Suite struct ExperimentTests {
    private func train(_ folder: TemporaryFolder, dev: String, _ more: [String] = []) throws -> Outcome {
        try Program.run(
            ["train", "lm", "train.txt", "--dev", dev, "-o", "run", "--epochs", "1"] + TrainedRun.small + more, in: folder)
    }

    @Test func figuresOnTextsThatWereLearntAreCalledWhatTheyAre() throws {
        let folder = try TrainedRun.texts()
        let outcome = try train(folder, dev: "train.txt")
        #expect(outcome.status == 0 && outcome.errors.contains("train.txt is trained on too"), "\(outcome.transcript)")
        let evaluation = try Program.run(["evaluate", "run", "train.txt"], in: folder)
        #expect(evaluation.errors.contains("the model was trained on train.txt"))
    }

    @Test func figuresOnTheTextThatChoseTheModelAreCalledWhatTheyAre() throws {
        let folder = try TrainedRun.copy()
        let evaluation = try Program.run(["evaluate", "run", "dev.txt"], in: folder)
        #expect(evaluation.status == 0 && evaluation.errors.contains("was chosen by dev.txt"), "\(evaluation.transcript)")
        try folder.write(SampleText.sentences(9, from: 5000), to: "other.txt")
        #expect(try !Program.run(["evaluate", "run", "other.txt"], in: folder).errors.contains("chosen by"))
    }

    @Test func choosingByATestIsTold() throws {
        let folder = try TrainedRun.texts()
        try FileManager.default.copyItem(atPath: folder["dev.txt"], toPath: folder["test.txt"])
        #expect(try train(folder, dev: "test.txt").errors.contains("too good to report as a test's"))
    }

    @Test func theLogTellsOfUpdatesAndUnitsAndSoDoTheEvents() throws {
        let folder = try TrainedRun.texts()
        let outcome = try train(folder, dev: "dev.txt", ["--tensorboard"])
        #expect(outcome.status == 0, "\(outcome.transcript)")
        let log = try String(contentsOfFile: folder["run/log.jsonl"], encoding: .utf8)
        for key in ["update_ratio", "dead_units", "saturated"] { #expect(log.contains("\"\(key)\":")) }
        let events = try Data(contentsOf: URL(fileURLWithPath: folder["run/events.out.tfevents.elman"]))
        #expect(events.range(of: Data("dev_perplexity".utf8)) != nil)
    }
}
