/// Rows of text in aligned columns, for terminals and logs: columns of numbers to the right, others to the left, two spaces between.
/// Cells must be safe to show (`printable`).
func alignedColumns(_ rows: [[String]], header: [String] = []) -> [String] {
    let all = header.isEmpty ? rows : [header] + rows
    let columns = all.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in all.map { column < $0.count ? displayWidth($0[column]) : 0 }.max() ?? 0 }
    let isNumeric = (0..<columns).map { column in
        let cells = rows.compactMap { column < $0.count && !$0[column].isEmpty ? $0[column] : nil }
        return !cells.isEmpty && cells.allSatisfy(isNumber)
    }
    return all.map { row in
        var line = ""
        for (column, cell) in row.enumerated() {
            let padding = String(repeating: " ", count: widths[column] - displayWidth(cell))
            line += (column > 0 ? "  " : "") + (isNumeric[column] ? padding + cell : cell + padding)
        }
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }
}

/// Whether a cell of a table holds a number, perhaps with a unit sign, or a mark for none.
func isNumber(_ cell: String) -> Bool {
    if ["–", "-", "nan", "inf", "-inf", "?"].contains(cell) { return true }
    guard let last = cell.utf8.last, cell.utf8.contains(where: { (48...57).contains($0) }) else { return false }
    return cell.utf8.dropLast().allSatisfy { (48...57).contains($0) || "+-.,:e".utf8.contains($0) }
        && ((48...57).contains(last) || "%kMGT".utf8.contains(last))
}

/// The columns that a text takes on a terminal: two for wide characters, none for combining ones.
func displayWidth(_ text: String) -> Int {
    // ASCII is by far the commonest.
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text.utf8.count }
    return text.reduce(0) { $0 + displayWidth($1) }
}

/// A character is as wide as its widest scalar: a letter with its accents is one, a family of emoji joined together is two.
private func displayWidth(_ character: Character) -> Int {
    character.unicodeScalars.map { scalar in
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF,
            0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0xFE00...0xFE0F: return 0
        default:
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .format: return 0
            default: return 1
            }
        }
    }.max() ?? 0
}

/// The text cut to so many columns.
func shortened(_ text: String, to width: Int) -> String {
    guard displayWidth(text) > width else { return text }
    var (result, used) = ("", 0)
    for character in text {
        used += displayWidth(character)
        if used > width { break }
        result.append(character)
    }
    return result
}
