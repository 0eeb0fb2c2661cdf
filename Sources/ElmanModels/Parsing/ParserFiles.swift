import ElmanFiles
import ElmanGraph
import ElmanText

extension Parser: TaskModel {
    package init(
        _ configuration: ParserConfiguration, for texts: DependencyTreebank, in parameters: ParameterCollection
    ) throws(DataError) {
        var configuration = configuration
        configuration.setRootRelation(from: texts)
        try configuration.validate()
        try self.init(
            configuration, vocabularies: EncoderVocabularies(texts.words, configuration.encoder), tags: texts.upos.vocabulary(),
            relations: texts.relationVocabulary(), in: parameters)
    }

    package func remade(in parameters: ParameterCollection) throws(DataError) -> Parser {
        try Parser(configuration, vocabularies: vocabularies, tags: tags, relations: relations, in: parameters)
    }

    package var settings: JSONObject { configuration.json }

    package var rowFiles: [RowFile] {
        var files = [RowFile(embeddings.name, vocabularies.words.count, "vocabulary.txt")]
        if let tags, let table = reader.tags { files.append(RowFile(table.name, tags.count, Self.tagsName)) }
        if configuration.method == .biaffine {
            files.append(RowFile("labels/linear/bias", relations.count, Self.relationsName))
        }
        return files
    }

    private static let relationsName = "relations.txt"
    private static let tagsName = "tags.txt"

    /// The model of a run's folder: configuration, vocabularies and best weights. Throws a `DataError` that names the file.
    public init(contentsOf run: String, weights: WeightPrecision = .float32) throws(DataError) {
        try self.init(RunFolder.open(run), weights: weights)
    }

    /// As `init(contentsOf:)`, from an open folder.
    public init(_ folder: RunFolder, weights: WeightPrecision = .float32) throws(DataError) {
        self = try Self.loaded(from: folder, weights: weights)
    }

    package static func untrained(_ folder: RunFolder, in parameters: ParameterCollection) throws(DataError) -> Parser {
        let configuration = try ParserConfiguration(json: try folder.readConfiguration(), path: folder.configurationPath)
        let relations = try folder.readLabels(relationsName)
        guard relations.index(of: configuration.rootRelation) != nil else {
            throw DataError(
                .badData, path: try folder.file(named: relationsName),
                "does not have the root's relation '\(configuration.rootRelation)'; put back the file of this model")
        }
        return try Parser(
            configuration, vocabularies: try EncoderVocabularies(reading: folder, configuration.encoder),
            tags: configuration.tagEmbeddingSize == 0 ? nil : try readTags(folder), relations: relations, in: parameters)
    }

    private static func readTags(_ folder: RunFolder) throws(DataError) -> Vocabulary {
        let path = try folder.file(named: tagsName)
        let tags = try Vocabulary(reading: path, boundary: nil)
        guard tags.unknown != nil else {
            throw DataError(
                .badData, path: path, "has no entry \(Vocabulary.unknownSpelling); put back the file of this model")
        }
        return tags
    }

    /// Writes `vocabulary.txt`, `relations.txt`, and where they are looked at `characters.txt` and `tags.txt`.
    public func writeVocabularies(to folder: RunFolder) throws(DataError) {
        try vocabularies.write(to: folder)
        try relations.write(to: try folder.file(named: Self.relationsName))
        try tags?.write(to: try folder.file(named: Self.tagsName))
    }
}
