/// Which tags may follow which in a linear chain, and which may begin and end one: for instance, that `I-LOC` follows only
/// `B-LOC` and `I-LOC`. What is not allowed has probability 0, whatever its score.
public struct ChainConstraint: Sendable, Hashable {
    /// How many tags there are.
    public let tagCount: Int
    /// One bit for each pair, 1 where it is not allowed: `from * tagCount + to`, then each tag as the first, then as the last.
    let words: [Int32]

    /// A constraint by what is allowed; everything where nothing is said.
    /// - Parameters:
    ///   - mayFollow: whether the tag `to` may come right after the tag `from`.
    ///   - mayBegin: whether a chain may begin with a tag.
    ///   - mayEnd: whether a chain may end with a tag.
    public init(
        tagCount: Int, mayFollow: (_ from: Int, _ to: Int) -> Bool = { _, _ in true }, mayBegin: (Int) -> Bool = { _ in true },
        mayEnd: (Int) -> Bool = { _ in true }
    ) {
        var words = [Int32](repeating: 0, count: Self.wordCount(tagCount))
        func forbid(_ bit: Int) { words[bit / 32] |= Int32(bitPattern: 1 << UInt32(bit % 32)) }
        for from in 0..<tagCount {
            for to in 0..<tagCount where !mayFollow(from, to) { forbid(from * tagCount + to) }
            if !mayBegin(from) { forbid(tagCount * tagCount + from) }
            if !mayEnd(from) { forbid(tagCount * tagCount + tagCount + from) }
        }
        self.tagCount = tagCount
        self.words = words
    }

    /// Whether the tag `to` may come right after the tag `from`.
    public func allows(_ to: Int, after from: Int) -> Bool { isAllowed(from * tagCount + to) }

    /// Whether a chain may begin with a tag.
    public func allowsFirst(_ tag: Int) -> Bool { isAllowed(tagCount * tagCount + tag) }

    /// Whether a chain may end with a tag.
    public func allowsLast(_ tag: Int) -> Bool { isAllowed(tagCount * tagCount + tagCount + tag) }

    /// The first position whose tag may not stand there, after the one before it or as the first; `tags.count` where the last
    /// may not be the last; nil for a legal chain. A loss fails for tags that are not legal: check data with this.
    public func firstViolation(in tags: [Int]) -> Int? {
        for (position, tag) in tags.enumerated() {
            if position == 0 ? !allowsFirst(tag) : !allows(tag, after: tags[position - 1]) { return position }
        }
        if let last = tags.last, !allowsLast(last) { return tags.count }
        return nil
    }

    private func isAllowed(_ bit: Int) -> Bool { words.withUnsafeBufferPointer { !Self.isForbidden(bit, $0) } }

    static func wordCount(_ tagCount: Int) -> Int { (tagCount * (tagCount + 2) + 31) / 32 }

    static func isForbidden(_ bit: Int, _ words: UnsafeBufferPointer<Int32>) -> Bool {
        UInt32(bitPattern: words[bit / 32]) >> UInt32(bit % 32) & 1 == 1
    }
}
