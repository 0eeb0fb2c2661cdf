import ElmanLayers
import ElmanTensor
import ElmanText

/// Sentences as numbers of an encoder's vocabularies. Every type is encoded once, so memory is four bytes a token.
public struct EncodedTexts: Sendable {
    /// How many tokens became the unknown word.
    public let unknownTokens: Int
    private let numbers: [Int]
    private let characters: [[Int]]
    private let cases: [WordCase]
    /// Of each type: whether its word occurs once in these texts and is known.
    private let occursOnce: [Bool]
    private let types: [Int32]
    private let starts: [Int]
    private let unknown: Int
    private let unknownRate: Float

    /// Encodes texts.
    public init(_ texts: TokenLists, _ vocabularies: EncoderVocabularies, _ configuration: EncoderConfiguration) {
        let words = (0..<texts.counts.typeCount).map { vocabularies.encode(texts.counts.token($0)) }
        var counts = [Int](repeating: 0, count: vocabularies.words.count)
        for (type, word) in words.enumerated() { counts[word.number] += texts.counts.counts[type] }
        let unknown = vocabularies.words.unknown!
        numbers = words.map(\.number)
        characters = words.map(\.characters)
        cases = words.map(\.wordCase)
        occursOnce = words.map { $0.number != unknown && counts[$0.number] == 1 }
        unknownTokens = counts[unknown]
        types = texts.types
        starts = texts.starts
        unknownRate = configuration.unknownRate
        self.unknown = unknown
    }

    /// How many sentences there are.
    public var count: Int { starts.count - 1 }

    /// The number of words of every sentence.
    public var lengths: [Int] { zip(starts.dropFirst(), starts).map { $0 - $1 } }

    /// A sentence. Fails where there is no such sentence.
    public subscript(sentence: Int) -> EncodedSentence {
        var result = EncodedSentence()
        for type in types(of: sentence) { append(type, to: &result) }
        return result
    }

    /// A sentence as it is learned: words that occur once are unknown with the configuration's `unknownRate`, drawn anew for
    /// every epoch.
    public func sentence(_ sentence: Int, inEpoch epoch: Int, seed: UInt64) -> EncodedSentence {
        var result = self[sentence]
        guard unknownRate > 0 else { return result }
        let epochSeed = RandomGenerator(seed: seed, stream: UInt64(epoch) &+ 0x756E_6B6E_0000).state
        var generator = RandomGenerator(seed: epochSeed, stream: UInt64(sentence))
        for (position, type) in types(of: sentence).enumerated() where occursOnce[Int(type)] {
            if generator.uniform() < Double(unknownRate) { result.words[position] = unknown }
        }
        return result
    }

    private func types(of sentence: Int) -> ArraySlice<Int32> {
        guard (0..<count).contains(sentence) else { fail("sentence \(sentence) of \(count)") }
        return types[starts[sentence]..<starts[sentence + 1]]
    }

    private func append(_ type: Int32, to sentence: inout EncodedSentence) {
        let type = Int(type)
        sentence.append(word: numbers[type], characters: characters[type], wordCase: cases[type])
    }
}
