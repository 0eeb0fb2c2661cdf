extension JSONValue {
    /// How deep arrays and objects may stand in each other, unless the caller says otherwise.
    public static let defaultMaximumDepth = 64

    /// Reads one document and refuses whatever RFC 8259 does not allow.
    ///
    /// Also refused: a key that stands twice in an object, a byte order mark, invalid UTF-8, half a surrogate pair, a number too
    /// large for double precision, arrays and objects nested deeper than `maximumDepth` (at most 512). White space may stand
    /// around the document. Errors are `.badData` with `path`, the line (the document's first is `firstLine`) and the byte
    /// counted from 0.
    public init(
        parsing bytes: [UInt8], path: String? = nil, firstLine: Int = 1, maximumDepth: Int = JSONValue.defaultMaximumDepth
    ) throws(DataError) {
        var reader = JSONReader(bytes: bytes, path: path, firstLine: firstLine, maximumDepth: min(maximumDepth, 512))
        self = try reader.document()
    }

    /// Reads one document from a text.
    public init(parsing text: String, path: String? = nil) throws(DataError) {
        try self.init(parsing: Array(text.utf8), path: path)
    }
}

/// The strict reader: a descent over the bytes that never looks at one twice.
struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0
    private let path: String?
    private let firstLine: Int
    private let maximumDepth: Int

    init(bytes: [UInt8], path: String?, firstLine: Int, maximumDepth: Int) {
        self.bytes = bytes
        self.path = path
        self.firstLine = firstLine
        self.maximumDepth = maximumDepth
    }

    mutating func document() throws(DataError) -> JSONValue {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw error("begins with a byte order mark; save it as UTF-8 without one") }
        skipSpace()
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw error("something follows the end of the document") }
        return value
    }

    private func error(_ message: String, at offset: Int? = nil) -> DataError {
        let offset = min(offset ?? position, bytes.count)
        let line = firstLine + bytes[..<offset].reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
        return DataError(.badData, path: path, line: line, "malformed JSON at byte \(offset): \(message)")
    }

    /// The byte at the position; nil at the end.
    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    /// Goes past a byte that stands there.
    private mutating func skip(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private func describeCurrent() -> String {
        guard let byte = current else { return "the end of the text" }
        return (0x21...0x7E).contains(byte)
            ? "'\(Character(Unicode.Scalar(byte)))'" : "byte 0x" + String(byte, radix: 16, uppercase: true)
    }

    private mutating func value(depth: Int) throws(DataError) -> JSONValue {
        guard let byte = current else { throw error("a value is missing before \(describeCurrent())") }
        switch byte {
        case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw error("a value is missing before \(describeCurrent())")
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(DataError) -> JSONValue {
        let expected = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard bytes[position...].starts(with: expected) else { throw error("a word that is not true, false or null") }
        position += expected.count
        return value
    }

    private mutating func array(depth: Int) throws(DataError) -> [JSONValue] {
        guard depth <= maximumDepth else { throw error("nested deeper than \(maximumDepth) levels") }
        position += 1
        skipSpace()
        var elements: [JSONValue] = []
        if skip(UInt8(ascii: "]")) { return elements }
        while true {
            skipSpace()
            elements.append(try value(depth: depth))
            skipSpace()
            if skip(UInt8(ascii: "]")) { return elements }
            guard skip(UInt8(ascii: ",")) else { throw error("a comma or ']' is missing before \(describeCurrent())") }
        }
    }

    private mutating func object(depth: Int) throws(DataError) -> JSONObject {
        guard depth <= maximumDepth else { throw error("nested deeper than \(maximumDepth) levels") }
        position += 1
        skipSpace()
        var members: [JSONObject.Member] = []
        var seen: Set<ByteKey> = []
        if skip(UInt8(ascii: "}")) { return JSONObject() }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else {
                throw error("a key in quotation marks is missing before \(describeCurrent())")
            }
            let start = position
            let key = try string()
            guard isNew(key, members, &seen) else { throw error("the key \(quoted(key)) stands twice", at: start) }
            skipSpace()
            guard skip(UInt8(ascii: ":")) else { throw error("a colon is missing before \(describeCurrent())") }
            skipSpace()
            members.append(JSONObject.Member(key, try value(depth: depth)))
            skipSpace()
            if skip(UInt8(ascii: "}")) { return JSONObject(uniqueMembers: members) }
            guard skip(UInt8(ascii: ",")) else { throw error("a comma or '}' is missing before \(describeCurrent())") }
        }
    }

    /// Whether no member has the key yet; large objects are remembered in a set.
    private func isNew(_ key: String, _ members: [JSONObject.Member], _ seen: inout Set<ByteKey>) -> Bool {
        let few = 12
        if members.count < few { return !members.contains { sameBytes($0.key, key) } }
        if members.count == few { for member in members { seen.insert(ByteKey(member.key)) } }
        return seen.insert(ByteKey(key)).inserted
    }
}

extension JSONReader {
    private var isDigit: Bool { if let byte = current { (0x30...0x39).contains(byte) } else { false } }

    private mutating func skipDigits() throws(DataError) {
        guard isDigit else { throw error("a digit is missing before \(describeCurrent())") }
        while isDigit { position += 1 }
    }

    private mutating func number() throws(DataError) -> JSONValue {
        let start = position
        let isNegative = skip(UInt8(ascii: "-"))
        let firstDigit = position
        if skip(UInt8(ascii: "0")) {
            if isDigit { throw error("a number begins with 0") }
        } else {
            try skipDigits()
        }
        var isInteger = true
        let endOfDigits = position
        if skip(UInt8(ascii: ".")) {
            isInteger = false
            try skipDigits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isInteger = false
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try skipDigits()
        }
        if isInteger, let exact = integer(firstDigit..<endOfDigits, isNegative: isNegative) { return exact }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let value = Double(text), value.isFinite else { throw error("a number too large for double precision", at: start) }
        return .number(value)
    }

    /// The digits as a whole number; nil where it is too large for 64 bits, or minus zero.
    private func integer(_ range: Range<Int>, isNegative: Bool) -> JSONValue? {
        var magnitude: UInt64 = 0
        for byte in bytes[range] {
            let (tens, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(UInt64(byte & 0x0F))
            if overflow || carry { return nil }
            magnitude = sum
        }
        if !isNegative { return JSONValue(magnitude) }
        if magnitude == 0 || magnitude > UInt64(Int64.max) + 1 { return nil }
        return .integer(Int64(truncatingIfNeeded: 0 &- magnitude))
    }

    private mutating func string() throws(DataError) -> String {
        position += 1
        let start = position
        while let byte = current {
            if byte == UInt8(ascii: "\"") {
                position += 1
                return String(decoding: bytes[start..<position - 1], as: UTF8.self)
            }
            if byte == UInt8(ascii: "\\") { return try stringWithEscapes(from: start) }
            position += try lengthOfScalar()
        }
        throw error("a string does not end", at: start - 1)
    }

    private mutating func stringWithEscapes(from start: Int) throws(DataError) -> String {
        var text = Array(bytes[start..<position])
        while let byte = current {
            if byte == UInt8(ascii: "\"") {
                position += 1
                return String(decoding: text, as: UTF8.self)
            }
            if byte == UInt8(ascii: "\\") {
                position += 1
                text.append(contentsOf: String(Character(try escape())).utf8)
            } else {
                let length = try lengthOfScalar()
                text.append(contentsOf: bytes[position..<position + length])
                position += length
            }
        }
        throw error("a string does not end", at: start - 1)
    }

    /// Bytes of the scalar at the position, inside a string.
    private func lengthOfScalar() throws(DataError) -> Int {
        let byte = bytes[position]
        if byte < 0x20 {
            throw error("a control character in a string; write it as \\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16))
        }
        let length = lengthOfUTF8Sequence(at: position, count: bytes.count) { bytes[$0] }
        if length == 0 { throw error("not valid UTF-8") }
        return length
    }

    private mutating func escape() throws(DataError) -> Unicode.Scalar {
        guard let byte = current else { throw error("a string does not end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw error("an unknown escape in a string", at: position - 2)
        }
    }

    /// The scalar of `\u0041`, or of a surrogate pair `\uD834\uDD1E`; the position is past the `u`.
    private mutating func unicodeEscape() throws(DataError) -> Unicode.Scalar {
        let start = position - 2
        let first = try fourHexDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800..<0xDC00).contains(first), skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")) else {
            throw error("half a surrogate pair", at: start)
        }
        let second = try fourHexDigits()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw error("half a surrogate pair", at: start) }
        return scalar
    }

    private mutating func fourHexDigits() throws(DataError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw error("four hexadecimal digits are missing")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
