import ElmanFiles

extension DataReport {
    /// The report as lines of plain text. Control characters of the file are escaped.
    public func textLines() -> [String] {
        var rows: [(String, String)] = [
            ("format", format.title), ("bytes", grouped(bytes)),
            ("lines", grouped(lines) + " (\(grouped(blankLines)) blank)"), ("words", grouped(words.total)),
            ("different words", grouped(words.typeCount) + " (\(grouped(singletons)) occur once)"),
            ("characters", grouped(characters) + " (\(grouped(distinctCharacters)) different)"),
        ]
        if longestLine.line > 0 {
            rows.append(("longest line", "\(grouped(longestLine.length)) bytes, line \(longestLine.line)"))
        }
        if longestSentence.line > 0 {
            rows.append(("most words", "\(grouped(longestSentence.length)), line \(longestSentence.line)"))
        }
        if words.typeCount > 0 {
            let most = words.typesByFrequency().prefix(5).map { "\(words.token($0)) (\(grouped(words.counts[$0])))" }
            rows.append(("most frequent", most.joined(separator: ", ")))
        }
        rows += remarks()
        return [printable(path)] + alignedRows(rows)
    }

    /// What a reader of the file should know before training on it.
    private func remarks() -> [(String, String)] {
        var rows: [(String, String)] = []
        if sentences == 0 { rows.append(("problem", "no sentences in \(path)")) }
        if invalidUTF8.count > 0 { rows.append(("not UTF-8", "\(grouped(invalidUTF8.count)) times: " + places(invalidUTF8))) }
        if hasByteOrderMark { rows.append(("byte order mark", "at the start; skipped")) }
        if carriageReturnLines > 0 { rows.append(("CR LF", "\(grouped(carriageReturnLines)) lines end so; read as a newline")) }
        if endsInNewline == false { rows.append(("last newline", "missing; the last line counts all the same")) }
        if controlCharacters.count > 0 {
            let zeros = zeroBytes > 0 ? " (zero bytes: \(grouped(zeroBytes)))" : ""
            rows.append(("control characters", grouped(controlCharacters.count) + zeros + ": " + places(controlCharacters)))
        }
        if noBreakSpaces > 0 { rows.append(("no-break spaces", "\(grouped(noBreakSpaces)), which do not separate words")) }
        let unknown = words.count(of: Vocabulary.unknownSpelling)
        if unknown > 0 { rows.append((Vocabulary.unknownSpelling, "\(grouped(unknown)) in the file itself")) }
        let marks = words.count(of: Vocabulary.boundarySpelling)
        if marks > 0 {
            rows.append((Vocabulary.boundarySpelling, "\(grouped(marks)) in the file itself; one is added to every line anyway"))
        }
        return rows
    }

    private func places(_ places: Places) -> String {
        let first = places.first.map { "line \($0.line) byte \($0.byte) (offset \($0.offset))" }
        return first.joined(separator: ", ") + (places.count > first.count ? ", …" : "")
    }
}

extension DataReport.Unknown {
    /// The comparison as lines of plain text.
    public func textLines() -> [String] {
        let percent = Double((share * 1000).rounded()) / 10
        var line = "\(grouped(unknownWords)) of \(grouped(words)) words (\(percent) %) are not in the training text"
        if !examples.isEmpty { line += ": " + examples.map { printable($0) }.joined(separator: " ") }
        if unknownTypes > examples.count { line += " … (\(grouped(unknownTypes)) different)" }
        return [line]
    }
}

/// A number with a comma between each three digits.
func grouped(_ number: Int) -> String {
    var result = ""
    let digits = String(number.magnitude)
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0 { result += "," }
        result.append(digit)
    }
    return number < 0 ? "-" + result : result
}
