import CElmanKernels
import ElmanTensor

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// e to the power of every element.
public func exp(_ x: Expression) -> Expression { x.applying(.exp) }

/// The natural logarithm of every element, above 0.
public func log(_ x: Expression) -> Expression { x.applying(.log) }

/// The square root of every element. The gradient is infinite at 0.
public func sqrt(_ x: Expression) -> Expression { x.applying(.sqrt) }

/// The absolute value of every element; gradient 0 at 0.
public func abs(_ x: Expression) -> Expression { x.applying(.abs) }

/// Every element times itself.
public func square(_ x: Expression) -> Expression { x.applying(.square) }

/// Every element to the third power.
public func cube(_ x: Expression) -> Expression { x .* square(x) }

/// Every element to the power of a number. Negative elements need a whole number.
public func pow(_ x: Expression, _ exponent: Float) -> Expression { x.applying(.power, OpSettings(scalar: exponent)) }

/// The error function 2 / √π ∫₀ˣ exp(-t²) dt of every element.
public func erf(_ x: Expression) -> Expression { x.applying(.erf) }

/// The logarithm of the absolute value of the gamma function of every element.
public func logGamma(_ x: Expression) -> Expression { x.applying(.logGamma) }

extension Op {
    static let exp = unary(
        "exp", forward: { ek_exp($0, $1, $2) }, backward: { n, _, y, dy, dx in ek_multiply_accumulate(n, y, dy, dx) })

    static let log = unary(
        "log", samples: [OpSample([[5]], range: 0.5...2), OpSample([[3, 2]], range: 0.5...2)],
        forward: { ek_log($0, $1, $2) },
        backward: { n, x, _, dy, dx in for index in 0..<n { dx[index] += dy[index] / x[index] } })

    static let sqrt = unary(
        "sqrt", samples: [OpSample([[5]], range: 0.5...2)],
        forward: { n, x, y in for index in 0..<n { y[index] = x[index].squareRoot() } },
        backward: { n, _, y, dy, dx in for index in 0..<n { dx[index] += 0.5 * dy[index] / y[index] } })

    static let abs = unary(
        "abs", samples: sidesOfZero(),
        forward: { n, x, y in for index in 0..<n { y[index] = Swift.abs(x[index]) } },
        backward: { n, x, _, dy, dx in
            for index in 0..<n { dx[index] += x[index] > 0 ? dy[index] : x[index] < 0 ? -dy[index] : 0 }
        })

    static let square = unary(
        "square", forward: { n, x, y in ek_multiply(n, x, x, y) },
        backward: { n, x, _, dy, dx in for index in 0..<n { dx[index] += 2 * x[index] * dy[index] } })

    static let power = unary(
        "pow",
        samplesWithSettings: [
            OpSample([[5]], range: 0.5...2, settings: OpSettings(scalar: 2.5)),
            OpSample([[5]], range: -2 ... -0.5, settings: OpSettings(scalar: 3)),
        ],
        forward: { call, n, x, y in for index in 0..<n { y[index] = powf(x[index], call.scalar) } },
        backward: { call, n, x, _, dy, dx in
            let exponent = call.scalar
            for index in 0..<n { dx[index] += dy[index] * exponent * powf(x[index], exponent - 1) }
        })

    static let erf = function(
        "erf", value: { erff($0) }, derivative: { x, _ in 2 / Float.pi.squareRoot() * expf(-x * x) })

    static let logGamma = function(
        "logGamma", range: 0.5...4, value: { Float(logarithmOfGamma(Double($0))) },
        derivative: { x, _ in Float(digamma(Double(x))) })
}

/// log |Γ(x)|, by Stirling's series after moving x above 8.
private func logarithmOfGamma(_ x: Double) -> Double {
    var x = x, product = 1.0
    while x < 8 {
        product *= Swift.abs(x)
        x += 1
    }
    let inverse = 1 / x, squared = inverse * inverse
    let series = inverse * (1 / 12.0 - squared * (1 / 360.0 - squared * (1 / 1260.0 - squared / 1680)))
    return (x - 0.5) * log(x) - x + 0.5 * log(2 * Double.pi) + series - log(product)
}

/// The derivative of `logarithmOfGamma`.
private func digamma(_ x: Double) -> Double {
    var x = x, sum = 0.0
    while x < 8 {
        sum -= 1 / x
        x += 1
    }
    let squared = 1 / (x * x)
    let series = squared * (1 / 12.0 - squared * (1 / 120.0 - squared * (1 / 252.0 - squared / 240)))
    return sum + log(x) - 0.5 / x - series
}

/// The natural logarithm of numbers, for other files.
func logarithm(_ x: Float) -> Float { logf(x) }

/// The natural logarithm of numbers, for other files.
func logarithm(_ x: Double) -> Double { log(x) }
