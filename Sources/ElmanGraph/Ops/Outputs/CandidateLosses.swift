import CElmanKernels
import ElmanTensor

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// -log of the probability of a target among itself and some candidates: log(exp t + Σ exp c_j) - t, one number for each member of the
/// batch (Bengio and Senécal 2003; Jean et al. 2015).
///
/// Shapes: targets `[]`, candidates `[n]`. `hits` says for each member which candidate is its target and does not count a second
/// time; -1: none of them; -2: the member is skipped, loss 0 and no gradient.
public func sampledSoftmaxLoss(_ targets: Expression, candidates: Expression, hits: [Int]) -> Expression {
    targets.graph.apply(.sampledSoftmaxLoss, [targets, candidates], OpSettings(data: hits.map { Int32(clamping: $0) }))
}

/// Noise-contrastive estimation (Gutmann and Hyvärinen 2010): softplus(-t) + Σ m_j softplus(c_j), one number for each member of the
/// batch; t and c_j are log-odds that a word comes from the data and not from the noise.
///
/// Shapes: targets `[]`, noise `[n]`, multiplicities m `[n]`, the same for all. A member where `isSkipped` has loss 0 and no gradient.
public func noiseContrastiveLoss(
    _ targets: Expression, noise: Expression, multiplicities: Expression, isSkipped: [Bool]
) -> Expression {
    targets.graph.apply(
        .noiseContrastiveLoss, [targets, noise, multiplicities], OpSettings(data: isSkipped.map { $0 ? -2 : -1 }))
}

extension Op {
    /// Arguments: the target's score, the candidates' scores. Data: the hit of each member.
    static let sampledSoftmaxLoss = Op(
        "sampledSoftmaxLoss", batching: .stacked, isRagged: true,
        samples: [
            OpSample([[], [4]], settings: OpSettings(data: [-1])), OpSample([[], [1]], settings: OpSettings(data: [0])),
            OpSample([Shape([], batchSize: 3), Shape([4], batchSize: 3)], settings: OpSettings(data: [2, -2, -1])),
        ],
        shape: { shapes throws(ShapeError) in
            guard shapes[0].rank == 0, shapes[1].rank == 1 else {
                throw ShapeError("targets \(shapes[0]) and candidates \(shapes[1]): a number and a vector are needed")
            }
            try checkClasses(shapes[1], batchSize: try shapes.batchSize(), shapes.data)
            return .scalar
        },
        forward: { call in
            let targets = call.input(0), candidates = call.input(1), hits = call.gatheredData()
            let logs = call.reserve(call.rowCount), scratch = call.reserve(candidates.size), both = call.reserve(2)
            for row in 0..<call.rowCount {
                guard hits[row] >= -1 else {
                    call.output[row].pointee = 0
                    continue
                }
                scratch.update(from: candidates[row], count: candidates.size)
                if hits[row] >= 0 { scratch[Int(hits[row])] = leastScore }
                both[0] = targets[row].pointee
                ek_log_sum_exp(1, candidates.size, scratch, candidates.size, both + 1)
                ek_log_sum_exp(1, 2, both, 2, logs + row)
                call.output[row].pointee = logs[row] - both[0]
            }
        },
        backward: { call in
            let targets = call.input(0), candidates = call.input(1), hits = call.gatheredData(), logs = call.auxiliary
            let dt = call.inputGradient(0), dc = call.inputGradient(1), dy = call.outputGradient
            let scratch = call.reserve(candidates.size + 1), count = candidates.size
            for row in 0..<call.rowCount where hits[row] >= -1 {
                let slope = dy[row].pointee
                for index in 0..<count { scratch[index] = candidates[row][index] - logs[row] }
                if hits[row] >= 0 { scratch[Int(hits[row])] = leastScore }
                scratch[count] = targets[row].pointee - logs[row]
                ek_exp(count + 1, scratch, scratch)
                if let dc { ek_scale_accumulate(count, slope, scratch, dc[row]) }
                if let dt { dt[row].pointee += slope * (scratch[count] - 1) }
            }
        })

    /// Arguments: the target's log-odds, those of the noise, multiplicities. Data: -2 for each member that is skipped, -1 for others.
    static let noiseContrastiveLoss = Op(
        "noiseContrastiveLoss", batching: .sharing([2]), isRagged: true,
        samples: [
            OpSample([[], [4], [4]], settings: OpSettings(data: [-1])),
            OpSample([Shape([], batchSize: 3), Shape([4], batchSize: 3), [4]], settings: OpSettings(data: [-1, -2, -1])),
        ],
        shape: { shapes throws(ShapeError) in
            guard shapes[0].rank == 0, shapes[1].rank == 1, shapes[2] == Shape(vector: shapes[1].rows) else {
                throw ShapeError("targets \(shapes[0]), noise \(shapes[1]) and multiplicities \(shapes[2]) do not fit")
            }
            try checkClasses(shapes[1], batchSize: try shapes.batchSize(), shapes.data)
            return .scalar
        },
        forward: { call in
            let targets = call.input(0), noise = call.input(1), weights = call.input(2).base, skips = call.gatheredData()
            let count = noise.size, scratch = call.reserve(count + 1)
            for row in 0..<call.rowCount {
                guard skips[row] == -1 else {
                    call.output[row].pointee = 0
                    continue
                }
                let odds = noise[row], target = -targets[row].pointee
                for index in 0..<count { scratch[index] = -Swift.abs(odds[index]) }
                scratch[count] = -Swift.abs(target)
                ek_exp(count + 1, scratch, scratch)
                for index in 0...count { scratch[index] += 1 }
                ek_log(count + 1, scratch, scratch)
                for index in 0..<count { scratch[index] += Swift.max(0, odds[index]) }
                call.output[row].pointee = Swift.max(0, target) + scratch[count] + ek_dot(count, weights, scratch)
            }
        },
        backward: { call in
            let targets = call.input(0), noise = call.input(1), weights = call.input(2).base, skips = call.gatheredData()
            let dt = call.inputGradient(0), dn = call.inputGradient(1), dw = call.sharedGradient(2), dy = call.outputGradient
            let count = noise.size, scratch = call.reserve(count + 1)
            for row in 0..<call.rowCount where skips[row] == -1 {
                let slope = dy[row].pointee, odds = noise[row]
                scratch.update(from: odds, count: count)
                scratch[count] = -targets[row].pointee
                ek_sigmoid(count + 1, scratch, scratch)
                if let dt { dt[row].pointee -= slope * scratch[count] }
                if let dn { for index in 0..<count { dn[row][index] += slope * weights[index] * scratch[index] } }
                guard let dw else { continue }
                for index in 0..<count {
                    dw[index] += slope * (Swift.max(0, odds[index]) + log1pf(expf(-Swift.abs(odds[index]))))
                }
            }
        })
}

/// So low that its exponential is 0 beside any score.
private let leastScore: Float = -1e30
