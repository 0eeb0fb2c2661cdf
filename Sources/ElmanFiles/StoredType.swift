/// How the numbers of a tensor are stored in a safetensors file, under the format's own name, such as `F32`.
public struct StoredType: Hashable, Sendable {
    /// The format's name.
    public let name: String

    /// A type by its name, known to this version or not.
    public init(_ name: String) { self.name = name }

    /// Double precision.
    public static let float64 = StoredType("F64")
    /// Single precision.
    public static let float32 = StoredType("F32")
    /// Half precision: 5 bits of exponent, 10 of fraction.
    public static let float16 = StoredType("F16")
    /// The upper half of single precision: 8 bits of exponent, 7 of fraction.
    public static let bfloat16 = StoredType("BF16")
    /// Whole numbers with sign, 64 bits.
    public static let int64 = StoredType("I64")
    /// Whole numbers without sign, 64 bits.
    public static let uint64 = StoredType("U64")
    /// Whole numbers with sign, 32 bits.
    public static let int32 = StoredType("I32")
    /// Whole numbers without sign, 8 bits.
    public static let uint8 = StoredType("U8")
    /// Truth values, 8 bits; what is not 0 is true.
    public static let bool = StoredType("BOOL")

    /// Every type of the format with its bits, in the order by which the reference implementation sorts tensors in a file.
    private static let known: [(name: String, bits: Int)] = [
        ("BOOL", 8), ("F4", 4), ("F6_E2M3", 6), ("F6_E3M2", 6), ("U8", 8), ("I8", 8), ("F8_E5M2", 8), ("F8_E4M3", 8),
        ("F8_E8M0", 8),
        ("I16", 16), ("U16", 16), ("F16", 16), ("BF16", 16), ("I32", 32), ("U32", 32), ("F32", 32), ("C64", 64), ("F64", 64),
        ("I64", 64),
        ("U64", 64),
    ]

    /// Bits of one number; nil for a type unknown to this version.
    public var bitCount: Int? { Self.known.first { $0.name == name }?.bits }

    /// Larger stands earlier in a file.
    var rank: Int { Self.known.firstIndex { $0.name == name } ?? -1 }

    /// Whether the name could be one of the format's: capital letters, digits, underscores.
    var isPlausible: Bool {
        guard let first = name.utf8.first, (0x41...0x5A).contains(first), name.utf8.count <= 32 else { return false }
        return name.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_") }
    }
}

/// The number of half precision with these bits.
func floatOfHalf(_ bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10 & 0x1F)
    let fraction = UInt32(bits & 0x3FF)
    switch exponent {
    case 0:
        let magnitude = Float(fraction) * 0x1p-24
        return Float(bitPattern: magnitude.bitPattern | sign)
    case 31: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
}

/// The nearest number of half precision, of two the even one; infinity past 65504.
func halfOfFloat(_ value: Float) -> UInt16 {
    let sign = UInt16(truncatingIfNeeded: value.bitPattern >> 16) & 0x8000
    let magnitude = value.bitPattern & 0x7FFF_FFFF
    if magnitude > 0x7F80_0000 { return sign | 0x7E00 | UInt16(truncatingIfNeeded: magnitude >> 13 & 0x3FF) }
    if magnitude >= 0x4780_0000 { return sign | 0x7C00 }
    if magnitude < 0x3880_0000 {
        // Below the smallest normal number the steps are 2^-24; adding 2^-1 leaves just those bits, rounded.
        let shifted = Float(bitPattern: magnitude) + 0.5
        return sign | UInt16(truncatingIfNeeded: shifted.bitPattern - Float(0.5).bitPattern)
    }
    return sign | UInt16(truncatingIfNeeded: roundedToEven(magnitude - 112 << 23, dropping: 13))
}

/// The number of the short format with these bits.
func floatOfBFloat(_ bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

/// The nearest number of the short format, of two the even one.
func bfloatOfFloat(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x0040 }
    return UInt16(truncatingIfNeeded: roundedToEven(bits, dropping: 16))
}

private func roundedToEven(_ bits: UInt32, dropping count: UInt32) -> UInt32 {
    let half = UInt32(1) << (count - 1)
    let odd = bits >> count & 1
    return UInt32(truncatingIfNeeded: (UInt64(bits) + UInt64(half - 1 + odd)) >> UInt64(count))
}
