import Testing

/// `elman check-data` on the data of every task.
@Suite struct CheckDataTests {
    private func check(_ texts: [String], _ arguments: [String] = []) throws -> Outcome {
        let folder = TemporaryFolder()
        let names = ["a", "b", "c"].prefix(texts.count)
        for (name, text) in zip(names, texts) { try folder.write(text, to: name) }
        return try Program.run(["check-data"] + names + arguments, in: folder)
    }

    /// Whether a row of the report has a name and a beginning.
    private func has(_ outcome: Outcome, _ name: String, _ value: String) -> Bool {
        outcome.lines.contains { line in
            let parts = line.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
            return parts.hasPrefix("\(name) \(value)")
        }
    }

    @Test(arguments: [
        ("good ||| a b c\nbad ||| a\ngood ||| a b\n", "3 texts", "labels", "2: good (2), bad (1)", "1 to 3, 2.0 on average"),
        ("1\ta b c\n0\ta\n1\ta b\n1\ta b\n0\tb\n", "5 texts", "labels", "2: 1 (3), 0 (2)", "1 to 3, 1.8 on average"),
        ("__label__x a b\n__label__y a\n", "2 texts", "labels", "2: x (1), y (1)", "1 to 2, 1.5 on average"),
        ("a|B-P b|I-P\nc|O\n", "2 sentences", "tags", "3: B-P (1), I-P (1), O (1)", "1 to 2, 1.5 on average"),
        ("a B-P\nb I-P\n\nc O\n\n", "2 sentences", "tags", "3: B-P (1), I-P (1), O (1)", "1 to 2, 1.5 on average"),
        ("(3 (2 a) (4 b))\n(2 c)\n", "2 trees", "labels", "3: 2 (2), 4 (1), 3 (1)", "1 to 2, 1.5 on average"),
        (
            "1\ta\t_\tX\t_\t_\t0\troot\t_\t_\n2\tb\t_\tY\t_\t_\t1\tobj\t_\t_\n\n", "1 sentence", "relations",
            "2: root (1), obj (1)", "2 to 2, 2.0 on average"
        ),
    ])
    func examplesAndLabelsAreCounted(text: String, count: String, noun: String, labels: String, lengths: String) throws {
        let outcome = try check([text])
        #expect(outcome.status == 0, "\(outcome.transcript)")
        #expect(has(outcome, "examples", count), "\(outcome.transcript)")
        #expect(has(outcome, noun, labels), "\(outcome.transcript)")
        #expect(has(outcome, "tokens", lengths), "\(outcome.transcript)")
        #expect(!outcome.output.contains("bad lines"), "\(outcome.transcript)")
    }

    @Test func pairsAreCountedOnBothSides() throws {
        let outcome = try check(["a b\tx\nc\ty z\nd\t\n", "c\ty z\n"], ["--task", "seq2seq"])
        #expect(outcome.status == 0, "\(outcome.transcript)")
        #expect(has(outcome, "examples", "2 pairs, 1 left out"), "\(outcome.transcript)")
        #expect(has(outcome, "source tokens", "1 to 2, 1.5"), "\(outcome.transcript)")
        #expect(has(outcome, "target tokens", "1 to 2, 1.5"), "\(outcome.transcript)")
        #expect(outcome.output.contains("1 pair stands in the training file too"), "\(outcome.transcript)")
    }

    @Test func pairsOfTwoFilesAreReadTogether() throws {
        let folder = TemporaryFolder()
        try folder.write("a b\nc\n\n", to: "source")
        try folder.write("x\ny z\nw\n", to: "target")
        try folder.write("x\n", to: "short")
        let outcome = try Program.run(["check-data", "--source", "source", "--target", "target"], in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        #expect(has(outcome, "examples", "2 pairs, 1 left out"), "\(outcome.transcript)")
        let unequal = try Program.run(["check-data", "--source", "source", "--target", "short"], in: folder)
        #expect(unequal.status == 65 && unequal.output.contains("source:2: 3 lines, but short has 1"), "\(unequal.transcript)")
    }

    /// Every bad line is named, not the first alone.
    @Test(arguments: [
        ("classify", "good ||| a\nno label\n ||| b\nbad |||\ngood ||| c\n", [2, 3, 4], "2 texts"),
        ("classify", "a\tx\nb\nc\ty\n", [2], "2 texts"),
        ("classify", "__label__a __label__b x\n__label__a y\nz\n", [1, 3], "1 text"),
        ("tag", "a|X b|Y\nc d|X\n|X\ne|Z\n", [2, 3], "2 sentences"),
        ("tag", "a X\nb Y\n\nc X\nd\n\ne\n\nf X Z\n\ng Y\n", [5, 7, 9], "2 sentences"),
        ("seq2seq", "a\tb\nc\nd\te\tf\ng\th\n", [2, 3], "2 pairs"), ("tree", "(1 a\n(2 b)\n(1 a))\nx\n", [1, 3, 4], "1 tree"),
        (
            "parse",
            """
            1\ta\t_\tX\t_\t_\t0\troot\t_\t_

            1\ta\t_\tX\t_\t_\t9\troot\t_\t_

            # a comment

            1\ta\t_\tX\t_\t_\t0\troot\t_\t_
            3\ta\t_\tX\t_\t_\t1\tobj\t_\t_

            1\ta\n
            """, [3, 8, 10], "1 sentence"
        ),
        ("lm", "a\n\nb\n", [], "2 sentences"),
    ])
    func badLinesAreNamed(task: String, text: String, lines: [Int], count: String) throws {
        let outcome = try check([text], ["--task", task])
        #expect(outcome.status == (lines.isEmpty ? 0 : 65), "\(outcome.transcript)")
        #expect(has(outcome, "examples", count), "\(outcome.transcript)")
        let named = outcome.lines.filter { $0.hasPrefix("    a:") }.map { Int($0.split(separator: ":")[1]) }
        #expect(named == lines, "\(outcome.transcript)")
        let first = try check([text], ["--task", task, "--limit", "1"])
        #expect(first.lines.filter { $0.hasPrefix("    a:") }.count == min(1, lines.count))
        #expect(first.output.contains("and \(lines.count - 1) more") == (lines.count > 1), "\(first.transcript)")
    }

    @Test func invalidBytesAreBadLines() throws {
        let folder = TemporaryFolder()
        try folder.write(Array("1\ta\n0\tb".utf8) + [0xFF] + Array("\n1\tc\n0\td\n1\te\n".utf8), to: "a")
        let outcome = try Program.run(["check-data", "a"], in: folder)
        #expect(outcome.status == 65 && outcome.output.contains("    a:2: invalid UTF-8 at byte 4"), "\(outcome.transcript)")
    }

    @Test func whatDevelopmentDataShareAndLackIsTold() throws {
        let outcome = try check(["x ||| a b\ny ||| c\nx ||| a b\n", "x ||| a b\nz ||| d\nz ||| e\n"])
        #expect(outcome.status == 0, "\(outcome.transcript)")
        #expect(has(outcome, "duplicates", "1 of them"), "\(outcome.transcript)")
        #expect(outcome.output.contains("1 text stands in the training file too"), "\(outcome.transcript)")
        #expect(outcome.output.contains("not in the training file: z (2)"), "\(outcome.transcript)")
    }

    /// What is refused in training is a bad line here, and the other way round.
    @Test(arguments: TaskRun.tasks) func theTaskAgrees(task: String) throws {
        let folder = TemporaryFolder()
        for (name, text) in [("good", TaskRun.training(task)), ("bad", TaskRun.training(task) + "\n(((\n")] {
            try folder.write(text, to: name)
            let trained = try Program.run(["train", task, name, "--dry-run", "--hidden", "4"], in: folder)
            let checked = try Program.run(["check-data", name, "--task", task], in: folder)
            #expect(trained.status == checked.status && checked.status == (name == "good" ? 0 : 65), "\(checked.transcript)")
        }
    }

    @Test func standardInputIsReadOnce() throws {
        let folder = TemporaryFolder()
        let outcome = try Program.run(["check-data", "-", "--task", "tree"], in: folder, input: "(1 a)\n(2\n")
        #expect(outcome.status == 65 && outcome.output.contains("    standard input:2:"), "\(outcome.transcript)")
    }

    @Test(arguments: [
        ["--task", "lmm"], ["--task", "tag", "--column", "x"], ["--task", "seq2seq", "--columns", "1"], ["--limit", "-1"],
        ["--source", "a"], ["--dev-source", "a"],
    ])
    func wrongUseIsRefused(arguments: [String]) throws {
        #expect(try check(["a\n"], arguments).status == 64)
    }
}
