import CElmanKernels

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension Recurrence {
    /// The linear recurrent unit (Orvieto et al. 2023): `x' = λ .* x + exp(g) .* p` for complex x of N elements, where
    /// `λ = exp(-exp(ν) + i exp(θ))`. Projected input `[2 N]`: real parts, imaginary parts; so is the state, which is the
    /// output. Coefficients `[3 N]`: ν, θ, g.
    public static let diagonal = Recurrence(
        "diagonal", hasParameters: true, samples: [Sample(projected: 6, state: 6, parameters: 9)],
        sizes: { state, _, _ in
            guard state % 2 == 0 else { return nil }
            return RecurrenceSizes(
                hidden: state, projected: state, state: state, parameters: 3 * (state / 2), prepared: 5 * (state / 2),
                hasOutput: false)
        },
        prepare: { sizes, given, prepared in
            // Real and imaginary part of λ, exp(g), exp(ν), exp(θ).
            let size = sizes.state / 2
            ek_exp(size, given + 2 * size, prepared + 2 * size)
            ek_exp(2 * size, given, prepared + 3 * size)
            for i in 0..<size {
                let modulus = expf(-prepared[3 * size + i]), phase = prepared[4 * size + i]
                prepared[i] = modulus * cosf(phase)
                prepared[size + i] = modulus * sinf(phase)
            }
        },
        forward: { row in
            let size = row.size / 2, p = row.gates, x = row.state, next = row.next
            let re = row.parameters, im = re + size, scale = re + 2 * size
            for i in 0..<size { next[i] = (re[i] * x[i] - im[i] * x[size + i]) + scale[i] * p[i] }
            for i in 0..<size { next[size + i] = (re[i] * x[size + i] + im[i] * x[i]) + scale[i] * p[size + i] }
        },
        backward: { row, gradients in
            let size = row.size / 2, p = row.gates, x = row.state
            let re = row.parameters, im = re + size, scale = re + 2 * size
            let dnext = gradients.next, dx = gradients.state, dgiven = gradients.parameters
            for i in 0..<size {
                let dr = dnext[i], di = dnext[size + i]
                let dre = dr * x[i] + di * x[size + i], dim = di * x[i] - dr * x[size + i]
                dgiven[i] = -re[3 * size + i] * (re[i] * dre + im[i] * dim)
                dgiven[size + i] = re[4 * size + i] * (re[i] * dim - im[i] * dre)
                dgiven[2 * size + i] = scale[i] * (dr * p[i] + di * p[size + i])
                p[i] = scale[i] * dr
                p[size + i] = scale[i] * di
                dx[i] += re[i] * dr + im[i] * di
                dx[size + i] += re[i] * di - im[i] * dr
            }
        })

    /// The real-gated linear recurrent unit (De et al. 2024, Griffin): `a = σ(Λ)^(8 σ(r))`,
    /// `h' = a .* h + √(1 - a²) .* (σ(i) .* x)`. Projected input `[3 H]`: r, i, x. Coefficients Λ `[H]`. The state is the output.
    public static let realGatedDiagonal = Recurrence(
        "realGatedDiagonal", hasParameters: true, samples: [Sample(projected: 9, state: 3, parameters: 3)],
        sizes: { state, _, _ in
            RecurrenceSizes(
                hidden: state, projected: 3 * state, state: state, kept: 2 * state, parameters: state, prepared: 2 * state,
                hasOutput: false)
        },
        prepare: { sizes, given, prepared in
            // 8 log σ(Λ), and its derivative 8 σ(-Λ).
            let size = sizes.hidden
            for i in 0..<size { prepared[i] = 8 * (Swift.min(given[i], 0) - log1pf(expf(-Swift.abs(given[i])))) }
            writeOppositeSigmoid(size, given, prepared + size)
            for i in 0..<size { prepared[size + i] *= 8 }
        },
        forward: { row in
            let size = row.size, reset = row.block(0), input = row.block(1), x = row.block(2)
            let decay = row.block(3), scale = row.block(4), h = row.state, next = row.next, exponent = row.parameters
            ek_sigmoid(2 * size, reset, reset)
            for i in 0..<size { decay[i] = exponent[i] * reset[i] }
            ek_exp(size, decay, decay)
            for i in 0..<size { scale[i] = Swift.max(0, 1 - decay[i] * decay[i]).squareRoot() }
            for i in 0..<size { next[i] = decay[i] * h[i] + scale[i] * (input[i] * x[i]) }
        },
        backward: { row, gradients in
            let size = row.size, reset = row.block(0), input = row.block(1), x = row.block(2)
            let decay = row.block(3), scale = row.block(4), h = row.state, exponent = row.parameters
            let dnext = gradients.next, dh = gradients.state, dgiven = gradients.parameters
            for i in 0..<size {
                let d = dnext[i], a = decay[i], b = scale[i], r = reset[i], gate = input[i]
                // Of b = √(1 - a²) by a; where nothing is left of b nothing is learned through it.
                let slope = b > 0 ? a / b : 0
                let dlog = d * (h[i] - slope * (gate * x[i])) * a, dgated = d * b
                dgiven[i] = dlog * r * exponent[size + i]
                reset[i] = dlog * exponent[i] * (r * (1 - r))
                input[i] = dgated * x[i] * (gate * (1 - gate))
                x[i] = dgated * gate
                dh[i] += d * a
            }
        })
}
