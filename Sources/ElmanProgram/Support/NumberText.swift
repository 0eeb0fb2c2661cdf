#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Numbers as text, the same in every locale: a point before the decimals, commas between thousands.

/// The value with a fixed number of decimals (at most 15), rounded exactly as C's `printf` does; `nan`, `inf` and `-inf` otherwise.
/// A result of zero never has a minus sign.
func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : (value < 0 ? "-inf" : "inf") }
    let digits = min(max(decimals, 0), 15)
    let (whole, fraction) = rounded(abs(value), digits)
    let isZero = whole == "0" && fraction == 0
    let sign = value < 0 && !isZero ? "-" : ""
    if digits == 0 { return sign + whole }
    let text = String(fraction)
    return sign + whole + "." + String(repeating: "0", count: digits - text.count) + text
}

/// The digits before the point and the number after it, of a value that is not negative.
private func rounded(_ value: Double, _ digits: Int) -> (whole: String, fraction: Int) {
    guard value < 9e18 else { return (wholeDigits(value), 0) }
    if digits == 0 { return (String(UInt64(value.rounded(.toNearestOrEven))), 0) }
    let whole = value.rounded(.towardZero)
    let power = powerOfTen(digits)
    // The part, what its product lost, and the distance are all exact, so that the tie is decided by the number itself and not by an earlier rounding.
    let part = value - whole
    let scaled = part * power
    let lost = (-scaled).addingProduct(part, power)
    var nearest = scaled.rounded(.toNearestOrEven)
    let distance = scaled - nearest
    if distance == 0.5 && lost > 0 { nearest += 1 }
    if distance == -0.5 && lost < 0 { nearest -= 1 }
    if nearest >= power { return (String(UInt64(whole) + 1), 0) }
    return (String(UInt64(whole)), Int(nearest))
}

/// All digits of a whole number too large for 64 bits, by repeated division.
private func wholeDigits(_ value: Double) -> String {
    var limbs: [UInt64] = [UInt64(value.significandBitPattern) | (1 << 52)]
    for _ in 0..<max(0, Int(value.exponent) - 52) {
        var carry: UInt64 = 0
        for index in limbs.indices {
            let doubled = limbs[index] * 2 + carry
            limbs[index] = doubled % 1_000_000_000_000_000_000
            carry = doubled / 1_000_000_000_000_000_000
        }
        if carry > 0 { limbs.append(carry) }
    }
    let rest = limbs.dropLast().reversed().map { limb in
        let text = String(limb)
        return String(repeating: "0", count: 18 - text.count) + text
    }
    return String(limbs[limbs.count - 1]) + rest.joined()
}

/// Ten to a whole power from 0 to 22, exact.
func powerOfTen(_ exponent: Int) -> Double {
    var result = 1.0
    for _ in 0..<exponent { result *= 10 }
    return result
}

/// The number with commas between thousands: `1,234,567`.
func grouped(_ value: Int) -> String { grouped(digits: String(value)) }

/// The number with commas between thousands and a fixed number of decimals: `1,234.50`.
func grouped(_ value: Double, _ decimals: Int) -> String { grouped(digits: fixed(value, decimals)) }

private func grouped(digits text: String) -> String {
    let bytes = Array(text.utf8)
    let start = bytes.first == UInt8(ascii: "-") ? 1 : 0
    let end = bytes.firstIndex(of: UInt8(ascii: ".")) ?? bytes.count
    guard bytes.count > start, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[start]) else { return text }
    var result: [UInt8] = []
    for (index, byte) in bytes.enumerated() {
        if index > start && index < end && (end - index) % 3 == 0 { result.append(UInt8(ascii: ",")) }
        result.append(byte)
    }
    return String(decoding: result, as: UTF8.self)
}

/// A number for people with about so many significant digits: `143.2`, `0.00125`, `12,345`, `3.1e-07`.
/// Zeros that end the decimals are left out unless `keepsZeros`, for columns of numbers.
func significant(_ value: Double, _ digits: Int = 4, keepsZeros: Bool = false) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : fixed(value, 0) }
    var exponent = Int(floor(log10(abs(value))))
    // 9.9996 with four digits becomes 10.00, which has one digit too many.
    let unit = pow(10, Double(exponent - digits + 1))
    if (abs(value) / unit).rounded() * unit >= pow(10, Double(exponent + 1)) { exponent += 1 }
    if exponent < -4 || exponent >= 15 {
        let mantissa = withoutTrailingZeros(fixed(value / pow(10, Double(exponent)), digits - 1))
        let size = abs(exponent)
        return "\(mantissa)e\(exponent < 0 ? "-" : "+")\(size < 10 ? "0" : "")\(size)"
    }
    let text = grouped(value, max(0, digits - 1 - exponent))
    return keepsZeros ? text : withoutTrailingZeros(text)
}

/// The text of a decimal number without the zeros that end its decimals, and without a point that then ends it.
func withoutTrailingZeros(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: ".")) else { return text }
    var bytes = Array(text.utf8)
    while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
    if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
}

/// A count in three significant digits: `987`, `12.3k`, `4.56M`, `1.20G`. Whole numbers below a thousand stay whole.
func compact(_ value: Double) -> String { scaled(value, units: counts, separator: "") }

private let counts = ["", "k", "M", "G", "T", "P"]

/// A number of bytes in decimal units: `512 B`, `12.3 kB`, `4.56 MB`.
func byteSize(_ bytes: Int) -> String { scaled(Double(bytes), units: ["B", "kB", "MB", "GB", "TB", "PB"], separator: " ") }

private func scaled(_ value: Double, units: [String], separator: String, keepsWhole: Bool = true) -> String {
    guard value.isFinite else { return fixed(value, 0) }
    var size = abs(value)
    var unit = 0
    // 999.5 rounds to 1,000, which belongs to the next unit.
    while size >= 999.5 && unit < units.count - 1 {
        size /= 1000
        unit += 1
    }
    let isWhole = keepsWhole && unit == 0 && size == size.rounded()
    let decimals = isWhole || size >= 99.95 ? 0 : (size >= 9.995 ? 1 : 2)
    return (value < 0 ? "-" : "") + fixed(size, decimals) + separator + units[unit]
}

/// A speed: `12.3k words/s`, or when less than one is done in a second the time for one: `2.31 s/word`.
func rate(_ perSecond: Double, _ unit: String) -> String {
    guard perSecond.isFinite, perSecond > 0 else { return "? \(plural(unit))/s" }
    // Always three digits, so that a bar that shows it does not jump.
    func text(_ value: Double) -> String { scaled(value, units: counts, separator: "", keepsWhole: false) }
    return perSecond < 1 ? "\(text(1 / perSecond)) s/\(unit)" : "\(text(perSecond)) \(plural(unit))/s"
}

/// A number of seconds as a clock shows it: `00:42`, `12:05`, `1:02:03`. Fractions of a second are dropped.
func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 3.6e9 else { return "?" }
    let total = max(0, Int(seconds))
    let (hours, minutes) = (total / 3600, total / 60 % 60)
    let tail = "\(twoDigits(minutes)):\(twoDigits(total % 60))"
    return hours == 0 ? tail : "\(hours):\(tail)"
}

/// A number from 0 to 99 in two digits.
func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

/// A count with its noun: `1 sentence`, `2,000 sentences`, `3 batches`.
func counted(_ count: Int, _ noun: String) -> String { "\(grouped(count)) \(count == 1 ? noun : plural(noun))" }

/// The regular English plural.
func plural(_ noun: String) -> String {
    if ["s", "x", "z", "ch", "sh"].contains(where: noun.hasSuffix), !noun.hasSuffix("poch") { return noun + "es" }
    if noun.hasSuffix("y"), let before = noun.dropLast().last, !"aeiou".contains(before) { return noun.dropLast() + "ies" }
    return noun + "s"
}
