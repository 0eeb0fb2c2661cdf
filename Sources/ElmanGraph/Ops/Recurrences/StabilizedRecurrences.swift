import CElmanKernels

// Weighted averages whose weights are exponentials. The state holds the average y and the logarithm L of the sum of the weights
// instead of the two sums, which overflow. An L of `emptyLogWeight` says that nothing has been seen.

extension Recurrence {
    /// The logarithm of no weight at all, as a number with which one can go on computing.
    public static let emptyLogWeight: Float = -1e30

    /// The memory of an sLSTM (Beck et al. 2024): `c' = σ(f) c + exp(i) tanh(z)`, `n' = σ(f) n + exp(i)`, output `σ(o) c' / n'`.
    /// Projected input with the recurrent products `[4 H]`: z, i, f, o. State `[2 H]`: c / n, log n.
    public static let scalarMemory = Recurrence(
        "scalarMemory", samples: [Sample(projected: 12, state: 6)],
        sizes: { state, _, _ in
            guard state % 2 == 0 else { return nil }
            return RecurrenceSizes(hidden: state / 2, projected: 2 * state, state: state, kept: 2 * (state / 2))
        },
        forward: { row in
            let size = row.size, candidate = row.block(0), input = row.block(1), forget = row.block(2), output = row.block(3)
            let share = row.block(4), logShare = row.block(5)
            let mean = row.state, weight = mean + size, nextMean = row.next, nextWeight = nextMean + size, h = row.output
            ek_tanh(size, candidate, candidate)
            ek_sigmoid(size, output, output)
            // The logarithm of the share of the new: log exp(i) - log (σ(f) n).
            writeLogSigmoid(size, forget, share)
            for i in 0..<size { share[i] = input[i] - (share[i] + weight[i]) }
            writeLogSigmoid(size, share, logShare)
            ek_sigmoid(size, share, share)
            writeOppositeSigmoid(size, forget, forget)
            for i in 0..<size {
                nextMean[i] = mean[i] + share[i] * (candidate[i] - mean[i])
                nextWeight[i] = input[i] - logShare[i]
            }
            for i in 0..<size { h[i] = output[i] * nextMean[i] }
        },
        backward: { row, gradients in
            let size = row.size, candidate = row.block(0), input = row.block(1), forget = row.block(2), output = row.block(3)
            let share = row.block(4), mean = row.state, nextMean = row.next
            let dh = gradients.output, dmean = gradients.next, dweight = dmean + size
            let dbefore = gradients.state, dweightBefore = dbefore + size
            for i in 0..<size {
                let s = share[i], o = output[i], z = candidate[i], d = dmean[i] + dh[i] * o
                let dshare = d * (z - mean[i]) * (s * (1 - s)) - dweight[i] * (1 - s)
                output[i] = dh[i] * nextMean[i] * (o * (1 - o))
                candidate[i] = d * s * (1 - z * z)
                input[i] = dweight[i] + dshare
                forget[i] = -dshare * forget[i]
                dbefore[i] += d * (1 - s)
                dweightBefore[i] -= dshare
            }
        })

    /// The time mixing of RWKV-4 (Peng et al. 2023): output `σ(r) .* wkv`, where wkv is the mean of the values v seen so far,
    /// weighted with `exp(k)`, `exp(k - w)`, … from the one before on, and of the present one with `exp(u + k)`. Projected input
    /// `[3 H]`: k, v, r. Coefficients `[2 H]`: log w, u. State `[2 H]`: the mean without the present one's bonus, the logarithm
    /// of its weights' sum.
    public static let weightedKeyValue = Recurrence(
        "weightedKeyValue", hasParameters: true, samples: [Sample(projected: 9, state: 6, parameters: 6)],
        sizes: { state, _, _ in
            guard state % 2 == 0 else { return nil }
            let size = state / 2
            return RecurrenceSizes(
                hidden: size, projected: 3 * size, state: state, kept: 4 * size, parameters: state, prepared: state)
        },
        prepare: { sizes, given, prepared in
            ek_exp(sizes.hidden, given, prepared)
            (prepared + sizes.hidden).update(from: given + sizes.hidden, count: sizes.hidden)
        },
        forward: { row in
            let size = row.size, key = row.block(0), value = row.block(1), receptance = row.block(2)
            let now = row.block(3), share = row.block(4), logShare = row.block(5), mixed = row.block(6)
            let decay = row.parameters, bonus = decay + size
            let mean = row.state, weight = mean + size, nextMean = row.next, nextWeight = nextMean + size, h = row.output
            ek_sigmoid(size, receptance, receptance)
            for i in 0..<size { now[i] = (bonus[i] + key[i]) - weight[i] }
            for i in 0..<size { share[i] = key[i] - (weight[i] - decay[i]) }
            writeLogSigmoid(size, share, logShare)
            ek_sigmoid(2 * size, now, now)
            for i in 0..<size {
                let distance = value[i] - mean[i]
                mixed[i] = mean[i] + now[i] * distance
                nextMean[i] = mean[i] + share[i] * distance
            }
            for i in 0..<size { nextWeight[i] = key[i] - logShare[i] }
            for i in 0..<size { h[i] = receptance[i] * mixed[i] }
        },
        backward: { row, gradients in
            let size = row.size, key = row.block(0), value = row.block(1), receptance = row.block(2)
            let now = row.block(3), share = row.block(4), mixed = row.block(6), decay = row.parameters, mean = row.state
            let dh = gradients.output, dmean = gradients.next, dweight = dmean + size
            let dbefore = gradients.state, dweightBefore = dbefore + size, dgiven = gradients.parameters
            for i in 0..<size {
                let a = now[i], s = share[i], r = receptance[i], distance = value[i] - mean[i], d = dh[i] * r
                let dnow = d * distance * (a * (1 - a))
                let dshare = dmean[i] * distance * (s * (1 - s)) - dweight[i] * (1 - s)
                receptance[i] = dh[i] * mixed[i] * (r * (1 - r))
                value[i] = d * a + dmean[i] * s
                key[i] = dnow + (dweight[i] + dshare)
                dgiven[i] = decay[i] * dshare
                dgiven[size + i] = dnow
                dbefore[i] += d * (1 - a) + dmean[i] * (1 - s)
                dweightBefore[i] -= dnow + dshare
            }
        })
}
