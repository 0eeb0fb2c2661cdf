import ElmanFiles
import ElmanTensor

/// Minimal pairs from files, each in the format that its first line shows:
///
/// - BLiMP's JSON lines (Warstadt et al. 2020): `sentence_good`, `sentence_bad`; groups `field`, `linguistics_term`, `UID`.
/// - Winograd-style JSON lines (Sakaguchi et al. 2020): `sentence` with `_` for a gap, `option1`, `option2`, `answer`.
/// - Columns between tabs: `good`, `bad`; with a first line that begins `good<TAB>bad`, its further columns are groups.
/// - Columns between tabs as Marvin and Linzen's templates (2018): template, case, good, and one bad sentence or more.
/// - `NAME.gold` (position of the word, counted from 0, right form, wrong form, attractors) beside `NAME.text` (Gulordava et al. 2018).
///
/// Blank lines are skipped. Sentences of JSON are split into words as in the Penn Treebank, others at spaces, unless one says otherwise.
public struct MinimalPairs: Sendable {
    /// The pairs, in the order of the files.
    public private(set) var pairs: [MinimalPair] = []

    /// Pairs that were made.
    public init(_ pairs: [MinimalPair]) { self.pairs = pairs }

    /// Reads one file or several, `-` for standard input. Throws `.badData` for a line that is no pair, or a file without any.
    public init(reading paths: [String], words splitting: WordSplitting? = nil) throws(DataError) {
        for path in paths {
            let before = pairs.count
            if path.hasSuffix(".gold") {
                try readGold(path, splitting ?? .spaces)
            } else {
                try readLines(path, splitting)
            }
            if pairs.count == before { throw DataError(.badData, path: path, "holds no pairs; give one a line") }
        }
    }

    /// The keys of all groups, in the order of their first appearance.
    public var groupKeys: [String] {
        var keys: [String] = []
        for group in pairs.lazy.flatMap(\.groups) where !keys.contains(group.key) { keys.append(group.key) }
        return keys
    }

    private mutating func readLines(_ path: String, _ splitting: WordSplitting?) throws(DataError) {
        var reader = try ByteReader(path)
        var columns: PairColumns?
        while let bytes = try reader.nextLine() {
            let (name, number) = (reader.path, reader.lineNumber)
            let line = try Self.text(bytes, name, number)
            if line.allSatisfy(\.isWhitespace) { continue }
            if line.first == "{" {
                pairs.append(try MinimalPair(json: line, splitting ?? .penn, path: name, line: number))
                continue
            }
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            if columns == nil {
                columns = try PairColumns(firstLine: fields, path: name, line: number)
                if columns!.isHeader { continue }
            }
            pairs.append(try columns!.pair(fields, splitting ?? .spaces, path: name, line: number))
        }
    }

    /// The text of a line without a carriage return and a byte order mark.
    private static func text(_ bytes: ArraySlice<UInt8>, _ path: String, _ line: Int) throws(DataError) -> String {
        var bytes = bytes
        if bytes.last == 13 { bytes.removeLast() }
        if line == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw DataError(.badData, path: path, line: line, "is not UTF-8; convert it first")
        }
        return text
    }

    private mutating func readGold(_ path: String, _ splitting: WordSplitting) throws(DataError) {
        let textPath = path.dropLast(5) + ".text"
        var (gold, sentences) = (try ByteReader(path), try ByteReader(String(textPath)))
        while let bytes = try gold.nextLine() {
            let number = gold.lineNumber
            guard let sentence = try sentences.nextLine() else {
                throw DataError(
                    .badData, path: String(textPath), "ends before line \(number) of \(path); both need as many lines")
            }
            let fields = try Self.text(bytes, path, number).split(separator: "\t", omittingEmptySubsequences: false)
            if fields.count == 1, fields[0].allSatisfy(\.isWhitespace) { continue }
            var words = splitting.words(of: try Self.text(sentence, String(textPath), number))
            if words.last == "<eos>" { words.removeLast() }
            guard fields.count >= 3, let position = Int(fields[0]), words.indices.contains(position) else {
                throw DataError(
                    .badData, path: path, line: number,
                    "is not: position of a word of the sentence, right form, wrong form, attractors; with tabs between")
            }
            var (good, bad) = (words, words)
            (good[position], bad[position]) = (String(fields[1]), String(fields[2]))
            let groups = fields.count > 3 ? [MinimalPair.Group("attractors", String(fields[3]))] : []
            pairs.append(MinimalPair(good: good, bad: [bad], groups: groups, line: number))
        }
    }
}

/// Which columns of a file of tabs are what.
private struct PairColumns {
    let good: Int
    /// Columns of groups, and what the groups are called.
    let groups: [(column: Int, key: String)]
    let badColumns: Range<Int>?
    let isHeader: Bool

    init(firstLine fields: [String], path: String, line: Int) throws(DataError) {
        if fields.count >= 2, fields[0] == "good", fields[1] == "bad" {
            self.init(good: 0, groups: fields.indices.dropFirst(2).map { ($0, fields[$0]) }, badColumns: 1..<2, isHeader: true)
        } else if fields.count == 2 {
            self.init(good: 0, groups: [], badColumns: 1..<2, isHeader: false)
        } else if fields.count >= 4 {
            self.init(good: 2, groups: [(0, "template"), (1, "case")], badColumns: nil, isHeader: false)
        } else {
            throw DataError(
                .badData, path: path, line: line,
                "has \(fields.count == 1 ? "no tab" : "\(fields.count) columns"); give good<TAB>bad, template<TAB>case<TAB>good<TAB>bad, or JSON "
                    + "lines with sentence_good and sentence_bad")
        }
    }

    private init(good: Int, groups: [(column: Int, key: String)], badColumns: Range<Int>?, isHeader: Bool) {
        self.good = good
        self.groups = groups
        self.badColumns = badColumns
        self.isHeader = isHeader
    }

    func pair(_ fields: [String], _ splitting: WordSplitting, path: String, line: Int) throws(DataError) -> MinimalPair {
        let columns = badColumns ?? good + 1..<max(fields.count, good + 1)
        let needed = max(columns.upperBound, (groups.map(\.column).max() ?? 0) + 1)
        guard fields.count >= needed, !columns.isEmpty else {
            throw DataError(
                .badData, path: path, line: line, "has \(fields.count) columns where \(max(needed, good + 2)) are needed")
        }
        return try MinimalPair(
            good: splitting.words(of: fields[good]), bad: columns.map { splitting.words(of: fields[$0]) },
            groups: groups.map { MinimalPair.Group($0.key, fields[$0.column]) }, line: line
        ).checked(path: path)
    }
}
