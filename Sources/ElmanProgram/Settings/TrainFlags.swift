import ArgumentParser
import Elman

/// What the model is made of.
struct ModelFlags: SettingFlags {
    @Option(help: ArgumentHelp("\(CellKind.allCases.map(\.rawValue).joined(separator: ", ")) (lstm).", valueName: "name"))
    var cell: String?
    @Option(
        help: ArgumentHelp(
            "A recurrent network; feed-forward: the tokens just before alone (lm); bow: words in any order (classify) (recurrent).",
            valueName: "recurrent|feed-forward|bow"))
    var architecture: String?
    @Option(help: ArgumentHelp("Recurrent layers (1).", valueName: "n"))
    var layers: Int?
    @Option(help: ArgumentHelp("Elements of a token's vector (64).", valueName: "n"))
    var embedding: Int?
    @Option(help: ArgumentHelp("Units of each recurrent layer (128).", valueName: "n"))
    var hidden: Int?
    @Option(help: ArgumentHelp("Share left out in training, from 0 to below 1 (0).", valueName: "rate"))
    var dropout: Double?
    @Flag(inversion: .prefixedNo, help: "One dropout mask for a whole sequence.") var variationalDropout: Bool?
    @Flag(inversion: .prefixedNo, help: "Layer normalisation in the cell.") var layerNorm: Bool?
    @Flag(inversion: .prefixedNo, help: "Add a layer's input to its output.") var residual: Bool?
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
    @Flag(
        inversion: .prefixedNo,
        help:
            "A blank line stands between documents: carry the state from sentence to sentence and start anew with each document.")
    var documents: Bool?
    @Flag(
        inversion: .prefixedNo,
        help: "With --bptt N: segments of about N steps, one in twenty of half of it, anew in each epoch.") var varyBptt: Bool?
    @Option(
        help: ArgumentHelp(
            "What an update lowers: the loss summed over its tokens (of streams, averaged over them), or the mean (sum).",
            valueName: LanguageModelObjective.allCases.map(\.rawValue).joined(separator: "|")))
    var objective: String?
    @Flag(
        inversion: .prefixedNo,
        help:
            "Use the embeddings as output weights; of several layers the top one then has as many units as a vector has elements."
    )
    var tieEmbeddings: Bool?
    @Option(help: ArgumentHelp("Of --cell lstm: start the forget gates around this (1).", valueName: "b"))
    var forgetBias: Double?
    @Flag(inversion: .prefixedNo, help: "Read every line from its end; for --pretrained-backward.") var backward: Bool?
    @Option(
        help: ArgumentHelp("Of --architecture feed-forward: n, the next token and those it is told from (3).", valueName: "n"))
    var order: Int?
    @Flag(
        inversion: .prefixedNo, help: "Of --architecture feed-forward: connect the tokens' vectors with the scores directly too.")
    var directConnections: Bool?
}

/// What keeps a language model from learning its text by heart, beside `--dropout`.
struct RegularizationFlags: SettingFlags {
    @Option(help: ArgumentHelp("Share of words whose vectors are left out of a whole update (0).", valueName: "rate"))
    var dropoutEmbedding: Double?
    @Option(help: ArgumentHelp("Dropout of the tokens' vectors (--dropout).", valueName: "rate")) var dropoutInput: Double?
    @Option(help: ArgumentHelp("Dropout between two layers (--dropout).", valueName: "rate")) var dropoutHidden: Double?
    @Option(help: ArgumentHelp("Dropout of the top layer's outputs (--dropout).", valueName: "rate")) var dropoutOutput: Double?
    @Option(help: ArgumentHelp("With --variational-dropout: dropout of the recurrent state (--dropout).", valueName: "rate"))
    var dropoutState: Double?
    @Option(help: ArgumentHelp("Share of the recurrent weights that is left out of a whole update (0).", valueName: "rate"))
    var weightDrop: Double?
    @Option(help: ArgumentHelp("AR, α: penalty on large outputs of the top layer (0).", valueName: "factor"))
    var activationRegularization: Double?
    @Option(help: ArgumentHelp("TAR, β: penalty on outputs that change from step to step (0).", valueName: "factor"))
    var temporalRegularization: Double?
}

/// How words become vectors, in tasks that read whole sentences.
struct EncoderFlags: SettingFlags {
    @Flag(inversion: .prefixedNo, help: "Look words up in lower case.") var lowercase: Bool?
    @Option(help: ArgumentHelp("Elements of a character's vector; 0: words are not read by characters (0).", valueName: "n"))
    var characterEmbedding: Int?
    @Option(help: ArgumentHelp("Units that read the characters of a word, in each direction (32).", valueName: "n"))
    var characterHidden: Int?
    @Option(help: ArgumentHelp("Elements that tell how a word is written, such as in capitals (0).", valueName: "n"))
    var caseEmbedding: Int?
    @Option(
        help: ArgumentHelp("How likely a word that occurs once is read as unknown while training (0.5).", valueName: "rate"))
    var unknownRate: Double?
    @Option(
        help: ArgumentHelp("Start word vectors uniform in ± this, of classify, tag and parse (√(3 / n)).", valueName: "r"))
    var embeddingRange: Double?
}

/// How a network reads, in tasks whose models can be pretrained.
struct ReaderFlags: SettingFlags {
    @Flag(inversion: .prefixedNo, help: "Read sentences from their beginning alone, as language models do.") var oneDirection:
        Bool?
    @Option(
        help: ArgumentHelp(
            "Learn to predict the next words too, with this weight; of networks of one direction (0).", valueName: "weight"))
    var lmLoss: Double?
    @Flag(inversion: .prefixedNo, help: "Predict the next words of --lm-loss with the word vectors.") var tieLmLoss: Bool?
}

/// What a new model takes over.
struct TransferFlags: SettingFlags {
    @Option(
        help: ArgumentHelp(
            "Begin with word vectors and layers of this run: a language model, or a model of words of another task.",
            valueName: "run"),
        completion: .directory)
    var pretrained: String?
    @Option(
        help: ArgumentHelp("And backwards with those of this language model, trained with --backward.", valueName: "run"),
        completion: .directory)
    var pretrainedBackward: String?
    @Option(
        help: ArgumentHelp(
            "What vectors of words begin with that --pretrained lacks (unknown).",
            valueName: NewWordVectors.allCases.map(\.rawValue).joined(separator: "|")))
    var newWords: String?
    @Flag(inversion: .prefixedNo, help: "Know all words of --pretrained, also those that the training text lacks (yes).")
    var keepVocabulary: Bool?
}

/// What of a model is trained when, and how fast.
struct FineTuningFlags: SettingFlags {
    @Option(help: ArgumentHelp("Parts that stay as they are: embeddings, encoder, network/0, ….", valueName: "part,part"))
    var freeze: String?
    @Option(
        help: ArgumentHelp(
            "Train the top layer alone at first, and one layer more after every n epochs (all at once).", valueName: "n"))
    var gradualUnfreezing: Int?
    @Option(help: ArgumentHelp("Divide the rate of each layer by this for the one below (1).", valueName: "factor"))
    var layerDecay: Double?
}

/// What only a classifier has.
struct ClassifyFlags: SettingFlags {
    @Option(
        help: ArgumentHelp(
            "How the states become one vector (last).", valueName: PoolingKind.allCases.map(\.rawValue).joined(separator: "|")))
    var pooling: String?
    @Option(help: ArgumentHelp("How much classes weigh in training (none).", valueName: "none|balanced"))
    var classWeights: String?
}

/// What only a tagger has.
struct TagFlags: SettingFlags {
    @Option(
        help: ArgumentHelp(
            "What is learned: each tag alone, or all tags of a sentence together (softmax).",
            valueName: TaggerLoss.allCases.map(\.rawValue).joined(separator: "|")))
    var loss: String?
    @Option(help: ArgumentHelp("The column of the tag, in columns (last; upos in CoNLL-U).", valueName: "last|upos|xpos|n"))
    var column: String?
    @Option(
        help: ArgumentHelp(
            "The scheme that tags of spans are learned in (that of the file).",
            valueName: TagScheme.allCases.map(\.rawValue).joined(separator: "|")))
    var tagScheme: String?
    @Flag(inversion: .prefixedNo, help: "Give out only tags that may follow each other.") var constrained: Bool?
    @Option(help: ArgumentHelp("Cost of a wrong tag in the margin loss (1).", valueName: "n")) var margin: Double?
    @Option(help: ArgumentHelp("Elements of the previous tag's vector (16).", valueName: "n")) var tagEmbedding: Int?
    @Option(help: ArgumentHelp("How often the previous tag is the right one, in the first epoch (1).", valueName: "rate"))
    var teacherForcing: Double?
    @Option(help: ArgumentHelp("By how much that falls from epoch to epoch (0).", valueName: "rate"))
    var teacherForcingDecay: Double?
    @Option(help: ArgumentHelp("Below which it does not fall (0.2).", valueName: "rate")) var teacherForcingFloor: Double?
    @Option(help: ArgumentHelp("Word vectors to begin with: word2vec, GloVe or fastText.", valueName: "file"))
    var embeddings: String?
    @Option(
        help: ArgumentHelp("Beside word vectors, states of this language model of characters.", valueName: "run"),
        completion: .directory)
    var contextual: String?
    @Option(
        help: ArgumentHelp("And of this one, trained with --backward.", valueName: "run"), completion: .directory)
    var contextualBackward: String?
    @Option(help: ArgumentHelp("Project these states to n elements; 0: take them as they are (0).", valueName: "n"))
    var contextualProjection: Int?
}

/// What tasks on pairs of texts have.
struct PairTaskFlags: SettingFlags {
    @Option(help: ArgumentHelp("Columns of source and target in a file of three or more.", valueName: "n,n"))
    var columns: String?
    @Option(help: ArgumentHelp("Learn so many merges of byte-pair encoding; 0: tokens are words (0).", valueName: "n"))
    var bpeMerges: Int?
    @Flag(inversion: .prefixedNo, help: "One byte-pair encoding for both sides.") var sharedBpe: Bool?
}

/// What only a translator has.
struct TranslateFlags: SettingFlags {
    @Flag(inversion: .prefixedNo, help: "The encoder reads in both directions.") var bidirectional: Bool?
    @Option(help: ArgumentHelp("Units of the encoder, in each direction (as the decoder).", valueName: "n"))
    var encoderHidden: Int?
    @Option(
        help: ArgumentHelp(
            "How the decoder's first state comes from the encoder (summary).",
            valueName: StateHandOver.allCases.map(\.rawValue).joined(separator: "|")))
    var handOver: String?
    @Option(
        help: ArgumentHelp(
            "How the decoder looks at the source (none).",
            valueName: AttentionKind.allCases.map(\.rawValue).joined(separator: "|")))
    var attention: String?
    @Option(help: ArgumentHelp("Units of MLP attention (128).", valueName: "n")) var attentionSize: Int?
    @Flag(inversion: .prefixedNo, help: "What a token was predicted from is part of the next input.") var inputFeeding: Bool?
    @Flag(
        inversion: .prefixedNo,
        help: "Learn to write the lines of one file as they are: a sequence autoencoder, for --pretrained.")
    var autoencode: Bool?
    @Flag(
        inversion: .prefixedNo,
        help: "Translate the file of --dev at each evaluation, for BLEU and exact matches beside the perplexity.")
    var devTranslation: Bool?
}

/// What only a retriever has.
struct RetrieveFlags: SettingFlags {
    @Flag(inversion: .prefixedNo, help: "Sources are found by targets too.") var bothDirections: Bool?
    @Option(
        help: ArgumentHelp(
            "How alike two vectors are (dot).", valueName: RetrievalSimilarity.allCases.map(\.rawValue).joined(separator: "|")))
    var similarity: String?
    @Option(help: ArgumentHelp("What scores are multiplied by in training (1).", valueName: "n")) var scale: Double?
}

/// What only a classifier of trees has.
struct TreeFlags: SettingFlags {
    @Option(help: ArgumentHelp("Children that a node of an N-ary cell may have (2).", valueName: "n")) var children: Int?
    @Flag(inversion: .prefixedNo, help: "Learn the labels of all nodes, not of the roots alone.") var allNodes: Bool?
}

/// What only a parser has.
struct ParseFlags: SettingFlags {
    @Option(
        help: ArgumentHelp(
            "How trees are found (biaffine).", valueName: ParsingMethod.allCases.map(\.rawValue).joined(separator: "|")))
    var method: String?
    @Option(help: ArgumentHelp("Units that score arcs (256).", valueName: "n")) var arcHidden: Int?
    @Option(help: ArgumentHelp("Units that score relations (64).", valueName: "n")) var labelHidden: Int?
    @Option(help: ArgumentHelp("Units of stack and buffer (128).", valueName: "n")) var stackHidden: Int?
    @Option(help: ArgumentHelp("Units before the scores of actions (128).", valueName: "n")) var actionHidden: Int?
    @Option(help: ArgumentHelp("Elements of a relation's vector (32).", valueName: "n")) var relationEmbedding: Int?
    @Option(help: ArgumentHelp("How often arc-hybrid goes on by its own action while it learns (0.9).", valueName: "rate"))
    var exploration: Double?
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
    @Option(
        help: ArgumentHelp(
            "Instead, sentences of about equal length an update, so many that padded they would have n tokens at most.",
            valueName: "n"))
    var batchTokens: Int?
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
    @Option(
        help: ArgumentHelp(
            "Average of the weights, to be evaluated and kept: none, exponential, cumulative, or nt-asgd, which begins when a "
                + "development loss is worse than the best of those more than five evaluations before (none).",
            valueName: "name"))
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
    @Flag(inversion: .prefixedNo, help: "Go on where a checkpoint cannot be written after three tries.") var ignoreSaveErrors:
        Bool?
    @Flag(inversion: .prefixedNo, help: "Write the log for TensorBoard too.") var tensorboard: Bool?
    @Option(
        help: ArgumentHelp(
            "How matrix products read their factors; bfloat16 is faster on processors that multiply such numbers (float32).",
            valueName: ProductPrecision.allCases.map(\.rawValue).joined(separator: "|")))
    var precision: String?
    @Option(help: ArgumentHelp("Seed of everything random (1).", valueName: "n"))
    var seed: Int?
    @Option(help: ArgumentHelp("Memory to take at most, such as 2GB (what the machine has).", valueName: "bytes"))
    var memoryLimit: String?
}
