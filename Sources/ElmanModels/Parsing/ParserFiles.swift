import ElmanFiles
import ElmanText

extension Parser {
    private static let relationsName = "relations.txt"
    private static let tagsName = "tags.txt"

    /// The model of a run's folder: configuration, vocabularies and best weights. Throws a `DataError` that names the file.
    public init(contentsOf run: String) throws(DataError) { try self.init(RunFolder.open(run)) }

    /// As `init(contentsOf:)`, from an open folder.
    public init(_ folder: RunFolder) throws(DataError) {
        try folder.requireWeights()
        self = try Self.untrained(folder)
        try folder.requireRows(of: embeddings.name, count: vocabularies.words.count, file: "vocabulary.txt")
        if let tags, let table = reader.tags {
            try folder.requireRows(of: table.name, count: tags.count, file: Self.tagsName)
        }
        if configuration.method == .biaffine {
            try folder.requireRows(of: "labels/linear/bias", count: relations.count, file: Self.relationsName)
        }
        try parameters.load(from: folder.weightsPath)
    }

    /// The model of a folder with new parameters, to be filled from a checkpoint.
    package static func untrained(_ folder: RunFolder, seed: UInt64 = 1) throws(DataError) -> Parser {
        let configuration = try ParserConfiguration(json: try folder.readConfiguration(), path: folder.configurationPath)
        let relations = try folder.readLabels(relationsName)
        guard relations.index(of: configuration.rootRelation) != nil else {
            throw DataError(
                .badData, path: try folder.file(named: relationsName),
                "does not have the root's relation '\(configuration.rootRelation)'; put back the file of this model")
        }
        return try Parser(
            configuration, vocabularies: try EncoderVocabularies(reading: folder, configuration.encoder),
            tags: configuration.tagEmbeddingSize == 0 ? nil : try readTags(folder), relations: relations, seed: seed)
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
