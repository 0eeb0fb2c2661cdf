import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanTensor
import ElmanText

/// The part of a trained model that reads: word vectors and recurrent layers, for a new model to begin with.
///
/// It may be a language model of words, or the encoder of a classifier, tagger, parser or translator, or that of a retriever's
/// sources. What it is made of is known at once; the weights are read when a model takes them over.
public struct PretrainedEncoder: Sendable {
    /// The folder of its run.
    public let run: String
    /// The task that it was trained for: `lm`, `classify`, ….
    public let task: String
    /// The recurrent cell.
    public let cell: CellKind
    /// Elements of a word's own vector.
    public let embeddingSize: Int
    /// Whether a layer's input is added to its output.
    public let isResidual: Bool
    /// From which end it reads.
    public let directions: ReadingDirections
    /// The words that it has vectors of.
    public let vocabulary: Vocabulary
    /// Whether words are looked up in lower case; nil where words stand as they are, as in language models.
    public let lowercases: Bool?
    /// The form of characters that can be written in more than one way.
    public let normalization: TextNormalization
    /// The characters it has vectors of; nil where words are not read by characters.
    let characters: Vocabulary?
    /// Settings of how words are made of characters and case, as keys and values of `config.json`.
    let wordSettings: JSONObject
    /// Whether its words are pieces of words.
    let usesSubwords: Bool
    let layout: EncoderLayout
    /// Names and shapes of its parameters.
    let shapes: [String: Shape]
    /// Whether the scores of next words are made with the words' own vectors.
    let tiesEmbeddings: Bool
    private let folder: RunFolder

    /// Recurrent layers.
    public var layerCount: Int { layout.layerCount }
    /// Units of each layer in each direction.
    public var hiddenSize: Int { layout.hiddenSize }

    /// The encoder of a run's best model. Throws `.configuration` where the run has none that reads words one after the other, and a
    /// `DataError` that names the file where it cannot be read.
    public init(contentsOf run: String) throws(DataError) { try self.init(RunFolder.open(run)) }

    /// As `init(contentsOf:)`, from an open folder.
    public init(_ folder: RunFolder) throws(DataError) {
        let task = try folder.readConfiguration()["task"]?.asString ?? "unknown"
        let parts = try Parts(folder, task: task)
        self.folder = folder
        run = folder.path
        self.task = task
        cell = parts.cell
        embeddingSize = parts.embeddingSize
        isResidual = parts.isResidual
        directions = parts.layout.backward == nil ? .forward : parts.layout.forward == nil ? .backward : .both
        vocabulary = parts.vocabulary
        lowercases = parts.lowercases
        normalization = parts.normalization
        characters = parts.characters
        wordSettings = parts.wordSettings
        usesSubwords = parts.usesSubwords
        tiesEmbeddings = parts.tiesEmbeddings
        layout = parts.layout
        var shapes: [String: Shape] = [:]
        for entry in parts.parameters.entries { shapes[entry.name] = entry.shape }
        self.shapes = shapes
    }

    /// Reads the weights.
    func loadParameters() throws(DataError) -> ParameterCollection { try Parts(folder, task: task).parameters }
}

/// What a model of a task gives away.
private struct Parts {
    let parameters: ParameterCollection
    let layout: EncoderLayout
    let cell: CellKind
    let embeddingSize: Int
    let isResidual: Bool
    let vocabulary: Vocabulary
    var characters: Vocabulary?
    var lowercases: Bool?
    let normalization: TextNormalization
    var wordSettings: JSONObject = [:]
    var usesSubwords = false
    var tiesEmbeddings = false

    init(_ folder: RunFolder, task: String) throws(DataError) {
        switch task {
        case "lm": try self.init(try LanguageModel(folder), folder)
        case "classify":
            let model = try Classifier(folder)
            guard model.configuration.architecture == .recurrent else {
                throw Self.refused(folder, "a bag of words, which has no recurrent layers")
            }
            self.init(model.configuration.encoder, model.vocabularies, model.encoderLayout, model.parameters)
        case "tag":
            let model = try Tagger(folder)
            self.init(model.configuration.encoder, model.vocabularies, model.encoderLayout, model.parameters)
        case "seq2seq": self.init(try Translator(folder))
        default: throw Self.refused(folder, "a run of task '\(task)', from which no encoder can be taken over")
        }
    }

    private init(_ model: LanguageModel, _ folder: RunFolder) throws(DataError) {
        let configuration = model.configuration
        guard configuration.architecture == .recurrent else {
            throw Self.refused(folder, "a feed-forward language model, which has no recurrent layers")
        }
        guard configuration.unit == .word else {
            throw Self.refused(folder, "a language model of characters, where words are to be read")
        }
        parameters = model.parameters
        layout = EncoderLayout(
            embeddings: "embeddings", layerCount: configuration.layerCount, inputSize: configuration.embeddingSize,
            hiddenSize: configuration.hiddenSize, layers: "rnn/", forward: configuration.isBackward ? nil : "/",
            backward: configuration.isBackward ? "/" : nil)
        cell = configuration.cell
        embeddingSize = configuration.embeddingSize
        isResidual = configuration.isResidual
        vocabulary = model.vocabulary
        normalization = configuration.normalization
        tiesEmbeddings = configuration.tiesEmbeddings
    }

    private init(
        _ configuration: EncoderConfiguration, _ vocabularies: EncoderVocabularies, _ layout: EncoderLayout,
        _ parameters: ParameterCollection
    ) {
        self.parameters = parameters
        self.layout = layout
        cell = configuration.cell
        embeddingSize = configuration.embeddingSize
        isResidual = configuration.isResidual
        vocabulary = vocabularies.words
        characters = vocabularies.characters
        lowercases = configuration.lowercases
        normalization = configuration.normalization
        wordSettings = [
            "lowercase": .bool(configuration.lowercases), "character-embedding": JSONValue(configuration.characterEmbeddingSize),
            "character-hidden": JSONValue(configuration.characterHiddenSize), "case-embedding": JSONValue(configuration.caseSize),
        ]
    }

    private init(_ model: Translator) {
        let configuration = model.configuration
        parameters = model.parameters
        layout = model.encoderLayout
        cell = configuration.cell
        embeddingSize = configuration.embeddingSize
        isResidual = configuration.isResidual
        vocabulary = model.vocabularies.source.vocabulary
        normalization = configuration.preparation.normalization
        usesSubwords = configuration.preparation.usesSubwords
    }

    private static func refused(_ folder: RunFolder, _ what: String) -> DataError {
        DataError(.configuration, path: folder.path, "is \(what); name the run of a recurrent model that reads words")
    }
}
