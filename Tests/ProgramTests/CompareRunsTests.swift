import Elman
import Testing

/// Trained runs compared on one test set.
@Suite struct CompareRunsTests {
    private static let scores = [
        "classify": "accuracy", "tag": "span_f1", "seq2seq": "bleu", "tree": "root_accuracy", "parse": "las", "lm": "perplexity",
    ]

    private func copy(_ task: String) throws -> TemporaryFolder {
        guard task == "lm" else { return try TaskRun.copy(task) }
        let folder = try TrainedRun.copy()
        try folder.write(folder.bytes("dev.txt"), to: "train")
        return folder
    }

    private func compare(_ runs: [String], _ test: String, _ more: [String] = [], in folder: TemporaryFolder) throws -> Outcome {
        try Program.run(["compare"] + runs + ["--test", test] + more, in: folder)
    }

    /// Sums over examples are what `elman evaluate` says, and a run does not differ from itself.
    @Test(arguments: scores.keys.sorted()) func aRunDoesNotDifferFromItself(task: String) throws {
        let folder = try copy(task)
        let outcome = try compare(["run", "run"], "train", ["--json"], in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        let object = try #require(try JSONValue(parsing: Array(outcome.output.utf8), path: "-").asObject)
        let key = try #require(Self.scores[task])
        #expect(object["score"]?.asString == key && object["task"]?.asString == task)
        let measured = try Program.run(["evaluate", "run", "train", "--json"], in: folder)
        let evaluation = try JSONValue(parsing: Array(measured.output.utf8), path: "-")
        let expected = try #require(evaluation[key]?.asDouble)
        for run in try #require(object["runs"]?.asArray) {
            #expect(abs(try #require(run["score"]?.asDouble) - expected) <= 1e-9 * abs(expected), "\(task)")
        }
        let pair = try #require(object["comparisons"]?.asArray?.first)
        #expect(pair["difference"]?.asDouble == 0 && pair["p_bootstrap"]?.asDouble == 1 && pair["p_randomization"]?.asDouble == 1)
        #expect(pair["better"] == .null)
    }

    @Test func whatLearntIsBetterThanWhatDidNot() throws {
        let folder = TemporaryFolder()
        let sample = try #require(TaskTests.samples.first { $0.task == "classify" })
        try folder.write(sample.training, to: "train")
        for (run, rate) in [("good", "0.02"), ("bad", "1e-9"), ("worse", "1e-9")] {
            let outcome = try Program.run(
                ["train", "classify", "train", "--dev", "train", "-o", run, "--epochs", "6", "--batch-size", "4"]
                    + ["--learning-rate", rate], in: folder)
            #expect(outcome.status == 0)
        }
        let outcome = try compare(["good", "bad", "worse"], "train", ["-o", "out"], in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        #expect(outcome.lines.count { $0.hasSuffix("good is better") } == 2)
        #expect(outcome.lines.count { $0.hasSuffix("no difference") } == 1)
        let object = try ComparedTexts.object("out/comparison.json", in: folder)
        let pair = try #require(object["comparisons"]?.asArray?.first)
        #expect(pair["better"]?.asString == "good" && pair["first_higher"]?.asDouble == 1)
        #expect(try #require(pair["p_corrected"]?.asDouble) < 0.01)
    }

    @Test func modelsOfOtherWordsAreWarnedOf() throws {
        let folder = try TrainedRun.copy()
        let outcome = try Program.run(
            ["train", "lm", "train.txt", "--dev", "dev.txt", "-o", "few", "--vocabulary-size", "10", "--epochs", "1"]
                + TrainedRun.small, in: folder)
        #expect(outcome.status == 0)
        #expect(try compare(["run", "few"], "dev.txt", in: folder).errors.contains("different vocabularies"))
    }

    @Test func whatCannotBeComparedIsRefused() throws {
        let folder = try TaskRun.copy("retrieve")
        let retrieval = try compare(["run", "run"], "train", in: folder)
        #expect(retrieval.status == 64 && retrieval.errors.contains("gives no results by example"), "\(retrieval.transcript)")
        let classifier = try TaskRun.copy("classify")
        #expect(try compare(["run"], "train", in: classifier).errors.contains("name two or more"))
        #expect(try compare(["run", "run"], "none", in: classifier).status == 66)
        let foreign = try compare(["run", "run"], "train", ["--hidden", "5"], in: classifier)
        #expect(foreign.status == 64 && foreign.errors.contains("--hidden is for configurations"))
        #expect(try compare(["clasify"], "train", in: classifier).errors.contains("did you mean \"classify\"?"))
        #expect(try Program.run(["compare", "run", "run"], in: classifier).errors.contains("--test or --dev"))
    }
}
