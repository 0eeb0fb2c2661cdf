import Elman
import Foundation
import Testing

/// What runs take over from others, by the program alone.
@Suite struct TransferTests {
    /// Texts to pre-train on, texts with labels, and a language model of the former.
    private static func folder(_ flags: [String] = []) throws -> TemporaryFolder {
        let folder = TemporaryFolder()
        try folder.write(SampleText.sentences(60), to: "text")
        try folder.write(labelled(30), to: "train")
        try folder.write(labelled(10, from: 30), to: "dev")
        try pretrain(folder, "lm", flags)
        return folder
    }

    /// Sentences with a label that their subject says.
    private static func labelled(_ count: Int, from first: Int = 0) -> String {
        SampleText.sentences(count, from: 100 + first).split(separator: "\n").map { line in
            "\(line.hasPrefix("the") || line.hasPrefix("a ") ? "near" : "far") ||| \(line)\n"
        }.joined()
    }

    private static func pretrain(_ folder: TemporaryFolder, _ name: String, _ flags: [String] = []) throws {
        let outcome = try Program.run(
            ["train", "lm", "text", "-o", name, "--epochs", "1", "--embedding", "6", "--hidden", "8"] + flags, in: folder)
        try #require(outcome.status == 0, "\(outcome.transcript)")
    }

    private func train(_ flags: [String], in folder: TemporaryFolder, task: String = "classify") throws -> Outcome {
        try Program.run(["train", task, "train", "--dev", "dev", "--batch-size", "4"] + flags, in: folder)
    }

    private func configuration(_ run: String, in folder: TemporaryFolder) throws -> JSONObject {
        try #require(try JSONValue(parsing: folder.bytes("\(run)/config.json"), path: "config.json").asObject)
    }

    @Test func aRunStandsAloneOnceItHasBegun() throws {
        let folder = try Self.folder()
        let outcome = try train(["-o", "run", "--pretrained", "lm", "--epochs", "2"], in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        #expect(outcome.errors.contains("pretrained: parameters 4 loaded"), "\(outcome.transcript)")
        #expect(outcome.errors.contains("types known (100.00 %"), "\(outcome.transcript)")
        let configuration = try configuration("run", in: folder)
        #expect(configuration["pretrained"] == .null && configuration["_pretrained"]?.asString == "lm")
        #expect(configuration["one-direction"] == true && configuration["hidden"]?.asInteger == 8)
        #expect(configuration["embedding"]?.asInteger == 6)
        #expect(configuration["_transfer"]?["loaded"]?.asArray?.count == 4)
        // The checkpoint before the first update takes no time.
        let log = try JSONValue(parsing: Array(folder.text("run/log.jsonl").split(separator: "\n")[0].utf8), path: "log.jsonl")
        #expect(try #require(log["seconds"]?.asDouble) < 600)
        try FileManager.default.removeItem(atPath: folder.path + "/lm")
        let resumed = try Program.run(["train", "--resume", "run", "--epochs", "3"], in: folder)
        #expect(resumed.status == 0, "\(resumed.transcript)")
        #expect(try Program.run(["evaluate", "run", "dev"], in: folder).status == 0)
    }

    @Test func theFlagStandsBeforeTheFile() throws {
        let folder = try Self.folder()
        try Self.pretrain(folder, "other")
        try folder.write("{\"pretrained\": \"lm\", \"epochs\": 1}", to: "settings.json")
        for (flags, expected) in [([], "lm"), (["--pretrained", "other"], "other")] {
            let outcome = try train(["-o", "run-\(expected)", "--config", "settings.json"] + flags, in: folder)
            #expect(outcome.status == 0, "\(outcome.transcript)")
            #expect(try configuration("run-\(expected)", in: folder)["_pretrained"]?.asString == expected)
        }
    }

    /// All controls at once, killed on the way.
    @Test func killedAndResumedIsAsNeverKilled() throws {
        let folder = try Self.folder()
        let settings =
            [
                "--pretrained", "lm", "--pooling", "concat", "--lm-loss", "0.1", "--gradual-unfreezing", "2", "--layer-decay",
                "2.6",
            ]
            + [
                "--schedule", "slanted-triangular", "--freeze", "embeddings", "--dropout", "0.2", "--epochs", "8",
                "--evaluate-every", "3",
            ]
        let whole = try train(["-o", "whole"] + settings, in: folder)
        #expect(whole.status == 0, "\(whole.transcript)")
        let training = try Training(
            ["classify", "train", "--dev", "dev", "--batch-size", "4", "-o", "parts"] + settings, in: folder)
        try training.waitForLog("parts", lines: 4)
        training.send(SIGKILL)
        _ = training.end()
        let resumed = try Program.run(["train", "--resume", "parts", "--threads", "2"], in: folder)
        #expect(resumed.status == 0, "\(resumed.transcript)")
        #expect(folder.bytes("whole/model.safetensors") == folder.bytes("parts/model.safetensors"))
    }

    /// The first checkpoint has what was taken over, before anything is learnt.
    @Test func aRunThatIsStoppedAtOnceKeepsWhatItTookOver() throws {
        let folder = try Self.folder()
        let whole = try train(["-o", "whole", "--pretrained", "lm", "--epochs", "3"], in: folder)
        #expect(whole.status == 0, "\(whole.transcript)")
        let training = try Training(
            ["classify", "train", "--dev", "dev", "--batch-size", "4", "-o", "parts", "--pretrained", "lm", "--epochs", "3"],
            in: folder)
        try training.wait("checkpoint") { folder.has("parts/checkpoints/last.safetensors") }
        training.send(SIGKILL)
        _ = training.end()
        try FileManager.default.removeItem(atPath: folder.path + "/lm")
        let resumed = try Program.run(["train", "--resume", "parts"], in: folder)
        #expect(resumed.status == 0, "\(resumed.transcript)")
        #expect(folder.bytes("whole/model.safetensors") == folder.bytes("parts/model.safetensors"))
    }

    @Test func contradictionsNameBothValues() throws {
        let folder = try Self.folder(["--cell", "gru"])
        for (flags, message) in [
            (["--hidden", "9"], "--hidden is 9, but 8 in lm"), (["--cell", "lstm"], "--cell is lstm, but gru in lm"),
            (["--layers", "2"], "--layers is 2, but 1 in lm"), (["--embedding", "7"], "--embedding is 7, but 6 in lm"),
            (["--architecture", "bow"], "--architecture is bow"), (["--normalize", "nfc"], "--normalize is nfc, but none in lm"),
            (["--freeze", "layers"], "“layers”, which is no part of the model; its parts are encoder, encoder/embeddings"),
            (["--freeze", "encoder,scores"], "nothing is left to train"),
            (["--no-one-direction", "--lm-loss", "1"], "--lm-loss is 1.0, but the network sees the next words"),
        ] {
            let outcome = try train(["-o", "run", "--pretrained", "lm"] + flags, in: folder)
            #expect([64, 78].contains(outcome.status), "\(flags): \(outcome.transcript)")
            #expect(outcome.errors.contains(message), "\(flags): \(outcome.transcript)")
        }
        #expect(!folder.has("run"))
        let alone = try train(["-o", "run", "--pretrained-backward", "lm"], in: folder)
        #expect(alone.status == 64 && alone.errors.contains("beside --pretrained"), "\(alone.transcript)")
        try Self.pretrain(folder, "characters", ["--unit", "char"])
        let characters = try train(["-o", "run", "--pretrained", "characters"], in: folder)
        #expect(characters.status == 78, "\(characters.transcript)")
        #expect(characters.errors.contains("is a language model of characters"), "\(characters.transcript)")
    }

    @Test func twoDirectionsComeFromTwoLanguageModels() throws {
        let folder = try Self.folder()
        try Self.pretrain(folder, "backward", ["--backward"])
        let outcome = try train(
            ["-o", "run", "--pretrained", "lm", "--pretrained-backward", "backward", "--epochs", "1"], in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        let configuration = try configuration("run", in: folder)
        #expect(configuration["one-direction"] == false && configuration["embedding"]?.asInteger == 12)
        let both = try train(["-o", "both", "--pretrained", "lm", "--no-one-direction", "--epochs", "1"], in: folder)
        #expect(both.errors.contains("the backward direction begins with random values"), "\(both.transcript)")
        // What a backward model says is shown in the order of reading.
        let scored = try Program.run(["score", "backward"], in: folder, input: "the cat sees the moon\n")
        #expect(scored.lines.first?.hasSuffix("\t6\tthe cat sees the moon") == true, "\(scored.transcript)")
        let generated = try Program.run(["generate", "backward", "--prompt", "the moon", "--length", "4"], in: folder)
        #expect(generated.lines.first?.hasSuffix("the moon") == true, "\(generated.transcript)")
    }

    /// Lines without labels teach an encoder by writing them again, and a classifier takes it over; a tagger that of the classifier.
    @Test func autoencodersAndOtherTasksGiveTheirEncoders() throws {
        let folder = try Self.folder()
        let auto = try Program.run(
            ["train", "seq2seq", "text", "--autoencode", "-o", "auto", "--epochs", "1", "--embedding", "6", "--hidden", "8"],
            in: folder)
        #expect(auto.status == 0, "\(auto.transcript)")
        let measured = try Program.run(["evaluate", "auto", "text", "--json"], in: folder)
        #expect(
            measured.output.contains("\"sentences\": 60") || measured.output.contains("\"sentences\":60"),
            "\(measured.transcript)")
        let classified = try train(["-o", "run", "--pretrained", "auto", "--epochs", "1"], in: folder)
        #expect(classified.status == 0, "\(classified.transcript)")
        #expect(classified.errors.contains("pretrained: parameters 4 loaded"), "\(classified.transcript)")
        try folder.write("the|D cat|N sees|V the|D moon|N\na|D dog|N hears|V nothing|N at|P all|N\n", to: "train")
        try folder.write("the|D cat|N sees|V the|D moon|N\n", to: "dev")
        let tagged = try train(["-o", "tags", "--pretrained", "run", "--epochs", "1", "--lm-loss", "1"], in: folder, task: "tag")
        #expect(tagged.status == 0, "\(tagged.transcript)")
        #expect(tagged.errors.contains("pretrained: parameters 4 loaded"), "\(tagged.transcript)")
    }

    /// Frozen language models of characters beside the words of a tagger.
    @Test func contextualVectorsBecomePartOfTheRun() throws {
        let folder = try Self.folder(["--unit", "char"])
        try Self.pretrain(folder, "backward", ["--unit", "char", "--backward"])
        try folder.write(
            String(repeating: "the|D cat|N sees|V the|D moon|N\na|D dog|N hears|V nothing|N\n", count: 6), to: "train")
        try folder.write("the|D cat|N sees|V the|D moon|N\n", to: "dev")
        let settings = [
            "--contextual", "lm", "--contextual-backward", "backward", "--contextual-projection", "5", "--hidden", "6",
        ]
        let whole = try train(["-o", "whole", "--epochs", "3"] + settings, in: folder, task: "tag")
        #expect(whole.status == 0 && whole.errors.contains("contextual vectors of 8 and 8 elements"), "\(whole.transcript)")
        let parts = try train(["-o", "parts", "--epochs", "1"] + settings, in: folder, task: "tag")
        #expect(parts.status == 0, "\(parts.transcript)")
        for run in ["lm", "backward"] { try FileManager.default.removeItem(atPath: folder.path + "/" + run) }
        let resumed = try Program.run(["train", "--resume", "parts", "--epochs", "3"], in: folder)
        #expect(resumed.status == 0, "\(resumed.transcript)")
        #expect(folder.bytes("whole/model.safetensors") == folder.bytes("parts/model.safetensors"))
        let predicted = try Program.run(["predict", "parts", "dev"], in: folder)
        #expect(predicted.status == 0 && predicted.lines.count == 1, "\(predicted.transcript)")
        let again = try train(["-o", "again", "--contextual", "whole"], in: folder, task: "tag")
        #expect(again.status == 65 && again.errors.contains("is a run of task 'tag'"), "\(again.transcript)")
    }

    /// Vectors of a file are as much part of a run as those of another one.
    @Test func aRunWithVectorsOfAFileIsResumed() throws {
        let folder = TemporaryFolder()
        try folder.write(String(repeating: "the|D cat|N\na|D dog|N\n", count: 6), to: "train")
        try folder.write("the|D cat|N\n", to: "dev")
        try folder.write("the 1 2 3\ncat 3 2 1\n", to: "vectors")
        let settings = ["--embeddings", "vectors", "--embedding", "3", "--hidden", "4"]
        let whole = try train(["-o", "whole", "--epochs", "2"] + settings, in: folder, task: "tag")
        #expect(whole.status == 0, "\(whole.transcript)")
        _ = try train(["-o", "parts", "--epochs", "1"] + settings, in: folder, task: "tag")
        let resumed = try Program.run(["train", "--resume", "parts", "--epochs", "2"], in: folder)
        #expect(resumed.status == 0, "\(resumed.transcript)")
        #expect(folder.bytes("whole/model.safetensors") == folder.bytes("parts/model.safetensors"))
    }
}
