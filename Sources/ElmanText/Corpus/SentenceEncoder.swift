import ElmanFiles

/// Turns single lines into indices of a vocabulary, for text that arrives line by line.
public struct SentenceEncoder: Sendable {
    /// The vocabulary.
    public let vocabulary: Vocabulary
    /// Words or characters.
    public let unit: TextUnit
    /// What to do with bytes that are not UTF-8.
    public let invalidUTF8: InvalidUTF8

    /// The form of characters that can be written in more than one way.
    public let normalization: TextNormalization
    /// Whether the tokens of a line are given from its end to its beginning.
    public let isReversed: Bool

    /// A line as indices, without an end mark.
    public struct Sentence: Sendable, Equatable {
        /// Indices of the vocabulary.
        public var tokens: [Int32] = []
        /// How many of them stand for unknown tokens.
        public var unknownTokens = 0
        /// Invalid pieces of UTF-8 that were replaced by U+FFFD.
        public var replacements = 0
    }

    /// An encoder for a vocabulary.
    public init(
        vocabulary: Vocabulary, unit: TextUnit, invalidUTF8: InvalidUTF8 = .refuse, normalization: TextNormalization = .none,
        isReversed: Bool = false
    ) {
        self.vocabulary = vocabulary
        self.unit = unit
        self.invalidUTF8 = invalidUTF8
        self.normalization = normalization
        self.isReversed = isReversed
    }

    /// The indices of a line given as bytes; a carriage return and a newline at its end are not part of it. `path` and `line`
    /// are for messages.
    public func encode(_ bytes: [UInt8], path: String? = nil, line: Int? = nil) throws(DataError) -> Sentence {
        var bytes = bytes
        if bytes.last == 10 { bytes.removeLast() }
        if bytes.last == 13 { bytes.removeLast() }
        var sentence = Sentence()
        let offset = bytes.withUnsafeBufferPointer { UTF8Checker.firstInvalid(in: $0) }
        if let offset {
            guard invalidUTF8 == .replace else {
                throw DataError(.badData, path: path, line: line, "invalid UTF-8 at byte \(offset + 1) of the line")
            }
            (bytes, sentence.replacements) = bytes.withUnsafeBufferPointer { UTF8Checker.repaired($0) }
        }
        if let normalized = bytes.withUnsafeBufferPointer({ normalization.normalized($0) }) { bytes = normalized }
        let missing = bytes.withUnsafeBufferPointer { append($0, to: &sentence) }
        if let missing {
            throw DataError(
                .badData, path: path, line: line,
                "“\(missing)” is not in the vocabulary, which has no entry for unknown tokens")
        }
        if isReversed { sentence.tokens.reverse() }
        return sentence
    }

    /// The indices of a line.
    public func encode(_ text: String, path: String? = nil, line: Int? = nil) throws(DataError) -> Sentence {
        try encode(Array(text.utf8), path: path, line: line)
    }

    /// Appends the indices of a line, and returns a token that has none.
    private func append(_ line: ByteView, to sentence: inout Sentence) -> String? {
        var missing: String?
        forEachToken(in: line, unit: unit) { token in
            guard let index = vocabulary.index(of: token) ?? vocabulary.unknown else {
                missing = String(showing: token)
                return false
            }
            if index == vocabulary.unknown { sentence.unknownTokens += 1 }
            sentence.tokens.append(Int32(index))
            return true
        }
        return missing
    }
}
