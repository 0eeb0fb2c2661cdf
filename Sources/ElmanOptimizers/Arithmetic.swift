import ElmanTensor

/// x to a whole power by repeated squaring: the same bits on every system.
func power(_ x: Double, _ exponent: Int) -> Double {
    var result = 1.0, square = x, left = exponent
    while left > 0 {
        if left & 1 == 1 { result *= square }
        square *= square
        left >>= 1
    }
    return result
}

/// Ends the program where a setting lies outside its range.
func check(_ value: Double, in range: Range<Double>, _ name: String) {
    guard range.contains(value) else { fail("\(name) is \(range.lowerBound)..<\(range.upperBound), not \(value)") }
}

/// Ends the program where a setting is not a positive number that a Float can hold.
func checkPositive(_ value: Double, _ name: String) {
    guard value.isFinite, Float(value) > 0 else { fail("\(name) is a positive number, not \(value)") }
}
