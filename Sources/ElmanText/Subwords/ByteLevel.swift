/// The byte-level alphabet of GPT-2 (Radford et al. 2019), in which every byte is a visible character, and its way to cut texts.
enum ByteLevel {
    /// The character of every byte: itself where it can be seen in Latin-1, else one from U+0100 on.
    static let characters: [Unicode.Scalar] = {
        var next: UInt32 = 256
        return (0..<256).map { byte in
            let isVisible = (33...126).contains(byte) || (161...172).contains(byte) || byte >= 174
            if isVisible { return Unicode.Scalar(UInt8(byte)) }
            defer { next += 1 }
            return Unicode.Scalar(next) ?? " "
        }
    }()

    private static let bytes: [Unicode.Scalar: UInt8] = Dictionary(
        uniqueKeysWithValues: characters.enumerated().map { ($1, UInt8($0)) })

    /// The bytes of a text as visible characters.
    static func encoded(_ text: some Sequence<Unicode.Scalar>) -> [Unicode.Scalar] {
        text.flatMap { scalar in String(Character(scalar)).utf8.map { characters[Int($0)] } }
    }

    /// The bytes of visible characters; those of the text itself where one is no such character.
    static func decoded(_ text: String) -> [UInt8] {
        var result: [UInt8] = []
        for scalar in text.unicodeScalars {
            guard let byte = bytes[scalar] else { return Array(text.utf8) }
            result.append(byte)
        }
        return result
    }

    private enum Kind { case letter, number, space, other }

    private static func kind(_ scalar: Unicode.Scalar) -> Kind {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: .letter
        case .decimalNumber, .letterNumber, .otherNumber: .number
        default: scalar.properties.isWhitespace ? .space : .other
        }
    }

    private static let contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map { Array($0.unicodeScalars) }

    /// Cuts a text as the regular expression of GPT-2 does:
    /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
    static func split(_ text: [Unicode.Scalar]) -> [ArraySlice<Unicode.Scalar>] {
        var pieces: [ArraySlice<Unicode.Scalar>] = []
        var start = 0
        while start < text.count {
            let end = endOfPiece(text, start)
            pieces.append(text[start..<end])
            start = end
        }
        return pieces
    }

    private static func endOfPiece(_ text: [Unicode.Scalar], _ start: Int) -> Int {
        if text[start] == "'", let contraction = contractions.first(where: { text[start...].starts(with: $0) }) {
            return start + contraction.count
        }
        let first = text[start] == " " && start + 1 < text.count ? start + 1 : start
        let kind = kind(text[first])
        if kind != .space { return endOfRun(text, first, kind) }
        let end = endOfRun(text, start, .space)
        // The last blank before a word belongs to the word, or stands alone.
        return end == text.count || end == start + 1 ? end : end - 1
    }

    private static func endOfRun(_ text: [Unicode.Scalar], _ start: Int, _ kind: Kind) -> Int {
        var end = start + 1
        while end < text.count, self.kind(text[end]) == kind { end += 1 }
        return end
    }
}
