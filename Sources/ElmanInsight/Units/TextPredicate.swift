import ElmanText

/// Something that is true of, or can be counted at, every token of a text: what units are searched for.
///
/// The value at a token is what holds once it has been read: an opening quote is inside, the closing one is outside.
public enum TextPredicate: String, Sendable, CaseIterable {
    /// 1 between quotes (`"`, `` ` `` and `'` twice, “ ”), 0 elsewhere. A quote behind a backslash does not count.
    case insideQuotes = "inside-quotes"
    /// 1 between brackets of any kind, `()[]{}`.
    case insideBrackets = "inside-brackets"
    /// How many brackets are open.
    case bracketDepth = "bracket-depth"
    /// How many tokens of the line have been read.
    case linePosition = "line-position"
    /// How many tokens are left to the end of the line.
    case lineLengthLeft = "line-length-left"
    /// With how many spaces the line begins, as far as they have been read.
    case indentation = "indentation"

    /// Whether it is true or false rather than a number.
    public var isBinary: Bool { self == .insideQuotes || self == .insideBrackets }

    /// The value at every token of a text whose lines end with `lineEnd`.
    public func values(of tokens: [String], lineEnd: String) -> [Double] {
        switch self {
        case .insideQuotes: Self.insideQuotes(tokens)
        case .insideBrackets: Self.bracketDepth(tokens).map { min($0, 1) }
        case .bracketDepth: Self.bracketDepth(tokens)
        case .linePosition: Self.linePosition(tokens, lineEnd)
        case .lineLengthLeft: Self.linePosition(tokens.reversed(), lineEnd).reversed().map { $0 }
        case .indentation: Self.indentation(tokens, lineEnd)
        }
    }

    private static func insideQuotes(_ tokens: [String]) -> [Double] {
        var isInside = false, isEscaped = false
        return tokens.map { token in
            switch token {
            case "\"" where !isEscaped: isInside.toggle()
            case "“", "``": isInside = true
            case "”", "''": isInside = false
            default: break
            }
            isEscaped = token == "\\" && !isEscaped
            return isInside ? 1 : 0
        }
    }

    private static func bracketDepth(_ tokens: [String]) -> [Double] {
        var depth = 0.0
        return tokens.map { token in
            if ["(", "[", "{", "-LRB-", "-LSB-", "-LCB-"].contains(token) { depth += 1 }
            if [")", "]", "}", "-RRB-", "-RSB-", "-RCB-"].contains(token) { depth = max(0, depth - 1) }
            return depth
        }
    }

    /// The end of a line is at 0.
    private static func linePosition(_ tokens: [String], _ lineEnd: String) -> [Double] {
        var position = 0.0
        return tokens.map { token in
            position = token == lineEnd ? 0 : position + 1
            return position
        }
    }

    private static func indentation(_ tokens: [String], _ lineEnd: String) -> [Double] {
        var spaces = 0.0, isAtStart = true
        return tokens.map { token in
            if token == lineEnd {
                (spaces, isAtStart) = (0, true)
            } else if isAtStart, token == " " || token == "\t" {
                spaces += token == " " ? 1 : 4
            } else {
                isAtStart = false
            }
            return spaces
        }
    }
}
