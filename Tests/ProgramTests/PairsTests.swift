import Foundation
import Testing

/// `elman pairs`: the numbers, the comparison of models, and what is refused.
@Suite struct PairsTests {
    /// Word order that the sample's grammar has and its reverse.
    static let pairs = """
        good\tbad\torder
        the cat sees the moon\tthe cat the sees moon\tverb
        a dog sees the moon\ta dog the moon sees\tverb
        the cat sees a dog\tcat the sees a dog\tarticle

        """

    @Test func prefersWhatScoreFindsLikelier() throws {
        let folder = try TrainedRun.copy()
        try folder.write(Self.pairs, to: "pairs.tsv")
        let rows = Self.pairs.split(separator: "\n").dropFirst().map { $0.split(separator: "\t") }
        let sentences = rows.flatMap { $0.prefix(2) }.joined(separator: "\n")
        let scores = try Program.run(["score", "run"], in: folder, input: sentences).lines.compactMap { line in
            Double(line.split(separator: "\t")[0])
        }
        let right = stride(from: 0, to: scores.count, by: 2).count { scores[$0] > scores[$0 + 1] }
        let outcome = try Program.run(["pairs", "run", "pairs.tsv", "--json"], in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect(object["task"] as? String == "pairs")
        #expect(object["pairs"] as? Int == 3)
        #expect(object["accuracy"] as? Double == Double(right) / 3)
        #expect(object["ci95_low"] as? Double ?? 1 < Double(right) / 3 + 0.1)
        let groups = try #require((object["groups"] as? [String: Any])?["order"] as? [String: [String: Any]])
        #expect(groups["verb"]?["pairs"] as? Int == 2)
        #expect(groups["article"]?["pairs"] as? Int == 1)
    }

    @Test func groupsComeKindByKindAndNumbersBySize() throws {
        let folder = try TrainedRun.copy()
        let rows = [("b", 10), ("a", 9), ("b", 1)].map { "the cat sees the moon\tthe cat the sees moon\t\($0)\t\($1)" }
        try folder.write((["good\tbad\torder\tdistance"] + rows).joined(separator: "\n") + "\n", to: "pairs.tsv")
        let outcome = try Program.run(["pairs", "run", "pairs.tsv"], in: folder)
        let names = outcome.lines.filter { $0.hasPrefix("order") || $0.hasPrefix("distance") }.map {
            $0.split(separator: " ").prefix(2).joined(separator: " ")
        }
        #expect(names == ["order b", "order a", "distance 1", "distance 9", "distance 10"], "\(outcome.transcript)")
    }

    @Test func comparesWithAnotherRunAndWithCounts() throws {
        let folder = try TrainedRun.copy()
        try folder.write(Self.pairs, to: "pairs.tsv")
        let command = ["pairs", "run", "pairs.tsv", "--against", "run", "--ngram", "train.txt", "--order", "2"]
        let outcome = try Program.run(command, in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        #expect(outcome.output.contains("2-grams"))
        #expect(outcome.output.contains("0 pairs only the first has right, 0 only the second; p = 1"))
    }

    @Test(arguments: [
        (["pairs", "run", "bad.tsv"], Int32(65), "bad.tsv:2:"), (["pairs", "run", "none.tsv"], 66, "none.tsv"),
        (["pairs", "run", "empty.tsv"], 65, "no pairs"), (["pairs", "run"], 64, "<files>"),
        (["pairs", "run", "pairs.tsv", "--scoring", "sentense"], 64, "sentence"),
        (["pairs", "nothing", "pairs.tsv"], 66, "nothing"),
    ])
    func refusesWithTheReason(command: [String], status: Int32, message: String) throws {
        let folder = try TrainedRun.copy()
        try folder.write(Self.pairs, to: "pairs.tsv")
        try folder.write("a b\ta c\na b\ta b\n", to: "bad.tsv")
        try folder.write("\n", to: "empty.tsv")
        let outcome = try Program.run(command, in: folder)
        #expect(outcome.status == status, "\(outcome.transcript)")
        #expect(outcome.errors.contains(message), "\(outcome.transcript)")
    }
}
