import ElmanFiles

/// A line as it stands in a file, without its end (newline, or carriage return and newline) and without a byte order mark.
struct TextLine {
    /// Its bytes, valid during the call that gets the line.
    let bytes: ByteView
    /// Its number, counted from 1.
    let number: Int
    /// Where `bytes` starts in the file.
    let offset: Int
}

/// Reads a file (`-` is standard input) line by line, holding only a part of it in memory.
func readLines(of path: String, _ body: (TextLine) throws(DataError) -> Void) throws(DataError) {
    var reader = try ByteReader(path)
    try readLines(from: &reader, body)
}

/// Reads what a reader has not given out yet, line by line.
func readLines(from reader: inout ByteReader, _ body: (TextLine) throws(DataError) -> Void) throws(DataError) {
    while let line = try reader.nextLine() {
        let (number, offset) = (reader.lineNumber, reader.lineOffset)
        let read = { (bytes: ByteView) throws(DataError) in
            try body(TextLine(bytes: bytes, number: number, offset: offset))
        }
        try line.withUnsafeBufferPointer(read)
    }
}

/// Reads text that is in memory already, line by line, by the same rules.
func readLines(in text: ByteView, _ body: (TextLine) throws(DataError) -> Void) throws(DataError) {
    var start = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var number = 0
    while start < text.count {
        let newline = text[start...].firstIndex(of: 10) ?? text.count
        let end = newline > start && text[newline - 1] == 13 ? newline - 1 : newline
        number += 1
        try body(TextLine(bytes: text.part(start..<end), number: number, offset: start))
        start = newline + 1
    }
}

/// What a message calls a file.
func nameInMessages(_ path: String) -> String { path == "-" ? "standard input" : path }
