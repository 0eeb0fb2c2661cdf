import ElmanFiles

/// The file `vocabulary.txt`: one entry a line in index order, UTF-8.
///
/// Four characters that would break a line are written with a backslash: `\n` newline, `\r` carriage return, `\t` tab, `\\`
/// the backslash itself. A byte order mark is written `\uFEFF`. Everything else stands as it is.
extension Vocabulary {
    /// The contents of `vocabulary.txt`.
    public func fileContents() -> [UInt8] {
        var result: [UInt8] = []
        for index in 0..<count {
            Self.escape(bytes(at: index), into: &result)
            result.append(10)
        }
        return result
    }

    /// Writes the file `vocabulary.txt`: whole or not at all.
    public func write(to path: String) throws(DataError) { try AtomicFile.write(fileContents(), to: path) }

    /// Reads a vocabulary file.
    ///
    /// `unknown` and `boundary` say which entries are special, where the file holds them. Throws, with the line, where an
    /// entry is empty, stands twice, is not UTF-8 or has a wrong escape.
    public init(
        reading path: String, unknown: String? = Vocabulary.unknownSpelling, boundary: String? = Vocabulary.boundarySpelling
    ) throws(DataError) {
        var parser = VocabularyParser(path: nameInMessages(path))
        try readLines(of: path) { line throws(DataError) in try parser.add(line) }
        self.init(table: parser.table, unknown: unknown, boundary: boundary)
    }

    /// Reads the contents of a vocabulary file; `path` is for messages.
    public init(
        fileContents: [UInt8], path: String = "vocabulary.txt", unknown: String? = Vocabulary.unknownSpelling,
        boundary: String? = Vocabulary.boundarySpelling
    ) throws(DataError) {
        var parser = VocabularyParser(path: path)
        let read = { (text: ByteView) throws(DataError) in
            try readLines(in: text) { line throws(DataError) in try parser.add(line) }
        }
        try fileContents.withUnsafeBufferPointer(read)
        self.init(table: parser.table, unknown: unknown, boundary: boundary)
    }

    private static func escape(_ entry: ArraySlice<UInt8>, into result: inout [UInt8]) {
        var rest = entry
        while let byte = rest.first {
            if rest.starts(with: [0xEF, 0xBB, 0xBF]) {
                result.append(contentsOf: "\\uFEFF".utf8)
                rest = rest.dropFirst(3)
                continue
            }
            switch byte {
            case 10: result.append(contentsOf: "\\n".utf8)
            case 13: result.append(contentsOf: "\\r".utf8)
            case 9: result.append(contentsOf: "\\t".utf8)
            case 92: result.append(contentsOf: "\\\\".utf8)
            default: result.append(byte)
            }
            rest = rest.dropFirst()
        }
    }
}

private struct VocabularyParser {
    let path: String
    var table = ByteTable()

    mutating func add(_ line: TextLine) throws(DataError) {
        guard !line.bytes.isEmpty else { throw error(line, "an empty entry; write one entry a line and no blank lines") }
        if let offset = UTF8Checker.firstInvalid(in: line.bytes) {
            throw error(line, "invalid UTF-8 at byte \(offset + 1) of the line")
        }
        let entry = try unescaped(line)
        let number = entry.withUnsafeBufferPointer { table.insert($0) }
        guard number == line.number - 1 else {
            throw error(line, "“\(String(showing: line.bytes))” stands twice; it is on line \(number + 1) already")
        }
    }

    private func unescaped(_ line: TextLine) throws(DataError) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(line.bytes.count)
        var rest = line.bytes[...]
        while let byte = rest.popFirst() {
            guard byte == 92 else {
                result.append(byte)
                continue
            }
            switch rest.popFirst() {
            case 92: result.append(92)
            case UInt8(ascii: "n"): result.append(10)
            case UInt8(ascii: "r"): result.append(13)
            case UInt8(ascii: "t"): result.append(9)
            case UInt8(ascii: "u") where rest.starts(with: "FEFF".utf8):
                result.append(contentsOf: [0xEF, 0xBB, 0xBF])
                rest = rest.dropFirst(4)
            default:
                throw error(line, "a backslash that starts none of \\n \\r \\t \\\\ \\uFEFF; write \\\\ for the backslash itself")
            }
        }
        return result
    }

    private func error(_ line: TextLine, _ message: String) -> DataError {
        DataError(.badData, path: path, line: line.number, message)
    }
}
