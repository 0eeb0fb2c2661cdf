import CElmanKernels

extension Recurrence {
    /// minGRU (Feng et al. 2024): `h' = (1 - σ(z)) .* h + σ(z) .* n`. Projected input `[2 H]`: z, n. The state is the output.
    public static let minimalGRU = Recurrence(
        "minimalGRU", samples: [Sample(projected: 6, state: 3)],
        sizes: { state, _, _ in RecurrenceSizes(hidden: state, projected: 2 * state, state: state, hasOutput: false) },
        forward: { row in
            let update = row.block(0), candidate = row.block(1), h = row.state, next = row.next
            ek_sigmoid(row.size, update, update)
            for i in 0..<row.size { next[i] = h[i] + update[i] * (candidate[i] - h[i]) }
        },
        backward: { row, gradients in
            let update = row.block(0), candidate = row.block(1), h = row.state
            let d = gradients.next, dh = gradients.state
            for i in 0..<row.size {
                let z = update[i], dn = d[i] * z
                update[i] = d[i] * (candidate[i] - h[i]) * (z * (1 - z))
                candidate[i] = dn
                dh[i] += d[i] - dn
            }
        })

    /// minLSTM with normalised gates (Feng et al. 2024): `h' = f' .* h + i' .* n`, where `f' = σ(f) / (σ(f) + σ(i))` and
    /// `i' = 1 - f'`, computed as σ(log σ(i) - log σ(f)). Projected input `[3 H]`: f, i, n. The state is the output.
    public static let minimalLSTM = Recurrence(
        "minimalLSTM", samples: [Sample(projected: 9, state: 3)],
        sizes: { state, _, _ in
            RecurrenceSizes(hidden: state, projected: 3 * state, state: state, kept: 2 * state, hasOutput: false)
        },
        forward: { row in
            let forget = row.block(0), input = row.block(1), candidate = row.block(2), share = row.block(3)
            let other = row.block(4), h = row.state, next = row.next
            writeLogSigmoid(row.size, forget, other)
            writeLogSigmoid(row.size, input, share)
            for i in 0..<row.size { share[i] -= other[i] }
            ek_sigmoid(row.size, share, share)
            writeOppositeSigmoid(row.size, forget, forget)
            writeOppositeSigmoid(row.size, input, input)
            for i in 0..<row.size { next[i] = h[i] + share[i] * (candidate[i] - h[i]) }
        },
        backward: { row, gradients in
            let forget = row.block(0), input = row.block(1), candidate = row.block(2), share = row.block(3), h = row.state
            let d = gradients.next, dh = gradients.state
            for i in 0..<row.size {
                let s = share[i], dn = d[i] * s, dshare = d[i] * (candidate[i] - h[i]) * (s * (1 - s))
                forget[i] = -dshare * forget[i]
                input[i] = dshare * input[i]
                candidate[i] = dn
                dh[i] += d[i] - dn
            }
        })

    /// The pooling of a quasi-recurrent network with forget and output gate (Bradbury et al. 2017, fo-pooling):
    /// `c' = σ(f) .* c + (1 - σ(f)) .* tanh(z)`, output `σ(o) .* c'`. Projected input `[3 H]`: z, f, o.
    public static let quasi = Recurrence(
        "quasi", samples: [Sample(projected: 9, state: 3)],
        sizes: { state, _, _ in RecurrenceSizes(hidden: state, projected: 3 * state, state: state) },
        forward: { row in
            let candidate = row.block(0), forget = row.block(1), output = row.block(2)
            let c = row.state, next = row.next, h = row.output
            ek_tanh(row.size, candidate, candidate)
            ek_sigmoid(2 * row.size, forget, forget)
            for i in 0..<row.size { next[i] = candidate[i] + forget[i] * (c[i] - candidate[i]) }
            for i in 0..<row.size { h[i] = output[i] * next[i] }
        },
        backward: { row, gradients in
            let candidate = row.block(0), forget = row.block(1), output = row.block(2)
            let c = row.state, next = row.next, dh = gradients.output, dnext = gradients.next, dc = gradients.state
            for i in 0..<row.size {
                let z = candidate[i], f = forget[i], o = output[i]
                let d = dnext[i] + dh[i] * o
                output[i] = dh[i] * next[i] * (o * (1 - o))
                forget[i] = d * (c[i] - z) * (f * (1 - f))
                candidate[i] = d * (1 - f) * (1 - z * z)
                dc[i] += d * f
            }
        })
}
