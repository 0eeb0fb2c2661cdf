import Foundation
import Testing

/// What a run is after it was interrupted and resumed: the same as without, byte for byte.
@Suite struct InterruptionTests {
    /// A run of about a second with an evaluation every few updates, dropout and Adam: all kinds of state there are.
    private static let settings =
        TrainedRun.small + ["--epochs", "\(epochs)", "--evaluate-every", "4", "--dropout", "0.2", "--seed", "5"]
    /// Long enough to be interrupted, whether the program is optimised or not.
    #if DEBUG
        private static let epochs = 10
    #else
        private static let epochs = 200
    #endif
    private static let streamSettings = settings + ["--bptt", "7", "--schedule", "plateau", "--averaging", "exponential"]

    /// The weights of runs that nobody interrupted.
    private static let whole = Result { try uninterrupted(settings) }
    private static let wholeStream = Result { try uninterrupted(streamSettings) }

    private static func uninterrupted(_ settings: [String]) throws -> [UInt8] {
        let folder = try texts()
        let outcome = try Program.run(arguments(settings), in: folder)
        try #require(outcome.status == 0, "\(outcome.transcript)")
        return folder.bytes("run/model.safetensors")
    }

    /// The usual texts, with less to evaluate on.
    private static func texts() throws -> TemporaryFolder {
        let folder = try TrainedRun.texts()
        try folder.write(SampleText.sentences(4, from: 500), to: "dev.txt")
        return folder
    }

    private static func arguments(_ settings: [String]) -> [String] {
        ["train", "lm", "train.txt", "--dev", "dev.txt", "-o", "run"] + settings
    }

    private func begin(_ settings: [String] = InterruptionTests.settings) throws -> Training {
        try Training(Array(Self.arguments(settings).dropFirst()), in: Self.texts())
    }

    private func resume(_ folder: TemporaryFolder, _ more: [String] = []) throws -> Outcome {
        let outcome = try Program.run(["train", "--resume", "run"] + more, in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        return outcome
    }

    @Test(arguments: ["1", "2"])
    func killedAndResumedIsAsNeverKilled(threads: String) throws {
        let training = try begin()
        try training.waitForLog("run", lines: 4)
        training.send(SIGKILL)
        #expect(training.end().status == 137)
        _ = try resume(training.folder, ["--threads", threads])
        #expect(training.folder.bytes("run/model.safetensors") == (try Self.whole.get()))
        let steps = training.folder.text("run/log.jsonl").split(separator: "\n").map { $0.prefix { $0 != "," } }
        #expect(Set(steps).count == steps.count)
    }

    @Test func aKilledStreamGoesOnFromItsCarriedState() throws {
        let training = try begin(Self.streamSettings)
        try training.waitForLog("run", lines: 3)
        training.send(SIGKILL)
        _ = training.end()
        _ = try resume(training.folder, ["--threads", "1"])
        #expect(training.folder.bytes("run/model.safetensors") == (try Self.wholeStream.get()))
    }

    @Test func killedAgainAndAgainItStillArrives() throws {
        let folder = try Self.texts()
        var arguments = Array(Self.arguments(Self.settings).dropFirst())
        for lines in [1, 6, 11] {
            let training = try Training(arguments, in: folder)
            try training.waitForLog("run", lines: lines)
            training.send(SIGKILL)
            _ = training.end()
            arguments = ["--resume", "run"]
        }
        _ = try resume(folder)
        #expect(folder.bytes("run/model.safetensors") == (try Self.whole.get()))
        #expect(try folder.names("run/checkpoints") == ["last.safetensors"])
    }

    @Test func killedBeforeTheFirstCheckpointItBeginsAnew() throws {
        let folder = try Self.texts()
        let training = try Training(Array(Self.arguments(Self.settings).dropFirst()), in: folder)
        try training.wait("configuration") { folder.has("run/config.json") }
        training.send(SIGKILL)
        _ = training.end()
        try? FileManager.default.removeItem(atPath: folder["run/checkpoints/last.safetensors"])
        let outcome = try resume(folder)
        #expect(outcome.errors.contains("beginning anew"))
        #expect(folder.bytes("run/model.safetensors") == (try Self.whole.get()))
    }

    @Test(arguments: [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 129)] as [(Int32, Int32)])
    func aSignalSavesAndTellsHowToGoOn(signal: Int32, status: Int32) throws {
        let training = try begin()
        try training.waitForLog("run", lines: 2)
        training.send(signal)
        let outcome = training.end()
        #expect(outcome.status == status)
        #expect(outcome.errors.contains("continue with: elman train --resume run\n"), "\(outcome.transcript)")
        #expect(!training.folder.has("run/lock"))
        _ = try resume(training.folder)
        #expect(training.folder.bytes("run/model.safetensors") == (try Self.whole.get()))
    }

    @Test func anInterruptBeforeTheFirstEvaluationLeavesAModel() throws {
        let folder = try TrainedRun.texts()
        let training = try Training(
            ["lm", "train.txt", "--dev", "dev.txt", "-o", "run", "--epochs", "100000", "--evaluate-every", "1000000"]
                + TrainedRun.small, in: folder)
        try training.wait("configuration") { folder.has("run/config.json") }
        usleep(100_000)
        training.send(SIGINT)
        // One that came before the first update may have met a program that was still reading.
        if training.end().errors.contains("saved update") {
            #expect(try Program.run(["generate", "run", "--length", "3"], in: folder).status == 0)
        }
    }

    @Test func aRequestToSaveDoesNotStop() throws {
        let training = try begin(TrainedRun.small + ["--epochs", "200000", "--evaluate-every", "1000000"])
        try training.wait("configuration") { training.folder.has("run/config.json") }
        try training.wait("checkpoint") {
            usleep(20_000)
            training.send(SIGUSR1)
            return training.folder.has("run/checkpoints/last.safetensors")
        }
        #expect(training.isRunning)
        training.send(SIGTERM)
        #expect(training.end().status == 143)
    }

    @Test func aResumedRunStaysWhatItIs() throws {
        let folder = try TrainedRun.copy()
        let other = try Program.run(["train", "--resume", "run", "--hidden", "9"], in: folder)
        #expect(other.status == 78)
        #expect(other.errors.contains("'hidden' 8, not 9"))
        let done = try resume(folder)
        #expect(done.errors.contains("done already"))
        _ = try resume(folder, ["--epochs", "3"])
        #expect(folder.text("run/log.jsonl").split(separator: "\n").count == 3)
        try folder.replace("\"hidden\": 8", by: "\"hidden\": 9", in: "run/config.json")
        let edited = try Program.run(["train", "--resume", "run", "--epochs", "4"], in: folder)
        #expect(edited.status == 78)
        #expect(edited.errors.contains("'hidden' is 8 in the checkpoint and 9 now"), "\(edited.transcript)")
    }

    @Test func anotherTextIsRefused() throws {
        let folder = try TrainedRun.copy()
        try folder.write(SampleText.sentences(61), to: "train.txt")
        let outcome = try Program.run(["train", "--resume", "run", "--epochs", "3"], in: folder)
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("train.txt: is not the text"))
        try FileManager.default.removeItem(atPath: folder["train.txt"])
        #expect(try Program.run(["train", "--resume", "run", "--epochs", "3"], in: folder).status == 66)
    }
}
