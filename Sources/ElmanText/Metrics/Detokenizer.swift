/// Writes tokens as one would write a text: for showing what a model of words generates, never for scoring.
public struct Detokenizer: Sendable {
    /// Whether sentences start with a capital letter, and the word `i` is one.
    public var capitalizes: Bool

    /// Writes as tokens stand, or with capitals where a sentence starts.
    public init(capitalizes: Bool = false) { self.capitalizes = capitalizes }

    private static let closing: Set<String> = [
        ",", ".", ";", ":", "!", "?", ")", "]", "}", "%", "''", "...", "…", "n't", "--",
    ]
    private static let opening: Set<String> = ["(", "[", "{", "``", "$", "#", "--"]
    private static let sentenceEnds: Set<String> = [".", "!", "?"]

    /// The text of the tokens of one line.
    ///
    /// No space stands before `, . ; : ! ? ) ] }` and endings as `'s` and `n't`, none after `( [ {`, none around `--`.
    public func text(of tokens: some Sequence<String>) -> String {
        var result = ""
        var atSentenceStart = true
        var afterOpening = true
        for token in tokens {
            let isEnding = token.utf8.count > 1 && token.utf8.first == UInt8(ascii: "'")
            if !afterOpening, !isEnding, !Self.closing.contains(token) { result += " " }
            result += capitalizes ? capitalized(token, atSentenceStart: atSentenceStart) : token
            afterOpening = Self.opening.contains(token)
            if Self.sentenceEnds.contains(token) {
                atSentenceStart = true
            } else if !Self.opening.contains(token) {
                atSentenceStart = false
            }
        }
        return result
    }

    private func capitalized(_ token: String, atSentenceStart: Bool) -> String {
        guard let first = token.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else { return token }
        guard atSentenceStart || token == "i" || token.hasPrefix("i'") else { return token }
        return token.prefix(1).uppercased() + token.dropFirst()
    }
}
