import CElmanKernels

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension Recurrence {
    /// The gated delta rule (Yang et al. 2024): for each head `S' = α (S - β (S k) kᵀ) + β v kᵀ`, output `silu(g) .* (S' q)`, where
    /// `α = exp(-exp(A) softplus(a + d))`, `β = σ(b)`, `v = silu(p_v)`, `k = silu(p_k) / |silu(p_k)|`, and q as k divided by the
    /// root of the key size. Projected input `[2 K heads + 2 H + 2 heads]`: p_q, p_k, p_v, g, a, b. Coefficients `[2 heads]`:
    /// A, d. State: S of each head `[K, H / heads]`.
    public static let gatedDelta = Recurrence(
        "gatedDelta", hasParameters: true,
        samples: [
            Sample(projected: 2 * 3 * 2 + 2 * 4 + 2 * 2, state: 3 * 4, parameters: 4, heads: 2, keySize: 3),
            Sample(projected: 2 * 2 + 2 * 3 + 2, state: 2 * 3, parameters: 2, heads: 1, keySize: 2, range: 0.2...1.5),
        ],
        sizes: { state, heads, keySize in
            guard heads > 0, keySize > 0, state % (keySize * heads) == 0 else { return nil }
            let hidden = state / keySize
            return RecurrenceSizes(
                hidden: hidden, projected: 2 * heads * keySize + 2 * hidden + 2 * heads, state: state,
                kept: 6 * hidden + 6 * heads * keySize + 4 * heads, parameters: 2 * heads, heads: heads, keySize: keySize)
        },
        forward: { row in
            let head = DeltaRuleHead(row, 0), sizes = row.sizes, width = 2 * sizes.heads * sizes.keySize + 2 * sizes.hidden
            // The logistic functions of all that goes through silu.
            ek_sigmoid(width, row.gates, head.logistic)
            for head in 0..<sizes.heads { DeltaRuleHead(row, head).run(row) }
        },
        backward: { row, gradients in
            for head in 0..<row.sizes.heads { DeltaRuleHead(row, head).backpropagate(row, gradients) }
        })
}

/// Where the parts of one head lie.
private struct DeltaRuleHead {
    let keySize: Int, valueSize: Int, heads: Int, head: Int
    let query, key, value, gate, decayGate, rateGate: UnsafeMutablePointer<Float>
    /// Kept: σ of all inputs of silu, in their order; query and key of length 1, and room for their gradients.
    let logistic, unitQuery, unitKey, queryGradient, keyGradient: UnsafeMutablePointer<Float>
    /// Kept: S' q, what is written in place of what was read, at its rate; what was read; room for a gradient.
    let read, written, found, room: UnsafeMutablePointer<Float>
    /// Kept: α, β, and the lengths of query and key.
    let decay, rate, queryLength, keyLength: UnsafeMutablePointer<Float>
    /// Place of S in the state.
    let matrix: Int

    init(_ row: RecurrenceRow, _ head: Int) {
        let sizes = row.sizes, keys = sizes.heads * sizes.keySize, hidden = sizes.hidden
        keySize = sizes.keySize
        valueSize = hidden / sizes.heads
        heads = sizes.heads
        self.head = head
        query = row.gates + head * keySize
        key = query + keys
        value = row.gates + 2 * keys + head * valueSize
        gate = value + hidden
        decayGate = row.gates + 2 * keys + 2 * hidden + head
        rateGate = decayGate + heads
        logistic = row.gates + sizes.projected
        unitQuery = logistic + 2 * keys + 2 * hidden + head * keySize
        unitKey = unitQuery + keys
        queryGradient = unitKey + keys
        keyGradient = queryGradient + keys
        read = logistic + 6 * keys + 2 * hidden + head * valueSize
        written = read + hidden
        found = written + hidden
        room = found + hidden
        decay = logistic + 6 * keys + 6 * hidden + head
        rate = decay + heads
        queryLength = rate + heads
        keyLength = queryLength + heads
        matrix = head * keySize * valueSize
    }

    private var scale: Float { 1 / Float(keySize).squareRoot() }

    /// σ of a part of the projected input.
    private func sigmoid(of part: UnsafeMutablePointer<Float>, _ row: RecurrenceRow) -> UnsafeMutablePointer<Float> {
        logistic + (part - row.gates)
    }

    // MARK: Forward

    func run(_ row: RecurrenceRow) {
        queryLength[0] = writeUnit(query, row, to: unitQuery, scale: scale)
        keyLength[0] = writeUnit(key, row, to: unitKey, scale: 1)
        let exponent = decayGate[0] + row.parameters[heads + head]
        decay[0] = expf(-expf(row.parameters[head]) * softplus(exponent))
        ek_sigmoid(1, rateGate, rate)
        let ofValue = sigmoid(of: value, row), ofGate = sigmoid(of: gate, row)
        ek_memory_read(keySize, valueSize, unitKey, row.state + matrix, found)
        for v in 0..<valueSize { written[v] = rate[0] * (value[v] * ofValue[v] - decay[0] * found[v]) }
        var memory = memory(row)
        ek_memory_write(&memory)
        let h = row.output + head * valueSize
        for v in 0..<valueSize { h[v] = gate[v] * ofGate[v] * read[v] }
    }

    private func memory(_ row: RecurrenceRow) -> ek_memory {
        ek_memory(
            key_count: keySize, value_count: valueSize, old: decay[0], shares: unitKey, values: written, query: unitQuery,
            from: row.state + matrix, to: row.next + matrix, read: read)
    }

    private func softplus(_ x: Float) -> Float { Swift.max(x, 0) + log1pf(expf(-Swift.abs(x))) }

    /// silu(x) times `scale` over its length; returns the length.
    private func writeUnit(
        _ x: UnsafeMutablePointer<Float>, _ row: RecurrenceRow, to y: UnsafeMutablePointer<Float>, scale: Float
    ) -> Float {
        let logistic = sigmoid(of: x, row)
        var squares: Float = 1e-6
        for k in 0..<keySize {
            y[k] = x[k] * logistic[k]
            squares += y[k] * y[k]
        }
        let length = squares.squareRoot()
        for k in 0..<keySize { y[k] = y[k] / length * scale }
        return length
    }

    // MARK: Backward

    func backpropagate(_ row: RecurrenceRow, _ gradients: RecurrenceGradients) {
        let dh = gradients.output + head * valueSize, ofGate = sigmoid(of: gate, row), ofValue = sigmoid(of: value, row)
        for v in 0..<valueSize {
            let s = ofGate[v], x = gate[v]
            gate[v] = dh[v] * read[v] * (s * (1 + x * (1 - s)))
            read[v] = dh[v] * (x * s)
        }
        var memory = memory(row)
        var gradient = ek_memory_gradient(
            d_to: gradients.next + matrix, d_read: read, d_from: gradients.state + matrix, d_values: room,
            d_shares: keyGradient, d_query: queryGradient)
        var ddecay = ek_memory_write_backward(&memory, &gradient), dlogRate: Float = 0
        for v in 0..<valueSize {
            dlogRate += room[v] * written[v]
            room[v] *= rate[0]
            ddecay -= room[v] * found[v]
            let s = ofValue[v]
            value[v] = room[v] * (s * (1 + value[v] * (1 - s)))
            room[v] *= -decay[0]
        }
        ek_memory_read_backward(
            keySize, valueSize, unitKey, row.state + matrix, room, keyGradient, gradients.state + matrix)
        backpropagateUnit(query, row, unitQuery, queryGradient, length: queryLength[0], scale: scale)
        backpropagateUnit(key, row, unitKey, keyGradient, length: keyLength[0], scale: 1)

        let factor = expf(row.parameters[head]), exponent = decayGate[0] + row.parameters[heads + head]
        let dlog = ddecay * decay[0], dexponent = -dlog * factor * (1 / (1 + expf(-exponent)))
        gradients.parameters[head] = -dlog * factor * softplus(exponent)
        gradients.parameters[heads + head] = dexponent
        decayGate[0] = dexponent
        rateGate[0] = dlogRate * (1 - rate[0])
    }

    /// Through the division by the length and silu, into the place of the raw vector.
    private func backpropagateUnit(
        _ x: UnsafeMutablePointer<Float>, _ row: RecurrenceRow, _ unit: UnsafeMutablePointer<Float>,
        _ gradient: UnsafeMutablePointer<Float>, length: Float, scale: Float
    ) {
        let logistic = sigmoid(of: x, row)
        var along: Float = 0
        for k in 0..<keySize { along += unit[k] * gradient[k] }
        along /= scale
        for k in 0..<keySize {
            let s = logistic[k]
            x[k] = (scale * gradient[k] - unit[k] * along) / length * (s * (1 + x[k] * (1 - s)))
        }
    }
}
