/// What to do with bytes that are not UTF-8.
public enum InvalidUTF8: String, Sendable, CaseIterable {
    /// Refuse the text, with line and byte offset.
    case refuse
    /// Put U+FFFD in place of each maximal invalid piece and count them, as the Unicode standard recommends.
    case replace
}

/// Checks and repairs UTF-8 by the table of well-formed sequences (Unicode 15, table 3-7).
enum UTF8Checker {
    /// The offset of the first byte that does not belong to a valid sequence, or nil where all do.
    static func firstInvalid(in bytes: ByteView, from start: Int = 0) -> Int? {
        var index = start
        let count = bytes.count
        let raw = UnsafeRawBufferPointer(bytes)
        while index < count {
            if bytes[index] < 0x80 {
                index += 1
                while index + 8 <= count, raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 {
                    index += 8
                }
                continue
            }
            let (length, isValid) = sequence(in: bytes, at: index)
            guard isValid else { return index }
            index += length
        }
        return nil
    }

    /// The length of the sequence that starts at an offset and whether it is a valid one. An invalid one reaches as far as it
    /// could still have become valid, and takes one byte at least.
    @inline(__always)
    static func sequence(in bytes: ByteView, at start: Int) -> (length: Int, isValid: Bool) {
        let first = bytes[start]
        if first < 0x80 { return (1, true) }
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch first {
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF:
            length = 3
            if first == 0xE0 { second = 0xA0...0xBF } else if first == 0xED { second = 0x80...0x9F }
        case 0xF0...0xF4:
            length = 4
            if first == 0xF0 { second = 0x90...0xBF } else if first == 0xF4 { second = 0x80...0x8F }
        default: return (1, false)
        }
        guard start + 1 < bytes.count, second.contains(bytes[start + 1]) else { return (1, false) }
        for offset in 2..<max(length, 2) {
            guard start + offset < bytes.count, bytes[start + offset] & 0xC0 == 0x80 else { return (offset, false) }
        }
        return (length, true)
    }

    /// The bytes with U+FFFD in place of each invalid piece, and how many pieces there were.
    static func repaired(_ bytes: ByteView) -> (bytes: [UInt8], replacements: Int) {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + 16)
        var replacements = 0
        var index = 0
        while index < bytes.count {
            let valid = firstInvalid(in: bytes, from: index) ?? bytes.count
            result.append(contentsOf: bytes[index..<valid])
            index = valid
            guard index < bytes.count else { break }
            result.append(contentsOf: [0xEF, 0xBF, 0xBD])
            replacements += 1
            index += sequence(in: bytes, at: index).length
        }
        return (result, replacements)
    }
}
