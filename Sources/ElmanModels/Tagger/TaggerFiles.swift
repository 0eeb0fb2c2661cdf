import ElmanFiles
import ElmanText

extension Tagger {
    static let tagsFile = "tags.txt"

    /// The model of a run's folder: configuration, vocabularies, tags and best weights. Throws a `DataError` that names the file.
    public init(contentsOf run: String) throws(DataError) { try self.init(RunFolder.open(run)) }

    /// As `init(contentsOf:)`, from an open folder.
    public init(_ folder: RunFolder) throws(DataError) {
        try folder.requireWeights()
        self = try Tagger.untrained(folder)
        try folder.requireRows(of: embeddings.name, count: vocabularies.words.count, file: "vocabulary.txt")
        try folder.requireRows(of: "scores/weights", count: tags.count, file: Self.tagsFile)
        try parameters.load(from: folder.weightsPath)
    }

    /// The model of a folder with new parameters, to be filled from a checkpoint.
    package static func untrained(_ folder: RunFolder, seed: UInt64 = 1) throws(DataError) -> Tagger {
        let json = try folder.readConfiguration()
        let configuration = try TaggerConfiguration(json: json, path: folder.configurationPath)
        let tags = try folder.readLabels(tagsFile)
        if configuration.fileScheme != nil, !TagSet(tags).hasSpans {
            throw DataError(
                .badData, path: try folder.file(named: tagsFile),
                "has tags that are none of spans, where the configuration names a scheme; put back the file of this model")
        }
        return try Tagger(
            configuration, vocabularies: EncoderVocabularies(reading: folder, configuration.encoder), tags: tags, seed: seed)
    }

    /// Writes `vocabulary.txt`, `characters.txt` where words are read by characters, and `tags.txt`: the tags that are learned.
    public func writeVocabularies(to folder: RunFolder) throws(DataError) {
        try vocabularies.write(to: folder)
        try tags.write(to: try folder.file(named: Self.tagsFile))
    }
}
