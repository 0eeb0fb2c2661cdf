extension JSONValue {
    /// The document as text: on one line without spaces, or over several lines with two spaces a level.
    ///
    /// Members stand in their order, numbers have the fewest digits that give the same number again, and a number that is not
    /// finite becomes `null`. Pretty text keeps an array of single values on one line. No newline at the end.
    public func text(pretty: Bool = false) -> String { String(decoding: bytes(pretty: pretty), as: UTF8.self) }

    /// `text(pretty:)` as UTF-8.
    public func bytes(pretty: Bool = false) -> [UInt8] {
        var writer = JSONWriter(pretty: pretty)
        writer.write(self, level: 0)
        return writer.bytes
    }
}

extension JSONObject {
    /// The object as text; see `JSONValue.text(pretty:)`.
    public func text(pretty: Bool = false) -> String { JSONValue.object(self).text(pretty: pretty) }
}

private struct JSONWriter {
    let pretty: Bool
    var bytes: [UInt8] = []

    init(pretty: Bool) { self.pretty = pretty }

    mutating func write(_ value: JSONValue, level: Int) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .integer(let value): append(value.description)
        case .largeInteger(let value): append(value.description)
        case .number(let value): append(value.isFinite ? value.description : "null")
        case .string(let value): write(value)
        case .array(let elements): write(elements, level: level)
        case .object(let object): write(object.members, level: level)
        }
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func newLine(_ level: Int) {
        guard pretty else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * level))
    }

    private mutating func write(_ elements: [JSONValue], level: Int) {
        let isFlat = elements.allSatisfy { $0.asArray == nil && $0.asObject == nil }
        bytes.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { append(pretty && isFlat ? ", " : ",") }
            if !isFlat { newLine(level + 1) }
            write(element, level: level + 1)
        }
        if !isFlat { newLine(level) }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func write(_ members: [JSONObject.Member], level: Int) {
        bytes.append(UInt8(ascii: "{"))
        for (index, member) in members.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            newLine(level + 1)
            write(member.key)
            append(pretty ? ": " : ":")
            write(member.value, level: level + 1)
        }
        if !members.isEmpty { newLine(level) }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case UInt8(ascii: "\n"): append("\\n")
            case UInt8(ascii: "\r"): append("\\r")
            case UInt8(ascii: "\t"): append("\\t")
            case 0..<0x20, 0x7F: append("\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
