/// How a text is cut into words before merges are applied, as a `tokenizer.json` says.
indirect enum PreTokenizer: Sendable, Equatable {
    /// One after the other, each on the pieces of the one before.
    case sequence([PreTokenizer])
    /// GPT-2's: see `ByteLevel`.
    case byteLevel(addsPrefixSpace: Bool, splits: Bool)
    /// Runs of word characters, and runs of what is neither those nor white space.
    case whitespace
    /// What stands between white space.
    case whitespaceSplit
    /// SentencePiece's: a mark in place of every space, and where `prepends` says so before the text.
    case metaspace(mark: Unicode.Scalar, prepends: Prepending, splits: Bool)
    /// Digits apart from everything else, and where wanted from each other.
    case digits(individually: Bool)

    /// Where a mark is put that no space gives rise to.
    enum Prepending: String, Sendable { case always, first, never }

    /// The words of a text. `isFirst` says whether it is the beginning of the whole one.
    func words(of text: [Unicode.Scalar], isFirst: Bool) -> [[Unicode.Scalar]] {
        guard !text.isEmpty else { return [] }
        switch self {
        case .sequence(let steps):
            var pieces = [text]
            for step in steps {
                pieces = pieces.enumerated().flatMap { step.words(of: $1, isFirst: isFirst && $0 == 0) }
            }
            return pieces
        case .byteLevel(let addsPrefixSpace, let splits):
            let text = addsPrefixSpace && text[0] != " " ? [" "] + text : text
            return (splits ? ByteLevel.split(text) : [text[...]]).map { ByteLevel.encoded($0) }
        case .whitespace: return Self.runs(of: text) { Self.isWordPart($0) ? 1 : $0.properties.isWhitespace ? 0 : 2 }
        case .whitespaceSplit: return Self.runs(of: text) { $0.properties.isWhitespace ? 0 : 1 }
        case .metaspace(let mark, let prepends, let splits):
            var text = text.map { $0 == " " ? mark : $0 }
            if prepends == .always || prepends == .first && isFirst, text[0] != mark { text.insert(mark, at: 0) }
            return splits ? Self.split(text, before: mark) : [text]
        case .digits(let individually):
            let pieces = Self.runs(of: text) { Self.isNumeric($0) ? 1 : 2 }
            return individually ? pieces.flatMap { Self.isNumeric($0[0]) ? $0.map { [$0] } : [$0] } : pieces
        }
    }

    /// Runs of scalars of one kind; those of kind 0 are left out.
    private static func runs(of text: [Unicode.Scalar], kind: (Unicode.Scalar) -> Int) -> [[Unicode.Scalar]] {
        var (pieces, last) = ([[Unicode.Scalar]](), 0)
        for scalar in text {
            let own = kind(scalar)
            if own != 0 {
                if own == last { pieces[pieces.count - 1].append(scalar) } else { pieces.append([scalar]) }
            }
            last = own
        }
        return pieces
    }

    private static func split(_ text: [Unicode.Scalar], before mark: Unicode.Scalar) -> [[Unicode.Scalar]] {
        var pieces: [[Unicode.Scalar]] = []
        for scalar in text {
            if scalar == mark || pieces.isEmpty { pieces.append([scalar]) } else { pieces[pieces.count - 1].append(scalar) }
        }
        return pieces
    }

    private static func isNumeric(_ scalar: Unicode.Scalar) -> Bool {
        [.decimalNumber, .letterNumber, .otherNumber].contains(scalar.properties.generalCategory)
    }

    /// `\w` of Unicode regular expressions (Unicode Technical Standard 18, annex C).
    static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
        default: return properties.isAlphabetic || properties.isJoinControl
        }
    }
}
