import ElmanTensor

/// The bytes of a file of tagged sentences, and where the tags are in them.
struct TagSource: Sendable {
    let bytes: [UInt8]
    /// The bytes of every word's tag; empty, where the tag is to be inserted, in a text without tags.
    var slots: [Range<Int>] = []
    /// What stands between columns.
    var separator: UInt8 = 9
}

extension TaggedTexts {
    /// The file as it was read, with other tags: nothing else differs, not a comment, a blank or the end of a line.
    ///
    /// `tags` are indices of `vocabulary`, one for every word. Text without tags gets them: behind a bar, or in a column of its
    /// own. With `appending`, columns keep their tag and get the new one as a last column, as conlleval reads it. Fails
    /// where the text was not kept, or the tags are not as many as the words.
    public func contents(tags: some Collection<Int32>, of vocabulary: Vocabulary, appending: Bool = false) -> [UInt8] {
        guard let source else { fail("a text is to be written that was not kept; read it with keepsText") }
        guard tags.count == source.slots.count else { fail("\(tags.count) tags for \(source.slots.count) words") }
        var result: [UInt8] = []
        result.reserveCapacity(source.bytes.count + 16)
        var position = 0
        for (slot, tag) in zip(source.slots, tags) {
            if appending, format == .columns, hasTags {
                let end = source.endOfLine(from: slot.upperBound)
                result += source.bytes[position..<end]
                result.append(source.separator)
                position = end
            } else {
                result += source.bytes[position..<slot.lowerBound]
                if !hasTags { result.append(format == .words ? UInt8(ascii: "|") : source.separator) }
                position = slot.upperBound
            }
            result += vocabulary.bytes(at: Int(tag))
        }
        return result + source.bytes[position...]
    }

    /// The sentences written afresh in a format of choice: `word|tag`, or two columns with a tab between them.
    ///
    /// `tags` are indices of `vocabulary`, one for every word. CoNLL-U is written as columns.
    public func contents(tags: some Collection<Int32>, of vocabulary: Vocabulary, as format: TagFormat) -> [UInt8] {
        guard tags.count == words.types.count else { fail("\(tags.count) tags for \(words.types.count) words") }
        let inLine = format == .wordTags || format == .words
        var result: [UInt8] = []
        var rest = tags[...]
        for sentence in 0..<count {
            for (position, word) in words[sentence].enumerated() {
                if inLine, position > 0 { result.append(0x20) }
                result += words.bytes(ofType: Int(word))
                result.append(inLine ? UInt8(ascii: "|") : 9)
                if let tag = rest.popFirst() { result += vocabulary.bytes(at: Int(tag)) }
                if !inLine { result.append(10) }
            }
            result.append(10)
        }
        return result
    }
}

extension TagSource {
    /// Where the line ends that a byte is in: before the newline, a carriage return and blanks before it.
    fileprivate func endOfLine(from start: Int) -> Int {
        var end = bytes[start...].firstIndex(of: 10) ?? bytes.count
        while end > start, [0x0D, 0x20, 9].contains(bytes[end - 1]) { end -= 1 }
        return end
    }
}
