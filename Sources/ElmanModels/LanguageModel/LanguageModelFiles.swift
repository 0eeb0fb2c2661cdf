import ElmanFiles
import ElmanText

extension LanguageModel {
    /// The model of a run's folder: configuration, vocabulary and best weights. Throws a `DataError` that names the file.
    public init(contentsOf run: String) throws(DataError) {
        try self.init(RunFolder.open(run))
    }

    /// As `init(contentsOf:)`, from an open folder.
    public init(_ folder: RunFolder) throws(DataError) {
        self = try LanguageModel.untrained(folder)
        try parameters.load(from: folder.weightsPath)
    }

    /// The model of a folder with new parameters, to be filled from a checkpoint.
    package static func untrained(_ folder: RunFolder, seed: UInt64 = 1) throws(DataError) -> LanguageModel {
        let json = try folder.readConfiguration()
        let configuration = try LanguageModelConfiguration(json: json, path: folder.configurationPath)
        let vocabulary = try Vocabulary(
            reading: folder.vocabularyPath, boundary: configuration.unit.boundarySpelling)
        return try LanguageModel(configuration, vocabulary: vocabulary, seed: seed)
    }
}
