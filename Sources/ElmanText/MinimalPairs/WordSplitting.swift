/// How a sentence becomes words.
public enum WordSplitting: String, Sendable, CaseIterable {
    /// At white space.
    case spaces
    /// As in the Penn Treebank: marks and clitics are words of their own (`ca n't help herself .`).
    case penn

    /// The words of a sentence.
    public func words(of sentence: some StringProtocol) -> [String] {
        let pieces = sentence.split { $0.isWhitespace }.map { String($0) }
        guard self == .penn else { return pieces }
        return pieces.enumerated().flatMap { PennWords.split($1, isLast: $0 == pieces.count - 1) }
    }
}

/// The rules of the Penn Treebank for what stands between two spaces, as far as running text needs them.
private enum PennWords {
    private static let opening: Set<Character> = ["(", "[", "{", "\"", "“", "‘", "`", "$", "#"]
    private static let closing: Set<Character> = [")", "]", "}", "\"", "”", "’", "'", ",", ";", ":", "?", "!", "%", "…"]
    private static let clitics = ["n't", "n’t", "'s", "’s", "'re", "’re", "'ve", "’ve", "'ll", "’ll", "'m", "’m", "'d", "’d"]

    static func split(_ piece: String, isLast: Bool) -> [String] {
        var core = Substring(piece)
        var before: [String] = [], behind: [String] = []
        while core.count > 1, let first = core.first, opening.contains(first) {
            before.append(String(first))
            core.removeFirst()
        }
        while core.count > 1, let last = core.last {
            // A full stop ends a sentence; elsewhere it belongs to an abbreviation.
            let isStop =
                last == "." && isLast && behind.allSatisfy { closing.contains(Character($0)) } && !core.dropLast().contains(".")
            guard isStop || closing.contains(last), clitic(of: core) == nil else { break }
            behind.insert(String(last), at: 0)
            core.removeLast()
        }
        var words: [String] = []
        while let clitic = clitic(of: core) {
            words.insert(String(core.suffix(clitic.count)), at: 0)
            core.removeLast(clitic.count)
        }
        if core.lowercased() == "cannot" {
            words.insert(String(core.suffix(3)), at: 0)
            core.removeLast(3)
        }
        return before + [String(core)] + words + behind
    }

    private static func clitic(of word: Substring) -> String? {
        let lower = word.lowercased()
        return clitics.first { lower.hasSuffix($0) && lower.count > $0.count }
    }
}
