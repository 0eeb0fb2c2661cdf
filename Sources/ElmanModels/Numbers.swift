#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// e to the power of x.
func exponential(_ x: Double) -> Double { exp(x) }

/// The natural logarithm of x.
func logarithm(_ x: Double) -> Double { log(x) }

/// A number with so many digits behind the point, for tables.
func decimal(_ value: Double, places: Int) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return value.description }
    let scale = (0..<places).reduce(1) { scale, _ in scale * 10 }
    let digits = String(Int((abs(value) * Double(scale)).rounded()))
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    let sign = value < 0 && digits.contains { $0 != "0" } ? "-" : ""
    return sign + padded.dropLast(places) + (places > 0 ? "." : "") + padded.suffix(places)
}

/// A share in percent with two digits behind the point, for tables.
func percent(_ share: Double) -> String { decimal(100 * share, places: 2) }

/// Where the largest number is, counted from 0; the first of equally large ones.
func argumentOfMaximum(_ values: ArraySlice<Float>) -> Int {
    var best = values.startIndex
    for index in values.indices where values[index] > values[best] { best = index }
    return best - values.startIndex
}
