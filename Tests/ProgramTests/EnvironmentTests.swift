import Foundation
import Testing

/// Nothing around the program changes its results.
@Suite struct EnvironmentTests {
    @Test func localeZoneAndHomeChangeNothing() throws {
        let folder = try TrainedRun.texts()
        let environments: [[String: String?]] = [
            [:], ["LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8", "TZ": "Asia/Kathmandu"],
            ["LC_ALL": "C", "HOME": nil, "TZ": nil, "PATH": nil, "TERM": nil],
            ["LC_ALL": "nonsense", "TMPDIR": "/nowhere", "HOME": "/nowhere"],
        ]
        var results: Set<String> = []
        for (number, environment) in environments.enumerated() {
            let trained = try Program.run(
                ["train", "lm", "train.txt", "--dev", "dev.txt", "-o", "run\(number)", "--epochs", "1"] + TrainedRun.small,
                in: folder,
                environment: environment)
            #expect(trained.status == 0, "\(trained.transcript)")
            let scored = try Program.run(["score", "run\(number)", "dev.txt"], in: folder, environment: environment)
            let evaluated = try Program.run(["evaluate", "run\(number)", "dev.txt"], in: folder, environment: environment)
            results.insert(scored.output + evaluated.output + "\(folder.bytes("run\(number)/model.safetensors"))")
        }
        #expect(results.count == 1)
    }

    @Test func aReaderThatLeavesEndsTheProgramQuietly() throws {
        let folder = try TrainedRun.words.get()
        let outcome = try Program.shell("(\"$elman\" generate run --length 200000; echo $? >&2) | head -n 1", in: folder)
        #expect(outcome.lines.count == 1)
        #expect(outcome.errors == "141\n", "\(outcome.transcript)")
    }

    @Test func outputThatIsNoTerminalHasNoColour() throws {
        let folder = try TrainedRun.texts()
        let outcome = try Program.run(["train", "lm", "train.txt", "-o", "run", "--epochs", "1"] + TrainedRun.small, in: folder)
        #expect(!outcome.errors.contains("\u{1B}") && !outcome.errors.contains("\r"), "\(outcome.transcript)")
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/script")))
    func aTerminalHasABar() throws {
        let folder = try TrainedRun.texts()
        let clear = "unset NO_COLOR CLICOLOR CLICOLOR_FORCE"
        let command = "elman train lm train.txt -o RUN --epochs 2 \(TrainedRun.small.joined(separator: " "))"
        for (variables, hasColour) in [("TERM=xterm LC_ALL=C.UTF-8", true), ("TERM=xterm LC_ALL=C.UTF-8 NO_COLOR=1", false)] {
            let line = command.replacingOccurrences(of: "elman ", with: "\"$elman\" ").replacingOccurrences(
                of: "RUN", with: "run\(hasColour)")
            let outcome = try Program.shell("\(clear); \(variables) script -qec '\(line)' /dev/null </dev/null", in: folder)
            #expect(outcome.status == 0, "\(outcome.transcript)")
            #expect(outcome.output.contains("epoch 1: "), "\(outcome.output)")
            let refused = try Program.shell("\(clear); \(variables) script -qec '\(line)' /dev/null </dev/null", in: folder)
            #expect(refused.output.contains("\u{1B}[1") == hasColour, "\(refused.output)")
        }
    }
}
