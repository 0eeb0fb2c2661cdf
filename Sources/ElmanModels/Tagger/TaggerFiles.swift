import ElmanFiles
import ElmanGraph
import ElmanText

extension Tagger: TaskModel {
    package init(
        _ configuration: TaggerConfiguration, for texts: TaggedTexts, in parameters: ParameterCollection
    ) throws(DataError) {
        guard let tags = texts.tags else { throw DataError(.badData, "the training text has no tags; give a text with tags") }
        var configuration = configuration
        configuration.fileScheme = TagSchemeReport(tags)?.scheme
        try configuration.validate()
        let learned = Self.trainingTags(tags, configuration)
        try self.init(
            configuration, vocabularies: EncoderVocabularies(texts.words, configuration.encoder),
            tags: Vocabulary(labels: learned.counts), in: parameters)
    }

    package func remade(in parameters: ParameterCollection) throws(DataError) -> Tagger {
        try Tagger(
            configuration, vocabularies: vocabularies, tags: tags, contextualCharacters: contextualCharacters, in: parameters)
    }

    package var settings: JSONObject { configuration.json }

    package var rowFiles: [RowFile] {
        [
            RowFile(embeddings.name, vocabularies.words.count, "vocabulary.txt"),
            RowFile("scores/weights", tags.count, Self.tagsFile),
        ] + (contextualCharacters?.rowFiles ?? [])
    }

    static let tagsFile = "tags.txt"

    /// The model of a run's folder: configuration, vocabularies, tags and best weights. Throws a `DataError` that names the file.
    public init(contentsOf run: String, weights: WeightPrecision = .float32) throws(DataError) {
        try self.init(RunFolder.open(run), weights: weights)
    }

    /// As `init(contentsOf:)`, from an open folder.
    public init(_ folder: RunFolder, weights: WeightPrecision = .float32) throws(DataError) {
        self = try Self.loaded(from: folder, weights: weights)
    }

    package static func untrained(_ folder: RunFolder, in parameters: ParameterCollection) throws(DataError) -> Tagger {
        let json = try folder.readConfiguration()
        let configuration = try TaggerConfiguration(json: json, path: folder.configurationPath)
        let tags = try folder.readLabels(tagsFile)
        if configuration.fileScheme != nil, !TagSet(tags).hasSpans {
            throw DataError(
                .badData, path: try folder.file(named: tagsFile),
                "has tags that are none of spans, where the configuration names a scheme; put back the file of this model")
        }
        return try Tagger(
            configuration, vocabularies: EncoderVocabularies(reading: folder, configuration.encoder), tags: tags,
            contextualCharacters: try configuration.contextual.map { contextual throws(DataError) in
                try ContextualVocabularies(reading: folder, contextual)
            }, in: parameters)
    }

    /// Writes `vocabulary.txt`, `characters.txt` where words are read by characters, and `tags.txt`: the tags that are learned.
    public func writeVocabularies(to folder: RunFolder) throws(DataError) {
        try vocabularies.write(to: folder)
        try tags.write(to: try folder.file(named: Self.tagsFile))
        try contextualCharacters?.write(to: folder)
    }
}
