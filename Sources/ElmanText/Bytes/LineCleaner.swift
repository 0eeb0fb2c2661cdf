import ElmanFiles

/// Gives out lines as valid UTF-8, or refuses them with file and line.
struct LineCleaner {
    /// The file, as messages call it.
    let path: String
    /// What to do with bytes that are not UTF-8.
    let invalidUTF8: InvalidUTF8
    /// Invalid pieces that were replaced.
    private(set) var replacements = 0

    init(path: String, invalidUTF8: InvalidUTF8) {
        self.path = nameInMessages(path)
        self.invalidUTF8 = invalidUTF8
    }

    /// Calls `body` with the line as it is, or repaired.
    mutating func clean(_ line: TextLine, _ body: (ByteView) throws(DataError) -> Void) throws(DataError) {
        guard try needsRepair(line) else { return try body(line.bytes) }
        try UTF8Checker.repaired(line.bytes).bytes.withUnsafeBufferPointer { bytes throws(DataError) in try body(bytes) }
    }

    /// Whether a line is not UTF-8, where that is allowed; its replacements are counted. For readers that repair token by token,
    /// as places in the line must stay.
    mutating func needsRepair(_ line: TextLine) throws(DataError) -> Bool {
        guard let offset = UTF8Checker.firstInvalid(in: line.bytes) else { return false }
        guard invalidUTF8 == .replace else {
            throw error(
                line.number,
                "invalid UTF-8 at byte \(offset + 1) of the line (offset \(line.offset + offset) in the file); "
                    + "convert the file to UTF-8, or have such bytes replaced by U+FFFD")
        }
        replacements += UTF8Checker.repaired(line.bytes).replacements
        return true
    }

    /// A fault in a line.
    func error(_ line: Int, _ message: String) -> DataError { DataError(.badData, path: path, line: line, message) }
}
