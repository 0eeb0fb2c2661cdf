import CElmanKernels
import ElmanTensor

/// Σ (aᵢ - bᵢ)², one number.
public func squaredDistance(_ a: Expression, _ b: Expression) -> Expression { squaredNorm(a - b) }

/// Σ |aᵢ - bᵢ|, one number.
public func l1Distance(_ a: Expression, _ b: Expression) -> Expression { sum(abs(a - b)) }

/// Σ h(aᵢ - bᵢ) with h(d) = ½ d² where |d| is below `threshold` and threshold (|d| - ½ threshold) elsewhere (Huber 1964).
public func huberDistance(_ a: Expression, _ b: Expression, threshold: Float = 1.345) -> Expression {
    sum((a - b).applying(.huber, OpSettings(scalar: threshold)))
}

/// -Σ (tᵢ log pᵢ + (1 - tᵢ) log(1 - pᵢ)) for probabilities p and targets t, both in 0...1; one number. 0 log 0 is 0.
public func binaryLogLoss(_ probabilities: Expression, _ targets: Expression) -> Expression {
    sum(probabilities.applying(.binaryLog, with: targets))
}

/// -log Poisson(count; exp(logRate)) = exp(logRate) - count · logRate + log(count!), for every element.
public func poissonLoss(_ logRate: Expression, count: Int) -> Expression {
    guard count >= 0 else { return logRate.graph.failure(ShapeError("poissonLoss: a count of \(count)")) }
    let logFactorial = (0..<count).reduce(0.0) { $0 + logarithm(Double($1 + 1)) }
    return exp(logRate) - logRate * Float(count) + Float(logFactorial)
}

extension Op {
    /// `scalar`: the threshold.
    static let huber = unary(
        "huber",
        samplesWithSettings: [
            OpSample([[5]], settings: OpSettings(scalar: 1.5)), OpSample([[5]], settings: OpSettings(scalar: 0.2)),
        ],
        forward: { call, n, x, y in
            let threshold = call.scalar
            for index in 0..<n {
                let size = Swift.abs(x[index])
                y[index] = size < threshold ? 0.5 * size * size : threshold * (size - 0.5 * threshold)
            }
        },
        backward: { call, n, x, _, dy, dx in
            let threshold = call.scalar
            for index in 0..<n { dx[index] += dy[index] * Swift.min(Swift.max(x[index], -threshold), threshold) }
        })

    /// Arguments: probabilities, targets.
    static let binaryLog = binary(
        "binaryLogLoss", samples: binarySamples(range: 0.1...0.9),
        forward: { n, p, t, y in
            for index in 0..<n {
                let hit = t[index] == 0 ? 0 : t[index] * logarithm(p[index])
                let miss = t[index] == 1 ? 0 : (1 - t[index]) * logarithm(1 - p[index])
                y[index] = -(hit + miss)
            }
        },
        backward: { n, p, t, dy, dp, dt in
            if let dp {
                for index in 0..<n {
                    let hit = t[index] == 0 ? 0 : t[index] / p[index]
                    let miss = t[index] == 1 ? 0 : (1 - t[index]) / (1 - p[index])
                    dp[index] += dy[index] * (miss - hit)
                }
            }
            if let dt {
                for index in 0..<n { dt[index] += dy[index] * (logarithm(1 - p[index]) - logarithm(p[index])) }
            }
        })
}
