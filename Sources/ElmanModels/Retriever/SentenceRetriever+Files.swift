import ElmanFiles
import ElmanText

extension SentenceRetriever {
    /// The model of a run's folder: configuration, vocabularies and best weights. Throws a `DataError` that names the file.
    public init(contentsOf run: String) throws(DataError) { try self.init(RunFolder.open(run)) }

    /// As `init(contentsOf:)`, from an open folder.
    public init(_ folder: RunFolder) throws(DataError) {
        try folder.requireWeights()
        self = try SentenceRetriever.untrained(folder)
        try parameters.load(from: folder.weightsPath)
    }

    /// The model of a folder with new parameters, to be filled from a checkpoint.
    package static func untrained(_ folder: RunFolder, seed: UInt64 = 1) throws(DataError) -> SentenceRetriever {
        let configuration = try RetrieverConfiguration(json: try folder.readConfiguration(), path: folder.configurationPath)
        let vocabularies = try PairVocabularies(reading: folder, configuration.preparation)
        return try SentenceRetriever(configuration, vocabularies: vocabularies, seed: seed)
    }

    /// Writes the vocabularies of the run's folder.
    public func writeVocabularies(to folder: RunFolder) throws(DataError) { try vocabularies.write(to: folder) }
}
