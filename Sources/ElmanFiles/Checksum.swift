/// CRC-32C (Castagnoli; RFC 3720, appendix B.4) of a stream of bytes.
package struct Checksum {
    private var state: UInt32 = 0xFFFF_FFFF

    /// The checksum of nothing.
    package init() {}

    /// The checksum of what was added so far.
    package var value: UInt32 { ~state }

    /// Eight tables of 256 entries: entry `b` of table `k` is the effect of byte `b` with `k` bytes after it.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var remainder = UInt32(byte)
            for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 0 ? 0 : 0x82F6_3B78) }
            tables[byte] = remainder
        }
        for index in 256..<tables.count {
            let before = tables[index - 256]
            tables[index] = before >> 8 ^ tables[Int(before & 0xFF)]
        }
        return tables
    }()

    package mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var remainder = state
        Self.tables.withUnsafeBufferPointer { table in
            var position = 0
            while position + 8 <= bytes.count {
                let eight =
                    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)) ^ UInt64(remainder)
                remainder =
                    table[0x700 | Int(eight & 0xFF)] ^ table[0x600 | Int(eight >> 8 & 0xFF)]
                    ^ table[0x500 | Int(eight >> 16 & 0xFF)] ^ table[0x400 | Int(eight >> 24 & 0xFF)]
                remainder ^=
                    table[0x300 | Int(eight >> 32 & 0xFF)] ^ table[0x200 | Int(eight >> 40 & 0xFF)]
                    ^ table[0x100 | Int(eight >> 48 & 0xFF)] ^ table[Int(eight >> 56)]
                position += 8
            }
            while position < bytes.count {
                remainder = remainder >> 8 ^ table[Int((remainder ^ UInt32(bytes[position])) & 0xFF)]
                position += 1
            }
        }
        state = remainder
    }
}

/// The checksums of a file's tensors, one of eight hexadecimal digits for each, in the order of the data.
enum ChecksumList {
    /// Its key in the metadata.
    static let key = "elman.crc32c"

    static func text(_ checksums: [UInt32]) -> String { checksums.map(digits).joined() }

    static func digits(_ checksum: UInt32) -> String {
        let text = String(checksum, radix: 16)
        return String(repeating: "0", count: 8 - text.count) + text
    }

    /// The checksums in a text; nil where it is not `count` times eight digits.
    static func parse(_ text: String, count: Int) -> [UInt32]? {
        let bytes = Array(text.utf8)
        guard bytes.count == 8 * count else { return nil }
        var checksums: [UInt32] = []
        for start in stride(from: 0, to: bytes.count, by: 8) {
            guard let checksum = UInt32(String(decoding: bytes[start..<start + 8], as: UTF8.self), radix: 16) else { return nil }
            checksums.append(checksum)
        }
        return checksums
    }
}
