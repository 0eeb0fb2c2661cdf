import ElmanFiles
import ElmanTensor
import ElmanText

/// What turns the texts of one side of a pair into indices: its vocabulary, and its merges where tokens are pieces of words.
public struct PairSide: Sendable, Equatable {
    /// The tokens, with an entry for unknown ones and an end mark.
    public let vocabulary: Vocabulary
    /// The byte-pair encoding, or nil where tokens are words.
    public let merges: BytePairEncoding?
    /// The form of characters that can be written in more than one way.
    public let normalization: TextNormalization

    /// A side. Throws `.badData` where the vocabulary lacks the unknown entry or the end mark; `path` is for the message.
    init(
        _ vocabulary: Vocabulary, merges: BytePairEncoding?, normalization: TextNormalization, path: String? = nil
    ) throws(DataError) {
        guard vocabulary.unknown != nil, vocabulary.boundary != nil else {
            throw DataError(
                .badData, path: path,
                "lacks \(Vocabulary.unknownSpelling) or \(Vocabulary.boundarySpelling); put back the vocabulary of this model")
        }
        self.vocabulary = vocabulary
        self.merges = merges
        self.normalization = normalization
    }

    /// The index of the end mark, which also stands before every target.
    var boundary: Int32 { Int32(vocabulary.boundary!) }

    /// The index of the unknown token.
    var unknown: Int32 { Int32(vocabulary.unknown!) }

    /// The tokens of texts that are in words: words or their pieces.
    func tokens(of texts: TokenLists) -> TokenLists {
        let texts = texts.normalized(normalization)
        return merges?.encoded(texts) ?? texts
    }

    /// The indices of texts that are in words, without end marks.
    public func encode(_ texts: TokenLists) -> EncodedLists {
        do { return try tokens(of: texts).encoded(with: vocabulary) } catch { fail(error.description) }
    }

    /// The words of tokens.
    func words(of tokens: [String]) -> [String] { merges == nil ? tokens : BytePairEncoding.decoded(tokens) }
}
