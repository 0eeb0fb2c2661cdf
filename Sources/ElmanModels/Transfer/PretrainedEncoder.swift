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
    /// The words that it has vectors of.
    public let vocabulary: Vocabulary
    /// Whether words are looked up in lower case; nil where words stand as they are, as in language models.
    public private(set) var lowercases: Bool?
    /// The form of characters that can be written in more than one way.
    public let normalization: TextNormalization
    /// The characters it has vectors of; nil where words are not read by characters.
    private(set) var characters: Vocabulary?
    /// Settings of how words are made of characters and case, as keys and values of `config.json`.
    private(set) var wordSettings: JSONObject = [:]
    /// Whether its words are pieces of words.
    private(set) var usesSubwords = false
    let layout: EncoderLayout
    /// Names and shapes of its parameters.
    let shapes: [String: Shape]
    /// Whether the scores of next words are made with the words' own vectors.
    private(set) var tiesEmbeddings = false
    private let folder: RunFolder

    /// Recurrent layers.
    public var layerCount: Int { layout.layerCount }
    /// Units of each layer in each direction.
    public var hiddenSize: Int { layout.hiddenSize }
    /// From which end it reads.
    public var directions: ReadingDirections {
        layout.backward == nil ? .forward : layout.forward == nil ? .backward : .both
    }

    /// The encoder of a run's best model. Throws `.configuration` where the run has none that reads words one after the other, and a
    /// `DataError` that names the file where it cannot be read.
    public init(contentsOf run: String) throws(DataError) { try self.init(RunFolder.open(run)) }

    /// As `init(contentsOf:)`, from an open folder.
    public init(_ folder: RunFolder) throws(DataError) { self = try Self.read(folder).encoder }

    /// Reads the weights.
    func loadParameters() throws(DataError) -> ParameterCollection { try Self.read(folder).parameters }

    /// The encoder of a run, and the parameters of its model.
    private static func read(
        _ folder: RunFolder
    ) throws(DataError) -> (encoder: PretrainedEncoder, parameters: ParameterCollection) {
        let task = try folder.readConfiguration()["task"]?.asString ?? "unknown"
        switch task {
        case "lm":
            let model = try LanguageModel(folder)
            return (try PretrainedEncoder(model, folder), model.parameters)
        case "classify":
            let model = try Classifier(folder)
            guard model.configuration.architecture == .recurrent else {
                throw refused(folder, "a bag of words, which has no recurrent layers")
            }
            let configuration = model.configuration.encoder
            return (PretrainedEncoder(model, of: task, configuration, model.vocabularies, folder), model.parameters)
        case "tag":
            let model = try Tagger(folder)
            let configuration = model.configuration.encoder
            return (PretrainedEncoder(model, of: task, configuration, model.vocabularies, folder), model.parameters)
        case "seq2seq":
            let model = try Translator(folder)
            return (PretrainedEncoder(model, folder), model.parameters)
        default: throw refused(folder, "a run of task '\(task)', from which no encoder can be taken over")
        }
    }

    private static func refused(_ folder: RunFolder, _ what: String) -> DataError {
        DataError(.configuration, path: folder.path, "is \(what); name the run of a recurrent model that reads words")
    }
}

/// What a model of each task gives away.
extension PretrainedEncoder {
    private init(_ model: LanguageModel, _ folder: RunFolder) throws(DataError) {
        let configuration = model.configuration
        guard configuration.architecture == .recurrent else {
            throw Self.refused(folder, "a feed-forward language model, which has no recurrent layers")
        }
        guard configuration.unit == .word else {
            throw Self.refused(folder, "a language model of characters, where words are to be read")
        }
        self.folder = folder
        run = folder.path
        task = "lm"
        cell = configuration.cell
        embeddingSize = configuration.embeddingSize
        isResidual = configuration.isResidual
        vocabulary = model.vocabulary
        normalization = configuration.normalization
        layout = EncoderLayout(
            embeddings: "embeddings", layerCount: configuration.layerCount, inputSize: configuration.embeddingSize,
            hiddenSize: configuration.hiddenSize, layers: "rnn/", forward: configuration.isBackward ? nil : "/",
            backward: configuration.isBackward ? "/" : nil)
        shapes = model.parameters.shapes
        tiesEmbeddings = configuration.tiesEmbeddings
    }

    /// Of a classifier or a tagger.
    private init(
        _ model: some PretrainableModel, of task: String, _ configuration: EncoderConfiguration,
        _ vocabularies: EncoderVocabularies, _ folder: RunFolder
    ) {
        self.folder = folder
        run = folder.path
        self.task = task
        cell = configuration.cell
        embeddingSize = configuration.embeddingSize
        isResidual = configuration.isResidual
        vocabulary = vocabularies.words
        lowercases = configuration.lowercases
        normalization = configuration.normalization
        characters = vocabularies.characters
        wordSettings = [
            "lowercase": .bool(configuration.lowercases), "character-embedding": JSONValue(configuration.characterEmbeddingSize),
            "character-hidden": JSONValue(configuration.characterHiddenSize), "case-embedding": JSONValue(configuration.caseSize),
        ]
        layout = model.encoderLayout
        shapes = model.parameters.shapes
    }

    private init(_ model: Translator, _ folder: RunFolder) {
        let configuration = model.configuration
        self.folder = folder
        run = folder.path
        task = "seq2seq"
        cell = configuration.cell
        embeddingSize = configuration.embeddingSize
        isResidual = configuration.isResidual
        vocabulary = model.vocabularies.source.vocabulary
        normalization = configuration.preparation.normalization
        usesSubwords = configuration.preparation.usesSubwords
        layout = model.encoderLayout
        shapes = model.parameters.shapes
    }
}

extension ParameterCollection {
    /// Names and shapes of all parameters.
    fileprivate var shapes: [String: Shape] {
        Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.shape) })
    }
}
