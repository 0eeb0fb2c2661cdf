/// How the tags of single words spell spans of words.
public enum TagScheme: String, Sendable, CaseIterable {
    /// `I-X` inside, `O` outside. Two spans of one type side by side become one.
    case io = "IO"
    /// `I-X` inside; `B-X` only where a span follows right after another of its type (Ramshaw and Marcus 1995).
    case iob1 = "IOB1"
    /// `B-X` at the first word of every span, `I-X` after it (CoNLL-2002).
    case iob2 = "IOB2"
    /// As IOB2, but `E-X` at the last word of a span and `S-X` for a span of one word.
    case bioes = "BIOES"
}

/// What the letter before the hyphen of a tag says.
public enum TagPrefix: UInt8, Sendable, CaseIterable {
    /// `O`: in no span.
    case outside = 0x4F
    /// `B`: the first word of a span.
    case begin = 0x42
    /// `I`: a word inside a span.
    case inside = 0x49
    /// `E`: the last word of a span.
    case end = 0x45
    /// `S`: a span of a single word.
    case single = 0x53
}

extension TagScheme {
    /// Whether a tag may follow another one. `isSameType` says whether both are of one type.
    func allows(_ next: TagPrefix, after previous: TagPrefix, isSameType: Bool) -> Bool {
        let isInside = previous == .begin || previous == .inside
        switch self {
        case .io: return [.outside, .inside].contains(next)
        case .iob1: return next == .begin ? isInside && isSameType : [.outside, .inside].contains(next)
        case .iob2:
            if next == .inside { return isInside && isSameType }
            return [.outside, .begin].contains(next)
        case .bioes: return next == .inside || next == .end ? isInside && isSameType : !isInside
        }
    }

    /// Whether a text may end in a tag.
    func allowsAtEnd(_ prefix: TagPrefix) -> Bool { self != .bioes || (prefix != .begin && prefix != .inside) }

    /// The prefix of a word of a span.
    /// - Parameter followsOwnType: whether the word before the span ends another one of its type.
    func prefix(isFirst: Bool, isLast: Bool, followsOwnType: Bool) -> TagPrefix {
        switch self {
        case .io: .inside
        case .iob1: isFirst && followsOwnType ? .begin : .inside
        case .iob2: isFirst ? .begin : .inside
        case .bioes: isFirst ? (isLast ? .single : .begin) : (isLast ? .end : .inside)
        }
    }
}
