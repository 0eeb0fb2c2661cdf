import ElmanFiles
import ElmanGraph
import ElmanText

extension LanguageModel {
    /// The model of a run's folder: configuration, vocabulary and best weights. Throws a `DataError` that names the file.
    /// - Parameter weights: in how many bits matrices are held, for inference.
    public init(contentsOf run: String, weights: WeightPrecision = .float32) throws(DataError) {
        try self.init(RunFolder.open(run), weights: weights)
    }

    /// As `init(contentsOf:)`, from an open folder.
    public init(_ folder: RunFolder, weights: WeightPrecision = .float32) throws(DataError) {
        try folder.requireWeights()
        self = try LanguageModel.untrained(folder, in: .toBeLoaded(as: weights))
        try checkVocabulary(folder)
        try parameters.load(from: folder.weightsPath)
    }

    /// Throws `.badData` where the weights are those of another vocabulary.
    private func checkVocabulary(_ folder: RunFolder) throws(DataError) {
        guard let stored = try SafetensorsFile(folder.weightsPath)[embeddings.name], let count = stored.shape.first,
            count != vocabulary.count
        else { return }
        throw DataError(
            .badData, path: folder.vocabularyPath,
            "has \(vocabulary.count) entries, but \(folder.weightsPath) was made with \(count); put back the vocabulary of this model"
        )
    }

    /// The model of a folder with new parameters, to be filled from a checkpoint.
    package static func untrained(
        _ folder: RunFolder, in parameters: ParameterCollection = ParameterCollection()
    ) throws(DataError) -> LanguageModel {
        let json = try folder.readConfiguration()
        let configuration = try LanguageModelConfiguration(json: json, path: folder.configurationPath)
        let vocabulary = try vocabulary(of: folder, configuration)
        let counts = try counts(of: folder, configuration, vocabularySize: vocabulary.count)
        return try LanguageModel(configuration, vocabulary: vocabulary, counts: counts, in: parameters)
    }

    /// How often each entry of the vocabulary occurs, where the output layer goes by it; nil for others.
    package static func counts(
        of folder: RunFolder, _ configuration: LanguageModelConfiguration, vocabularySize: Int
    ) throws(DataError) -> [Int]? {
        guard configuration.output.needsCounts else { return nil }
        return try WordCounts.read(folder.file(named: WordCounts.fileName), vocabularySize: vocabularySize)
    }

    /// The vocabulary in a run's folder.
    package static func vocabulary(
        of folder: RunFolder, _ configuration: LanguageModelConfiguration
    ) throws(DataError) -> Vocabulary {
        let vocabulary = try Vocabulary(reading: folder.vocabularyPath, boundary: configuration.unit.boundarySpelling)
        guard vocabulary.boundary != nil else {
            throw DataError(
                .badData, path: folder.vocabularyPath,
                "has no end mark of sentences for unit '\(configuration.unit.rawValue)'; put back the vocabulary of this model")
        }
        return vocabulary
    }
}
