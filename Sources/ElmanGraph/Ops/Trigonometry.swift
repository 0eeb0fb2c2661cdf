import ElmanTensor

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The sine of every element, in radians.
public func sin(_ x: Expression) -> Expression { x.applying(.sin) }

/// The cosine of every element, in radians.
public func cos(_ x: Expression) -> Expression { x.applying(.cos) }

/// The tangent of every element, in radians.
public func tan(_ x: Expression) -> Expression { x.applying(.tan) }

/// The inverse sine of every element, in -1...1.
public func asin(_ x: Expression) -> Expression { x.applying(.asin) }

/// The inverse cosine of every element, in -1...1.
public func acos(_ x: Expression) -> Expression { x.applying(.acos) }

/// The inverse tangent of every element.
public func atan(_ x: Expression) -> Expression { x.applying(.atan) }

/// The hyperbolic sine of every element.
public func sinh(_ x: Expression) -> Expression { x.applying(.sinh) }

/// The hyperbolic cosine of every element.
public func cosh(_ x: Expression) -> Expression { x.applying(.cosh) }

/// The inverse hyperbolic sine of every element.
public func asinh(_ x: Expression) -> Expression { x.applying(.asinh) }

/// The inverse hyperbolic cosine of every element, above 1.
public func acosh(_ x: Expression) -> Expression { x.applying(.acosh) }

/// The inverse hyperbolic tangent of every element, between -1 and 1.
public func atanh(_ x: Expression) -> Expression { x.applying(.atanh) }

extension Op {
    static let sin = function("sin", value: { sinf($0) }, derivative: { x, _ in cosf(x) })
    static let cos = function("cos", value: { cosf($0) }, derivative: { x, _ in -sinf(x) })
    static let tan = function("tan", value: { tanf($0) }, derivative: { _, y in 1 + y * y })
    static let asin = function(
        "asin", range: -0.8...0.8, value: { asinf($0) }, derivative: { x, _ in 1 / (1 - x * x).squareRoot() })
    static let acos = function(
        "acos", range: -0.8...0.8, value: { acosf($0) }, derivative: { x, _ in -1 / (1 - x * x).squareRoot() })
    static let atan = function("atan", value: { atanf($0) }, derivative: { x, _ in 1 / (1 + x * x) })
    static let sinh = function("sinh", value: { sinhf($0) }, derivative: { x, _ in coshf(x) })
    static let cosh = function("cosh", value: { coshf($0) }, derivative: { x, _ in sinhf(x) })
    static let asinh = function("asinh", value: { asinhf($0) }, derivative: { x, _ in 1 / (x * x + 1).squareRoot() })
    static let acosh = function(
        "acosh", range: 1.5...3, value: { acoshf($0) }, derivative: { x, _ in 1 / (x * x - 1).squareRoot() })
    static let atanh = function(
        "atanh", range: -0.8...0.8, value: { atanhf($0) }, derivative: { x, _ in 1 / (1 - x * x) })
}
