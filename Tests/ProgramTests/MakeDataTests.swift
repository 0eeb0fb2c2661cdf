import Foundation
import Testing

/// `elman make-data`: its files train models and judge them, and it refuses what it cannot do.
@Suite struct MakeDataTests {
    /// A training that takes no time.
    static let small = ["--embedding", "4", "--hidden", "4", "--epochs", "1", "-q"]

    @Test func textTrainsALanguageModelThatThePairsJudge() throws {
        let folder = TemporaryFolder()
        let command = ["make-data", "agreement", "-o", "data", "--count", "300", "--pairs", "40", "--attractors", "1"]
        let made = try Program.run(command, in: folder)
        #expect(made.status == 0 && made.output.isEmpty, "\(made.transcript)")
        #expect(made.errors.contains("wrote data/train.txt: 300 lines"))
        #expect(try folder.names("data") == ["dev.txt", "pairs.tsv", "rules.txt", "test.txt", "train.txt"])
        #expect(folder.text("data/rules.txt").contains("make-data agreement --attractors 1"))
        let trained = try Program.run(
            ["train", "lm", "data/train.txt", "--dev", "data/dev.txt", "-o", "run"] + Self.small, in: folder)
        #expect(trained.status == 0, "\(trained.transcript)")
        let judged = try Program.run(["pairs", "run", "data/pairs.tsv", "--json"], in: folder)
        #expect(judged.status == 0, "\(judged.transcript)")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(judged.output.utf8)) as? [String: Any])
        #expect(object["pairs"] as? Int == 40)
        let groups = try #require(object["groups"] as? [String: [String: Any]])
        #expect(Set(groups.keys) == ["group", "attractors", "distance"])
        #expect(groups["attractors"]?.keys.sorted() == ["0", "1"])
    }

    @Test(arguments: [
        ("parity", "classify", []), ("dyck", "classify", ["--classify"]), ("adding", "classify", ["--length", "8"]),
        ("recall", "classify", ["--distance", "6"]), ("copy", "seq2seq", ["--reverse"]), ("numbers", "seq2seq", []),
    ])
    func everyTaskTrainsOnItsData(kind: String, task: String, options: [String]) throws {
        let folder = TemporaryFolder()
        let made = try Program.run(["make-data", kind, "-o", "data", "--count", "200", "-q"] + options, in: folder)
        #expect(made.status == 0 && made.errors.isEmpty, "\(made.transcript)")
        let suffix = task == "classify" ? "txt" : "tsv"
        let trained = try Program.run(
            ["train", task, "data/train.\(suffix)", "--dev", "data/dev.\(suffix)", "-o", "run"] + Self.small, in: folder)
        #expect(trained.status == 0, "\(trained.transcript)")
        let evaluated = try Program.run(["evaluate", "run", "data/test.\(suffix)", "--json"], in: folder)
        #expect(evaluated.status == 0, "\(evaluated.transcript)")
    }

    @Test func theSameSeedWritesTheSameBytes() throws {
        let folder = TemporaryFolder()
        for (name, seed) in [("a", "5"), ("b", "5"), ("c", "6")] {
            let outcome = try Program.run(
                ["make-data", "dyck", "-o", name, "--seed", seed, "--count", "300", "--pairs", "50"], in: folder)
            #expect(outcome.status == 0, "\(outcome.transcript)")
        }
        for name in ["train.txt", "dev.txt", "test.txt", "pairs.tsv"] {
            #expect(!folder.bytes("a/\(name)").isEmpty)
            #expect(folder.bytes("a/\(name)") == folder.bytes("b/\(name)"))
            #expect(folder.bytes("a/\(name)") != folder.bytes("c/\(name)"))
        }
    }

    @Test func dataAreOverwrittenOnlyByForce() throws {
        let folder = TemporaryFolder()
        #expect(try Program.run(["make-data", "dyck", "-o", "data", "--count", "300"], in: folder).status == 0)
        try folder.write("mine", to: "data/notes.md")
        let before = folder.bytes("data/train.txt")
        let refused = try Program.run(["make-data", "parity", "-o", "data", "--count", "300"], in: folder)
        #expect(refused.status == 73 && refused.errors.contains("--force"), "\(refused.transcript)")
        #expect(folder.bytes("data/train.txt") == before)
        let forced = try Program.run(["make-data", "parity", "-o", "data", "--count", "300", "--force"], in: folder)
        #expect(forced.status == 0, "\(forced.transcript)")
        // The pairs of the other kind are gone, what was not made here stays.
        #expect(try folder.names("data") == ["dev.txt", "notes.md", "rules.txt", "test.txt", "train.txt"])
        #expect(folder.bytes("data/train.txt") != before)
    }

    @Test(arguments: [
        (["agrement", "-o", "d"], "did you mean \"agreement\"?"), (["-o", "d"], "<kind>"), (["parity"], "-o"),
        (["parity", "-o", "d", "--depth", "3"], "--depth has no meaning for parity; it takes --min-length, --max-length"),
        (["agreement", "-o", "d", "--attractors", "20"], "--attractors is 20; give 0 to 8"),
        (["dyck", "-o", "d", "--reverse"], "--reverse has no meaning for dyck"),
        (["parity", "-o", "d", "--count", "0"], "--count is 0; give 1 to 1000000"),
        (["parity", "-o", "d", "--max-length", "4"], "lower --count"), (["parity", "-o", "d", "--seed=-1"], "--seed is -1"),
        (["parity", "-o", "d", "--count", "many"], "'many' is invalid"),
        (["copy", "-o", "d", "--min-length", "9", "--max-length", "3"], "above --max-length 3"), (["copy", "-o", ""], "no name"),
        (["recall", "-o", "d", "--pairs", "5"], "--pairs has no meaning"),
    ])
    func wrongUsageIsRefused(arguments: [String], message: String) throws {
        let folder = TemporaryFolder()
        let outcome = try Program.run(["make-data"] + arguments, in: folder)
        #expect(outcome.status == 64, "\(outcome.transcript)")
        #expect(outcome.errors.hasPrefix("elman: error: ") && outcome.errors.contains(message), "\(outcome.transcript)")
        #expect(try folder.names().isEmpty)
    }
}
