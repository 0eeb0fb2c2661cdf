import ElmanText

/// Which entry of another vocabulary each word of a vocabulary is.
///
/// A word is the entry that is spelled like it; else the one spelled like its lower case; else the first entry whose lower case is
/// that of the word. The unknown entry is the unknown entry. End marks match nothing.
public struct VocabularyMatch: Sendable, Hashable {
    /// How a word was found.
    public enum Kind: Sendable, Hashable, CaseIterable {
        /// Spelled alike.
        case exact
        /// By its lower case.
        case lowerCase
        /// Alike where all is in lower case.
        case anyCase
        /// Not at all.
        case new
    }

    /// For each word the number of its entry; nil where there is none.
    public let entries: [Int?]
    /// How each word was found.
    public let kinds: [Kind]
    /// The other vocabulary's entry for unknown words.
    let unknown: Int?

    /// Looks the words of a vocabulary up in another.
    public init(_ words: Vocabulary, in other: Vocabulary) {
        var folded: [[UInt8]: Int] = [:]
        for index in (0..<other.count).reversed() where index != other.boundary && index != other.unknown {
            folded[Array(other[index].lowercased().utf8)] = index
        }
        var entries: [Int?] = [], kinds: [Kind] = []
        for index in 0..<words.count {
            let (entry, kind) =
                index == words.unknown
                ? (other.unknown, other.unknown == nil ? Kind.new : .exact) : Self.find(words[index], in: other, folded)
            entries.append(entry)
            kinds.append(kind)
        }
        self.entries = entries
        self.kinds = kinds
        unknown = other.unknown
    }

    private static func find(_ word: String, in other: Vocabulary, _ folded: [[UInt8]: Int]) -> (Int?, Kind) {
        if let entry = other.index(of: word), entry != other.boundary { return (entry, .exact) }
        let lower = word.lowercased()
        if let entry = other.index(of: lower), entry != other.boundary { return (entry, .lowerCase) }
        if let entry = folded[Array(lower.utf8)] { return (entry, .anyCase) }
        return (nil, .new)
    }
}

/// What the vectors of words begin with that a pretrained vocabulary lacks.
public enum NewWordVectors: String, Sendable, Hashable, CaseIterable {
    /// With the pretrained vector of unknown words; where there is none, with the mean of all.
    case unknown
    /// With the mean of all pretrained vectors (Howard and Ruder 2018).
    case mean
    /// With random values, as in a model that is not pretrained.
    case fresh
}
