/// The byte-pair encoding of a `tokenizer.json`: how one word becomes indices.
struct SubwordModel: Sendable {
    var table = MergeTable()
    /// The index of the unknown token; without one, characters that are not in the vocabulary are left out.
    var unknown: Int32?
    /// Whether unknown characters in a row are one token.
    var fusesUnknown = false
    /// Whether a character that is not in the vocabulary becomes its bytes, `<0xE4>`.
    var fallsBackToBytes = false
    /// Whether a word that is a token itself is not built from merges.
    var ignoresMerges = false
    /// What stands before every character but the first of a word.
    var prefix: [UInt8] = []
    /// What stands behind the last character of a word.
    var suffix: [UInt8] = []

    /// The indices of a word.
    func pieces(of word: [Unicode.Scalar], in vocabulary: Vocabulary) -> [Int32] {
        if ignoresMerges, let whole = vocabulary.index(of: String(String.UnicodeScalarView(word))) { return [Int32(whole)] }
        var symbols: [Int32] = []
        var pending: Int32?
        for (position, scalar) in word.enumerated() {
            var bytes = position > 0 ? prefix : []
            bytes += String(Character(scalar)).utf8
            if position == word.count - 1 { bytes += suffix }
            if let index = vocabulary.index(of: bytes) {
                if let unknown = pending { symbols.append(unknown) }
                pending = nil
                symbols.append(Int32(index))
            } else if let fallback = fallback(bytes, vocabulary) {
                symbols += fallback
            } else if let unknown {
                if let earlier = pending, !fusesUnknown { symbols.append(earlier) }
                pending = unknown
            }
        }
        if let unknown = pending { symbols.append(unknown) }
        table.apply(to: &symbols)
        return symbols
    }

    private func fallback(_ bytes: [UInt8], _ vocabulary: Vocabulary) -> [Int32]? {
        guard fallsBackToBytes else { return nil }
        let indices = bytes.compactMap { vocabulary.index(of: Self.token(of: $0)) }
        return indices.count == bytes.count ? indices.map { Int32($0) } : nil
    }

    private static func token(of byte: UInt8) -> String {
        "<0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true) + ">"
    }
}
