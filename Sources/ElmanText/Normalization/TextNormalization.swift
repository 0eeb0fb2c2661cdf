/// What is done to characters that can be written in more than one way, such as é: one character, or e and an accent.
public enum TextNormalization: String, Sendable, Hashable, CaseIterable {
    /// Nothing: bytes decide, and the two are different tokens.
    case none
    /// Composed characters wherever there are such: Unicode normalization form C (Unicode Standard Annex 15).
    case nfc

    /// Valid UTF-8 in this form; nil where it is so already.
    func normalized(_ bytes: ByteView) -> [UInt8]? {
        guard self == .nfc, CanonicalForms.shared.mayChange(bytes) else { return nil }
        var scalars: [UInt32] = []
        scalars.reserveCapacity(bytes.count)
        forEachScalar(in: bytes) { CanonicalForms.shared.decompose($0, into: &scalars) }
        CanonicalForms.shared.order(&scalars)
        CanonicalForms.shared.compose(&scalars)
        return utf8(scalars)
    }

    /// A text in this form.
    public func normalized(_ text: String) -> String {
        let result = withBytes(of: text) { normalized($0) }
        return result.map { String(decoding: $0, as: UTF8.self) } ?? text
    }
}

/// Calls `body` with the scalars of valid UTF-8.
func forEachScalar(in bytes: ByteView, _ body: (UInt32) -> Void) {
    var index = 0
    while index < bytes.count {
        let first = UInt32(bytes[index])
        let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        var scalar = length == 1 ? first : first & (0x7F >> UInt32(length))
        for byte in bytes.part(index + 1..<index + length) { scalar = scalar << 6 | UInt32(byte & 0x3F) }
        body(scalar)
        index += length
    }
}

private func utf8(_ scalars: [UInt32]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(2 * scalars.count)
    for value in scalars { if let scalar = Unicode.Scalar(value) { bytes.append(contentsOf: UTF8.encode(scalar)!) } }
    return bytes
}
