import ElmanTensor

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

// How fast units forget at first: where cells of linear recurrences have coefficients of their own for it.

extension Initializer {
    /// Uniform in 0...1.
    static let unitInterval = Initializer("unit interval") { shape, generator in
        (0..<shape.count).map { _ in Float(generator.uniform()) }
    }

    /// Λ with σ(Λ)^8 uniform in 0.9...0.999, as in Griffin (De et al. 2024).
    static let gatedDecays = Initializer("gated decays") { shape, generator in
        (0..<shape.count).map { _ in
            let root = exp(log(0.9 + 0.099 * generator.uniform()) / 8)
            return Float(log(root / (1 - root)))
        }
    }

    /// ν, θ and g of a linear recurrent unit with |λ|² uniform between 0.5² and 0.99², phases uniform below π, and
    /// exp(g) = √(1 - |λ|²) (Orvieto et al. 2023).
    static let eigenvalues = Initializer("eigenvalues") { shape, generator in
        let count = shape.count / 3
        var values = [Float](repeating: 0, count: shape.count)
        for unit in 0..<count {
            let squared = 0.25 + (0.9801 - 0.25) * generator.uniform()
            values[unit] = Float(log(-log(squared) / 2))
            values[count + unit] = Float(log(Double.pi * max(generator.uniform(), 1e-3)))
            values[2 * count + unit] = Float(log(1 - squared) / 2)
        }
        return values
    }

    /// A and d of a gated delta rule: exp(A) uniform in 1...16, and softplus(d) in 0.001...0.1 with a uniform logarithm, as in Mamba 2.
    static let deltaDecays = Initializer("delta decays") { shape, generator in
        let heads = shape.count / 2
        let factors = (0..<heads).map { _ in Float(log(1 + 15 * generator.uniform())) }
        let steps = (0..<heads).map { _ in
            let step = exp(log(0.001) + generator.uniform() * (log(0.1) - log(0.001)))
            return Float(log(expm1(step)))
        }
        return factors + steps
    }

    /// d and u of RWKV-4: d from -5 to 3 over the units, u = log 0.3.
    static let timeDecays = Initializer("time decays") { shape, _ in
        let size = shape.count / 2
        let decays = (0..<size).map { -5 + 8 * Float($0) / Float(max(size - 1, 1)) }
        return decays + [Float](repeating: Float(log(0.3)), count: size)
    }
}
