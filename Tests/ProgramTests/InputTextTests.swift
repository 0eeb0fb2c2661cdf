import Foundation
import Testing

/// Texts as they come from other people's programs.
@Suite struct InputTextTests {
    /// The entries of the vocabulary that a text gives, without `<unk>` and `</s>`.
    private func vocabulary(of bytes: [UInt8], _ more: [String] = []) throws -> Set<String> {
        let folder = TemporaryFolder()
        try folder.write(bytes, to: "text")
        let outcome = try Program.run(
            ["train", "lm", "text", "-o", "run", "--epochs", "1"] + TrainedRun.small + more, in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        return Set(folder.text("run/vocabulary.txt").split(separator: "\n").dropFirst(2).map(String.init))
    }

    @Test func lineEndsAndMarksAreNoTokens() throws {
        let plain = try vocabulary(of: Array("the cat\na dog\n".utf8))
        #expect(plain == ["the", "cat", "a", "dog"])
        #expect(try vocabulary(of: Array("the cat\r\na dog\r\n".utf8)) == plain)
        #expect(try vocabulary(of: [0xEF, 0xBB, 0xBF] + Array("the cat\na dog".utf8)) == plain)
        #expect(try vocabulary(of: Array("\n\nthe\tcat  \n \t\n a  dog\n\n".utf8)) == plain)
        #expect(try vocabulary(of: Array("a\u{A0}dog the\n".utf8)) == ["a\u{A0}dog", "the"])
    }

    @Test func composedAndDecomposedLettersDiffer() throws {
        let folder = TemporaryFolder()
        try folder.write("caf\u{E9} cafe\u{301}\n", to: "text")
        _ = try Program.run(["train", "lm", "text", "-o", "run", "--epochs", "1"] + TrainedRun.small, in: folder)
        #expect(folder.bytes("run/vocabulary.txt").count { $0 == UInt8(ascii: "\n") } == 4)
    }

    /// The form is kept with the run and given to every text that it meets.
    @Test(arguments: ["none", "nfc"]) func composedAndDecomposedLettersCanBeMadeOne(form: String) throws {
        let folder = TemporaryFolder()
        try folder.write("caf\u{E9} cafe\u{301} a b\n", to: "text")
        let trained = try Program.run(
            ["train", "lm", "text", "-o", "run", "--epochs", "1", "--normalize", form, "--dev", "text"] + TrainedRun.small,
            in: folder)
        #expect(trained.status == 0, "\(trained.transcript)")
        let isOne = form == "nfc"
        #expect(folder.bytes("run/vocabulary.txt").count { $0 == UInt8(ascii: "\n") } == (isOne ? 5 : 6))
        #expect(folder.text("run/config.json").contains("\"normalize\": \"\(form)\""))
        let scores = try ["caf\u{E9}\n", "cafe\u{301}\n"].map { line in
            try Program.run(["score", "run"], in: folder, input: line).output.split(separator: "\t").first
        }
        #expect((scores[0] == scores[1]) == isOne)
        let evaluations = try ["caf\u{E9}\n", "cafe\u{301}\n"].map { line in
            try Program.run(["evaluate", "run", "-", "--json"], in: folder, input: line).output
        }
        #expect((evaluations[0] == evaluations[1]) == isOne)
        #expect(evaluations[1].contains("\"unknown\":0"))
        let texts = try ["caf\u{E9}", "cafe\u{301}"].map { prompt in
            try Program.run(["generate", "run", "--prompt", prompt, "--length", "20"], in: folder).output
        }
        #expect((Array(texts[0].utf8) == Array(texts[1].utf8)) == isOne)
    }

    @Test func controlCharactersAreTokensButNotCommands() throws {
        let outcome = try Program.run(
            ["train", "lm", "x\u{1B}[31mred", "-o", "run"], in: TemporaryFolder())
        #expect(outcome.status == 66)
        #expect(!outcome.errors.contains("\u{1B}"))
        #expect(outcome.errors.contains("\\u{1B}[31m"))
        #expect(try vocabulary(of: Array("a\u{0}b \u{7}\n".utf8)) == ["a\u{0}b", "\u{7}"])
    }

    @Test(arguments: ["train", "evaluate", "score"])
    func invalidBytesAreNamed(command: String) throws {
        let folder = try TrainedRun.copy()
        try folder.write(Array("the cat\nthe c".utf8) + [0xFF] + Array("t\n".utf8), to: "bad")
        let arguments = command == "train" ? ["train", "lm", "bad", "-o", "new"] : [command, "run", "bad"]
        let outcome = try Program.run(arguments, in: folder)
        #expect(outcome.status == 65, "\(outcome.transcript)")
        #expect(outcome.errors.contains("bad:2: invalid UTF-8 at byte 6"), "\(outcome.transcript)")
        let replaced = try Program.run(
            ["train", "lm", "bad", "-o", "new", "--epochs", "1", "--invalid-utf8", "replace"] + TrainedRun.small, in: folder)
        #expect(replaced.status == 0, "\(replaced.transcript)")
        #expect(replaced.errors.contains("1 invalid bytes replaced"))
    }

    @Test(arguments: ["", "\n", "\n \n\t\n"])
    func textWithoutSentencesIsRefused(text: String) throws {
        let folder = try TrainedRun.copy()
        try folder.write(text, to: "empty")
        for arguments in [
            ["train", "lm", "empty", "-o", "new"], ["evaluate", "run", "empty"],
            ["train", "lm", "train.txt", "--dev", "empty", "-o", "new"],
        ] {
            let outcome = try Program.run(arguments, in: folder)
            #expect(outcome.status == 65)
            #expect(outcome.errors.contains("no sentences in empty"), "\(outcome.transcript)")
        }
        #expect(try Program.run(["check-data", "empty"], in: folder).status == 65)
    }

    @Test func oneSentenceIsEnough() throws {
        let folder = TemporaryFolder()
        try folder.write("only this", to: "text")
        for (number, more) in [["--batch-size", "64"], ["--bptt", "20", "--batch-size", "64"]].enumerated() {
            let outcome = try Program.run(
                ["train", "lm", "text", "-o", "run\(number)", "--epochs", "2", "--hidden", "4"] + more, in: folder)
            #expect(outcome.status == 0, "\(outcome.transcript)")
            #expect(outcome.errors.contains("larger than the training text") == (number == 0))
            #expect(try Program.run(["generate", "run\(number)", "--length", "4"], in: folder).status == 0)
        }
    }

    @Test func aLineOfAMegabyteIsCutOrStreamed() throws {
        let folder = TemporaryFolder()
        try folder.write("a b\n" + String(repeating: "the cat sees ", count: 80_000) + "\n", to: "text")
        let settings = ["--hidden", "4", "--embedding", "4", "--epochs", "1"]
        let outcome = try Program.run(["train", "lm", "text", "-o", "run", "--max-length", "300"] + settings, in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        #expect(outcome.errors.contains("1 line cut after 300 tokens, 239,700 tokens left out"), "\(outcome.transcript)")
        let dry = try Program.run(["train", "lm", "text", "--dry-run"] + settings, in: folder)
        #expect(dry.errors.contains("cut after 10,000 tokens"), "\(dry.transcript)")
        #expect(try Program.run(["check-data", "text"], in: folder).status == 0)
        #expect(try Program.shell("head -c 60000 text | \"$elman\" score run -", in: folder).lines.count == 2)
    }

    @Test func unknownWordsAreCounted() throws {
        let folder = try TrainedRun.words.get()
        let outcome = try Program.run(["evaluate", "run", "-", "--json"], in: folder, input: "the zebra sees quarks\n")
        #expect(outcome.output.contains("\"unknown\":2"), "\(outcome.transcript)")
    }

    @Test func whatIsNoFileIsNamed() throws {
        let folder = try TrainedRun.copy()
        _ = try Program.shell("ln -s loop loop", in: folder)
        for (name, text) in [("run", "is a folder"), ("loop", "symbolic links"), ("absent", "No such file")] {
            for arguments in [
                ["train", "lm", name, "-o", "new"], ["evaluate", "run", name], ["score", "run", name], ["check-data", name],
            ] {
                let outcome = try Program.run(arguments, in: folder)
                #expect(outcome.status == 66, "\(arguments): \(outcome.transcript)")
                #expect(outcome.errors.contains("\(name): "), "\(outcome.transcript)")
                #expect(outcome.errors.contains(text), "\(outcome.transcript)")
            }
        }
    }

    @Test func pipesAndStandardInputAreRead() throws {
        let folder = try TrainedRun.copy()
        let expected = try Program.run(["evaluate", "run", "dev.txt", "--json"], in: folder).output
        for line in [
            "cat dev.txt | \"$elman\" evaluate run - --json", "\"$elman\" evaluate run /dev/stdin --json <dev.txt",
            "mkfifo pipe; cat dev.txt >pipe & \"$elman\" evaluate run pipe --json",
        ] { #expect(try Program.shell(line, in: folder).output == expected) }
        let trained = try Program.shell(
            "cat train.txt | \"$elman\" train lm - --dev dev.txt -o new --epochs 2 \(TrainedRun.small.joined(separator: " "))",
            in: folder)
        #expect(trained.status == 0, "\(trained.transcript)")
        #expect(folder.bytes("new/model.safetensors") == folder.bytes("run/model.safetensors"))
    }
}
