import ElmanFiles
import ElmanTensor

/// Lists of tokens as they were read: texts, or the tags of texts. Types are numbered in the order of their first appearance.
///
/// What a model knows comes later (`vocabulary`, `encoded`), so a file is read once, and the spelling of a word that no vocabulary
/// holds is still there, for its characters. Memory: four bytes a token, eight a list, and the types.
public struct TokenLists: Sendable, Equatable {
    /// Every type and how often it occurs.
    public private(set) var counts = TokenCounts()
    /// The type numbers of all tokens, list after list.
    public private(set) var types: [Int32] = []
    /// Where each list starts in `types`, and at last where they all end.
    public private(set) var starts = [0]

    /// No list at all.
    public init() {}

    /// Lists that are in memory.
    public init(_ lists: [[String]]) {
        for list in lists {
            for token in list { withBytes(of: token) { append($0) } }
            endList()
        }
    }

    /// How many lists there are.
    public var count: Int { starts.count - 1 }

    /// The type numbers of a list. Fails where there is no such list.
    public subscript(list: Int) -> ArraySlice<Int32> {
        guard (0..<count).contains(list) else { fail("list \(list) of \(count)") }
        return types[starts[list]..<starts[list + 1]]
    }

    /// The tokens of a list.
    public func tokens(of list: Int) -> [String] { self[list].map { counts.token(Int($0)) } }

    /// Only some of the lists. Types keep no number that they had.
    public func part(where belongs: (Int) -> Bool) -> TokenLists {
        var result = TokenLists()
        for list in 0..<count where belongs(list) {
            for type in self[list] { counts.table.withEntry(Int(type)) { result.append($0) } }
            result.endList()
        }
        return result
    }

    /// The number of tokens of every list.
    public var lengths: [Int] { zip(starts.dropFirst(), starts).map { $0 - $1 } }

    /// The UTF-8 of a type.
    public func bytes(ofType type: Int) -> ArraySlice<UInt8> { counts.table.entry(type) }

    mutating func append(_ token: ByteView) { types.append(Int32(counts.add(token))) }

    /// Appends a token of a line that may not be UTF-8.
    mutating func append(_ token: ByteView, repairing: Bool) {
        guard repairing else { return append(token) }
        UTF8Checker.repaired(token).bytes.withUnsafeBufferPointer { append($0) }
    }

    mutating func endList() { starts.append(types.count) }

    /// Appends the words of a line, at most so many, and returns how many were cut off.
    mutating func appendWords(of line: ByteView, maximumLength: Int = .max) -> Int {
        var (kept, cut) = (0, 0)
        forEachToken(in: line, unit: .word) { token in
            if kept < maximumLength { append(token) } else { cut += 1 }
            kept += 1
            return true
        }
        return cut
    }

    /// The same lists with other tokens in place of each type; `spelling` gives the bytes of the new one.
    func mapped(_ spelling: (ByteView) -> [UInt8]) -> TokenLists {
        let spellings = (0..<counts.typeCount).map { counts.table.withEntry($0, spelling) }
        var result = TokenLists()
        for list in 0..<count {
            for type in self[list] { spellings[Int(type)].withUnsafeBufferPointer { result.append($0) } }
            result.endList()
        }
        return result
    }

    /// The same lists in lower case.
    public func lowercased() -> TokenLists { mapped { ElmanText.lowercased($0) } }

    /// The same lists with every token in a normal form.
    public func normalized(_ form: TextNormalization) -> TokenLists {
        form == .none ? self : mapped { form.normalized($0) ?? Array($0) }
    }
}

extension TokenLists {
    /// The vocabulary of the lists: special entries, then types by falling frequency. See `Vocabulary.init(counts:)`.
    public func vocabulary(
        minimumCount: Int = 1, maximumSize: Int = .max, unknown: String? = Vocabulary.unknownSpelling, boundary: String? = nil
    ) -> Vocabulary {
        Vocabulary(
            counts: counts, minimumCount: minimumCount, maximumSize: maximumSize, unknown: unknown, boundary: boundary)
    }

    /// The index of every type in a vocabulary: the unknown entry for those that it lacks, -1 where it has no such entry.
    public func indices(in vocabulary: Vocabulary) -> [Int32] {
        (0..<counts.typeCount).map { type in
            Int32(counts.table.withEntry(type) { vocabulary.index(of: $0) } ?? vocabulary.unknown ?? -1)
        }
    }

    /// The types that a vocabulary does not have, the most frequent first, and how often each occurs.
    public func missing(in vocabulary: Vocabulary) -> [(token: String, count: Int)] {
        counts.typesByFrequency().filter { type in counts.table.withEntry(type) { vocabulary.index(of: $0) } == nil }
            .map { (counts.token($0), counts.counts[$0]) }
    }

    /// The lists as indices of a vocabulary. Throws where a token is missing and there is no entry for unknown ones.
    public func encoded(with vocabulary: Vocabulary) throws(DataError) -> EncodedLists {
        let indices = indices(in: vocabulary)
        if let missing = indices.firstIndex(of: -1) {
            throw DataError(
                .badData, "“\(counts.token(missing))” is not in the vocabulary, which has no entry for unknown tokens")
        }
        let unknown = indices.indices.reduce(0) { $0 + (Int(indices[$1]) == vocabulary.unknown ? counts.counts[$1] : 0) }
        return EncodedLists(tokens: types.map { indices[Int($0)] }, starts: starts, unknownTokens: unknown)
    }
}
