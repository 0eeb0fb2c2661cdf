/// What the tags of a vocabulary mean: for each its prefix and its type.
///
/// `B-PER` is the prefix B and the type PER. What has no type (`B`) has the type `_`, as for seqeval.
public struct TagSet: Sendable {
    /// The tags in index order.
    public let vocabulary: Vocabulary
    /// The prefix of every tag, nil for one that starts with none of `O B I E S`: it stands outside all spans.
    public let prefixes: [TagPrefix?]
    /// The type of every tag, as a number of `typeNames`; -1 outside spans.
    public let types: [Int]
    /// The types, in the order of their bytes.
    public let typeNames: [String]

    /// Reads the tags of a vocabulary.
    public init(_ vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
        var prefixes: [TagPrefix?] = []
        var names: [ArraySlice<UInt8>?] = []
        for index in 0..<vocabulary.count {
            let tag = vocabulary.bytes(at: index)
            let (prefix, name) = Self.parse(tag)
            prefixes.append(prefix)
            names.append(prefix == nil || prefix == .outside ? nil : name)
        }
        var counts = TokenCounts()
        for name in names { if let name { _ = name.withUnsafeBufferPointer { counts.add($0) } } }
        let table = Vocabulary(labels: counts)
        self.prefixes = prefixes
        types = names.map { $0.flatMap { table.index(of: $0) } ?? -1 }
        typeNames = table.entries
    }

    /// Whether these are tags of spans: every one is `O` or has one of the letters and a hyphen.
    public var hasSpans: Bool {
        !typeNames.isEmpty
            && (0..<vocabulary.count).allSatisfy { index in
                let tag = vocabulary.bytes(at: index)
                return tag.elementsEqual([TagPrefix.outside.rawValue])
                    || tag.count > 2 && tag[tag.startIndex + 1] == UInt8(ascii: "-") && types[index] >= 0
            }
    }

    private static func parse(_ tag: ArraySlice<UInt8>) -> (TagPrefix?, ArraySlice<UInt8>) {
        guard let first = tag.first, let prefix = TagPrefix(rawValue: first) else { return (nil, tag) }
        var name = tag.dropFirst()
        if let hyphen = name.firstIndex(of: UInt8(ascii: "-")) { name = name[(hyphen + 1)...] }
        return (prefix, name.isEmpty ? [UInt8(ascii: "_")] : name)
    }

    /// The spans of one text by the rule of conlleval, which makes the best of illegal sequences.
    ///
    /// A span starts at B and S, after E and S, after a word outside, and where the type changes; it ends before the next start,
    /// before a word outside, and after E and S. Indices below 0 stand outside.
    public func spans(in tags: some Sequence<Int32>) -> [Span] {
        var spans: [Span] = []
        var (previous, previousType, start, position) = (TagPrefix.outside, -1, 0, 0)
        for tag in tags {
            let prefix = tag < 0 ? .outside : prefixes[Int(tag)] ?? .outside
            let type = prefix == .outside ? -1 : types[Int(tag)]
            if previous != .outside, Self.ends(previous, before: prefix, isSameType: type == previousType) {
                spans.append(Span(type: previousType, range: start..<position))
            }
            if prefix != .outside, Self.starts(prefix, after: previous, isSameType: type == previousType) { start = position }
            (previous, previousType) = (prefix, type)
            position += 1
        }
        if previous != .outside { spans.append(Span(type: previousType, range: start..<position)) }
        return spans
    }

    private static func ends(_ previous: TagPrefix, before next: TagPrefix, isSameType: Bool) -> Bool {
        if previous == .end || previous == .single || !isSameType { return true }
        return next == .begin || next == .single || next == .outside
    }

    private static func starts(_ next: TagPrefix, after previous: TagPrefix, isSameType: Bool) -> Bool {
        if next == .begin || next == .single || !isSameType { return true }
        return previous == .end || previous == .single || previous == .outside
    }
}
