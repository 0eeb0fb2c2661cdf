import ElmanFiles

/// What a text file seems to hold, by the look of its lines.
public enum TextFormat: String, Sendable, CaseIterable {
    /// One sentence a line, or any text.
    case text
    /// `label ||| text`.
    case labelBars
    /// `label<TAB>text`.
    case labelTab
    /// `__label__x text`.
    case labelPrefix
    /// `source<TAB>target`, or any texts with tabs between them.
    case textPairs
    /// `word|tag word|tag`.
    case wordTags
    /// Columns, a blank line between sentences.
    case columns
    /// CoNLL-U: ten columns between tabs.
    case conllu
    /// `(3 (2 a) (4 b))`.
    case trees
    /// One JSON object a line.
    case jsonLines

    /// The format that the first part of a file looks like.
    public init(guessing beginning: [UInt8]) {
        var guesser = FormatGuesser()
        beginning.withUnsafeBufferPointer { bytes in
            try? readLines(in: bytes) { line throws(DataError) in guesser.add(line.bytes) }
        }
        self = guesser.guess
    }

    /// The format in words.
    public var title: String {
        switch self {
        case .text: "plain text, one sentence a line"
        case .labelBars: "label ||| text"
        case .labelTab: "label<TAB>text"
        case .labelPrefix: "__label__x text"
        case .textPairs: "text<TAB>text"
        case .wordTags: "word|tag word|tag"
        case .columns: "columns, a blank line between sentences"
        case .conllu: "CoNLL-U"
        case .trees: "trees in brackets"
        case .jsonLines: "one JSON object a line"
        }
    }
}

/// Guesses the format from the first lines of a file.
struct FormatGuesser {
    private static let enough = 2_000
    private var lines = 0
    private(set) var blankLines = 0
    private var votes: [TextFormat: Int] = [:]
    private var tabbed = 0
    private var plainFirstFields = 0
    /// Lines with a tab and a space.
    private(set) var mixedLines = 0
    private var firstFields = ByteTable()
    private var columnCounts: ClosedRange<Int>?

    /// Looks at a line, until it has seen enough.
    mutating func add(_ line: ByteView) {
        guard lines < Self.enough else { return }
        if line.isBlank { return blankLines += 1 }
        let isNote = line[0] == UInt8(ascii: "#") || line.starts(with: "-DOCSTART-".utf8)
        if isNote, votes[.conllu, default: 0] == lines || blankLines > 0 { return }
        lines += 1
        let tabs = line.count { $0 == 9 }
        vote(.labelBars, contains(line, " ||| "))
        vote(.labelPrefix, line.starts(with: "__label__".utf8))
        vote(.conllu, tabs == 9)
        vote(.wordTags, isWordTags(line))
        vote(.trees, isTree(line))
        vote(.jsonLines, line[0] == UInt8(ascii: "{") && line[line.count - 1] == UInt8(ascii: "}"))
        if let end = line.firstIndex(of: 9) {
            tabbed += 1
            mixedLines += line.contains(0x20) ? 1 : 0
            _ = firstFields.insert(line.part(0..<end))
            plainFirstFields += line[..<end].contains(0x20) ? 0 : 1
        }
        var columns = 0
        forEachToken(in: line, unit: .word) { _ in
            columns += 1
            return true
        }
        columnCounts = columnCounts.map { min($0.lowerBound, columns)...max($0.upperBound, columns) } ?? columns...columns
    }

    /// What nine lines of ten look like.
    var guess: TextFormat {
        guard lines > 0 else { return .text }
        let order: [TextFormat] = [.jsonLines, .trees, .conllu, .labelPrefix, .labelBars, .wordTags]
        if let format = order.first(where: { 10 * votes[$0, default: 0] >= 9 * lines }) { return format }
        if let columnCounts, columnCounts.lowerBound == columnCounts.upperBound, columnCounts.lowerBound > 1, blankLines > 0 {
            return .columns
        }
        guard 10 * tabbed >= 9 * lines else { return .text }
        let fewLabels = 2 * firstFields.count <= tabbed || tabbed < 4
        return 10 * plainFirstFields >= 9 * tabbed && fewLabels ? .labelTab : .textPairs
    }

    /// Whether half of the lines at least look like a format.
    func mostLook(like format: TextFormat) -> Bool { lines > 0 && 2 * votes[format, default: 0] >= lines }

    private mutating func vote(_ format: TextFormat, _ looksLikeIt: Bool) {
        if looksLikeIt { votes[format, default: 0] += 1 }
    }

    private func contains(_ line: ByteView, _ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard line.count >= length else { return false }
        let wanted = ByteView(start: text.utf8Start, count: length)
        return (0...line.count - length).contains { line[$0..<$0 + length].elementsEqual(wanted) }
    }

    private func isWordTags(_ line: ByteView) -> Bool {
        var allTagged = true
        forEachToken(in: line, unit: .word) { token in
            let bar = token.lastIndex(of: UInt8(ascii: "|")) ?? 0
            allTagged = bar > 0 && bar < token.count - 1
            return allTagged
        }
        return allTagged
    }

    private func isTree(_ line: ByteView) -> Bool {
        guard line[0] == UInt8(ascii: "(") else { return false }
        var depth = 0
        for byte in line {
            if byte == UInt8(ascii: "(") { depth += 1 } else if byte == UInt8(ascii: ")") { depth -= 1 }
            if depth < 0 { return false }
        }
        return depth == 0
    }
}
