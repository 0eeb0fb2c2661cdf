import ElmanLayers

/// The words of a sentence as a network takes them in.
public struct EncodedSentence: Sendable, Hashable {
    /// The number of each word in the vocabulary.
    public var words: [Int] = []
    /// The numbers of each word's characters; empty lists where words are not read by characters.
    public var characters: [[Int]] = []
    /// How each word is written.
    public var cases: [WordCase] = []
    /// What character language models say at each word, where a tagger has some; see `ContextualReader`.
    var contexts: [[Float]] = []

    /// A sentence of no words.
    public init() {}

    /// How many words there are.
    public var count: Int { words.count }

    /// Appends a word.
    public mutating func append(word: Int, characters: [Int], wordCase: WordCase) {
        words.append(word)
        self.characters.append(characters)
        cases.append(wordCase)
    }
}
