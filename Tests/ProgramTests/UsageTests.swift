import Foundation
import Testing

/// Wrong command lines and settings: the status, and a message that says what would be right.
@Suite struct UsageTests {
    @Test(arguments: [
        (["trian"], "did you mean \"train\"?"),
        (["eval", "run", "x"], "did you mean \"evaluate\"?"),
        (["translate"], "valid: demo, train"),
        (["--lr"], "see elman --help"),
        (["train", "lm", "t", "--lr", "0.1", "-o", "r"], "no option --lr; did you mean \"--learning-rate\"?"),
        (["train", "lm", "t", "--hiden", "8", "-o", "r"], "did you mean \"--hidden\"?"),
        (["train", "lm", "t", "--batchsize=8", "-o", "r"], "did you mean \"--batch-size\"?"),
        (["train", "lm", "t", "--learning-rate", "-1", "-o", "r"], "write a negative number as --learning-rate=-1"),
        (["train", "lm", "t", "--learning-rate=-1", "-o", "r"], "give a number above 0"),
        (["train", "lm", "t", "--hidden", "0", "-o", "r"], "--hidden is 0; give a whole number from 1 to 65536"),
        (["train", "lm", "t", "--hidden", "many", "-o", "r"], "'many' is invalid"),
        (["train", "lm", "t", "--dropout", "1.0", "-o", "r"], "at least 0 and below 1"),
        (["train", "lm", "t", "--dropout", "nan", "-o", "r"], "at least 0 and below 1"),
        (["train", "lm", "t", "--batch-size", "99999999999", "-o", "r"], "from 1 to 1000000"),
        (["train", "lm", "t", "--batch-size", "99999999999999999999", "-o", "r"], "is invalid"),
        (["train", "lm", "t", "--cell", "lsmt", "-o", "r"], "did you mean \"lstm\"?"),
        (["train", "lm", "t", "--optimizer", "adan", "-o", "r"], "did you mean \"adam\"?"),
        (["train", "lm", "t", "--threads", "0", "-o", "r"], "from 1 to 64"),
        (["train", "lm", "t", "--memory-limit", "2 apples", "-o", "r"], "such as 2GB"),
        (["train", "lm", "t"], "name one with -o"),
        (["train", "lm", "-o", "r"], "no training file"),
        (["train", "-o", "r"], "name a task and a file"),
        (["train", "poem", "t", "-o", "r"], "there is no task 'poem'"),
        (["train", "lm", "t", "--resume", "r"], "cannot be given with --resume"),
        (["demo", "translation"], "there is no demo"),
        (["bench", "lm"], "there is no workload 'lm'"),
        (["generate", "r", "--temperature=-1"], "give 0 or a positive number"),
        (["generate", "r", "--top-p", "2"], "at most 1"),
        (["generate", "r", "--length=-5"], "give 0 to"),
        (["evaluate"], "missing expected argument"),
    ])
    func commandLineIsRefused(arguments: [String], hint: String) throws {
        let folder = TemporaryFolder()
        try folder.write(SampleText.sentences(5), to: "t")
        let outcome = try Program.run(arguments, in: folder)
        #expect(outcome.status == 64)
        #expect(outcome.errors.hasPrefix("elman: error: "), "\(outcome.transcript)")
        #expect(outcome.errors.contains(hint), "\(outcome.transcript)")
        #expect(outcome.errors.split(separator: "\n").count == 1)
        #expect(outcome.output.isEmpty)
        #expect(try folder.names() == ["t"])
    }

    @Test(arguments: [
        ("{\"hiden\": 8}", "there is no setting 'hiden'; did you mean \"hidden\"?"),
        ("{\"lr\": 8}", "did you mean \"learning-rate\"?"),
        ("{\"hidden\": \"8\"}", "'hidden' is 8; give a whole number"),
        ("{\"hidden\": 0}", "from 1 to 65536"),
        ("{\"tie-embeddings\": 1}", "give true or false"),
        ("{\"dropout\": 1}", "below 1"),
        ("[1]", "not an object"),
    ])
    func settingInAFileIsRefused(json: String, hint: String) throws {
        let folder = try TrainedRun.texts()
        try folder.write(json, to: "settings.json")
        let outcome = try Program.run(["train", "lm", "train.txt", "-o", "run", "--config", "settings.json"], in: folder)
        #expect(outcome.status == 78, "\(outcome.transcript)")
        #expect(outcome.errors.contains("settings.json:"))
        #expect(outcome.errors.contains(hint), "\(outcome.transcript)")
    }

    @Test(arguments: ["{\"hidden\": 8, \"hidden\": 9}", "{\"hidden\": 8", "", "hidden = 8"])
    func malformedSettingsAreRefused(json: String) throws {
        let folder = try TrainedRun.texts()
        try folder.write(json, to: "settings.json")
        let outcome = try Program.run(["train", "lm", "train.txt", "-o", "run", "--config", "settings.json"], in: folder)
        #expect([65, 78].contains(outcome.status), "\(outcome.transcript)")
        #expect(outcome.errors.contains("settings.json:"))
    }

    @Test func contradictionIsRefused() throws {
        let arguments = ["train", "lm", "train.txt", "-o", "run", "--tie-embeddings", "--hidden", "8", "--embedding", "6"]
        let outcome = try Program.run(arguments, in: TrainedRun.texts())
        #expect(outcome.status == 78)
        #expect(outcome.errors.contains("6 do not fit 8"))
    }

    @Test func optionsComeBeforeVariablesBeforeTheFile() throws {
        let folder = try TrainedRun.texts()
        try folder.write("{\"embedding\": 3, \"hidden\": 4, \"epochs\": 1, \"batch-size\": 30}", to: "settings.json")
        let outcome = try Program.run(
            ["train", "lm", "train.txt", "-o", "run", "--config", "settings.json", "--embedding", "5"], in: folder,
            environment: ["ELMAN_EMBEDDING": "6", "ELMAN_HIDDEN": "7"])
        #expect(outcome.status == 0, "\(outcome.transcript)")
        let saved = folder.text("run/config.json")
        for setting in ["\"embedding\": 5", "\"hidden\": 7", "\"batch-size\": 30"] { #expect(saved.contains(setting)) }
        let wrong = try Program.run(
            ["train", "lm", "train.txt", "-o", "other"], in: folder, environment: ["ELMAN_HIDDEN": "wide"])
        #expect(wrong.status == 78)
        #expect(wrong.errors.contains("ELMAN_HIDDEN"))
    }

    @Test func aRunsOwnConfigurationTrainsAnother() throws {
        let folder = try TrainedRun.copy()
        let outcome = try Program.run(
            ["train", "lm", "train.txt", "--dev", "dev.txt", "-o", "again", "--config", "run/config.json"], in: folder)
        #expect(outcome.status == 0, "\(outcome.transcript)")
        #expect(folder.bytes("again/model.safetensors") == folder.bytes("run/model.safetensors"))
    }
}
