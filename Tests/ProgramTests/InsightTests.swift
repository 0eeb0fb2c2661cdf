import Foundation
import Testing

/// `elman explain`, `units` and `probe`, and held units while generating.
@Suite struct InsightTests {
    private func page(_ folder: TemporaryFolder, _ name: String) throws -> String {
        let page = try String(contentsOfFile: folder[name], encoding: .utf8)
        // The namespace is named, nothing else.
        #expect(page.components(separatedBy: "http://").count == 2 && !page.contains("https://"))
        #expect(isWellFormed(page))
        return page
    }

    @Test func aLanguageModelIsExplainedAsTextAsPageAndAsObject() throws {
        let folder = try TrainedRun.copy()
        let text = try Program.run(["explain", "run", "the king walks"], in: folder)
        #expect(text.status == 0 && text.output.contains("gradient × input"), "\(text.transcript)")
        let written = try Program.run(["explain", "run", "the king walks", "--html", "a.html", "--save", "a.csv"], in: folder)
        #expect(written.status == 0, "\(written.transcript)")
        let page = try page(folder, "a.html")
        for part in ["What the model says", "Units and gates", "forgetGate", "Integrated gradients", "script-src &#39;nonce-"] {
            #expect(page.contains(part), "\(part)")
        }
        #expect(try String(contentsOfFile: folder["a.csv"], encoding: .utf8).hasPrefix("series,step,token,unit,value\n"))
        let object = try Program.run(["explain", "run", "the king walks", "--json", "--at", "2"], in: folder)
        let json = try #require(JSONSerialization.jsonObject(with: Data(object.output.utf8)) as? [String: Any])
        #expect((json["tokens"] as? [String])?.count == 4 && json["explained_decision"] as? Int == 2)
        #expect(try #require(json["completeness_error"] as? Double) < 0.05)
    }

    @Test func scriptsHaveNothingThatXMLReadsOtherwise() throws {
        let folder = try TrainedRun.copy()
        _ = try Program.run(["explain", "run", "the <b>king</b> & \"queen\"", "--html", "a.html"], in: folder)
        let page = try page(folder, "a.html")
        let script = try #require(page.components(separatedBy: "<script").last?.components(separatedBy: "</script>").first)
        #expect(!script.contains("<") && !script.contains("&") && !page.contains("<b>king"))
    }

    @Test func unitsAreRankedAndHeld() throws {
        let folder = try TrainedRun.characters.get(), html = TemporaryFolder()
        let arguments = ["units", folder["run"], folder["train.txt"], "--predicate", "line-position", "--ablate", "best"]
        let outcome = try Program.run(arguments + ["--html", html["units.html"]], in: html)
        #expect(
            outcome.status == 0 && outcome.output.contains("rnn/0/") && outcome.output.contains("ends of lines"),
            "\(outcome.transcript)")
        #expect(try page(html, "units.html").contains("The unit on the text"))
        let object = try Program.run(arguments + ["--json"], in: html)
        let json = try #require(JSONSerialization.jsonObject(with: Data(object.output.utf8)) as? [String: Any])
        let search = try #require((json["searches"] as? [[String: Any]])?.first)
        #expect((search["units"] as? [[String: Any]])?.count == 10 && search["control_mean"] is Double && json["held"] is [Any])
    }

    @Test func labelsOfTextsAreSearchedForWithOneUnitAndWithAll() throws {
        let folder = try TrainedRun.copy()
        // In the order of the labels: both halves that are searched and judged on still have both.
        let lines = (0..<40).map { $0 < 20 ? "up\tthe king walks in the garden" : "down\ta queen sleeps" }
        try folder.write(lines.joined(separator: "\n") + "\n", to: "labels.tsv")
        let outcome = try Program.run(["units", "run", "labels.tsv", "--predicate", "label"], in: folder)
        #expect(outcome.status == 0 && outcome.output.contains("one unit against all"), "\(outcome.transcript)")
        let object = try Program.run(["units", "run", "labels.tsv", "--predicate", "label", "--json"], in: folder).output
        let json = try #require(JSONSerialization.jsonObject(with: Data(object.utf8)) as? [String: Any])
        let units = try #require((json["searches"] as? [[String: Any]])?.first?["units"] as? [[String: Any]])
        #expect(abs(units.first?["r_held_out"] as? Double ?? 0) > 0.99, "\(units)")
    }

    @Test func unitsOfAClassifierAreHeldWhereItDecidesTheLabels() throws {
        let folder = try TaskRun.copy("classify"), arguments = ["--predicate", "label", "--ablate", "best"]
        let outcome = try Program.run(["units", "run", "train"] + arguments + ["--json"], in: folder)
        let json = try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let all = try #require((json["held"] as? [[String: Any]])?.first)
        #expect(all["count"] as? Int ?? 0 >= 20 && (all["loss"] as? Double) != (all["loss_held"] as? Double), "\(all)")
        try folder.write((0..<20).map { "\($0 % 2 == 0 ? "this" : "that")\ta film\n" }.joined(), to: "others.tsv")
        let others = try Program.run(["units", "run", "others.tsv"] + arguments, in: folder)
        #expect(others.status == 0 && others.transcript.contains("decides none of the labels"), "\(others.transcript)")
    }

    @Test func layersAreProbed() throws {
        let folder = try TrainedRun.copy()
        let outcome = try Program.run(["probe", "run", "train.txt", "--label", "length", "--html", "probe.html"], in: folder)
        #expect(
            outcome.status == 0 && outcome.output.contains("Selectivity") && outcome.output.contains("rnn/0"),
            "\(outcome.transcript)")
        #expect(try page(folder, "probe.html").contains("Accuracy of linear probes"))
    }

    @Test func generationHoldsUnitsAndTellsOfThoseThatAreNone() throws {
        let folder = try TrainedRun.copy()
        let free = try Program.run(["generate", "run", "--length", "30"], in: folder)
        let held = try Program.run(
            ["generate", "run", "--length", "30"] + (0..<8).flatMap { ["--pin", "rnn/0/hidden/\($0)=0.9"] }, in: folder)
        #expect(held.status == 0 && held.output != free.output, "\(held.transcript)")
        for wrong in ["rnn/1/hidden/0", "rnn/0/hidden/8", "hidden"] {
            let outcome = try Program.run(["generate", "run", "--ablate", wrong], in: folder)
            #expect(outcome.status == 64 && outcome.errors.contains("hidden"), "\(outcome.transcript)")
        }
    }

    /// A text of every task as it is written for `explain`, and what the answer names.
    static let tasks: [(task: String, text: [String], part: String)] = [
        ("classify", ["what a fine film"], "label"), ("tag", ["anna kern sees oslo"], "oslo"),
        ("seq2seq", ["one two three", "--target", "1 2 3"], "1: 1"),
        ("retrieve", ["one two three", "--target", "1 2 3"], "similarity"), ("tree", ["(1 (0 a) (1 b))"], "a b"),
        ("parse", ["cats|NOUN see|VERB dogs|NOUN"], "cats"),
    ]

    @Test(arguments: tasks) func modelsOfAllTasksAreExplainedAndDrawn(task: String, text: [String], part: String) throws {
        let folder = try TaskRun.copy(task)
        let explained = try Program.run(["explain", "run"] + text, in: folder)
        #expect(explained.status == 0 && explained.output.contains(part), "\(explained.transcript)")
        let written = try Program.run(
            ["explain", "run"] + text + ["--html", "a.html", "--save", "a.safetensors", "--json"], in: folder)
        #expect(written.status == 0, "\(written.transcript)")
        #expect(try page(folder, "a.html").contains("What decisions rest on"))
        let json = try #require(JSONSerialization.jsonObject(with: Data(written.output.utf8)) as? [String: Any])
        #expect(json["task"] as? String == task)
        let inspected = try Program.run(["inspect", "a.safetensors"], in: folder)
        #expect(inspected.status == 0, "\(inspected.transcript)")
        let drawn = try Program.run(["graph", "run"] + text + ["--html", "graph.html"], in: folder)
        #expect(drawn.status == 0 && drawn.output.contains("computed in"), "\(drawn.transcript)")
        #expect(try page(folder, "graph.html").contains("What ran together"))
    }

    @Test func whatCannotBeExplainedIsTold() throws {
        let folder = try TrainedRun.copy()
        try Data([0x61, 0xFF, 0x0A]).write(to: URL(fileURLWithPath: folder["bytes.txt"]))
        try folder.write("the\n", to: "short.txt")
        let wrong: [([String], Int32)] = [
            (["explain", "run"], 64), (["explain", "run", "a", "--at", "9"], 64),
            (["explain", "run", "a", "--label", "no such"], 64),
            (["explain", "run", "a", "--save", "a.txt"], 64), (["explain", "run", ""], 64),
            (["explain", "run", "--file", "none.txt"], 66), (["explain", "run", "a", "--target", " "], 64),
            (["explain", "run", "a", "--candidates", "0"], 64), (["explain", "run", "a", "--steps", "0"], 64),
            (["explain", "run", "--file", "bytes.txt"], 65), (["explain", "none", "a"], 66),
            (["units", "run", "bytes.txt", "--predicate", "line-position"], 65),
            (["units", "run", "short.txt", "--predicate", "line-position"], 65),
            (["units", "run", "train.txt", "--predicate", "line-position", "--pin", "rnn/0/hidden/1"], 64),
            (["units", "run", "train.txt", "--predicate", "line-position", "--ablate", "rnn/0/hidden/8"], 64),
            (["units", "run", "train.txt", "--predicate", "tag", "--column", "x"], 64),
            (["units", "run", "none.txt", "--predicate", "label"], 66), (["units", "run", "train.txt"], 64),
            (["probe", "run", "bytes.txt", "--label", "length"], 65), (["probe", "run", "short.txt", "--label", "length"], 65),
            (["probe", "run", "none.txt", "--label", "length"], 66), (["probe", "run", "train.txt", "--tokens", "1"], 64),
            (["units", "run", "train.txt", "--predicate", "colour"], 64),
            (["probe", "run", "train.txt", "--label", "pos"], 65), (["probe", "run", "train.txt", "--label", "shape"], 64),
        ]
        for (arguments, status) in wrong {
            let outcome = try Program.run(arguments, in: folder)
            #expect(outcome.status == status, "\(outcome.transcript)")
        }
    }
}
