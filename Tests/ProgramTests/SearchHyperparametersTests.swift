import Elman
import Foundation
import Testing

@testable import ElmanProgram

/// What a search begins with.
@Suite struct SearchPlanTests {
    @Test func rungsAreThoseOfThePaper() {
        func rungs(_ trials: Int, _ first: Int, _ epochs: Int, _ reduction: Int) -> [[Int]] {
            Halving(trials: trials, first: first, epochs: epochs, reduction: reduction).rungs.map { [$0.trials, $0.epochs] }
        }
        // The bracket s = 4 of table 1 of Li et al. 2018: η = 3, R = 81.
        #expect(rungs(81, 1, 81, 3) == [[81, 1], [27, 3], [9, 9], [3, 27], [1, 81]])
        #expect(rungs(34, 3, 81, 3) == [[34, 3], [11, 9], [3, 27], [1, 81]])
        #expect(rungs(10, 1, 10, 2) == [[10, 1], [5, 2], [2, 4], [1, 10]])
        #expect(rungs(8, 4, 6, 2) == [[8, 4], [4, 6]])
        #expect(rungs(1, 1, 9, 3) == [[1, 9]])
        #expect(rungs(5, 9, 9, 3) == [[5, 9]])
        #expect(Halving(trials: 9, first: 1, epochs: 9, reduction: 3).epochCount == 9 + 3 * 2 + 6)
    }

    private func space(_ json: String) throws -> SearchSpace {
        let folder = TemporaryFolder()
        try folder.write(json, to: "space.json")
        return try SearchSpace(reading: folder["space.json"], keys: ["hidden", "dropout", "learning-rate", "layers", "cell"])
    }

    @Test func valuesAreDrawnAsTheSpaceSays() throws {
        let space = try space(
            """
            {"hidden": [32, 64], "dropout": {"uniform": [0, 0.5]}, "learning-rate": {"log": [0.0001, 0.01]},
             "layers": {"integers": [1, 3]}, "cell": "gru"}
            """)
        let draws = (1...2000).map { space.settings(ofTrial: $0, seed: 5) }
        func mean(_ value: (JSONObject) -> Bool) -> Double { Double(draws.count(where: value)) / 2000 }
        for draw in draws {
            #expect(draw["cell"] == "gru" && [32, 64].contains(draw["hidden"]?.asInteger))
            #expect((0...0.5).contains(draw["dropout"]?.asDouble ?? -1))
            #expect((0.0001...0.01).contains(draw["learning-rate"]?.asDouble ?? -1))
            #expect((1...3).contains(draw["layers"]?.asInteger ?? -1))
        }
        // Five standard deviations.
        #expect(abs(mean { $0["hidden"] == 32 } - 0.5) < 0.056)
        #expect(abs(mean { $0["dropout"]!.asDouble! < 0.125 } - 0.25) < 0.049)
        #expect(abs(mean { $0["learning-rate"]!.asDouble! < 0.001 } - 0.5) < 0.056)
        #expect(abs(mean { $0["layers"] == 3 } - 1 / 3.0) < 0.053)
    }

    @Test func drawsFollowFromSeedAndNumberAlone() throws {
        let one = try space("{\"hidden\": [1, 2, 3, 4, 5, 6, 7, 8], \"dropout\": {\"uniform\": [0, 0.5]}}")
        let other = try space("{\"dropout\": {\"uniform\": [0, 0.5]}, \"hidden\": [1, 2, 3, 4, 5, 6, 7, 8]}")
        for trial in 1...20 { #expect(one.settings(ofTrial: trial, seed: 1) == other.settings(ofTrial: trial, seed: 1)) }
        #expect(one.settings(ofTrial: 1, seed: 1) != one.settings(ofTrial: 2, seed: 1))
        #expect(one.settings(ofTrial: 1, seed: 1) != one.settings(ofTrial: 1, seed: 2))
        // Four digits.
        let text = one.settings(ofTrial: 1, seed: 1)["dropout"]?.text() ?? ""
        #expect(text.count <= 7, "\(text)")
    }

    @Test(arguments: [
        ("{\"hiden\": [1]}", "did you mean \"hidden\"?"), ("{\"hidden\": []}", "'hidden' is []"),
        ("{\"dropout\": {\"uniform\": [1, 0]}}", "give [values]"), ("{\"dropout\": {\"log\": [0, 1]}}", "give [values]"),
        ("{\"dropout\": {\"normal\": [0, 1]}}", "give [values]"), ("{\"layers\": {\"integers\": [1, 2.5]}}", "give [values]"),
        ("{\"seed\": [1, 2]}", "give --seed"), ("[1]", "not an object"), ("{}", "not an object"),
    ])
    func aSpaceThatIsNoneIsRefused(json: String, hint: String) throws {
        let error = #expect(throws: DataError.self) { _ = try space(json) }
        #expect(error?.kind == .configuration && error?.message.contains(hint) == true, "\(String(describing: error))")
    }
}

/// Searches by the program.
@Suite struct SearchHyperparametersTests {
    private static let command = [
        "search-hyperparameters", "classify", "train.txt", "--dev", "dev.txt", "--space", "space.json", "-o", "out",
        "--trials", "4", "--epochs", "4", "--reduction", "2", "--batch-size", "8", "--embedding", "4",
    ]

    private static func texts() throws -> TemporaryFolder {
        let folder = try ComparedTexts.folder()
        try folder.write(
            "{\"hidden\": [3, 4], \"learning-rate\": {\"log\": [0.001, 0.05]}, \"cell\": [\"gru\", \"rnn\"]}", to: "space.json")
        return folder
    }

    private static let whole = Result {
        let folder = try texts()
        folder.removeAtExit()
        let outcome = try Program.run(command + ["--test", "test.txt"], in: folder)
        try #require(outcome.status == 0, "\(outcome.transcript)")
        return (folder: folder, outcome: outcome)
    }

    @Test func theBestOfEachRoundGoesOn() throws {
        let (folder, outcome) = try Self.whole.get()
        #expect(outcome.errors.contains("rounds: 4 × 1, 2 × 2, 1 × 4 epochs, 8 epochs of training in all"))
        let object = try ComparedTexts.object("out/search.json", in: folder)
        let trials = try #require(object["trials"]?.asArray)
        #expect(trials.map { $0["epochs"]?.asInteger } == [4, 2, 1, 1])
        #expect(object["best"] == trials[0]["trial"])
        // After the first round, those went on whose accuracy was highest.
        func accuracy(_ trial: JSONValue, epochs: Int) throws -> Double {
            let path = try #require(trial["run"]?.asString)
            let rows = try folder.text("\(path)/log.jsonl").split(separator: "\n").map {
                try JSONValue(parsing: Array($0.utf8), path: "-")
            }
            #expect(rows.count == trial["epochs"]?.asInteger)
            return rows.prefix(epochs).compactMap { $0["dev_accuracy"]?.asDouble }.max() ?? -1
        }
        let first = try trials.map { try accuracy($0, epochs: 1) }
        #expect(min(first[0], first[1]) >= max(first[2], first[3]))
        #expect(try accuracy(trials[0], epochs: 2) >= accuracy(trials[1], epochs: 2))
        #expect(trials[0]["score"]?.asDouble == (try accuracy(trials[0], epochs: 4)))
        #expect(outcome.lines.contains { $0.hasSuffix(" best") })
        #expect(outcome.output.contains("macro f1"))
    }

    @Test func theBestSettingsTrainTheBestModel() throws {
        let folder = try Self.whole.get().folder
        let best = try #require(try ComparedTexts.object("out/best.json", in: folder)["_trial"]?.asInteger)
        let outcome = try Program.run(
            ["train", "classify", "train.txt", "--dev", "dev.txt", "-o", "again", "--config", "out/best.json"], in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        #expect(folder.bytes("again/model.safetensors") == folder.bytes("out/trial-\(best)/run/model.safetensors"))
    }

    @Test func interruptedAndRepeatedIsAsNeverInterrupted() throws {
        let folder = try Self.texts()
        let search = try Training(command: Self.command, in: folder)
        try search.wait("log") { folder.text("out/trial-2/run/log.jsonl").contains("\n") }
        search.send(SIGTERM)
        #expect(search.end().status == 143)
        let outcome = try Program.run(Self.command, in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        let whole = try Self.whole.get().folder
        for name in ["out/search.json", "out/best.json"] { #expect(folder.text(name) == whole.text(name)) }
        // And a third time, with nothing left to do.
        #expect(try Program.run(Self.command, in: folder).status == 0)
        #expect(folder.text("out/search.json") == whole.text("out/search.json"))
    }

    @Test func aTrialThatFailsIsTheWorst() throws {
        let folder = try Self.texts()
        try folder.write("{\"memory-limit\": [\"1MB\", \"8GB\"]}", to: "space.json")
        let outcome = try Program.run(Self.command + ["--trials", "6"], in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        #expect(outcome.output.contains("failed, status 71"))
        #expect(try ComparedTexts.object("out/best.json", in: folder)["memory-limit"] == "8GB")
        try folder.write("{\"memory-limit\": [\"1MB\"]}", to: "space.json")
        var command = Self.command
        command[command.firstIndex(of: "out")!] = "none"
        let failed = try Program.run(command, in: folder)
        #expect(failed.status == 71 && failed.errors.contains("no trial came to its end"), "\(failed.transcript)")
    }

    @Test(arguments: [
        (["--hidden", "5"], 64, "--hidden is given and searched for"),
        (["--first-epochs", "9"], 64, "give fewer first ones"), (["--space", "wrong.json"], 64, "--dropout is"),
        (["--dev", "none.txt"], 66, "none.txt"),
    ])
    func whatIsWrongIsFoundBeforeAnythingIsTrained(more: [String], status: Int32, hint: String) throws {
        let folder = try Self.texts()
        try folder.write("{\"dropout\": {\"uniform\": [2, 3]}}", to: "wrong.json")
        let outcome = try Program.run(Self.command + more, in: folder)
        #expect(outcome.status == status, "\(outcome.transcript)")
        #expect(outcome.errors.contains(hint), "\(outcome.transcript)")
        #expect(!folder.has("out"))
    }
}
