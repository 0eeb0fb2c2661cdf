import ElmanFiles
import ElmanTensor

/// The words, characters or labels that a model knows, numbered from 0.
///
/// Entries are UTF-8 and compared byte by byte: a composed and a decomposed é are two entries, where Swift's `String` would
/// take them for one. Two entries may be special: the one that stands for everything unknown, and the end mark of sentences.
public struct Vocabulary: Sendable, Equatable {
    let table: ByteTable
    /// The entry that stands for whatever is not in the vocabulary, where there is one.
    public let unknown: Int?
    /// The end mark of a sentence, where there is one.
    public let boundary: Int?

    /// How the unknown entry is written unless one says otherwise.
    public static let unknownSpelling = "<unk>"
    /// How the end mark of word models is written unless one says otherwise.
    public static let boundarySpelling = "</s>"

    init(table: ByteTable, unknown: String?, boundary: String?) {
        self.table = table
        self.unknown = unknown.flatMap { spelling in withBytes(of: spelling) { table.find($0) } }
        self.boundary = boundary.flatMap { spelling in withBytes(of: spelling) { table.find($0) } }
    }

    /// A vocabulary of given entries in index order.
    ///
    /// `unknown` and `boundary` say which entries are special; where the entries do not hold them, the vocabulary has no such
    /// entry. Throws where an entry is empty or stands twice.
    public init(
        entries: [String], unknown: String? = Vocabulary.unknownSpelling, boundary: String? = Vocabulary.boundarySpelling
    ) throws(DataError) {
        var table = ByteTable(minimumCapacity: entries.count)
        for (index, entry) in entries.enumerated() {
            guard !entry.isEmpty else { throw DataError(.badData, "entry \(index) of the vocabulary is empty") }
            guard table.insert(entry) == index else { throw DataError(.badData, "“\(entry)” stands twice in the vocabulary") }
        }
        self.init(table: table, unknown: unknown, boundary: boundary)
    }

    /// The vocabulary of a text: the special entries first, then types from the most to the least frequent.
    ///
    /// Equally frequent types follow the order of their first appearance. A type spelled like a special entry is that entry,
    /// as the `<unk>` of the Penn Treebank.
    /// - Parameters:
    ///   - minimumCount: types that occur less often are left out.
    ///   - maximumSize: the most entries to have, special ones included, which are never left out.
    public init(
        counts: TokenCounts, minimumCount: Int = 1, maximumSize: Int = .max,
        unknown: String? = Vocabulary.unknownSpelling, boundary: String? = Vocabulary.boundarySpelling
    ) {
        var table = ByteTable(minimumCapacity: min(counts.typeCount, maximumSize))
        for spelling in [unknown, boundary] { if let spelling { _ = table.insert(spelling) } }
        for type in counts.typesByFrequency() {
            if table.count >= maximumSize || counts.counts[type] < minimumCount { break }
            counts.table.withEntry(type) { _ = table.insert($0) }
        }
        self.init(table: table, unknown: unknown, boundary: boundary)
    }

    /// This vocabulary with further entries behind its own; those that it has already, and empty ones, are left out.
    public func adding(_ entries: some Sequence<String>) -> Vocabulary {
        var table = table
        for entry in entries where !entry.isEmpty { _ = table.insert(entry) }
        return Vocabulary(
            table: table, unknown: unknown.map { self[$0] }, boundary: boundary.map { self[$0] })
    }

    /// How many entries there are.
    public var count: Int { table.count }

    /// An entry as text. Fails where there is no such index.
    public subscript(index: Int) -> String { String(decoding: bytes(at: index), as: UTF8.self) }

    /// An entry as UTF-8. Fails where there is no such index.
    public func bytes(at index: Int) -> ArraySlice<UInt8> {
        guard (0..<count).contains(index) else { fail("entry \(index) of a vocabulary of \(count)") }
        return table.entry(index)
    }

    /// All entries in index order.
    public var entries: [String] { (0..<count).map { self[$0] } }

    /// The index of an entry, or nil where the vocabulary does not have it.
    public func index(of token: ByteView) -> Int? { table.find(token) }

    /// The index of an entry given as UTF-8, or nil where the vocabulary does not have it.
    public func index(of token: some Sequence<UInt8>) -> Int? {
        let found = token.withContiguousStorageIfAvailable { table.find($0) }
        return found ?? Array(token).withUnsafeBufferPointer { table.find($0) }
    }

    /// The index of an entry, or nil where the vocabulary does not have it.
    public func index(of token: String) -> Int? { withBytes(of: token) { table.find($0) } }

    /// The text of tokens: words with spaces between them, characters side by side. End marks of sentences are left out of
    /// word text and stand as they are in character text.
    public func text(of tokens: some Sequence<Int32>, unit: TextUnit) -> String {
        var bytes: [UInt8] = []
        for token in tokens where unit == .char || Int(token) != boundary {
            if unit == .word, !bytes.isEmpty { bytes.append(0x20) }
            bytes.append(contentsOf: self.bytes(at: Int(token)))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
