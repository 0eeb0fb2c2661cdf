/// How often each type occurs in a text. Types are numbered in the order of their first appearance and compared byte by byte.
public struct TokenCounts: Sendable, Equatable {
    var table = ByteTable()
    /// Occurrences by type number.
    public private(set) var counts: [Int] = []
    /// All occurrences together.
    public private(set) var total = 0

    /// No type at all.
    public init() {}

    /// How many types there are.
    public var typeCount: Int { counts.count }

    /// Counts one occurrence and returns the type's number. The bytes must be UTF-8.
    @discardableResult
    public mutating func add(_ token: ByteView) -> Int {
        let type = table.insert(token)
        if type == counts.count { counts.append(0) }
        counts[type] += 1
        total += 1
        return type
    }

    /// Counts one occurrence and returns the type's number.
    @discardableResult
    public mutating func add(_ token: String) -> Int {
        var token = token
        return token.withUTF8 { add($0) }
    }

    /// How often a token occurs.
    public func count(of token: String) -> Int { withBytes(of: token) { table.find($0) }.map { counts[$0] } ?? 0 }

    /// The text of a type.
    public func token(_ type: Int) -> String { String(decoding: table.entry(type), as: UTF8.self) }

    /// The types from the most to the least frequent, equally frequent ones in the order of their first appearance.
    public func typesByFrequency() -> [Int] {
        counts.indices.sorted { (counts[$1], $0) < (counts[$0], $1) }
    }
}
