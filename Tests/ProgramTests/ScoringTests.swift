import Foundation
import Testing

/// `evaluate` and `score`: the same numbers, to the last bit, however the work is cut.
@Suite struct ScoringTests {
    @Test(arguments: ["words", "stream", "characters"])
    func threadsChangeNothing(kind: String) throws {
        let folder = try run(kind)
        for command in [["evaluate", "run", "dev.txt", "--json"], ["score", "run", "dev.txt"]] {
            let outcomes = try ["1", "2", "3"].map { try Program.run(command + ["--threads", $0], in: folder) }
            #expect(outcomes[0].status == 0, "\(outcomes[0].transcript)")
            #expect(Set(outcomes.map(\.output)).count == 1)
        }
    }

    @Test(arguments: ["words", "stream", "characters"])
    func scoresAddUpToTheEvaluation(kind: String) throws {
        let folder = try run(kind)
        let scored = try Program.run(["score", "run", "dev.txt"], in: folder)
        let rows = scored.lines.map { $0.split(separator: "\t", maxSplits: 2) }
        #expect(rows.count == 15)
        let sum = -rows.reduce(0) { $0 + (Double($1[0]) ?? .nan) }
        let text = try Program.run(["evaluate", "run", "dev.txt", "--json"], in: folder).output
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let total = try #require(object["nll"] as? Double)
        #expect(abs(sum - total) < 1e-9 * total)
        #expect(rows.reduce(0) { $0 + (Int($1[1]) ?? 0) } == object["tokens"] as? Int)
        #expect(rows.map { String($0[2]) }.joined(separator: "\n") + "\n" == folder.text("dev.txt"))
    }

    @Test func aLineAloneScoresAsAmongOthers() throws {
        let folder = try run("words")
        let all = try Program.run(["score", "run", "dev.txt"], in: folder).lines
        let lines = folder.text("dev.txt").split(separator: "\n")
        for number in [0, 7, 14] {
            let alone = try Program.run(["score", "run", "-"], in: folder, input: lines[number] + "\n")
            #expect(alone.lines == [all[number]])
        }
    }

    @Test func aLongLineChangesNothingForItsNeighbours() throws {
        let folder = try run("words")
        let long = String(repeating: "the cat sees nothing at all ", count: 400)
        let both = try Program.run(["score", "run", "-"], in: folder, input: "the cat\n\(long)\na dog\n")
        #expect(both.lines.count == 3)
        let alone = try Program.run(["score", "run"], in: folder, input: "\(long)\n")
        #expect(both.lines[1] == alone.lines[0])
        #expect(both.lines[2] == (try Program.run(["score", "run"], in: folder, input: "a dog")).lines[0])
    }

    @Test func stateIsCarriedOnlyByStreamsAndOnlyUntilReset() throws {
        let folder = try run("stream"), twice = "the cat sees the moon\nthe cat sees the moon\n"
        let carried = try Program.run(["score", "run"], in: folder, input: twice).lines
        #expect(carried[0] != carried[1])
        let reset = try Program.run(["score", "run", "--reset-state"], in: folder, input: twice).lines
        #expect(reset[0] == reset[1])
        #expect(reset[0] == carried[0])
        let words = try Program.run(["score", "run"], in: run("words"), input: twice).lines
        #expect(words[0] == words[1])
    }

    @Test func tokensOfALineAddUp() throws {
        let folder = try run("words")
        let tokens = try Program.run(["score", "run", "--per-token"], in: folder, input: "the cat sees\nunheard-of\n").lines
        #expect(tokens.map { $0.split(separator: "\t").last ?? "" } == ["the", "cat", "sees", "</s>", "", "<unk>", "</s>", ""])
        let whole = try Program.run(["score", "run"], in: folder, input: "the cat sees").lines[0]
        let sum = tokens.prefix(4).reduce(0) { $0 + (Double($1.split(separator: "\t")[0]) ?? .nan) }
        #expect(abs(sum - (Double(whole.split(separator: "\t")[0]) ?? .nan)) < 1e-5)
    }

    private func run(_ kind: String) throws -> TemporaryFolder {
        switch kind {
        case "stream": try TrainedRun.stream.get()
        case "characters": try TrainedRun.characters.get()
        default: try TrainedRun.words.get()
        }
    }
}
