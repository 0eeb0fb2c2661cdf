/// Tokens that are looked for in a text before anything else, as `<|endoftext|>`.
struct AddedTokens: Sendable {
    /// One of them.
    struct Token: Sendable {
        let index: Int32
        let text: [Unicode.Scalar]
        /// Whether it is left out of decoded texts.
        let isSpecial: Bool
        /// Whether it is looked for in the normalised text.
        let isNormalized: Bool
        /// Whether it takes white space before it along, and behind it.
        let (takesLeft, takesRight): (Bool, Bool)
    }

    /// A part of a text: a token that was found, or what lies between.
    enum Part {
        case token(Int32)
        case text([Unicode.Scalar])
    }

    var tokens: [Token] = []

    /// Cuts a text at the tokens: the leftmost first, of several the longest.
    func parts(of text: [Unicode.Scalar], normalized: Bool) -> [Part] {
        let tokens = tokens.filter { $0.isNormalized == normalized && !$0.text.isEmpty }
        let firsts = Set(tokens.map { $0.text[0] })
        guard !firsts.isEmpty else { return text.isEmpty ? [] : [.text(text)] }
        var (parts, start, index) = ([Part](), 0, 0)
        while index < text.count {
            let found =
                firsts.contains(text[index])
                ? tokens.filter { text[index...].starts(with: $0.text) }.max { $0.text.count < $1.text.count } : nil
            guard let found else {
                index += 1
                continue
            }
            var (left, right) = (index, index + found.text.count)
            while found.takesLeft, left > start, text[left - 1].properties.isWhitespace { left -= 1 }
            while found.takesRight, right < text.count, text[right].properties.isWhitespace { right += 1 }
            if left > start { parts.append(.text(Array(text[start..<left]))) }
            parts.append(.token(found.index))
            (start, index) = (right, right)
        }
        if start < text.count { parts.append(.text(Array(text[start...]))) }
        return parts
    }
}
