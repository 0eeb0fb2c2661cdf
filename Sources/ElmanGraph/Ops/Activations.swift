import CElmanKernels
import ElmanTensor

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Hyperbolic tangent of every element.
public func tanh(_ x: Expression) -> Expression { x.applying(.tanh) }

/// The logistic function 1 / (1 + exp(-x)) of every element.
public func sigmoid(_ x: Expression) -> Expression { x.applying(.sigmoid) }

/// The positive part max(0, x) of every element.
public func relu(_ x: Expression) -> Expression { x.applying(.relu) }

/// x where it is positive and `slope` · x elsewhere (Maas et al. 2013).
public func leakyRelu(_ x: Expression, slope: Float = 0.01) -> Expression {
    x.applying(.leakyRelu, OpSettings(scalar: slope))
}

/// x where it is positive and `alpha` (exp(x) - 1) elsewhere (Clevert et al. 2015).
public func elu(_ x: Expression, alpha: Float = 1) -> Expression { x.applying(.elu, OpSettings(scalar: alpha)) }

/// 1.0507 · elu(x, alpha: 1.6733), which keeps mean 0 and variance 1 (Klambauer et al. 2017).
public func selu(_ x: Expression) -> Expression { elu(x, alpha: 1.673_263_2) * 1.050_701 }

/// x · sigmoid(beta · x) (Elfwing et al. 2017).
public func silu(_ x: Expression, beta: Float = 1) -> Expression { x .* sigmoid(beta == 1 ? x : x * beta) }

/// x · Φ(x) with the normal distribution function Φ, by the error function (Hendrycks and Gimpel 2016).
public func gelu(_ x: Expression) -> Expression { x .* (erf(x * Float(0.5).squareRoot()) * 0.5 + 0.5) }

/// log(1 + exp(x)), without overflow.
public func softplus(_ x: Expression) -> Expression { x.applying(.softplus) }

/// log sigmoid(x) = -softplus(-x), without overflow.
public func logSigmoid(_ x: Expression) -> Expression { -softplus(-x) }

/// x / (1 + |x|).
public func softsign(_ x: Expression) -> Expression { x ./ (abs(x) + 1) }

extension Op {
    static let tanh = unary(
        "tanh", forward: { ek_tanh($0, $1, $2) }, backward: { n, _, y, dy, dx in ek_tanh_gradient(n, y, dy, dx) })

    static let sigmoid = unary(
        "sigmoid", forward: { ek_sigmoid($0, $1, $2) }, backward: { n, _, y, dy, dx in ek_sigmoid_gradient(n, y, dy, dx) })

    static let relu = unary(
        "relu", samples: sidesOfZero(),
        forward: { n, x, y in for index in 0..<n { y[index] = Swift.max(0, x[index]) } },
        backward: { n, x, _, dy, dx in for index in 0..<n where x[index] > 0 { dx[index] += dy[index] } })

    static let leakyRelu = unary(
        "leakyRelu", samplesWithSettings: sidesOfZero(OpSettings(scalar: 0.2)),
        forward: { call, n, x, y in
            let slope = call.scalar
            for index in 0..<n { y[index] = x[index] > 0 ? x[index] : slope * x[index] }
        },
        backward: { call, n, x, _, dy, dx in
            let slope = call.scalar
            for index in 0..<n { dx[index] += x[index] > 0 ? dy[index] : slope * dy[index] }
        })

    static let elu = unary(
        "elu", samplesWithSettings: sidesOfZero(OpSettings(scalar: 1.5)),
        forward: { call, n, x, y in
            let alpha = call.scalar
            for index in 0..<n { y[index] = x[index] > 0 ? x[index] : alpha * expm1f(x[index]) }
        },
        backward: { call, n, x, y, dy, dx in
            let alpha = call.scalar
            for index in 0..<n { dx[index] += x[index] > 0 ? dy[index] : dy[index] * (y[index] + alpha) }
        })

    static let softplus = unary(
        "softplus",
        forward: { n, x, y in
            for index in 0..<n { y[index] = Swift.max(0, x[index]) + log1pf(expf(-Swift.abs(x[index]))) }
        },
        backward: { n, _, y, dy, dx in for index in 0..<n { dx[index] -= dy[index] * expm1f(-y[index]) } })

    /// Samples of a function with a corner at zero.
    static func sidesOfZero(_ settings: OpSettings = OpSettings()) -> [OpSample] {
        [OpSample([[5]], range: 0.1...1, settings: settings), OpSample([[3, 2]], range: -1 ... -0.1, settings: settings)]
    }
}
