/// The tokenisation of mteval-v13a as sacreBLEU has it: four rewritings in a row, each from left to right.
enum Tokenizer13a {
    /// The tokens of a line.
    static func tokens(of line: String) -> [[Unicode.Scalar]] {
        var text = Array(line.unicodeScalars)
        while let last = text.last, isWhiteSpace(last) { text.removeLast() }
        text = replacing("<skipped>", by: "", in: text)
        text = replacing("-\n", by: "", in: text)
        text = replacing("\n", by: " ", in: text)
        for (entity, character) in [("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")] {
            text = replacing(entity, by: character, in: text)
        }
        text = [" "] + text + [" "]
        text = text.flatMap { isMark($0) ? [" ", $0, " "] : [$0] }
        text = rewriting(text) { !isDigit($0) && isPoint($1) ? [$0, " ", $1, " "] : nil }
        text = rewriting(text) { isPoint($0) && !isDigit($1) ? [" ", $0, " ", $1] : nil }
        text = rewriting(text) { isDigit($0) && $1 == "-" ? [$0, " ", $1, " "] : nil }
        return splitAtWhiteSpace(text)
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func isPoint(_ scalar: Unicode.Scalar) -> Bool { scalar == "." || scalar == "," }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "{"..."~", "["..."`", " "..."&", "("..."+", ":"..."@", "/": true
        default: false
        }
    }

    /// Rewrites pairs of neighbours that do not overlap, from left to right.
    private static func rewriting(
        _ text: [Unicode.Scalar], _ rule: (Unicode.Scalar, Unicode.Scalar) -> [Unicode.Scalar]?
    ) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count + 16)
        var index = 0
        while index < text.count {
            if index + 1 < text.count, let pair = rule(text[index], text[index + 1]) {
                result += pair
                index += 2
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return result
    }

    private static func replacing(_ old: String, by new: String, in text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        ElmanText.replacing(Array(old.unicodeScalars), by: Array(new.unicodeScalars), in: text)
    }
}

/// Whether Python's `str.split()` separates at a scalar.
func isWhiteSpace(_ scalar: Unicode.Scalar) -> Bool {
    (0x1C...0x1F).contains(scalar.value) || scalar.properties.isWhitespace
}

/// What stands between white space.
func splitAtWhiteSpace(_ text: some Collection<Unicode.Scalar>) -> [[Unicode.Scalar]] {
    text.split(whereSeparator: isWhiteSpace).map { Array($0) }
}
