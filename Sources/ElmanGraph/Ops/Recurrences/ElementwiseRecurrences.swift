import CElmanKernels

extension Recurrence {
    /// The simple recurrent unit (Lei et al. 2018, the version whose gates see the memory):
    /// `f = σ(p_f + v_f .* c)`, `r = σ(p_r + v_r .* c)`, `c' = f .* c + (1 - f) .* p_x`, output `r .* c' + (1 - r) .* s`.
    /// Projected input `[4 H]`: p_x, p_f, p_r, and s of the highway. Coefficients `[2 H]`: v_f, v_r.
    public static let simpleUnit = Recurrence(
        "simpleUnit", hasParameters: true, samples: [Sample(projected: 12, state: 3, parameters: 6)],
        sizes: { state, _, _ in
            RecurrenceSizes(hidden: state, projected: 4 * state, state: state, parameters: 2 * state)
        },
        forward: { row in
            let size = row.size, x = row.block(0), gates = row.block(1), reset = row.block(2), highway = row.block(3)
            let c = row.state, next = row.next, h = row.output, v = row.parameters
            for i in 0..<size { gates[i] += v[i] * c[i] }
            for i in 0..<size { reset[i] += v[size + i] * c[i] }
            ek_sigmoid(2 * size, gates, gates)
            for i in 0..<size { next[i] = x[i] + gates[i] * (c[i] - x[i]) }
            for i in 0..<size { h[i] = highway[i] + reset[i] * (next[i] - highway[i]) }
        },
        backward: { row, gradients in
            let size = row.size, x = row.block(0), forget = row.block(1), reset = row.block(2), highway = row.block(3)
            let c = row.state, next = row.next, v = row.parameters
            let dh = gradients.output, dnext = gradients.next, dc = gradients.state, dv = gradients.parameters
            for i in 0..<size {
                let f = forget[i], r = reset[i], d = dnext[i] + dh[i] * r
                let dr = dh[i] * (next[i] - highway[i]) * (r * (1 - r)), df = d * (c[i] - x[i]) * (f * (1 - f))
                highway[i] = dh[i] * (1 - r)
                reset[i] = dr
                forget[i] = df
                x[i] = d * (1 - f)
                dv[i] = df * c[i]
                dv[size + i] = dr * c[i]
                dc[i] += d * f + df * v[i] + dr * v[size + i]
            }
        })

    /// The independently recurrent network (Li et al. 2018): `h' = max(0, p + u .* h)`. Projected input `[H]`, coefficients u
    /// `[H]`. The state is the output.
    public static let independent = Recurrence(
        "independent", hasParameters: true,
        samples: [
            Sample(projected: 3, state: 3, parameters: 3, range: 0.1...1),
            Sample(projected: 3, state: 3, parameters: 3, range: -0.4 ... -0.3),
        ],
        sizes: { state, _, _ in
            RecurrenceSizes(hidden: state, projected: state, state: state, parameters: state, hasOutput: false)
        },
        forward: { row in
            let p = row.gates, h = row.state, next = row.next, u = row.parameters
            for i in 0..<row.size {
                let sum = p[i] + u[i] * h[i]
                // A NaN stays one.
                next[i] = sum < 0 ? 0 : sum
            }
        },
        backward: { row, gradients in
            let p = row.gates, h = row.state, next = row.next, u = row.parameters
            let dnext = gradients.next, dh = gradients.state, du = gradients.parameters
            for i in 0..<row.size {
                let d = next[i] > 0 ? dnext[i] : 0
                p[i] = d
                du[i] = d * h[i]
                dh[i] += d * u[i]
            }
        })
}
