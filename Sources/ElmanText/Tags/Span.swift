/// Some words in a row that belong together, as a name.
public struct Span: Sendable, Hashable {
    /// The type, as a number of `TagSet.typeNames`.
    public var type: Int
    /// The words.
    public var range: Range<Int>

    /// A span of a type.
    public init(type: Int, range: Range<Int>) {
        self.type = type
        self.range = range
    }
}
