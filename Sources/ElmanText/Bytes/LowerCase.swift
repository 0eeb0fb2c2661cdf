/// The bytes of a text in lower case by Unicode's default mapping. ASCII takes the short way; what is not UTF-8 stays.
func lowercased(_ bytes: ByteView) -> [UInt8] {
    if bytes.allSatisfy({ $0 < 0x80 }) {
        return bytes.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 + 32 : $0 }
    }
    guard UTF8Checker.firstInvalid(in: bytes) == nil else { return Array(bytes) }
    return Array(String(decoding: bytes, as: UTF8.self).lowercased().utf8)
}
