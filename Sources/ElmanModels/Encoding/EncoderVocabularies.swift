import ElmanFiles
import ElmanLayers
import ElmanText

/// The words and characters that an encoder knows, and how texts are looked up in them.
public struct EncoderVocabularies: Sendable, Equatable {
    /// The words; it has an unknown entry.
    public private(set) var words: Vocabulary
    /// The characters, with an unknown entry; nil where words are not read by characters.
    public let characters: Vocabulary?
    private let lowercases: Bool
    private let normalization: TextNormalization
    private let seesCases: Bool

    /// Of longer words only so many characters are read, half of them from the beginning and half from the end.
    public static let longestWord = 64

    /// Vocabularies that exist already. Throws `.configuration` where one has no unknown entry, or characters are missing.
    public init(
        words: Vocabulary, characters: Vocabulary?, _ configuration: EncoderConfiguration
    ) throws(DataError) {
        guard words.unknown != nil, characters.map({ $0.unknown != nil }) ?? true else {
            throw DataError(.configuration, "a vocabulary of words or characters has no entry \(Vocabulary.unknownSpelling)")
        }
        guard characters != nil || !configuration.readsCharacters else {
            throw DataError(.configuration, "words are to be read by characters, but there is no vocabulary of characters")
        }
        self.init(checkedWords: words, characters: configuration.readsCharacters ? characters : nil, configuration)
    }

    private init(checkedWords words: Vocabulary, characters: Vocabulary?, _ configuration: EncoderConfiguration) {
        self.words = words
        self.characters = characters
        lowercases = configuration.lowercases
        normalization = configuration.normalization
        seesCases = configuration.caseSize > 0
    }

    /// The vocabularies of training texts. Characters that occur once count as unknown, so that there is something to learn for
    /// unknown ones.
    public init(_ texts: TokenLists, _ configuration: EncoderConfiguration) {
        let normalized = texts.normalized(configuration.normalization)
        let words = (configuration.lowercases ? normalized.lowercased() : normalized).vocabulary(
            minimumCount: configuration.minimumCount, maximumSize: configuration.vocabularySize ?? .max)
        var characters: Vocabulary?
        if configuration.readsCharacters {
            var counts = TokenCounts()
            for type in 0..<normalized.counts.typeCount {
                let scalars = normalized.counts.token(type).unicodeScalars
                for _ in 0..<min(normalized.counts.counts[type], 2) { for scalar in scalars { counts.add(String(scalar)) } }
            }
            characters = Vocabulary(counts: counts, minimumCount: 2, boundary: nil)
        }
        self.init(checkedWords: words, characters: characters, configuration)
    }

    /// These vocabularies with further words behind their own, so that the numbers of known words stay. Where words are looked up
    /// in lower case they are added so; what is there already, and the end mark of the other vocabulary, is not added.
    public func adding(wordsOf other: Vocabulary) -> EncoderVocabularies {
        var result = self
        result.words = words.adding(
            other.entries.enumerated().lazy.filter { $0.offset != other.boundary && $0.offset != other.unknown }.map {
                lowercases ? $0.element.lowercased() : $0.element
            })
        return result
    }

    /// The words of a sentence as numbers.
    public func encode(_ tokens: some Sequence<String>) -> EncodedSentence {
        var sentence = EncodedSentence()
        for token in tokens {
            let word = encode(token)
            sentence.append(word: word.number, characters: word.characters, wordCase: word.wordCase)
        }
        return sentence
    }

    /// A word as numbers.
    func encode(_ token: String) -> (number: Int, characters: [Int], wordCase: WordCase) {
        let token = normalization.normalized(token)
        let number = words.index(of: lowercases ? token.lowercased() : token) ?? words.unknown!
        return (number, characterNumbers(of: token), seesCases ? WordCase(token) : .lower)
    }

    private func characterNumbers(of token: String) -> [Int] {
        guard let characters else { return [] }
        let numbers = token.unicodeScalars.map { characters.index(of: UTF8.encode($0)!) ?? characters.unknown! }
        let half = Self.longestWord / 2
        return numbers.count <= Self.longestWord ? numbers : Array(numbers.prefix(half) + numbers.suffix(half))
    }
}

extension EncoderVocabularies {
    /// Writes `vocabulary.txt`, and `characters.txt` where there are characters; `prefix` stands before the names.
    package func write(to folder: RunFolder, prefix: String = "") throws(DataError) {
        try words.write(to: try folder.file(named: prefix + "vocabulary.txt"))
        try characters?.write(to: try folder.file(named: prefix + "characters.txt"))
    }

    /// Reads what `write` wrote. Throws `.badData` where an entry for unknown words or characters is missing.
    package init(
        reading folder: RunFolder, _ configuration: EncoderConfiguration, prefix: String = ""
    ) throws(DataError) {
        let words = try Self.read(folder, prefix + "vocabulary.txt")
        let characters = configuration.readsCharacters ? try Self.read(folder, prefix + "characters.txt") : nil
        self.init(checkedWords: words, characters: characters, configuration)
    }

    private static func read(_ folder: RunFolder, _ name: String) throws(DataError) -> Vocabulary {
        let path = try folder.file(named: name)
        let vocabulary = try Vocabulary(reading: path, boundary: nil)
        guard vocabulary.unknown != nil else {
            throw DataError(
                .badData, path: path, "has no entry \(Vocabulary.unknownSpelling); put back the vocabulary of this model")
        }
        return vocabulary
    }
}
