#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The C library's functions, in one place.
func elementaryLog(_ x: Double) -> Double { log(x) }
func elementaryExp(_ x: Double) -> Double { exp(x) }
func elementaryPower(_ x: Double, _ y: Double) -> Double { pow(x, y) }
