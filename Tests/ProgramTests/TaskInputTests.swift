import Foundation
import Testing

/// Bad input of every task, in training, evaluation and prediction: an error that names the file, never a crash.
@Suite struct TaskInputTests {
    /// Commands of a task that read a file: those that learn, measure and predict.
    private func commands(_ task: String, _ file: String) -> [[String]] {
        let small = ["--hidden", "4", "--embedding", "4", "--epochs", "1"]
        let predicts = task != "retrieve"
        return [
            ["train", task, file, "-o", "new"] + small, ["train", task, "train", "--dev", file, "-o", "new"] + small,
            ["evaluate", "run", file],
        ] + (predicts ? [["predict", "run", file]] : [])
    }

    /// Whether `predict` takes whatever stands in a line.
    private func readsPlainLines(_ task: String, _ command: [String]) -> Bool {
        command[0] == "predict" && ["classify", "seq2seq"].contains(task)
    }

    private func expect(_ command: [String], _ status: Int32, _ text: String, in folder: TemporaryFolder) throws {
        let outcome = try Program.run(command, in: folder)
        #expect(outcome.status == status, "\(command): \(outcome.transcript)")
        #expect(outcome.errors.contains(text), "\(command): \(outcome.transcript)")
        #expect(!folder.has("new"), "\(command)")
    }

    @Test(arguments: TaskRun.tasks) func filesOfNothingAreNamed(task: String) throws {
        let folder = try TaskRun.copy(task)
        for (name, text) in [("empty", ""), ("blank", "\n \n\t\n\n")] {
            try folder.write(text, to: name)
            for command in commands(task, name) {
                guard !readsPlainLines(task, command) else {
                    #expect(try Program.run(command, in: folder).status == 0)
                    continue
                }
                try expect(command, 65, name, in: folder)
            }
        }
    }

    @Test(arguments: TaskRun.tasks) func whatIsNoFileIsNamed(task: String) throws {
        let folder = try TaskRun.copy(task)
        for (name, text) in [("absent", "No such file"), ("run", "is a folder")] {
            for command in commands(task, name) { try expect(command, 66, text, in: folder) }
        }
    }

    @Test(arguments: TaskRun.tasks) func invalidTextIsNamedByItsLine(task: String) throws {
        let folder = try TaskRun.copy(task)
        let lines = TaskRun.training(task).split(separator: "\n", omittingEmptySubsequences: false)
        var bytes = Array(lines[0].utf8)
        let word = try #require(bytes.lastIndex { (0x61...0x7A).contains($0) })
        bytes[word] = 0xFF
        try folder.write(bytes + Array(("\n" + lines.dropFirst().joined(separator: "\n")).utf8), to: "invalid")
        for command in commands(task, "invalid") { try expect(command, 65, "invalid:1:", in: folder) }
        let replaced = try Program.run(
            ["train", task, "invalid", "--dry-run", "--invalid-utf8", "replace", "--hidden", "4"], in: folder)
        #expect(replaced.status == 0, "\(replaced.transcript)")
    }

    /// Line ends of Windows and a byte order mark are no part of the text; a missing last newline is nothing.
    @Test(arguments: TaskRun.tasks) func lineEndsAndMarksDoNotMatter(task: String) throws {
        let folder = try TaskRun.copy(task)
        let text = TaskRun.training(task)
        try folder.write(text.replacing("\n", with: "\r\n"), to: "windows")
        try folder.write([0xEF, 0xBB, 0xBF] + Array(text.utf8), to: "mark")
        try folder.write(String(text.dropLast()), to: "open")
        let small = ["--hidden", "4", "--embedding", "4", "--epochs", "1"]
        let plain = try Program.run(["evaluate", "run", "train", "--json"], in: folder).output
        for name in ["windows", "mark", "open"] {
            let trained = try Program.run(["train", task, name, "--dev", name, "-o", "run-\(name)"] + small, in: folder)
            #expect(trained.status == 0, "\(trained.transcript)")
            #expect(folder.bytes("run-\(name)/vocabulary.txt") == folder.bytes("run/vocabulary.txt"))
            #expect(folder.bytes("run-\(name)/model.safetensors") == folder.bytes("run/model.safetensors"), "\(name)")
            #expect(try Program.run(["evaluate", "run", name, "--json"], in: folder).output == plain)
        }
    }

    @Test(arguments: TaskRun.tasks) func zeroBytesArePartOfWords(task: String) throws {
        let folder = try TaskRun.copy(task)
        var bytes = Array(TaskRun.training(task).utf8)
        let word = try #require(bytes.firstIndex { (0x61...0x7A).contains($0) })
        bytes[word] = 0
        try folder.write(bytes, to: "zeros")
        for command in commands(task, "zeros") {
            let outcome = try Program.run(command, in: folder)
            #expect(outcome.status == 0, "\(command): \(outcome.transcript)")
            try? FileManager.default.removeItem(atPath: folder["new"])
        }
    }

    /// The data of every task given to every other that cannot read them.
    @Test(arguments: TaskRun.tasks) func dataOfAnotherTaskAreRefused(task: String) throws {
        let folder = try TaskRun.copy(task)
        for other in TaskRun.tasks + ["lm"] where other != task {
            try folder.write(TaskRun.training(other), to: "other")
            // A line with one tab is a label and a text as well as a pair; CoNLL-U has tags and is a list of pairs to nobody.
            let isReadable =
                ["seq2seq", "retrieve"].contains(task) && ["seq2seq", "retrieve"].contains(other)
                || task == "classify" && ["seq2seq", "retrieve", "parse"].contains(other) || task == "tag" && other == "parse"
            for command in commands(task, "other") {
                let outcome = try Program.run(command, in: folder)
                if isReadable || readsPlainLines(task, command) {
                    #expect([0, 65].contains(outcome.status), "\(other) \(command): \(outcome.transcript)")
                } else if task == "tag", command[0] == "predict" {
                    // Words without tags are what is predicted for.
                    #expect([0, 65].contains(outcome.status), "\(other) \(command): \(outcome.transcript)")
                } else {
                    #expect(outcome.status == 65, "\(other) \(command): \(outcome.transcript)")
                    #expect(outcome.errors.contains("other"), "\(other) \(command): \(outcome.transcript)")
                }
                try? FileManager.default.removeItem(atPath: folder["new"])
            }
        }
    }

    @Test(arguments: TaskRun.tasks) func oneExampleIsEnough(task: String) throws {
        let folder = try TaskRun.copy(task)
        let text = TaskRun.training(task)
        let end = task == "parse" ? text.range(of: "\n\n")!.upperBound : text.firstIndex(of: "\n")!
        try folder.write(String(text[..<end]) + "\n", to: "one")
        for command in commands(task, "one") {
            let outcome = try Program.run(command, in: folder)
            #expect(outcome.status == 0, "\(command): \(outcome.transcript)")
            try? FileManager.default.removeItem(atPath: folder["new"])
        }
    }

    @Test(arguments: [
        ("classify", "never ||| what a film\n", "never"), ("tag", "anna|B-NEVER kern|I-NEVER\n", "NEVER"),
        ("tree", "(9 (9 a) (9 b))\n", ""), ("parse", "1\tcats\t_\tX\t_\t_\t0\tnever\t_\t_\n\n", ""),
    ])
    func labelsThatTrainingLacksAreWrong(task: String, text: String, label: String) throws {
        let folder = try TaskRun.copy(task)
        try folder.write(text, to: "other")
        let measured = try Program.run(["evaluate", "run", "other"], in: folder)
        #expect(measured.status == 0, "\(measured.transcript)")
        #expect(label.isEmpty || (measured.output + measured.errors).contains(label), "\(measured.transcript)")
        let trained = try Program.run(
            ["train", task, "train", "--dev", "other", "-o", "new", "--hidden", "4", "--epochs", "1"], in: folder)
        #expect(trained.status == 0, "\(trained.transcript)")
    }

    /// A line of many words is cut in training, and read whole in prediction.
    @Test(arguments: ["classify", "tag", "seq2seq", "retrieve"]) func longLinesAreRead(task: String) throws {
        let folder = try TaskRun.copy(task)
        let words = String(repeating: "what ", count: 3000)
        let line =
            switch task {
            case "classify": "good ||| \(words)"
            case "tag": words.replacing("what", with: "what|O")
            default: "\(words)\t\(words)"
            }
        try folder.write(TaskRun.training(task) + line + "\n", to: "long")
        let arguments = ["train", task, "long", "-o", "new", "--hidden", "4", "--epochs", "1", "--max-length", "50"]
        let trained = try Program.run(arguments, in: folder)
        #expect(trained.status == 0 && trained.errors.contains("cut after 50 tokens"), "\(trained.transcript)")
        #expect(try Program.run(["evaluate", "run", "long"], in: folder).status == 0)
    }

    @Test func searchNamesWhatItCannotRead() throws {
        let folder = try TaskRun.copy("retrieve")
        try folder.write("one two three\nfour five\n", to: "sentences")
        try folder.write("", to: "empty")
        try folder.write(Array("one\n".utf8) + [0xFF, 10], to: "invalid")
        for (name, status, text) in [
            ("empty", Int32(65), "empty: has no sentences"), ("invalid", 65, "invalid:2:"), ("absent", 66, "absent"),
            ("run", 66, "run"),
        ] { try expect(["search", "run", "index", name, "-o", "new"], status, text, in: folder) }
        #expect(try Program.run(["search", "run", "index", "sentences", "-o", "index"], in: folder).status == 0)
        try expect(["search", "run", "query", "index", "invalid"], 65, "invalid:2:", in: folder)
        try expect(["search", "run", "query", "absent", "sentences"], 66, "absent", in: folder)
        try expect(["search", "run", "query", "run", "sentences"], 66, "run/vectors.safetensors", in: folder)
        let vectors = folder.bytes("index/vectors.safetensors")
        try folder.write(Array(vectors.prefix(20)), to: "index/vectors.safetensors")
        try expect(["search", "run", "query", "index", "sentences"], 65, "index/vectors.safetensors", in: folder)
        try folder.write(vectors, to: "index/vectors.safetensors")
        try folder.write("one\n", to: "index/sentences.txt")
        try expect(["search", "run", "query", "index", "sentences"], 65, "index/sentences.txt", in: folder)
    }

    @Test func filesOfPairsHaveEquallyManyLines() throws {
        let folder = try TaskRun.copy("seq2seq")
        try folder.write("one\ntwo\n", to: "two")
        try folder.write("one\n", to: "one")
        for command in [
            ["train", "seq2seq", "--source", "two", "--target", "one", "-o", "new"],
            ["train", "seq2seq", "train", "--dev-source", "two", "--dev-target", "one", "-o", "new"],
            ["evaluate", "run", "--source", "two", "--target", "one"],
        ] { try expect(command, 65, "two: 2 lines, but one has 1", in: folder) }
    }

    // MARK: Models

    @Test(arguments: TaskRun.tasks) func truncatedModelsAreRefused(task: String) throws {
        let folder = try TaskRun.copy(task)
        let whole = folder.bytes("run/model.safetensors")
        for count in [0, 9, whole.count / 2, whole.count - 1] {
            try folder.write(Array(whole.prefix(count)), to: "run/model.safetensors")
            try expect(["evaluate", "run", "train"], 65, "model.safetensors", in: folder)
        }
    }

    @Test(arguments: TaskRun.tasks) func filesOfAnotherSizeAreNamed(task: String) throws {
        for name in ["vocabulary.txt", "target-vocabulary.txt", "labels.txt", "tags.txt", "relations.txt"] {
            let folder = try TaskRun.copy(task)
            guard folder.has("run/\(name)") else { continue }
            let text = folder.text("run/\(name)"), count = text.split(separator: "\n").count
            try folder.write(text + (name == "tags.txt" ? "I-EXTRA\n" : "extra\n"), to: "run/\(name)")
            let outcome = try Program.run(["evaluate", "run", "train"], in: folder)
            #expect(outcome.status == 65, "\(name): \(outcome.transcript)")
            for part in [name, "has \(count + 1) entries", "made with \(count)"] {
                #expect(outcome.errors.contains(part), "\(name): \(outcome.transcript)")
            }
        }
    }

    /// The configuration of another task's run in this run's folder.
    @Test(arguments: TaskRun.tasks) func configurationsOfAnotherTaskAreRefused(task: String) throws {
        for other in TaskRun.tasks where other != task {
            let folder = try TaskRun.copy(task), otherFolder = try TaskRun.copy(other)
            try folder.write(otherFolder.bytes("run/config.json"), to: "run/config.json")
            let outcome = try Program.run(["evaluate", "run", "train"], in: folder)
            #expect([65, 66].contains(outcome.status), "\(other): \(outcome.transcript)")
            #expect(outcome.errors.hasPrefix("elman: error: run/") || outcome.errors.contains("train"), "\(outcome.transcript)")
        }
    }

    @Test(arguments: TaskRun.tasks) func forgedSizesAreRefused(task: String) throws {
        for size in ["5", "1000000000000", "-4", "\"4\"", "65536"] {
            let folder = try TaskRun.copy(task)
            try folder.replace("\"hidden\": 4", by: "\"hidden\": \(size)", in: "run/config.json")
            let outcome = try Program.run(["evaluate", "run", "train"], in: folder)
            #expect(outcome.status == 65, "\(size): \(outcome.transcript)")
            #expect(outcome.errors.hasPrefix("elman: error: run/"), "\(outcome.transcript)")
        }
    }
}
