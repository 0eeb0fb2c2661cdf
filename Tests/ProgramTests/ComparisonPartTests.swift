import Elman
import Testing

@testable import ElmanProgram

/// The parts that comparisons are shown with.
@Suite struct ComparisonPartTests {
    @Test func theBestIsMarkedByAWord() {
        func column(_ values: [Double?], lowerIsBetter: Bool = false) -> [String] {
            BestMarks.column(values, lowerIsBetter: lowerIsBetter) { fixed($0, 1) }
        }
        #expect(column([9.5, 10.25, nil]) == [" 9.5", "10.2 best", "   –"])
        #expect(column([9.5, 10.25, nil], lowerIsBetter: true) == [" 9.5 best", "10.2", "   –"])
        // What reads the same is as good.
        #expect(column([1.01, 1.02, 0.5]) == ["1.0 best", "1.0 best", "0.5"])
        #expect(column([1.01, 1.02]) == ["1.0", "1.0"])
        #expect(column([2, .infinity], lowerIsBetter: true) == ["2.0", "inf"])
        #expect(column([3]) == ["3.0"])
        #expect(column([nil, nil]) == ["–", "–"])
    }

    @Test func everyValueIsADot() {
        let plot = DotPlot(
            title: "A < B", xLabel: "score", text: { fixed($0, 2) },
            rows: [
                DotPlot.Row(name: "one", values: [(1, "a"), (2, "b"), (.nan, "c")], mean: 1.5, interval: 1...2, color: 0),
                DotPlot.Row(name: "a name that is too long for the margin", values: [(1.5, "d")], mean: 1.5, color: 8),
                DotPlot.Row(name: "none", values: [], color: 2),
            ])
        let drawing = plot.svg()
        #expect(isWellFormed(drawing.standalone))
        #expect(drawing.body.split(separator: "<circle").count - 1 == 5)
        #expect(drawing.body.contains("<title>one: 95 % interval of the mean 1.00 to 2.00</title>"))
        #expect(!drawing.body.contains("nan"))
    }

    @Test func scoresAreKnownByTheirKeys() throws {
        #expect(try ComparedScore(nil, among: ["perplexity", "bleu"]).key == "bleu")
        #expect(try ComparedScore(nil, among: ["accuracy", "span_f1"]).key == "span_f1")
        #expect(throws: ProgramError.self) { try ComparedScore("acuracy", among: ["accuracy"]) }
        #expect(ComparedScore.keys(of: ["task": "lm", "tokens": 5, "perplexity": 7.5, "state": "reset"]) == ["perplexity"])
        #expect(ComparedScore(key: "perplexity").isLowerBetter && !ComparedScore(key: "las").isLowerBetter)
        #expect(ComparedScore(key: "accuracy").text(0.3821) == "38.21" && ComparedScore(key: "bleu").text(21.5) == "21.50")
        #expect(ComparedScore(key: "accuracy").signedText(0.01) == "+1.00")
    }

    @Test func theTargetIsReachedWhenItIsFirstReached() {
        func log(_ key: String, _ values: [Double]) -> TrainingRun {
            TrainingRun(
                name: "run",
                rows: values.enumerated().map {
                    ["step": Double($0.offset + 1), key: $0.element, "seconds": Double($0.offset) * 2]
                })
        }
        let accuracy = ComparedScore(key: "accuracy"), perplexity = ComparedScore(key: "perplexity")
        #expect(SeedComparison.secondsToReach(0.5, in: log("dev_accuracy", [0.2, 0.5, 0.4, 0.6]), accuracy) == 2)
        #expect(SeedComparison.secondsToReach(0.7, in: log("dev_accuracy", [0.2, 0.5]), accuracy) == nil)
        #expect(SeedComparison.secondsToReach(100, in: log("dev_perplexity", [300, 120, 90]), perplexity) == 4)
        #expect(SeedComparison.secondsToReach(100, in: log("train_loss", [3]), perplexity) == nil)
    }

    @Test(
        arguments: [
            (["hiden=4,8"], [:], "'hiden' of --vary has no meaning for task classify; did you mean \"hidden\"?"),
            (["seed=1,2"], [:], "--first-seed"), ([], ["seed": 3], "--seed cannot be set here"),
            (["cell=gru,lsmt"], [:], "--cell is 'lsmt'; did you mean \"lstm\"?"), (["cell"], [:], "write KEY=VALUE"),
            (["cell="], [:], "write KEY=VALUE"), (["hidden=3,5"], ["hidden": 4], "'hidden' is given twice"),
            (["cell=gru", "cell=rnn"], [:], "'cell' is given twice"),
            (["cell=gru,gru"], [:], "two configurations are called 'cell=gru'"),
            (["hidden=4,0"], [:], "--hidden is 0"), ([], ["bptt": 5], "--bptt has no meaning for task classify"),
            ([], ["dropout": 2], "--dropout is 2"),
        ] as [([String], JSONObject, String)])
    func configurationsAreCheckedAsATrainingIs(variations: [String], flags: JSONObject, hint: String) throws {
        let choice = ConfigurationChoice(variations: variations, flags: flags)
        let error = #expect(throws: ProgramError.self) {
            try choice.configurations(of: ClassifyProgramTask.self, TrainingSources(training: ["train.txt"]))
        }
        #expect(error?.status == .usage && error?.message.contains(hint) == true, "\(String(describing: error))")
    }

    @Test func configurationsOfFilesHaveTheirNames() throws {
        let folder = TemporaryFolder()
        try folder.write("{\"cell\": \"gru\", \"seed\": 5, \"epochs\": 3, \"_files\": []}", to: "a.json")
        try folder.write("{\"dropout\": 2}", to: "wrong.json")
        let sources = TrainingSources(training: ["train.txt"])
        let choice = ConfigurationChoice(files: [folder["a.json"]], variations: ["hidden=4,8"], flags: ["layers": 2])
        let made = try choice.configurations(of: ClassifyProgramTask.self, sources)
        #expect(made.map(\.name) == ["a,hidden=4", "a,hidden=8"])
        #expect(made.map(\.settings) == [4, 8].map { ["cell": "gru", "hidden": JSONValue($0), "layers": 2] })
        #expect(made.map(\.epochs) == [3, 3])
        for (name, hint) in [("wrong.json", "'dropout' is 2"), ("none.json", "No such file")] {
            let error = #expect(throws: DataError.self) {
                try ConfigurationChoice(files: [folder[name]]).configurations(of: ClassifyProgramTask.self, sources)
            }
            #expect(error?.path == folder[name] && error?.message.contains(hint) == true)
        }
    }
}
