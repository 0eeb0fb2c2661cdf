import Foundation
import Testing

/// Models that somebody cut, mixed up or forged: an error that names the file, never a crash and never a wrong number.
@Suite struct DamagedModelTests {
    @Test func everyTruncationIsNoticed() throws {
        let folder = try TrainedRun.copy()
        let whole = folder.bytes("run/model.safetensors")
        for count in [0, 1, 7, 8, 9, 100, whole.count / 2, whole.count - 4, whole.count - 1] {
            try folder.write(Array(whole.prefix(count)), to: "run/model.safetensors")
            let outcome = try Program.run(["score", "run", "dev.txt"], in: folder)
            #expect(outcome.status == 65, "cut to \(count): \(outcome.transcript)")
            #expect(outcome.errors.contains("model.safetensors"))
            #expect(outcome.output.isEmpty)
        }
    }

    @Test func flippedBitsNeverChangeANumber() throws {
        let folder = try TrainedRun.copy()
        let whole = folder.bytes("run/model.safetensors")
        let right = try Program.run(["evaluate", "run", "dev.txt", "--json"], in: folder).output
        for step in 0..<24 {
            let isData = step >= 12
            let position = isData ? whole.count - 1 - (step - 12) * (whole.count / 40) : step * 41
            var bytes = whole
            bytes[position] ^= 1 << UInt8(step % 8)
            try folder.write(bytes, to: "run/model.safetensors")
            let outcome = try Program.run(["evaluate", "run", "dev.txt", "--json"], in: folder)
            // Some letters of the header mean nothing.
            let isHarmless = !isData && outcome.status == 0 && outcome.output == right
            #expect(outcome.status == 65 || isHarmless, "byte \(position): \(outcome.transcript)")
            #expect(isHarmless || outcome.errors.contains("model.safetensors"))
        }
    }

    @Test func damagedCheckpointsAreNotResumed() throws {
        let folder = try TrainedRun.copy()
        let name = "run/checkpoints/last.safetensors", whole = folder.bytes("run/checkpoints/last.safetensors")
        var variants: [[UInt8]] = [0, 20, whole.count / 3, whole.count - 1].map { Array(whole.prefix($0)) }
        for position in stride(from: 9, to: whole.count, by: whole.count / 16) {
            var bytes = whole
            bytes[position] ^= 2
            variants.append(bytes)
        }
        for (number, bytes) in variants.enumerated() {
            try folder.write(bytes, to: name)
            let outcome = try Program.run(["train", "--resume", "run", "--epochs", "3"], in: folder)
            #expect(outcome.status == 65, "variant \(number): \(outcome.transcript)")
            #expect(outcome.errors.contains("last.safetensors"))
        }
    }

    @Test func newerFormatIsNamed() throws {
        let folder = try TrainedRun.copy()
        try folder.replace("\"format_version\": 1", by: "\"format_version\": 7", in: "run/config.json")
        let outcome = try Program.run(["score", "run", "dev.txt"], in: folder)
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("format 7, this program reads up to format 1"), "\(outcome.transcript)")
    }

    @Test func vocabularyOfAnotherSizeIsNamed() throws {
        let folder = try TrainedRun.copy()
        let count = folder.text("run/vocabulary.txt").split(separator: "\n").count
        try folder.write(folder.text("run/vocabulary.txt") + "extra\n", to: "run/vocabulary.txt")
        for command in [["evaluate", "run", "dev.txt"], ["score", "run", "dev.txt"], ["generate", "run"]] {
            let outcome = try Program.run(command, in: folder)
            #expect(outcome.status == 65)
            for text in ["vocabulary.txt", "model.safetensors", "has \(count + 1) entries", "made with \(count)"] {
                #expect(outcome.errors.contains(text), "\(outcome.transcript)")
            }
        }
    }

    @Test(arguments: ["../../x", "/etc/passwd", "..", "a/../../b"])
    func aPathOutOfTheFolderIsRefused(path: String) throws {
        let folder = try TrainedRun.copy()
        try folder.replace("\"seed\": 1", by: "\"seed\": 1, \"vocabulary\": \"\(path)\"", in: "run/config.json")
        for command in [
            ["score", "run", "dev.txt"], ["inspect", "run"], ["train", "--resume", "run"], ["plot", "run", "-o", "p"],
        ] {
            let outcome = try Program.run(command, in: folder)
            #expect(outcome.status == 65, "\(command): \(outcome.transcript)")
            #expect(outcome.errors.contains("leads out of the run's folder"))
        }
    }

    @Test(arguments: [
        ("\"hidden\": 8", "\"hidden\": 9"), ("\"hidden\": 8", "\"hidden\": 1000000000000"), ("\"hidden\": 8", "\"hidden\": -8"),
        ("\"hidden\": 8", "\"hidden\": \"8\""), ("\"hidden\": 8,", ""), ("\"cell\": \"lstm\"", "\"cell\": \"transformer\""),
        ("\"cell\": \"lstm\"", "\"cell\": \"gru\""), ("\"layers\": 1", "\"layers\": 3"),
        ("\"unit\": \"word\"", "\"unit\": \"char\""),
        ("\"task\": \"lm\"", "\"task\": \"tag\""), ("\"task\"", "\"tsk\""), ("\"format_version\": 1,", ""), ("{", "[{"),
        ("{", ""),
    ])
    func aConfigurationThatDoesNotFitIsNamed(old: String, new: String) throws {
        let folder = try TrainedRun.copy()
        try folder.replace(old, by: new, in: "run/config.json")
        let outcome = try Program.run(["evaluate", "run", "dev.txt"], in: folder)
        #expect(outcome.status == 65, "\(outcome.transcript)")
        #expect(outcome.errors.hasPrefix("elman: error: run/"))
    }

    @Test func missingPartsAreNamed() throws {
        for name in ["config.json", "model.safetensors", "vocabulary.txt"] {
            let folder = try TrainedRun.copy()
            try FileManager.default.removeItem(atPath: folder["run/\(name)"])
            let outcome = try Program.run(["score", "run", "dev.txt"], in: folder)
            #expect(outcome.status == 66)
            #expect(outcome.errors.contains(name), "\(outcome.transcript)")
        }
    }

    @Test(arguments: ["", "the\nthe\n", "a\n\nb\n", "\\q\n"])
    func aBrokenVocabularyIsNamed(text: String) throws {
        let folder = try TrainedRun.copy()
        try folder.write(text, to: "run/vocabulary.txt")
        let outcome = try Program.run(["score", "run", "dev.txt"], in: folder)
        #expect(outcome.status == 65, "\(outcome.transcript)")
        #expect(outcome.errors.contains("vocabulary.txt"))
    }

    @Test func theLogMayEndInHalfALine() throws {
        let folder = try TrainedRun.copy()
        try folder.write(folder.text("run/log.jsonl") + "{\"step\": 3, \"ep", to: "run/log.jsonl")
        #expect(try Program.run(["plot", "run", "-o", "p.html"], in: folder).status == 0)
        #expect(try Program.run(["inspect", "run"], in: folder).status == 0)
        let outcome = try Program.run(["train", "--resume", "run", "--epochs", "3"], in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        #expect(folder.text("run/log.jsonl").split(separator: "\n").count == 3)
    }
}
