import ElmanFiles
import ElmanText

extension TreeClassifier {
    private static let labelsName = "labels.txt"

    /// The model of a run's folder: configuration, vocabularies and best weights. Throws a `DataError` that names the file.
    public init(contentsOf run: String) throws(DataError) { try self.init(RunFolder.open(run)) }

    /// As `init(contentsOf:)`, from an open folder.
    public init(_ folder: RunFolder) throws(DataError) {
        try folder.requireWeights()
        self = try Self.untrained(folder)
        try folder.requireRows(
            of: embeddings.name, count: vocabularies.words.count, file: "vocabulary.txt")
        try folder.requireRows(of: "scores/bias", count: labels.count, file: Self.labelsName)
        try parameters.load(from: folder.weightsPath)
    }

    /// The model of a folder with new parameters, to be filled from a checkpoint.
    package static func untrained(_ folder: RunFolder, seed: UInt64 = 1) throws(DataError) -> TreeClassifier {
        let configuration = try TreeClassifierConfiguration(
            json: try folder.readConfiguration(), path: folder.configurationPath)
        return try TreeClassifier(
            configuration, vocabularies: try EncoderVocabularies(reading: folder, configuration.encoder),
            labels: try folder.readLabels(Self.labelsName), seed: seed)
    }

    /// Writes `vocabulary.txt` and `labels.txt`.
    public func writeVocabularies(to folder: RunFolder) throws(DataError) {
        try vocabularies.write(to: folder)
        try labels.write(to: try folder.file(named: Self.labelsName))
    }
}
