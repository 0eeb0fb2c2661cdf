/// A string compared by its bytes: composed and decomposed é are two, as every other program sees them.
struct ByteKey: Hashable, Sendable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: ByteKey, right: ByteKey) -> Bool { sameBytes(left.text, right.text) }

    func hash(into hasher: inout Hasher) {
        var copy = text
        copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

/// Whether two strings have the same bytes.
package func sameBytes(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }

/// Whether one string stands before another in the order of their bytes.
package func precedesByBytes(_ left: String, _ right: String) -> Bool { left.utf8.lexicographicallyPrecedes(right.utf8) }

/// A name in quotation marks, cut where it would fill the screen.
func quoted(_ name: String) -> String {
    let limit = 80
    return name.unicodeScalars.count <= limit ? "'\(name)'" : "'\(String(name.unicodeScalars.prefix(limit)))…'"
}

/// Where the first byte lies that is no part of valid UTF-8, counted from the start of the collection; nil where all is valid.
package func offsetOfInvalidUTF8(in bytes: some RandomAccessCollection<UInt8>) -> Int? {
    let found: Int?? = bytes.withContiguousStorageIfAvailable { offsetOfInvalidUTF8(inBuffer: $0) }
    if let found { return found }
    return Array(bytes).withUnsafeBufferPointer { offsetOfInvalidUTF8(inBuffer: $0) }
}

private func offsetOfInvalidUTF8(inBuffer bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var position = 0
    while position < bytes.count {
        if bytes[position] < 0x80 {
            position += 1
            continue
        }
        let length = lengthOfUTF8Sequence(at: position, count: bytes.count) { bytes[$0] }
        if length == 0 { return position }
        position += length
    }
    return nil
}

/// Bytes of the valid sequence for one scalar that begins at `position`; 0 where it is not valid.
@inline(__always)
func lengthOfUTF8Sequence(at position: Int, count: Int, byte: (Int) -> UInt8) -> Int {
    let first = byte(position)
    if first < 0x80 { return 1 }
    func continuation(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
        position + offset < count && range.contains(byte(position + offset))
    }
    switch first {
    case 0xC2...0xDF: return continuation(1) ? 2 : 0
    case 0xE0...0xEF:
        // No overlong form, no surrogate.
        let second: ClosedRange<UInt8> = first == 0xE0 ? 0xA0...0xBF : first == 0xED ? 0x80...0x9F : 0x80...0xBF
        return continuation(1, second) && continuation(2) ? 3 : 0
    case 0xF0...0xF4:
        // No overlong form, nothing above U+10FFFF.
        let second: ClosedRange<UInt8> = first == 0xF0 ? 0x90...0xBF : first == 0xF4 ? 0x80...0x8F : 0x80...0xBF
        return continuation(1, second) && continuation(2) && continuation(3) ? 4 : 0
    default: return 0
    }
}
