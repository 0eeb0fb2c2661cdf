import ElmanFiles

/// How a file writes tagged sentences.
public enum TagFormat: String, Sendable, CaseIterable {
    /// `word|tag word|tag`, one sentence a line; the last bar of a token separates.
    case wordTags = "text"
    /// Columns between tabs or spaces, one word a line, a blank line between sentences (CoNLL-2000, CoNLL-2003).
    case columns = "conll"
    /// CoNLL-U: ten columns between tabs, `#` comments, words in several parts.
    case conllu
    /// Words without tags, one sentence a line; written with bars.
    case words

    /// Guesses from the first part of a file.
    ///
    /// Without `allowsWords` everything that is neither CoNLL-U nor `word|tag` counts as columns. `foreign` is what else a file
    /// looks like that could be columns only if all of it were one sentence.
    static func guess(_ beginning: ByteView, allowsWords: Bool) -> (format: TagFormat, foreign: TextFormat?) {
        var guesser = FormatGuesser()
        try? readLines(in: beginning) { line throws(DataError) in guesser.add(line.bytes) }
        let guess = guesser.guess
        switch guess {
        case .conllu: return (.conllu, nil)
        case .wordTags: return (.wordTags, nil)
        case .columns: return (.columns, nil)
        default: break
        }
        if allowsWords { return (.words, nil) }
        // So that it is a bad token that is named, and not a number of columns.
        if guesser.mostLook(like: .wordTags) { return (.wordTags, nil) }
        guard guesser.blankLines == 0 else { return (.columns, nil) }
        switch guess {
        case .labelBars, .labelPrefix, .trees, .jsonLines: return (.columns, guess)
        case .labelTab, .textPairs: return (.columns, guesser.mixedLines > 0 ? guess : nil)
        default: return (.columns, nil)
        }
    }
}

/// Which column holds the tag.
public enum TagColumn: Sendable, Hashable {
    /// The last one; of CoNLL-U `upos`.
    case last
    /// A column by its number, counted from 1.
    case number(Int)
    /// Universal part of speech, the fourth of CoNLL-U.
    case upos
    /// The language's own part of speech, the fifth of CoNLL-U.
    case xpos

    /// A column by name or number: `last`, `upos`, `xpos`, `3`.
    public init?(_ text: String) {
        switch text {
        case "last": self = .last
        case "upos": self = .upos
        case "xpos": self = .xpos
        default:
            guard let number = Int(text), number > 0 else { return nil }
            self = .number(number)
        }
    }

    /// The index among so many columns, counted from 0.
    func index(of format: TagFormat, columnCount: Int) -> Int {
        switch self {
        case .last: format == .conllu ? 3 : columnCount - 1
        case .number(let number): number - 1
        case .upos: 3
        case .xpos: 4
        }
    }
}
