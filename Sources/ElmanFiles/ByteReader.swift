/// Reads a file, a pipe or standard input line by line, as bytes, holding only a part of it in memory.
///
/// Lines end with a line feed, with or without a carriage return before it; the last one may go without. A byte order mark at the
/// start is skipped. A copy of a reader shares the file's position: use one of them only.
public struct ByteReader {
    /// How the source is called in messages.
    public let path: String
    /// The number of the line that `nextLine()` gave last, from 1; 0 before the first.
    public private(set) var lineNumber = 0
    /// Where that line begins, in bytes from the start of the file.
    public private(set) var lineOffset = 0
    /// Bytes of the file; nil for what is no regular file.
    public let size: Int?
    private let descriptor: Descriptor
    private let maximumLineLength: Int
    private var buffer: [UInt8]
    /// The bytes read and not yet given out.
    private var unread = 0..<0
    /// Where `unread` begins in the file.
    private var unreadOffset = 0
    private var isAtEnd = false

    /// Opens a file; `-` is standard input. Throws `.missingInput`. A line above `maximumLineLength` bytes is an error when it is
    /// reached.
    public init(_ path: String, maximumLineLength: Int = 1 << 30, bufferSize: Int = 1 << 18) throws(DataError) {
        self.path = FileSystem.displayName(path)
        self.maximumLineLength = maximumLineLength
        descriptor = try FileSystem.openForReading(path)
        let status = try? System.status(of: descriptor.number)
        size = status?.kind == .regular ? status?.size : nil
        buffer = [UInt8](repeating: 0, count: max(bufferSize, 16))
    }

    /// The next line without its end; nil after the last. Throws `.inputOutput`, and `.badData` for a line that is too long.
    public mutating func nextLine() throws(DataError) -> ArraySlice<UInt8>? {
        if lineNumber == 0 { try skipByteOrderMark() }
        var searched = 0
        while true {
            let (start, end) = (unread.lowerBound, unread.upperBound)
            let found = buffer.withUnsafeBytes { bytes in
                System.offset(of: UInt8(ascii: "\n"), in: UnsafeRawBufferPointer(rebasing: bytes[(start + searched)..<end]))
            }
            if let found {
                let newline = start + searched + found
                return try take(start..<newline, through: newline + 1)
            }
            searched = end - start
            guard searched <= maximumLineLength else { throw tooLong }
            if isAtEnd { return searched == 0 ? nil : try take(start..<end, through: end) }
            try fill()
        }
    }

    /// The next bytes without taking them: `count` of them, fewer where the file ends. For what is no text, or to look ahead.
    public mutating func peek(_ count: Int) throws(DataError) -> ArraySlice<UInt8> {
        if lineNumber == 0 { try skipByteOrderMark() }
        while unread.count < count, !isAtEnd { try fill() }
        return buffer[unread.prefix(max(count, 0))]
    }

    /// Goes past bytes that `peek` has shown.
    public mutating func skip(_ count: Int) {
        let count = min(max(count, 0), unread.count)
        unread = unread.dropFirst(count)
        unreadOffset += count
    }

    private var tooLong: DataError {
        DataError(
            .badData, path: path, line: lineNumber + 1,
            "the line is longer than \(maximumLineLength) bytes; check that it is a text")
    }

    /// Gives a line out and goes on behind it.
    private mutating func take(_ range: Range<Int>, through end: Int) throws(DataError) -> ArraySlice<UInt8> {
        guard range.count <= maximumLineLength else { throw tooLong }
        lineNumber += 1
        lineOffset = unreadOffset
        unreadOffset += end - unread.lowerBound
        unread = end..<unread.upperBound
        let line = buffer[range]
        return line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    }

    /// Reads more behind the unread bytes, which move to the front; a line that fills the buffer doubles it.
    private mutating func fill() throws(DataError) {
        if unread.lowerBound > 0 {
            let (start, count) = (unread.lowerBound, unread.count)
            buffer.withUnsafeMutableBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                base.copyMemory(from: base + start, byteCount: count)
            }
            unread = 0..<count
        } else if unread.count == buffer.count {
            buffer.append(contentsOf: repeatElement(0, count: buffer.count))
        }
        let count = try FileSystem.readSome(descriptor, into: &buffer, from: unread.upperBound, path: path)
        unread = unread.lowerBound..<unread.upperBound + count
        isAtEnd = count == 0
    }

    private mutating func skipByteOrderMark() throws(DataError) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        // No further than needed: at a terminal the rest comes only with the next line.
        while unread.count < 3, !isAtEnd, mark.starts(with: buffer[unread]) { try fill() }
        guard buffer[unread].starts(with: mark) else { return }
        unread = unread.lowerBound + 3..<unread.upperBound
        unreadOffset = 3
    }
}
