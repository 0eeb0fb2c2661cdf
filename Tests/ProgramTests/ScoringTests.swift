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

    /// A cache and learning from the text: the JSON says so, scores add up to the evaluation, and the run stays as it was.
    @Test(arguments: [
        ["--cache", "20", "--cache-theta", "0.5", "--cache-weight", "0.2"], ["--dynamic", "sgd", "--dynamic-rate", "0.2"],
        ["--dynamic", "rms", "--cache", "50", "--dynamic-segment", "7"],
    ]) func adaptingToTheText(flags: [String]) throws {
        let folder = try run("stream")
        let weights = folder.bytes("run/model.safetensors")
        let plain = try Program.run(["evaluate", "run", "dev.txt", "--json"], in: folder).output
        let outcomes = try ["1", "2"].map { threads in
            try Program.run(["evaluate", "run", "dev.txt", "--json", "--threads", threads] + flags, in: folder)
        }
        #expect(outcomes[0].status == 0, "\(outcomes[0].transcript)")
        #expect(outcomes[0].output == outcomes[1].output)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(outcomes[0].output.utf8)) as? [String: Any])
        #expect((object["cache"] != nil) == flags.contains("--cache"))
        let rule = (object["dynamic"] as? [String: Any])?["rule"] as? String
        #expect(rule == (flags.firstIndex(of: "--dynamic").map { flags[$0 + 1] }))
        let before = try #require(try JSONSerialization.jsonObject(with: Data(plain.utf8)) as? [String: Any])
        #expect(before["cache"] == nil && before["dynamic"] == nil)
        let total = try #require(object["nll"] as? Double), old = try #require(before["nll"] as? Double)
        #expect(abs(total - old) > 1e-3 && object["tokens"] as? Int == before["tokens"] as? Int)
        let rows = try Program.run(["score", "run", "dev.txt"] + flags, in: folder).lines.map { $0.split(separator: "\t") }
        #expect(abs(-rows.reduce(0) { $0 + (Double($1[0]) ?? .nan) } - total) < 1e-9 * total)
        #expect(folder.bytes("run/model.safetensors") == weights)
    }

    @Test func adaptingIsRefusedWhereItCannotBe() throws {
        let words = try run("words"), stream = try run("stream")
        for (folder, flags, message) in [
            (words, ["--cache", "10"], "trained without --bptt"), (words, ["--dynamic", "sgd"], "trained without --bptt"),
            (stream, ["--cache", "10", "--reset-state"], "--reset-state"), (stream, ["--cache", "0"], "1 to 1000000"),
            (stream, ["--dynamic", "sgd", "--half"], "--weights bfloat16"),
            (stream, ["--dynamic", "sgd", "--weights", "int8"], "--weights int8"), (stream, ["--dynamic", "adam"], "sgd or rms"),
            (stream, ["--cache-theta", "1"], "is for --cache"), (stream, ["--dynamic-decay", "0.1"], "is for --dynamic"),
            (stream, ["--dynamic", "sgd", "--dynamic-text", "dev.txt"], "--dynamic rms"),
            (stream, ["--cache", "5", "--cache-weight", "1"], "below 1"),
        ] {
            for command in ["evaluate", "score"] {
                let outcome = try Program.run([command, "run", "dev.txt"] + flags, in: folder)
                #expect(outcome.status == 64, "\(outcome.transcript)")
                #expect(outcome.errors.contains(message), "\(outcome.transcript)")
            }
        }
        let missing = try Program.run(["evaluate", "run", "dev.txt", "--dynamic", "rms", "--dynamic-text", "no.txt"], in: stream)
        #expect(missing.status == 66, "\(missing.transcript)")
    }

    private func run(_ kind: String) throws -> TemporaryFolder {
        switch kind {
        case "stream": try TrainedRun.stream.get()
        case "characters": try TrainedRun.characters.get()
        default: try TrainedRun.words.get()
        }
    }
}
