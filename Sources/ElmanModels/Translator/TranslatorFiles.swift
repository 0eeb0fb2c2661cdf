import ElmanFiles
import ElmanGraph
import ElmanText

extension Translator: TaskModel {
    package init(
        _ configuration: TranslatorConfiguration, for texts: ParallelTexts, in parameters: ParameterCollection
    ) throws(DataError) {
        try self.init(
            configuration, vocabularies: try PairVocabularies(training: texts, configuration.preparation), in: parameters)
    }

    package func remade(in parameters: ParameterCollection) throws(DataError) -> Translator {
        try Translator(configuration, vocabularies: vocabularies, in: parameters)
    }

    package var settings: JSONObject { configuration.json }

    package var rowFiles: [RowFile] {
        vocabularies.rowFiles(sources: "encoder/embeddings", targets: "decoder/embeddings")
    }

    /// The model of a run's folder: configuration, vocabularies and best weights. Throws a `DataError` that names the file.
    public init(contentsOf run: String, weights: WeightPrecision = .float32) throws(DataError) {
        try self.init(RunFolder.open(run), weights: weights)
    }

    /// As `init(contentsOf:)`, from an open folder.
    public init(_ folder: RunFolder, weights: WeightPrecision = .float32) throws(DataError) {
        self = try Self.loaded(from: folder, weights: weights)
    }

    package static func untrained(_ folder: RunFolder, in parameters: ParameterCollection) throws(DataError) -> Translator {
        let configuration = try TranslatorConfiguration(json: try folder.readConfiguration(), path: folder.configurationPath)
        let vocabularies = try PairVocabularies(reading: folder, configuration.preparation)
        return try Translator(configuration, vocabularies: vocabularies, in: parameters)
    }

    /// Writes the vocabularies of the run's folder.
    public func writeVocabularies(to folder: RunFolder) throws(DataError) { try vocabularies.write(to: folder) }
}
