import ElmanFiles
import ElmanText

extension Classifier {
    static let labelsFile = "labels.txt"

    /// The model of a run's folder: configuration, vocabularies, labels and best weights. Throws a `DataError` that names the file.
    public init(contentsOf run: String) throws(DataError) { try self.init(RunFolder.open(run)) }

    /// As `init(contentsOf:)`, from an open folder.
    public init(_ folder: RunFolder) throws(DataError) {
        try folder.requireWeights()
        self = try Classifier.untrained(folder)
        try folder.requireRows(of: embeddings.name, count: vocabularies.words.count, file: "vocabulary.txt")
        try folder.requireRows(of: "scores/weights", count: labels.count, file: Self.labelsFile)
        try parameters.load(from: folder.weightsPath)
    }

    /// The model of a folder with new parameters, to be filled from a checkpoint.
    package static func untrained(_ folder: RunFolder, seed: UInt64 = 1) throws(DataError) -> Classifier {
        let json = try folder.readConfiguration()
        let configuration = try ClassifierConfiguration(json: json, path: folder.configurationPath)
        return try Classifier(
            configuration, vocabularies: EncoderVocabularies(reading: folder, configuration.encoder),
            labels: try folder.readLabels(labelsFile), seed: seed)
    }

    /// Writes `vocabulary.txt`, `characters.txt` where words are read by characters, and `labels.txt`.
    public func writeVocabularies(to folder: RunFolder) throws(DataError) {
        try vocabularies.write(to: folder)
        try labels.write(to: try folder.file(named: Self.labelsFile))
    }
}
