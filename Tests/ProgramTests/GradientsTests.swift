import Foundation
import Testing

/// How far networks learn back, by command.
@Suite struct GradientsTests {
    @Test func cellsAreComparedBeforeAndAfterLearning() throws {
        let folder = TemporaryFolder()
        let outcome = try Program.run(
            [
                "gradients", "--cells", "rnn,lstm", "--hidden", "8", "--length", "8", "--updates", "20", "--html", "flow.html",
                "--json",
            ], in: folder)
        try #require(outcome.status == 0, "\(outcome.transcript)")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let networks = try #require(object["networks"] as? [[String: Any]])
        #expect(networks.compactMap { $0["name"] as? String } == ["rnn", "lstm"])
        #expect(networks.allSatisfy { ($0["initial"] as? [Double])?.count == 9 && ($0["trained"] as? [Double])?.count == 9 })
        let page = try String(contentsOfFile: folder["flow.html"], encoding: .utf8)
        #expect(page.contains("At initialisation") && page.contains("After learning") && page.contains("forgetGate"))
    }

    @Test func aTrainedModelIsMeasuredOnAText() throws {
        let folder = try TrainedRun.words.get()
        let outcome = try Program.run(["gradients", "run", "dev.txt", "--length", "12"], in: folder)
        #expect(outcome.status == 0 && outcome.output.contains("rnn/0"), "\(outcome.transcript)")
        #expect(outcome.output.contains("forgetGate") && outcome.output.contains("tokens before"), "\(outcome.transcript)")
        #expect(!outcome.output.contains("tokens after"), "\(outcome.transcript)")
        // Of every line two words and the mark before them.
        let short = try Program.run(["gradients", "run", "dev.txt", "--length", "2", "--json"], in: folder).output
        let object = try #require(try JSONSerialization.jsonObject(with: Data(short.utf8)) as? [String: Any])
        #expect(((object["networks"] as? [[String: Any]])?.first?["trained"] as? [Double])?.count == 3, "\(short)")
    }

    @Test(arguments: ["classify", "tag", "seq2seq", "retrieve", "parse"])
    func runsOfEveryTaskWithAnEncoderAreMeasured(_ task: String) throws {
        let folder = try TaskRun.copy(task)
        let outcome = try Program.run(["gradients", "run", "train", "--json", "--html", "page.html"], in: folder)
        try #require(outcome.status == 0, "\(outcome.transcript)")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let networks = try #require(object["networks"] as? [[String: Any]])
        #expect(networks.allSatisfy { (($0["trained"] as? [Double])?.first ?? 0) > 0.99 }, "\(outcome.output)")
        let before = try #require((object["loss"] as? [String: Any])?["before"] as? [Double])
        #expect(before.count > 1 && networks.count > 0 && before.allSatisfy { $0.isFinite } && before[0] > 0)
        #expect(try String(contentsOfFile: folder["page.html"], encoding: .utf8).contains("Gradient of the loss"))
    }

    @Test func aModelWithoutStepsIsRefused() throws {
        let outcome = try Program.run(["gradients", "run", "train"], in: try TaskRun.copy("tree"))
        #expect(outcome.status == 78 && outcome.errors.contains("step by step"), "\(outcome.transcript)")
    }

    @Test func memoryTasksTellWhatIsSolved() throws {
        let folder = TemporaryFolder()
        let outcome = try Program.run(
            [
                "memory-tasks", "--task", "recall", "--lengths", "3,5", "--cells", "lstm", "--hidden", "16", "--updates", "300",
                "--learning-rate", "0.02", "--html", "tasks.html",
            ], in: folder)
        #expect(outcome.status == 0 && outcome.output.contains("5 steps"), "\(outcome.transcript)")
        #expect(try String(contentsOfFile: folder["tasks.html"], encoding: .utf8).contains("<svg"))
    }

    @Test(arguments: [
        (["gradients", "--cells", "lstn"], "did you mean \"lstm\""), (["gradients", "--learn", "ading"], "adding"),
        (["gradients", "nowhere"], "no text to measure on"), (["memory-tasks", "--lengths", "5,x"], "'x'"),
        (["memory-tasks", "--task", "coppy"], "copy"), (["gradients", "run", "text", "--texts", "0"], "1 to 10000"),
    ])
    func wrongUsageIsNamed(_ arguments: [String], _ part: String) throws {
        let outcome = try Program.run(arguments, in: TemporaryFolder())
        #expect(outcome.status == 64 && outcome.errors.contains(part), "\(outcome.transcript)")
    }
}
