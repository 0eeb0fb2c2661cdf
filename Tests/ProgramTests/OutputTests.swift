import Foundation
import Testing

/// Where results go, and what happens where they cannot.
@Suite struct OutputTests {
    private let train = ["train", "lm", "train.txt", "--dev", "dev.txt", "--epochs", "1"] + TrainedRun.small

    @Test func anOldRunIsKeptUnlessForced() throws {
        let folder = try TrainedRun.copy()
        let before = folder.bytes("run/model.safetensors")
        let refused = try Program.run(train + ["-o", "run"], in: folder)
        #expect(refused.status == 73)
        #expect(refused.errors.contains("run: holds a run already") && refused.errors.contains("--force"))
        #expect(folder.bytes("run/model.safetensors") == before)
        try folder.write("mine", to: "run/notes.txt")
        let forced = try Program.run(train + ["-o", "run", "--force", "--seed", "9"], in: folder)
        #expect(forced.status == 0, "\(forced.transcript)")
        #expect(folder.bytes("run/model.safetensors") != before)
        #expect(folder.text("run/notes.txt") == "mine")
    }

    @Test func forceDoesNotDestroyBeforeTheTextIsRead() throws {
        let folder = try TrainedRun.copy()
        let before = folder.bytes("run/model.safetensors")
        let outcome = try Program.run(["train", "lm", "trian.txt", "-o", "run", "--force"], in: folder)
        #expect(outcome.status == 66)
        #expect(folder.bytes("run/model.safetensors") == before)
    }

    @Test func aFolderWithOtherThingsIsNotTaken() throws {
        let folder = try TrainedRun.texts()
        let outcome = try Program.run(train + ["-o", "."], in: folder)
        #expect(outcome.status == 73)
        #expect(outcome.errors.contains("is not empty"))
        #expect(try folder.names() == ["dev.txt", "train.txt"])
        #expect(try Program.run(train + ["-o", "train.txt"], in: folder).status == 73)
        #expect(try Program.run(train + ["-o", ""], in: folder).status == 73)
    }

    @Test func twoRunsDoNotShareAFolder() throws {
        let folder = try TrainedRun.texts()
        let first = try Training(
            ["lm", "train.txt", "-o", "run", "--epochs", "100000", "--evaluate-every", "20"] + TrainedRun.small, in: folder)
        try first.waitForLog("run", lines: 1)
        for arguments in [train + ["-o", "run"], train + ["-o", "run", "--force"], ["train", "--resume", "run"]] {
            let second = try Program.run(arguments, in: folder)
            #expect(second.status == 73)
            #expect(second.errors.contains("is in use by process"), "\(second.transcript)")
        }
        #expect(first.isRunning)
        first.send(SIGTERM)
        #expect(first.end().status == 143)
    }

    @Test func whatCannotBeWrittenIsFoundAtOnce() throws {
        let folder = try TrainedRun.texts()
        // Whoever runs the tests as root may write anywhere but in the kernel's own folders.
        var place = "/proc/elman-run"
        if geteuid() != 0 {
            place = "closed/run"
            try FileManager.default.createDirectory(
                atPath: folder["closed"], withIntermediateDirectories: false, attributes: [.posixPermissions: 0o500])
        }
        let outcome = try Program.run(train + ["-o", place], in: folder)
        #expect(outcome.status == 73)
        #expect(outcome.errors.contains("cannot be created"), "\(outcome.transcript)")
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func aFullDeviceIsToldOf() throws {
        let folder = try TrainedRun.words.get()
        for command in ["score run dev.txt", "evaluate run dev.txt", "generate run", "check-data dev.txt", "--help"] {
            let outcome = try Program.shell("\"$elman\" \(command) >/dev/full", in: folder)
            #expect(outcome.status == 74, "\(command): \(outcome.transcript)")
            #expect(outcome.errors.contains("standard output: No space left"))
        }
        let plot = try Program.run(["plot", "run", "-o", "/dev/full"], in: folder)
        #expect(plot.status == 74, "\(plot.transcript)")
    }

    /// Needs the right to mount a small file system; where it is missing nothing is checked.
    @Test(.enabled(if: geteuid() == 0 && FileManager.default.fileExists(atPath: "/proc/mounts")))
    func aFullDiskLeavesTheLastCheckpoint() throws {
        let folder = try TrainedRun.texts()
        let mounted = try Program.shell("mkdir disk && mount -t tmpfs -o size=400k tmpfs disk", in: folder)
        guard mounted.status == 0 else { return }
        defer { _ = try? Program.shell("umount disk", in: folder) }
        let fits = try Program.run(train + ["-o", "disk/run"], in: folder)
        try #require(fits.status == 0, "\(fits.transcript)")
        let checkpoint = folder.bytes("disk/run/checkpoints/last.safetensors")
        _ = try Program.shell("cat /dev/zero >disk/filler 2>/dev/null", in: folder)
        let outcome = try Program.run(["train", "--resume", "disk/run", "--epochs", "4"], in: folder)
        #expect(outcome.status == 74, "\(outcome.transcript)")
        #expect(outcome.errors.contains("No space left on device; make room"), "\(outcome.transcript)")
        #expect(folder.bytes("disk/run/checkpoints/last.safetensors") == checkpoint)
        try FileManager.default.removeItem(atPath: folder["disk/filler"])
        #expect(try Program.run(["train", "--resume", "disk/run", "--epochs", "4"], in: folder).status == 0)
        let names = try folder.names("disk/run") + folder.names("disk/run/checkpoints")
        #expect(!names.contains { $0.hasPrefix(".") })
    }

    /// A disk that is full for a while: the run ends after three tries, or waits for better times.
    @Test(.enabled(if: geteuid() == 0 && FileManager.default.fileExists(atPath: "/proc/mounts")), arguments: [false, true])
    func aDiskThatFillsUpIsToldOf(isIgnored: Bool) throws {
        let folder = try TrainedRun.texts()
        let mounted = try Program.shell("mkdir disk && mount -t tmpfs -o size=400k tmpfs disk", in: folder)
        guard mounted.status == 0 else { return }
        defer { _ = try? Program.shell("umount disk", in: folder) }
        let endless = Array(train.dropFirst().dropLast(TrainedRun.small.count + 1)) + ["1000000", "--evaluate-every", "50"]
        let training = try Training(
            endless + TrainedRun.small + ["-o", "disk/run"] + (isIgnored ? ["--ignore-save-errors"] : []), in: folder)
        try training.waitForLog("disk/run", lines: 2)
        try training.wait("checkpoint") { folder.has("disk/run/checkpoints/last.safetensors") }
        _ = try Program.shell("cat /dev/zero >disk/filler 2>/dev/null", in: folder)
        if isIgnored {
            try training.wait("attempt to save") { training.said("going on unsaved") }
            try FileManager.default.removeItem(atPath: folder["disk/filler"])
            let lines = folder.text("disk/run/log.jsonl").split(separator: "\n").count
            try training.waitForLog("disk/run", lines: lines + 5)
            training.send(SIGTERM)
        }
        let outcome = training.end()
        #expect(outcome.status == (isIgnored ? 143 : 74), "\(outcome.transcript)")
        for text in ["bytes: No space left on device; make room", "again in 1 second (2 of 3)", "in 4 seconds (3 of 3)"] {
            #expect(outcome.errors.contains(text), "\(outcome.transcript)")
        }
        try? FileManager.default.removeItem(atPath: folder["disk/filler"])
        let resumed = try Training(["--resume", "disk/run"], in: folder)
        try resumed.wait("progress") { resumed.said("going on at update") }
        resumed.send(SIGTERM)
        #expect(resumed.end().status == 143)
    }

    @Test func aDryRunWritesNothing() throws {
        let folder = try TrainedRun.texts()
        let outcome = try Program.run(
            ["train", "lm", "train.txt", "--dev", "dev.txt", "--dry-run"] + TrainedRun.small, in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        for text in ["rnn/0/recurrentWeights", "parameters", "memory: about", "8 updates an epoch", "first batch: 8 sentences"] {
            #expect(outcome.output.contains(text), "\(text) in \(outcome.output)")
        }
        #expect(try folder.names() == ["dev.txt", "train.txt"])
        let stream = try Program.run(
            ["train", "lm", "train.txt", "--dry-run", "--bptt", "5", "--unit", "char"] + TrainedRun.small, in: folder)
        #expect(stream.output.contains("first batch: 8 streams, 40 tokens"), "\(stream.output)")
    }

    @Test func aLossThatIsNoNumberStopsTheRun() throws {
        let folder = try TrainedRun.texts()
        let outcome = try Program.run(
            train + ["-o", "run", "--cell", "rnn-relu", "--optimizer", "sgd", "--learning-rate", "1e30"], in: folder)
        #expect(outcome.status == 70, "\(outcome.transcript)")
        #expect(outcome.errors.contains("elman: error: the loss is "))
        #expect(outcome.errors.contains("at update ") && outcome.errors.contains("lower the learning rate or set clip"))
        let kept = try #require(try folder.names("run").first { $0.hasPrefix("nan-step-") }, "\(outcome.transcript)")
        #expect(outcome.errors.contains("kept in run/\(kept); "), "\(outcome.transcript)")
        #expect(try folder.names("run/\(kept)") == ["checkpoint.safetensors", "model.safetensors", "step.json"])
        let step = folder.text("run/\(kept)/step.json")
        #expect(step.contains("\"sentence_numbers\"") && step.contains("the cat"), "\(step)")
        #expect(try Program.run(["inspect", "run/\(kept)/checkpoint.safetensors"], in: folder).status == 0)
        #expect(try Program.run(train + ["-o", "run", "--force"], in: folder).status == 0)
        #expect(!folder.has("run/\(kept)"))
    }

    /// Weights so large that the losses of the first sentences are beyond all numbers; those after them fit.
    @Test func updatesThatAreNoNumbersCanBeSkipped() throws {
        let folder = try TrainedRun.texts()
        let large = train + ["--cell", "rnn-relu", "--optimizer", "sgd", "--initial-range", "3e18", "--batch-size", "60"]
        let stopped = try Program.run(large + ["-o", "stopped"], in: folder)
        #expect(stopped.status == 70, "\(stopped.transcript)")
        let skipped = try Program.run(large + ["-o", "skipped", "--on-nan", "skip"], in: folder)
        #expect(skipped.status == 0, "\(skipped.transcript)")
        #expect(skipped.errors.contains("warning: update 1 skipped: the "), "\(skipped.transcript)")
        #expect(folder.has("skipped/nan-step-1/step.json"))
    }

    @Test func aRateFarTooHighIsWarnedOf() throws {
        let outcome = try Program.run(
            [
                "train", "lm", "train.txt", "--dev", "dev.txt", "--epochs", "10", "-o", "run", "--learning-rate", "1e6",
                "--optimizer",
                "sgd", "--hidden", "8", "--embedding", "6", "--batch-size", "2",
            ],
            in: TrainedRun.texts())
        #expect(outcome.errors.contains("elman: warning: "), "\(outcome.transcript)")
    }

    @Test func quietMeansQuiet() throws {
        let folder = try TrainedRun.texts()
        let outcome = try Program.run(train + ["-o", "run", "-q"], in: folder)
        #expect(outcome.status == 0)
        #expect(outcome.output.isEmpty && outcome.errors.isEmpty, "\(outcome.transcript)")
    }
}
