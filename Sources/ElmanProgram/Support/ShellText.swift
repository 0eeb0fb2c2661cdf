import ElmanFiles

/// A text as one word of a shell's command line: as it is where that is safe, in single quotes otherwise.
func shellQuoted(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_./,:+=@%".unicodeScalars.contains($0)
    }
    if isPlain, !text.isEmpty { return text }
    return "'" + printable(text).split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
