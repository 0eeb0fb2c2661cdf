/// What a language model counts as one token.
public enum TextUnit: String, Sendable, CaseIterable {
    /// Words: what stands between ASCII spaces and tabs. A no-break space is part of a word.
    case word
    /// Characters: Unicode scalars. The newline at the end of each line is one of them.
    case char

    /// How the vocabulary spells the end mark of a line: `</s>`, and for characters the newline itself.
    public var boundarySpelling: String { self == .word ? Vocabulary.boundarySpelling : "\n" }
}

/// How the text of a language model is read.
public struct ReadingOptions: Sendable, Hashable {
    /// Words or characters.
    public var unit: TextUnit
    /// What to do with bytes that are not UTF-8.
    public var invalidUTF8: InvalidUTF8
    /// Whether a blank line is a sentence of nothing but its end mark. Otherwise blank lines are skipped and counted.
    public var keepsBlankLines: Bool
    /// Whether a blank line stands between documents, and every file begins one. It is no sentence then.
    public var separatesDocuments: Bool
    /// The most tokens of one line to keep, its end mark not counted; what is longer is cut, and counted.
    public var maximumLength: Int
    /// The form of characters that can be written in more than one way.
    public var normalization: TextNormalization
    /// Whether the tokens of a line are given from its end to its beginning, its end mark last as ever; for language models that
    /// read backwards.
    public var isReversed: Bool

    /// Options for a unit; all others have the defaults shown.
    public init(
        unit: TextUnit = .word, invalidUTF8: InvalidUTF8 = .refuse, keepsBlankLines: Bool = false,
        separatesDocuments: Bool = false, maximumLength: Int = .max, normalization: TextNormalization = .none,
        isReversed: Bool = false
    ) {
        self.unit = unit
        self.invalidUTF8 = invalidUTF8
        self.keepsBlankLines = keepsBlankLines
        self.separatesDocuments = separatesDocuments
        self.maximumLength = maximumLength
        self.normalization = normalization
        self.isReversed = isReversed
    }
}

/// Calls `body` with every token of a line of valid UTF-8, in order, until it returns false.
@inline(__always)
func forEachToken(in line: ByteView, unit: TextUnit, _ body: (ByteView) -> Bool) {
    var start = 0
    let count = line.count
    switch unit {
    case .word:
        while true {
            while start < count, line[start] == 0x20 || line[start] == 0x09 { start += 1 }
            guard start < count else { return }
            var end = start + 1
            while end < count, line[end] != 0x20, line[end] != 0x09 { end += 1 }
            guard body(line.part(start..<end)) else { return }
            start = end
        }
    case .char:
        while start < count {
            let length = UTF8Checker.sequence(in: line, at: start).length
            guard body(line.part(start..<start + length)) else { return }
            start += length
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether there is nothing but ASCII spaces and tabs.
    var isBlank: Bool { allSatisfy { $0 == 0x20 || $0 == 0x09 } }
}
