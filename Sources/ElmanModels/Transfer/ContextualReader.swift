import ElmanFiles
import ElmanGraph
import ElmanLayers
import ElmanTensor
import ElmanText

/// What of a tagger are character language models (Akbik, Blythe and Vollgraf 2018). Saved with the model.
public struct ContextualConfiguration: Sendable, Hashable {
    /// The language model that reads forwards.
    public var forward: LanguageModelConfiguration
    /// The language model that reads backwards, or nil.
    public var backward: LanguageModelConfiguration?

    /// Language models of given sizes.
    public init(forward: LanguageModelConfiguration, backward: LanguageModelConfiguration? = nil) {
        self.forward = forward
        self.backward = backward
    }

    /// Throws `.configuration` unless both are recurrent models of characters that read from the right end.
    func validate() throws(DataError) {
        for (configuration, isBackward) in [(forward, false), (backward, true)] {
            guard let configuration else { continue }
            try configuration.validate()
            guard configuration.unit == .char, configuration.architecture == .recurrent else {
                throw DataError(
                    .configuration,
                    "contextual vectors come from recurrent language models of characters; train one with --unit char")
            }
            guard configuration.isBackward == isBackward else {
                throw DataError(
                    .configuration,
                    isBackward
                        ? "the second language model of contextual vectors reads forwards; train it with --backward"
                        : "the first language model of contextual vectors reads backwards; name one that reads forwards")
            }
        }
    }

    var json: JSONObject { ["forward": .object(forward.json), "backward": backward.map { .object($0.json) } ?? .null] }

    /// Reads what `json` wrote.
    init(json: JSONObject, path: String) throws(DataError) {
        guard let object = json["forward"]?.asObject else {
            throw DataError(.badData, path: path, "a language model of contextual vectors is missing; restore the file")
        }
        forward = try LanguageModelConfiguration(json: object, path: path)
        backward = try (json["backward"]?.asObject).map { object throws(DataError) in
            try LanguageModelConfiguration(json: object, path: path)
        }
        do { try validate() } catch { throw DataError(.badData, path: path, error.message) }
    }
}

/// Trained character language models for contextual vectors.
public struct ContextualModels: Sendable {
    /// The one that reads forwards.
    public let forward: LanguageModel
    /// The one that reads backwards, or nil.
    public let backward: LanguageModel?

    /// Models. Throws `.configuration` unless both are recurrent models of characters that read from the right end.
    public init(forward: LanguageModel, backward: LanguageModel? = nil) throws(DataError) {
        self.forward = forward
        self.backward = backward
        try configuration.validate()
    }

    /// What they are made of.
    public var configuration: ContextualConfiguration {
        ContextualConfiguration(forward: forward.configuration, backward: backward?.configuration)
    }

    /// Their characters.
    var vocabularies: ContextualVocabularies {
        ContextualVocabularies(forward: forward.vocabulary, backward: backward?.vocabulary)
    }
}

/// The characters of the language models of contextual vectors.
public struct ContextualVocabularies: Sendable, Equatable {
    /// Of the one that reads forwards.
    let forward: Vocabulary
    /// Of the one that reads backwards.
    let backward: Vocabulary?

    private static let forwardName = "contextual-characters.txt"
    private static let backwardName = "contextual-backward-characters.txt"

    init(forward: Vocabulary, backward: Vocabulary?) {
        self.forward = forward
        self.backward = backward
    }

    func write(to folder: RunFolder) throws(DataError) {
        try forward.write(to: try folder.file(named: Self.forwardName))
        try backward?.write(to: try folder.file(named: Self.backwardName))
    }

    init(reading folder: RunFolder, _ configuration: ContextualConfiguration) throws(DataError) {
        forward = try Self.read(folder, Self.forwardName)
        backward = configuration.backward == nil ? nil : try Self.read(folder, Self.backwardName)
    }

    private static func read(_ folder: RunFolder, _ name: String) throws(DataError) -> Vocabulary {
        let path = try folder.file(named: name)
        let vocabulary = try Vocabulary(reading: path, boundary: TextUnit.char.boundarySpelling)
        guard vocabulary.boundary != nil, vocabulary.unknown != nil else {
            throw DataError(
                .badData, path: path, "has no newline or no \(Vocabulary.unknownSpelling); put back the file of this model")
        }
        return vocabulary
    }

    /// What the tables of the characters' vectors must fit.
    var rowFiles: [RowFile] {
        [RowFile("contextual/forward/embeddings", forward.count, Self.forwardName)]
            + (backward.map { [RowFile("contextual/backward/embeddings", $0.count, Self.backwardName)] } ?? [])
    }
}

/// Reads a sentence as a line of characters, words with one space between, and gives each word the state of the forward network after
/// its last character and that of the backward network after its first, both from the state behind the end mark of the line before
/// (Akbik, Blythe and Vollgraf 2018). What it says does not change when the tagger is trained.
///
/// Parameters, frozen: `forward/embeddings`, `forward/rnn/…`, and so `backward/…`, as of the language models.
struct ContextualReader: Sendable {
    private struct Direction: Sendable {
        let vocabulary: Vocabulary
        let normalization: TextNormalization
        let embeddings: LookupParameter
        let network: any RecurrentNetwork
        let parameters: ParameterCollection
    }

    private let forward: Direction
    private let backward: Direction?

    init(
        _ configuration: ContextualConfiguration, _ vocabularies: ContextualVocabularies, in parameters: ParameterCollection
    ) {
        func direction(_ configuration: LanguageModelConfiguration, _ vocabulary: Vocabulary, _ name: String) -> Direction {
            let scope = parameters.scope(name)
            let embeddings = scope.addLookup(
                count: vocabulary.count, size: configuration.embeddingSize, named: "embeddings", initializer: .zeros)
            let network = LanguageModel.makeNetwork(configuration, embeddings, boundary: vocabulary.boundary!, in: scope)
            return Direction(
                vocabulary: vocabulary, normalization: configuration.normalization, embeddings: embeddings, network: network,
                parameters: scope)
        }
        forward = direction(configuration.forward, vocabularies.forward, "forward")
        backward =
            zip([configuration.backward].compactMap { $0 }, [vocabularies.backward].compactMap { $0 })
            .map { direction($0, $1, "backward") }.first
        parameters.freeze()
    }

    /// Elements of a word's vector.
    var outputSize: Int { forward.network.hiddenSize + (backward?.network.hiddenSize ?? 0) }

    /// Takes the weights of trained language models over.
    func load(_ models: ContextualModels) {
        Self.copy(models.forward.parameters, to: forward.parameters)
        if let backward, let model = models.backward { Self.copy(model.parameters, to: backward.parameters) }
    }

    private static func copy(_ source: ParameterCollection, to target: ParameterCollection) {
        var values: [String: ParameterEntry] = [:]
        for entry in source.entries { values[entry.name] = entry }
        for entry in target.entries {
            let other = values[String(entry.name.dropFirst(target.prefix.count))]!
            entry.setValues(other.copy(of: other.values))
        }
    }

    /// The vectors of the words of sentences, `outputSize` numbers each. A sentence gets the same bits alone and among others.
    func vectors(of sentences: [[String]], in graph: ComputationGraph) -> [[[Float]]] {
        graph.renew()
        let forwards = sentences.map { reading($0, forward, isBackward: false, in: graph) }
        let backwards = sentences.map { sentence in backward.flatMap { reading(sentence, $0, isBackward: true, in: graph) } }
        let readings = (forwards + backwards).compactMap { $0?.states }
        if !readings.isEmpty { _ = sum(readings.map { sum($0) }).value }
        return zip(sentences, zip(forwards, backwards)).map { sentence, readings in
            var vectors = [[Float]](repeating: [], count: sentence.count)
            for reading in [readings.0, readings.1] {
                guard let reading else { continue }
                let size = reading.states.shape.rows, values = reading.states.value.scalars
                for (word, place) in reading.places.enumerated() { vectors[word] += values[place * size..<(place + 1) * size] }
            }
            return vectors
        }
    }

    /// What a direction says after each character, the end mark of the line before first, as columns; and after which of them
    /// each word's vector is taken. Nil for no words.
    private func reading(
        _ words: [String], _ direction: Direction, isBackward: Bool, in graph: ComputationGraph
    ) -> (states: Expression, places: [Int])? {
        guard !words.isEmpty else { return nil }
        let vocabulary = direction.vocabulary
        var characters: [Int] = [vocabulary.boundary!]
        var places = [Int](repeating: 0, count: words.count)
        for word in isBackward ? Array(words.indices.reversed()) : Array(words.indices) {
            if characters.count > 1 { characters.append(vocabulary.index(of: " ") ?? vocabulary.unknown!) }
            let scalars = Array(direction.normalization.normalized(words[word]).unicodeScalars)
            for scalar in isBackward ? scalars.reversed() : scalars {
                characters.append(vocabulary.index(of: UTF8.encode(scalar)!) ?? vocabulary.unknown!)
            }
            places[word] = characters.count - 1
        }
        var state = direction.network.start(in: graph)
        let outputs = state.addSequence(direction.embeddings[characters, in: graph])
        return (outputs.batchToColumns(), places)
    }
}
