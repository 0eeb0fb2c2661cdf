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
