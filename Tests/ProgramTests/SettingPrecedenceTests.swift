import ArgumentParser
import Elman
import Testing

@testable import ElmanProgram

/// What is given on the command line stands before what a file of `--config` says, for every setting of every task.
@Suite struct SettingPrecedenceTests {
    /// Two values of a setting, and what else must be set for it to have a meaning.
    private struct Sample {
        var values: [JSONValue]
        var others: JSONObject = [:]
        /// The key of the run's configuration, where it is another one, and its values.
        var kept: (key: String, values: [JSONValue?])?

        init(_ first: JSONValue, _ second: JSONValue, with others: JSONObject = [:]) {
            values = [first, second]
            self.others = others
        }
    }

    /// Values of a setting. What is no name, switch or share is a whole number.
    private static func sample(_ key: String, _ task: String) -> Sample {
        let names: [String: [String]] = [
            "optimizer": ["sgd", "adagrad"], "schedule": ["cosine", "linear"], "averaging": ["nt-asgd", "cumulative"],
            "on-nan": ["skip", "stop"], "invalid-utf8": ["replace", "error"], "normalize": ["nfc", "none"],
            "cell": task == "tree" ? ["recursive", "child-sum"] : ["gru", "coupled-lstm"], "unit": ["char", "word"],
            "architecture": task == "lm" ? ["feed-forward", "recurrent"] : ["bow", "recurrent"], "pooling": ["mean", "max"],
            "class-weights": ["balanced", "none"], "loss": task == "tag" ? ["crf", "margin"] : ["hinge", "softmax"],
            "column": ["upos", "3"],
            "tag-scheme": ["BIOES", "IO"], "columns": ["1,2", "2,1"], "hand-over": ["states", "bridge"],
            "attention": ["mlp", "dot"], "similarity": ["cosine", "dot"], "method": ["arc-standard", "arc-hybrid"],
            "embeddings": ["one", "two"], "objective": ["mean", "sum"], "softmax": ["adaptive", "sampled"],
            "softmax-cutoffs": ["2,4", "3"], "softmax-sampler": ["unigram", "log-uniform"],
            "new-words": ["mean", "fresh"], "freeze": ["embeddings", task == "seq2seq" ? "encoder" : "network"],
            "precision": ["bfloat16", "float32"],
        ]
        let switches = [
            "variational-dropout", "residual", "tie-embeddings", "direct-connections", "lowercase", "constrained", "shared-bpe",
            "bidirectional", "input-feeding", "dev-translation", "both-directions", "all-nodes", "ignore-save-errors",
            "tensorboard", "vary-bptt", "backward", "one-direction", "keep-vocabulary", "tie-lm-loss", "autoencode",
            "documents",
        ]
        let shares = [
            "dropout", "unknown-rate", "teacher-forcing", "teacher-forcing-decay", "teacher-forcing-floor", "exploration",
            "initial-range", "embedding-range", "learning-rate", "decay", "weight-decay", "clip", "margin", "scale",
            "max-minutes", "checkpoint-minutes", "dropout-embedding", "dropout-input", "dropout-hidden", "dropout-output",
            "dropout-state", "weight-drop", "activation-regularization", "temporal-regularization", "softmax-normalizer",
            "forget-bias",
        ]
        if key == "layer-norm" {
            var sample = Sample(true, false)
            sample.kept = ("cell", ["layernorm-lstm", "lstm"])
            return sample
        }
        if let names = names[key] {
            var sample = Sample(.string(names[0]), .string(names[1]), with: Self.softmax(of: key))
            // Not written where it is the usual one.
            if key == "architecture", task == "lm" { sample.kept = (key, ["feed-forward", nil]) }
            if key == "objective" { sample.kept = (key, ["mean", .null]) }
            if key == "embeddings" { sample.kept = ("_embeddings", sample.values) }
            return sample
        }
        if switches.contains(key) {
            switch key {
            case "tie-embeddings": return Sample(true, false, with: ["embedding": 8, "hidden": 8])
            case "vary-bptt":
                var sample = Sample(true, false, with: ["bptt": 7])
                sample.kept = (key, [true, .null])
                return sample
            case "documents":
                var sample = Sample(true, false)
                sample.kept = (key, [true, .null])
                return sample
            case "direct-connections": return Sample(true, false, with: ["architecture": "feed-forward"])
            case "shared-bpe": return Sample(true, false, with: ["bpe-merges": 5])
            case "tie-lm-loss": return Sample(true, false, with: languageModelLoss)
            case "input-feeding": return Sample(true, false, with: ["attention": "mlp"])
            default: return Sample(true, false)
            }
        }
        if key == "layer-decay" { return Sample(2.5, 3.5) }
        if key == "lm-loss" { return Sample(0.25, 0.5, with: ["one-direction": true]) }
        if key == "dropout-state" { return Sample(0.25, 0.5, with: ["variational-dropout": true]) }
        if shares.contains(key) { return Sample(0.25, 0.5, with: softmax(of: key)) }
        return key == "order" ? Sample(3, 4, with: ["architecture": "feed-forward"]) : Sample(2, 4, with: softmax(of: key))
    }

    /// The softmax that has a setting.
    private static func softmax(of key: String) -> JSONObject {
        let kinds = [
            "softmax-classes": "class", "softmax-cutoffs": "adaptive", "softmax-division": "adaptive",
            "softmax-samples": "sampled", "softmax-sampler": "nce", "softmax-normalizer": "nce",
        ]
        return kinds[key].map { ["softmax": .string($0)] } ?? [:]
    }

    /// What the next-word loss beside a task's needs.
    private static let languageModelLoss: JSONObject = ["one-direction": true, "lm-loss": 0.5, "embedding": 8, "hidden": 8]

    private static let tasks = ["lm"] + TaskRun.tasks
    /// What a run's configuration says of itself, and no flag asks for.
    private static let ownKeys = ["carries-state", "root-relation", "root-relation-elsewhere", "file-scheme"]
    /// What names other runs, or has a meaning beside those that do: `TransferTests` has such runs.
    private static let runKeys = [
        "pretrained", "pretrained-backward", "contextual", "contextual-backward", "contextual-projection",
    ]

    /// What the run of a command line would have in its `config.json`.
    private func configuration(_ arguments: [String]) throws -> JSONObject {
        let command = try TrainCommand.parse(arguments)
        return try command.plan(ProgramTasks.named(arguments[0]), command.sources())(nil).configuration
    }

    private func flag(_ key: String, _ value: JSONValue) -> [String] {
        if let isOn = value.asBool { return [isOn ? "--\(key)" : "--no-\(key)"] }
        return ["--\(key)", value.asString ?? value.text()]
    }

    @Test(arguments: tasks) func everyFlagStandsBeforeTheFile(task: String) throws {
        let folder = TemporaryFolder()
        try folder.write(TaskRun.training(task), to: "train")
        for key in try ProgramTasks.named(task).keys where !Self.ownKeys.contains(key) {
            if Self.runKeys.contains(key) { continue }
            let sample = Self.sample(key, task)
            let kept = sample.kept ?? (key, sample.values)
            for (inFile, byFlag) in [(0, 1), (1, 0)] {
                var settings = sample.others
                settings[key] = sample.values[inFile]
                try folder.write(JSONValue.object(settings).text(), to: "settings.json")
                let arguments = [task, folder["train"], "--config", folder["settings.json"]]
                do {
                    let ofFile = try configuration(arguments)
                    #expect(ofFile[kept.key] == kept.values[inFile], "\(key) in the file")
                    let ofFlag = try configuration(arguments + flag(key, sample.values[byFlag]))
                    #expect(ofFlag[kept.key] == kept.values[byFlag], "--\(key) beside the file")
                } catch { Issue.record("\(key): \(error)") }
            }
        }
    }

    /// There is no flag that no task knows.
    @Test func everyFlagHasATask() throws {
        let groups: [any SettingFlags.Type] = [
            ModelFlags.self, LanguageModelFlags.self, RegularizationFlags.self, OutputFlags.self, EncoderFlags.self,
            ClassifyFlags.self, TagFlags.self, PairTaskFlags.self,
            TranslateFlags.self, RetrieveFlags.self, TreeFlags.self, ParseFlags.self, TextFlags.self, TrainingFlags.self,
        ]
        let known = Set(ProgramTasks.all.flatMap { $0.keys })
        for group in groups { for key in group.keys { #expect(known.contains(key), "--\(key) belongs to no task") } }
    }

    /// The whole way, from a file that names one method to the models of the three.
    @Test func theMethodsOfParsingGiveDifferentModels() throws {
        let folder = TemporaryFolder()
        try folder.write(TaskRun.training("parse"), to: "train")
        try folder.write("{\"method\": \"biaffine\", \"epochs\": 1, \"hidden\": 4, \"embedding\": 4}", to: "settings.json")
        var tensors: [String: Set<String>] = [:]
        for method in ["biaffine", "arc-standard", "arc-hybrid"] {
            let arguments = ["train", "parse", "train", "--config", "settings.json", "--method", method, "-o", method]
            let outcome = try Program.run(arguments, in: folder)
            #expect(outcome.status == 0, "\(outcome.transcript)")
            #expect(folder.text("\(method)/config.json").contains("\"method\": \"\(method)\""))
            tensors[method] = Set(try SafetensorsFile(folder["\(method)/model.safetensors"]).tensors.map(\.name))
        }
        #expect(tensors["biaffine"] != tensors["arc-standard"])
        #expect(folder.bytes("arc-standard/model.safetensors") != folder.bytes("arc-hybrid/model.safetensors"))
    }
}
