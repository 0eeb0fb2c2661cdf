import ElmanTensor

/// The bytes of a CoNLL-U file, and where the columns of words are in them.
struct DependencySource: Sendable {
    let bytes: [UInt8]
    /// The fourth column of every word.
    var uposSlots: [Range<Int>] = []
    /// The seventh and eighth column of every word, head and relation.
    var arcSlots: [Range<Int>] = []
}

extension DependencyTreebank {
    /// The file as it was read with other heads and relations: nothing else differs. The ninth column, enhanced dependencies, stays.
    ///
    /// `relations` are indices of `vocabulary`; both have one element for every word. With `upos`, as many texts, the fourth
    /// column is replaced too. Fails where the text was not kept or numbers differ.
    public func contents(
        heads: some Collection<Int32>, relations: some Collection<Int32>, of vocabulary: Vocabulary, upos: [String]? = nil
    ) -> [UInt8] {
        guard let source else { fail("a text is to be written that was not kept; read it with keepsText") }
        let count = words.types.count
        guard heads.count == count, relations.count == count, upos.map({ $0.count == count }) ?? true else {
            fail("\(heads.count) heads and \(relations.count) relations for \(count) words")
        }
        var result: [UInt8] = []
        result.reserveCapacity(source.bytes.count + 16)
        var position = 0
        for (word, (head, relation)) in zip(heads, relations).enumerated() {
            if let upos {
                result += source.bytes[position..<source.uposSlots[word].lowerBound]
                result += upos[word].utf8
                position = source.uposSlots[word].upperBound
            }
            result += source.bytes[position..<source.arcSlots[word].lowerBound]
            result += "\(head)\t".utf8
            result += vocabulary.bytes(at: Int(relation))
            position = source.arcSlots[word].upperBound
        }
        return result + source.bytes[position...]
    }
}
