import ElmanFiles

/// What every reader of CoNLL-U checks of a line.
enum ConlluLine {
    /// Whether a line is that of a word, rather than a comment, a range (`1-2`) or an empty node (`1.1`).
    ///
    /// Fills `fields` with the ten columns of a word. Throws where there are not ten, or the number is not the one that follows.
    static func isWord(
        _ line: ByteView, _ place: TextLine, after count: Int, _ fields: inout [Range<Int>], _ cleaner: LineCleaner
    ) throws(DataError) -> Bool {
        if line[0] == UInt8(ascii: "#") { return false }
        line.findFields(separator: 9, &fields)
        guard fields.count == 10 else {
            throw cleaner.error(place.number, "\(fields.count) columns; CoNLL-U has 10 with one tab between them")
        }
        let id = line.part(fields[0])
        if let mark = id.firstIndex(where: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }),
            id.part(0..<mark).wholeNumber != nil, id.part(mark + 1..<id.count).wholeNumber != nil
        {
            return false
        }
        guard let number = id.wholeNumber, number == count + 1 else {
            throw cleaner.error(
                place.number, "the word's number is “\(String(showing: id))” and should be \(count + 1); number words from 1")
        }
        return true
    }
}
