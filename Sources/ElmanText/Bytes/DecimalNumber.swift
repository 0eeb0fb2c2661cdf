extension UnsafeBufferPointer<UInt8> {
    /// The number that the bytes spell in decimal (`-1`, `.5`, `2.5e-3`), nil where they do not. `nan` and `inf` are numbers too.
    ///
    /// Up to 15 digits and a small exponent are turned exactly and at once; everything else goes through the standard library.
    var number: Double? {
        guard let first else { return nil }
        var index = first == UInt8(ascii: "-") || first == UInt8(ascii: "+") ? 1 : 0
        var (mantissa, digits, scale) = (0, 0, 0)
        var afterPoint = false
        while index < count {
            let byte = self[index]
            if (0x30...0x39).contains(byte) {
                mantissa = digits < 16 ? 10 * mantissa + Int(byte & 0x0F) : mantissa
                digits += 1
                scale -= afterPoint ? 1 : 0
            } else if byte == UInt8(ascii: "."), !afterPoint {
                afterPoint = true
            } else {
                break
            }
            index += 1
        }
        guard index == count, digits > 0, digits <= 15, scale >= -22 else {
            return Double(String(decoding: self, as: UTF8.self))
        }
        let value = Double(mantissa) / decimalPowers[-scale]
        return first == UInt8(ascii: "-") ? -value : value
    }

}

/// The powers of ten that a double holds exactly.
private let decimalPowers: [Double] = (0...22).map { exponent in (0..<exponent).reduce(1) { power, _ in power * 10 } }
