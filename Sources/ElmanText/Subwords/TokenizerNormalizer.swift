/// What is done to a text before it is cut, as a `tokenizer.json` says.
enum TokenizerNormalizer: Sendable, Equatable {
    /// One after the other.
    case sequence([TokenizerNormalizer])
    /// Lower case, scalar by scalar.
    case lowercase
    /// Unicode normalization form C.
    case nfc
    /// A text before every text that is not empty.
    case prepend(String)
    /// A text in place of another one.
    case replace([Unicode.Scalar], [Unicode.Scalar])

    func normalized(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        switch self {
        case .sequence(let steps): return steps.reduce(text) { $1.normalized($0) }
        case .lowercase: return text.flatMap { Array($0.properties.lowercaseMapping.unicodeScalars) }
        case .nfc:
            let normalized = TextNormalization.nfc.normalized(String(String.UnicodeScalarView(text)))
            return Array(normalized.unicodeScalars)
        case .prepend(let prefix): return text.isEmpty ? text : Array(prefix.unicodeScalars) + text
        case .replace(let old, let new): return replacing(old, by: new, in: text)
        }
    }
}

/// Every place of a text replaced by another one, from left to right.
func replacing(_ old: [Unicode.Scalar], by new: [Unicode.Scalar], in text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    guard let first = old.first, text.contains(first) else { return text }
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
        if text[index] == first, text[index...].starts(with: old) {
            result += new
            index += old.count
        } else {
            result.append(text[index])
            index += 1
        }
    }
    return result
}
