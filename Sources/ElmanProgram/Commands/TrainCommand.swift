import ArgumentParser
import Elman

/// `elman train`.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train a model, or go on with a run that was interrupted.",
        discussion: """
            elman train lm train.txt --dev dev.txt -o runs/words
            elman train lm book.txt -o runs/characters --unit char --bptt 100 --batch-size 32 --hidden 256
            elman train --resume runs/words
            """)

    @Argument(help: "The task (lm) and its training files; - is standard input.")
    var inputs: [String] = []

    @Option(help: "File to evaluate on while training; without it a tenth of the training text is kept apart.")
    var dev: String?

    @Option(name: [.customShort("o"), .long], help: "Folder for the run.", completion: .directory)
    var output: String?

    @Option(help: "Run to go on with.", completion: .directory)
    var resume: String?

    @Option(help: "JSON file with settings; every flag is a key.", completion: .file(extensions: ["json"]))
    var config: String?

    @Flag(help: "Overwrite a run that is in the folder.")
    var force = false

    @OptionGroup(title: "Model") var model: ModelFlags
    @OptionGroup(title: "Training") var training: TrainingFlags
    @OptionGroup var common: CommonFlags

    func run() throws {
        let console = common.start()
        if let resume {
            let task = inputs.first
            guard task == nil || task == "lm" || inputs.count > 1 else {
                throw ProgramError(.usage, "there is no task '\(task!)'; only lm can be trained")
            }
            try LanguageModelTraining.resume(resume, flags: flags, console: console)
            return
        }
        guard let task = inputs.first else {
            throw ProgramError(.usage, "nothing to train; name a task and a file: elman train lm train.txt -o RUN")
        }
        guard task == "lm" else { throw ProgramError(.usage, "there is no task '\(task)'\(suggestion(for: task, among: ["lm"]))") }
        guard inputs.count > 1 else { throw ProgramError(.usage, "no training file; elman train lm train.txt -o RUN") }
        guard let output else { throw ProgramError(.usage, "no folder for the run; name one with -o") }
        let reader = try SettingsReader(flags: flags, file: config, keys: TrainSettings.keys)
        try LanguageModelTraining.start(
            files: Array(inputs.dropFirst()), dev: dev, output: output, force: force, settings: TrainSettings(reader),
            console: console)
    }

    private var flags: JSONObject {
        var object: JSONObject = [:]
        for (key, value) in model.values + training.values { if let value { object[key] = value } }
        return object
    }
}

/// What the model is made of.
struct ModelFlags: ParsableArguments {
    @Option(help: "word or char.") var unit: String?
    @Option(help: "Recurrent cell: \(CellKind.allCases.map(\.rawValue).joined(separator: ", ")).") var cell: String?
    @Option(help: "Recurrent layers.") var layers: Int?
    @Option(help: "Elements of a token's vector.") var embedding: Int?
    @Option(help: "Units of each recurrent layer.") var hidden: Int?
    @Option(help: "Share left out in training, 0 to below 1.") var dropout: Double?
    @Flag(help: "One dropout mask for a whole sequence.") var variationalDropout = false
    @Flag(help: "Layer normalisation in the cell.") var layerNorm = false
    @Flag(help: "Add a layer's input to its output.") var residual = false
    @Flag(help: "Use the embeddings as output weights.") var tieEmbeddings = false
    @Option(help: "Start all parameters uniform in ± this.") var initialRange: Double?
    @Option(help: "Leave out tokens that occur less often.") var minCount: Int?
    @Option(help: "Keep at most so many tokens.") var vocabularySize: Int?
    @Option(help: "Cut lines after so many tokens.") var maxLength: Int?
    @Option(name: .customLong("invalid-utf8"), help: "error or replace.") var invalidUTF8: String?

    var values: [(String, JSONValue?)] {
        [
            ("unit", unit.map { .string($0) }), ("cell", cell.map { .string($0) }), ("layers", layers.map { JSONValue($0) }),
            ("embedding", embedding.map { JSONValue($0) }), ("hidden", hidden.map { JSONValue($0) }),
            ("dropout", dropout.map { JSONValue($0) }), ("variational-dropout", variationalDropout ? true : nil),
            ("layer-norm", layerNorm ? true : nil), ("residual", residual ? true : nil),
            ("tie-embeddings", tieEmbeddings ? true : nil), ("initial-range", initialRange.map { JSONValue($0) }),
            ("min-count", minCount.map { JSONValue($0) }), ("vocabulary-size", vocabularySize.map { JSONValue($0) }),
            ("max-length", maxLength.map { JSONValue($0) }), ("invalid-utf8", invalidUTF8.map { .string($0) }),
        ]
    }
}

/// How it is trained.
struct TrainingFlags: ParsableArguments {
    @Option(help: "Sentences an update, or parallel streams with --bptt.") var batchSize: Int?
    @Option(help: "0: sentence by sentence. N: one stream cut every N tokens, the state carried along.") var bptt: Int?
    @Option(help: "\(trainerNames.joined(separator: ", ")).") var optimizer: String?
    @Option(help: "Learning rate.") var learningRate: Double?
    @Option(help: "Multiply the rate by this after every epoch past --decay-after.") var decay: Double?
    @Option(help: "Last epoch at the full rate.") var decayAfter: Int?
    @Option(help: "\(TrainSettings.scheduleNames.joined(separator: ", ")).") var schedule: String?
    @Option(help: "Updates over which the rate rises from 0.") var warmUp: Int?
    @Option(help: "Largest norm of the gradient; longer ones are scaled down.") var clip: Double?
    @Option(help: "Weight decay.") var weightDecay: Double?
    @Option(help: "Average of the weights: none, exponential or cumulative.") var averaging: String?
    @Option(help: "Passes over the data.") var epochs: Int?
    @Option(help: "Minutes at most.") var maxMinutes: Double?
    @Option(help: "End after so many evaluations without improvement.") var patience: Int?
    @Option(help: "Updates between evaluations; by default after every epoch.") var evaluateEvery: Int?
    @Option(help: "Minutes between checkpoints.") var checkpointMinutes: Double?
    @Option(help: "Seed of everything random.") var seed: Int?

    var values: [(String, JSONValue?)] {
        [
            ("batch-size", batchSize.map { JSONValue($0) }), ("bptt", bptt.map { JSONValue($0) }),
            ("optimizer", optimizer.map { .string($0) }), ("learning-rate", learningRate.map { JSONValue($0) }),
            ("decay", decay.map { JSONValue($0) }), ("decay-after", decayAfter.map { JSONValue($0) }),
            ("schedule", schedule.map { .string($0) }), ("warm-up", warmUp.map { JSONValue($0) }),
            ("clip", clip.map { JSONValue($0) }), ("weight-decay", weightDecay.map { JSONValue($0) }),
            ("averaging", averaging.map { .string($0) }), ("epochs", epochs.map { JSONValue($0) }),
            ("max-minutes", maxMinutes.map { JSONValue($0) }), ("patience", patience.map { JSONValue($0) }),
            ("evaluate-every", evaluateEvery.map { JSONValue($0) }),
            ("checkpoint-minutes", checkpointMinutes.map { JSONValue($0) }), ("seed", seed.map { JSONValue($0) }),
        ]
    }
}
