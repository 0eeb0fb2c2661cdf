import ElmanFiles
import ElmanGraph
import ElmanText

extension TreeClassifier: TaskModel {
    package init(
        _ configuration: TreeClassifierConfiguration, for texts: Treebank, in parameters: ParameterCollection
    ) throws(DataError) {
        try self.init(
            configuration, vocabularies: EncoderVocabularies(texts.words, configuration.encoder),
            labels: texts.labelVocabulary(), in: parameters)
    }

    package func remade(in parameters: ParameterCollection) throws(DataError) -> TreeClassifier {
        try TreeClassifier(configuration, vocabularies: vocabularies, labels: labels, in: parameters)
    }

    package var settings: JSONObject { configuration.json }

    package var rowFiles: [RowFile] {
        [
            RowFile(embeddings.name, vocabularies.words.count, "vocabulary.txt"),
            RowFile("scores/bias", labels.count, Self.labelsName),
        ]
    }

    private static let labelsName = "labels.txt"

    /// The model of a run's folder: configuration, vocabularies and best weights. Throws a `DataError` that names the file.
    public init(contentsOf run: String, weights: WeightPrecision = .float32) throws(DataError) {
        try self.init(RunFolder.open(run), weights: weights)
    }

    /// As `init(contentsOf:)`, from an open folder.
    public init(_ folder: RunFolder, weights: WeightPrecision = .float32) throws(DataError) {
        self = try Self.loaded(from: folder, weights: weights)
    }

    package static func untrained(_ folder: RunFolder, in parameters: ParameterCollection) throws(DataError) -> TreeClassifier {
        let configuration = try TreeClassifierConfiguration(
            json: try folder.readConfiguration(), path: folder.configurationPath)
        return try TreeClassifier(
            configuration, vocabularies: try EncoderVocabularies(reading: folder, configuration.encoder),
            labels: try folder.readLabels(Self.labelsName), in: parameters)
    }

    /// Writes `vocabulary.txt` and `labels.txt`.
    public func writeVocabularies(to folder: RunFolder) throws(DataError) {
        try vocabularies.write(to: folder)
        try labels.write(to: try folder.file(named: Self.labelsName))
    }
}
