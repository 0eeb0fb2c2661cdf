import ArgumentParser
import Elman

/// What the model is made of.
struct ModelFlags: SettingFlags {
    @Option(help: ArgumentHelp("\(CellKind.allCases.map(\.rawValue).joined(separator: ", ")) (lstm).", valueName: "name"))
    var cell: String?
    @Option(help: ArgumentHelp("Recurrent layers (1).", valueName: "n"))
    var layers: Int?
    @Option(help: ArgumentHelp("Elements of a token's vector (64).", valueName: "n"))
    var embedding: Int?
    @Option(help: ArgumentHelp("Units of each recurrent layer (128).", valueName: "n"))
    var hidden: Int?
    @Option(help: ArgumentHelp("Share left out in training, from 0 to below 1 (0).", valueName: "rate"))
    var dropout: Double?
    @Flag(help: "One dropout mask for a whole sequence.") var variationalDropout = false
    @Flag(help: "Layer normalisation in the cell.") var layerNorm = false
    @Flag(help: "Add a layer's input to its output.") var residual = false
    @Option(help: ArgumentHelp("Start all parameters uniform in ± this.", valueName: "r"))
    var initialRange: Double?
}

/// What only a language model has.
struct LanguageModelFlags: SettingFlags {
    @Option(help: ArgumentHelp("What a token is (word).", valueName: "word|char"))
    var unit: String?
    @Option(
        help: ArgumentHelp(
            "0: sentence by sentence. N: one stream cut every N tokens, the state carried along (0).", valueName: "n"))
    var bptt: Int?
    @Flag(help: "Use the embeddings as output weights.") var tieEmbeddings = false
}

/// How texts are read.
struct TextFlags: SettingFlags {
    @Option(help: ArgumentHelp("Leave out tokens that occur less often (1).", valueName: "n"))
    var minCount: Int?
    @Option(help: ArgumentHelp("Keep at most so many tokens (all).", valueName: "n"))
    var vocabularySize: Int?
    @Option(
        help: ArgumentHelp(
            "Cut lines after so many tokens (\(TrainSettings.longestSentence); no limit with --bptt).", valueName: "n"))
    var maxLength: Int?
    @Option(
        name: .customLong("invalid-utf8"),
        help: ArgumentHelp("What to do with bytes that are not UTF-8 (error).", valueName: "error|replace"))
    var invalidUTF8: String?
    @Option(
        help: ArgumentHelp(
            "Form of characters that can be written in two ways, here and whenever the model is used (none).",
            valueName: "none|nfc"))
    var normalize: String?
}

/// How it is trained.
struct TrainingFlags: SettingFlags {
    @Option(help: ArgumentHelp("Sentences an update, or parallel streams with --bptt (16).", valueName: "n"))
    var batchSize: Int?
    @Option(help: ArgumentHelp("\(trainerNames.joined(separator: ", ")) (adam).", valueName: "name"))
    var optimizer: String?
    @Option(help: ArgumentHelp("Learning rate (each optimizer has its own).", valueName: "rate"))
    var learningRate: Double?
    @Option(help: ArgumentHelp("Multiply the rate by this after every epoch past --decay-after.", valueName: "factor"))
    var decay: Double?
    @Option(help: ArgumentHelp("Last epoch at the full rate (0).", valueName: "epoch"))
    var decayAfter: Int?
    @Option(
        help: ArgumentHelp(
            "\(TrainSettings.scheduleNames.joined(separator: ", ")) (constant, or step with --decay).", valueName: "name"))
    var schedule: String?
    @Option(help: ArgumentHelp("Updates over which the rate rises from 0 (0).", valueName: "n"))
    var warmUp: Int?
    @Option(help: ArgumentHelp("Largest norm of the gradient; longer ones are scaled down (none).", valueName: "norm"))
    var clip: Double?
    @Option(help: ArgumentHelp("How strongly weights are drawn to zero (0).", valueName: "rate"))
    var weightDecay: Double?
    @Option(help: ArgumentHelp("Average of the weights: none, exponential or cumulative (none).", valueName: "name"))
    var averaging: String?
    @Option(help: ArgumentHelp("Passes over the data (10).", valueName: "n"))
    var epochs: Int?
    @Option(help: ArgumentHelp("Minutes at most (no limit).", valueName: "n"))
    var maxMinutes: Double?
    @Option(help: ArgumentHelp("End after so many evaluations without improvement (never).", valueName: "n"))
    var patience: Int?
    @Option(help: ArgumentHelp("Updates between evaluations (those of an epoch).", valueName: "n"))
    var evaluateEvery: Int?
    @Option(help: ArgumentHelp("Minutes between checkpoints (10).", valueName: "n"))
    var checkpointMinutes: Double?
    @Option(
        help: ArgumentHelp(
            "What to do when a loss or gradient is not finite; run/nan-step-N keeps it (stop).", valueName: "stop|skip"))
    var onNan: String?
    @Flag(help: "Go on where a checkpoint cannot be written after three tries.") var ignoreSaveErrors = false
    @Option(help: ArgumentHelp("Seed of everything random (1).", valueName: "n"))
    var seed: Int?
    @Option(help: ArgumentHelp("Memory to take at most, such as 2GB (what the machine has).", valueName: "bytes"))
    var memoryLimit: String?
}
