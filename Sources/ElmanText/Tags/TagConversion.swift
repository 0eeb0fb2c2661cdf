import ElmanTensor

extension TagSet {
    /// The tags of a text in a scheme, given its spans. Spans must not overlap. IO cannot tell two neighbours of one type apart.
    public func tags(of spans: [Span], count: Int, scheme: TagScheme) -> [String] {
        var tags = [String](repeating: "O", count: count)
        var previous: Span?
        for span in spans.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            guard span.range.upperBound <= count, (previous?.range.upperBound ?? 0) <= span.range.lowerBound else {
                fail("a span of the words \(span.range) among \(count), or one that overlaps another")
            }
            let followsOwnType = previous.map { $0.type == span.type && $0.range.upperBound == span.range.lowerBound } ?? false
            for word in span.range {
                let prefix = scheme.prefix(
                    isFirst: word == span.range.lowerBound, isLast: word == span.range.upperBound - 1,
                    followsOwnType: followsOwnType)
                tags[word] = "\(Character(Unicode.Scalar(prefix.rawValue)))-\(typeNames[span.type])"
            }
            previous = span
        }
        return tags
    }

    /// The tags of one text in another scheme, by their spans. What is written here is always legal.
    public func converted(_ tags: some Collection<Int32>, to scheme: TagScheme) -> [String] {
        self.tags(of: spans(in: tags), count: tags.count, scheme: scheme)
    }

    /// The tags of all texts in another scheme.
    public static func converted(_ tags: TokenLists, to scheme: TagScheme) -> TokenLists {
        let set = TagSet(Vocabulary(labels: tags.counts))
        let indices = tags.indices(in: set.vocabulary)
        return TokenLists(
            (0..<tags.count).map { list in set.converted(tags[list].map { indices[Int($0)] }, to: scheme) })
    }
}

extension TaggedTexts {
    /// The same texts with their tags in another scheme. What was kept of the file stays, to be written back.
    public func converted(to scheme: TagScheme) -> TaggedTexts {
        var result = self
        result.storedTags = TagSet.converted(storedTags, to: scheme)
        return result
    }
}
