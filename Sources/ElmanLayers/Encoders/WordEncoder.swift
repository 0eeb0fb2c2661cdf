import ElmanGraph
import ElmanTensor

/// A word's vector of several parts, one behind the other: its embedding, what its characters say, how it is written.
///
/// Parameters: `embeddings` [embeddingSize, wordCount]; in the scope `characters` those of the `CharacterEncoder`; `cases`
/// [caseSize, 8].
public struct WordEncoder: Sendable {
    /// The words' vectors.
    public let embeddings: LookupParameter
    /// What reads the characters, or nil.
    public let characters: CharacterEncoder?
    /// Vectors of `WordCase`, or nil.
    public let cases: LookupParameter?

    /// An encoder.
    /// - Parameters:
    ///   - wordCount: how many words have a vector.
    ///   - embeddingSize: elements of a word's own vector.
    ///   - caseSize: elements that tell how a word is written; 0: none.
    ///   - makeCharacters: makes what reads the characters in its scope; nil: nothing does.
    public init(
        wordCount: Int, embeddingSize: Int, caseSize: Int = 0, initializer: Initializer = .glorot(),
        in parameters: ParameterCollection, makeCharacters: ((ParameterCollection) -> CharacterEncoder)? = nil
    ) {
        embeddings = parameters.addLookup(
            count: wordCount, size: embeddingSize, named: "embeddings", initializer: initializer)
        characters = makeCharacters?(parameters.scope("characters"))
        cases =
            caseSize == 0
            ? nil
            : parameters.addLookup(
                count: WordCase.allCases.count, size: caseSize, named: "cases", initializer: initializer)
    }

    /// Elements of a word's vector.
    public var outputSize: Int { embeddings.size + (characters?.outputSize ?? 0) + (cases?.size ?? 0) }

    /// The vector of a word, `[outputSize]`: embedding, characters, case.
    /// - Parameters:
    ///   - word: its number.
    ///   - characters: their numbers; not used where nothing reads characters.
    ///   - wordCase: how it is written; not used where there are no vectors for it.
    public func callAsFunction(
        _ word: Int, characters: [Int] = [], wordCase: WordCase = .lower, in graph: ComputationGraph
    ) -> Expression {
        var parts = [embeddings[word, in: graph]]
        if let encoder = self.characters { parts.append(encoder(characters, in: graph)) }
        if let cases { parts.append(cases[wordCase.rawValue, in: graph]) }
        return parts.count == 1 ? parts[0] : concatenate(parts)
    }
}
