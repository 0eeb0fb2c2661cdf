import ElmanFiles
import ElmanGraph
import ElmanText

extension Classifier: TaskModel {
    package init(
        _ configuration: ClassifierConfiguration, for texts: LabelledTexts, in parameters: ParameterCollection
    ) throws(DataError) {
        try self.init(
            configuration, vocabularies: EncoderVocabularies(texts.texts, configuration.encoder), labels: texts.labelVocabulary(),
            in: parameters)
    }

    package func remade(in parameters: ParameterCollection) throws(DataError) -> Classifier {
        try Classifier(configuration, vocabularies: vocabularies, labels: labels, in: parameters)
    }

    package var settings: JSONObject { configuration.json }

    package var rowFiles: [RowFile] {
        [
            RowFile(embeddings.name, vocabularies.words.count, "vocabulary.txt"),
            RowFile("scores/weights", labels.count, Self.labelsFile),
        ]
    }

    static let labelsFile = "labels.txt"

    /// The model of a run's folder: configuration, vocabularies, labels and best weights. Throws a `DataError` that names the file.
    public init(contentsOf run: String, weights: WeightPrecision = .float32) throws(DataError) {
        try self.init(RunFolder.open(run), weights: weights)
    }

    /// As `init(contentsOf:)`, from an open folder.
    public init(_ folder: RunFolder, weights: WeightPrecision = .float32) throws(DataError) {
        self = try Self.loaded(from: folder, weights: weights)
    }

    package static func untrained(_ folder: RunFolder, in parameters: ParameterCollection) throws(DataError) -> Classifier {
        let json = try folder.readConfiguration()
        let configuration = try ClassifierConfiguration(json: json, path: folder.configurationPath)
        return try Classifier(
            configuration, vocabularies: EncoderVocabularies(reading: folder, configuration.encoder),
            labels: try folder.readLabels(labelsFile), in: parameters)
    }

    /// Writes `vocabulary.txt`, `characters.txt` where words are read by characters, and `labels.txt`.
    public func writeVocabularies(to folder: RunFolder) throws(DataError) {
        try vocabularies.write(to: folder)
        try labels.write(to: try folder.file(named: Self.labelsFile))
    }
}
