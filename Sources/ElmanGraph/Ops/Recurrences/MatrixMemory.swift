import CElmanKernels

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension Recurrence {
    /// The memory of an mLSTM (Beck et al. 2024): for each head, with gates that are one number for it,
    /// `C' = σ(f) C + exp(i) v kᵀ`, `n' = σ(f) n + exp(i) k`, output `σ(o) .* (C' q) / max(|n'ᵀ q|, 1)`, where k is divided by the
    /// root of the key size. Projected input `[2 K heads + 2 H + 2 heads]`: q, k, v, o, i, f. State: C of each head
    /// `[K, H / heads]`, n of each head, and m of each head, by whose exponential both are divided.
    public static let matrixMemory = Recurrence(
        "matrixMemory",
        samples: [
            Sample(projected: 2 * 3 * 2 + 2 * 4 + 2 * 2, state: 3 * 4 + 3 * 2 + 2, heads: 2, keySize: 3),
            Sample(projected: 2 * 2 + 2 * 3 + 2, state: 2 * 3 + 2 + 1, heads: 1, keySize: 2, range: -0.5...2),
        ],
        sizes: { state, heads, keySize in
            let values = state - heads * (keySize + 1)
            guard heads > 0, keySize > 0, values > 0, values % (keySize * heads) == 0 else { return nil }
            let hidden = values / keySize
            return RecurrenceSizes(
                hidden: hidden, projected: 2 * heads * keySize + 2 * hidden + 2 * heads, state: state,
                kept: 2 * hidden + 2 * heads * keySize + 5 * heads, heads: heads, keySize: keySize)
        },
        forward: { row in
            ek_sigmoid(row.size, MatrixMemoryHead.outputGates(row), MatrixMemoryHead.outputGates(row))
            for head in 0..<row.sizes.heads { MatrixMemoryHead(row, head).run(row) }
        },
        backward: { row, gradients in
            for head in 0..<row.sizes.heads { MatrixMemoryHead(row, head).backpropagate(row, gradients) }
        })
}

/// Where the parts of one head lie.
private struct MatrixMemoryHead {
    let keySize: Int, valueSize: Int, head: Int
    let query, key, value, output, inputGate, forgetGate: UnsafeMutablePointer<Float>
    /// What is kept: the output before its gate, and room for gradients; shares of old and new, the divisor, the product with n,
    /// and the derivative of log σ(f).
    let read, room, queryGradient, keyGradient, old, new, divisor, product, slope: UnsafeMutablePointer<Float>
    /// Places of C, n and m in the state.
    let matrix: Int, normalizer: Int, stabilizer: Int

    static func outputGates(_ row: RecurrenceRow) -> UnsafeMutablePointer<Float> {
        row.gates + 2 * row.sizes.heads * row.sizes.keySize + row.size
    }

    init(_ row: RecurrenceRow, _ head: Int) {
        let sizes = row.sizes, heads = sizes.heads
        keySize = sizes.keySize
        valueSize = sizes.hidden / heads
        self.head = head
        query = row.gates + head * keySize
        key = row.gates + (heads + head) * keySize
        let values = row.gates + 2 * heads * keySize, scalars = values + 2 * sizes.hidden
        value = values + head * valueSize
        output = value + sizes.hidden
        inputGate = scalars + head
        forgetGate = scalars + heads + head
        let kept = scalars + 2 * heads, numbers = kept + 2 * sizes.hidden + 2 * heads * keySize + head
        read = kept + head * valueSize
        room = read + sizes.hidden
        queryGradient = kept + 2 * sizes.hidden + head * keySize
        keyGradient = queryGradient + heads * keySize
        old = numbers
        new = numbers + heads
        divisor = numbers + 2 * heads
        product = numbers + 3 * heads
        slope = numbers + 4 * heads
        matrix = head * keySize * valueSize
        normalizer = keySize * sizes.hidden + head * keySize
        stabilizer = keySize * (sizes.hidden + heads) + head
    }

    /// The divisor's least value: 1 for what is divided by exp(m). As far as numbers go, so that no product of it is NaN.
    private static func floor(_ m: Float) -> Float { expf(Swift.max(-80, Swift.min(80, -m))) }

    private func memory(_ row: RecurrenceRow) -> ek_memory {
        ek_memory(
            key_count: keySize, value_count: valueSize, old: old[0], shares: key, values: value, query: query,
            from: row.state + matrix, to: row.next + matrix, read: read)
    }

    func run(_ row: RecurrenceRow) {
        let n = row.state + normalizer, nextN = row.next + normalizer
        writeLogSigmoid(1, forgetGate, old)
        writeOppositeSigmoid(1, forgetGate, slope)
        let before = old[0] + row.state[stabilizer], m = Swift.max(before, inputGate[0])
        row.next[stabilizer] = m
        old[0] = before - m
        new[0] = inputGate[0] - m
        ek_exp(1, old, old)
        ek_exp(1, new, new)
        let scale = 1 / Float(keySize).squareRoot()
        // From here on the place of the values holds their new share.
        for v in 0..<valueSize { value[v] *= new[0] }
        var sum: Float = 0
        for k in 0..<keySize {
            key[k] *= scale
            nextN[k] = old[0] * n[k] + new[0] * key[k]
            sum += query[k] * nextN[k]
        }
        product[0] = sum
        divisor[0] = Swift.max(Swift.abs(sum), Self.floor(m))
        var memory = memory(row)
        ek_memory_write(&memory)
        let h = row.output + head * valueSize
        for v in 0..<valueSize { read[v] /= divisor[0] }
        for v in 0..<valueSize { h[v] = output[v] * read[v] }
    }

    func backpropagate(_ row: RecurrenceRow, _ gradients: RecurrenceGradients) {
        let dh = gradients.output + head * valueSize
        var ddivisor: Float = 0
        // The gradient of C' q takes the room of the output gate's activations; that of the gate goes there last.
        for v in 0..<valueSize {
            let gate = output[v], d = dh[v] * gate
            ddivisor -= d * read[v]
            output[v] = dh[v] * read[v] * (gate * (1 - gate))
            read[v] = d / divisor[0]
        }
        ddivisor /= divisor[0]
        let m = row.next[stabilizer], floor = Self.floor(m), isFloor = Swift.abs(product[0]) < floor
        let dproduct = isFloor ? 0 : product[0] < 0 ? -ddivisor : ddivisor
        let (dold, dinput) = backpropagateMatrix(row, gradients, dproduct)
        let dbefore = dold * old[0]
        let dm = gradients.next[stabilizer] - (isFloor ? ddivisor * floor : 0) - (dbefore + dinput)
        // One of the two shares is 1: the one whose exponent is the largest, to which m is equal.
        let isOld = old[0] >= new[0]
        let dexponent = dbefore + (isOld ? dm : 0)
        inputGate[0] = dinput + (isOld ? 0 : dm)
        forgetGate[0] = dexponent * slope[0]
        gradients.state[stabilizer] += dexponent
    }

    /// Through C and n; returns the gradients of the share of the old and of the logarithm of that of the new. `read` holds the
    /// gradient of C' q.
    private func backpropagateMatrix(
        _ row: RecurrenceRow, _ gradients: RecurrenceGradients, _ dproduct: Float
    ) -> (old: Float, logNew: Float) {
        var memory = memory(row)
        var gradient = ek_memory_gradient(
            d_to: gradients.next + matrix, d_read: read, d_from: gradients.state + matrix, d_values: room,
            d_shares: keyGradient, d_query: queryGradient)
        var dold = ek_memory_write_backward(&memory, &gradient)
        let n = row.state + normalizer, nextN = row.next + normalizer
        let dnextN = gradients.next + normalizer, dn = gradients.state + normalizer
        let scale = 1 / Float(keySize).squareRoot()
        var dlog: Float = 0
        for k in 0..<keySize {
            let dnormal = dnextN[k] + query[k] * dproduct
            dn[k] += old[0] * dnormal
            dold += dnormal * n[k]
            dlog += dnormal * new[0] * key[k]
            query[k] = queryGradient[k] + dproduct * nextN[k]
            key[k] = (keyGradient[k] + dnormal * new[0]) * scale
        }
        for v in 0..<valueSize {
            dlog += room[v] * value[v]
            value[v] = new[0] * room[v]
        }
        return (dold, dlog)
    }
}
