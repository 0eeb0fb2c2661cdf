import ElmanTensor

/// The structured margin loss of a linear chain (Taskar et al. 2003; Tsochantaridis et al. 2005):
///
///     loss = max_y (score(y) + cost · |{t: y_t ≠ tags_t}|) - score(tags)
///
/// by the Viterbi algorithm with the cost of every wrong tag added. With cost 0 it is the loss of the structured perceptron
/// (Collins 2002), whose gradient is +1 along the path found and -1 along the tags. Arguments as of
/// `chainNegativeLogLikelihood`. Result: one number for each member of the batch, 0 or more.
public func chainMarginLoss(
    emissions: Expression, transitions: Expression, begin: Expression, end: Expression, tags: [Int], cost: Float = 1,
    constraint: ChainConstraint? = nil
) -> Expression {
    emissions.graph.apply(
        .chainMarginLoss, emissions, transitions, begin, end, chainSettings(tags: tags, constraint, cost: cost))
}

/// The path with the highest score (Viterbi 1967): T tags, as numbers. Of equally good paths it is the one with the lowest last
/// tag, then with the lowest tag before that, and so on. No gradient goes through it. Arguments as of
/// `chainNegativeLogLikelihood`.
public func bestChainPath(
    emissions: Expression, transitions: Expression, begin: Expression, end: Expression, constraint: ChainConstraint? = nil
) -> Expression {
    emissions.graph.apply(
        .bestChainPath, emissions, transitions, begin, end, chainSettings(constraint, isDifferentiable: false))
}

extension Op {
    /// `scalar`: the cost of a wrong tag.
    static let chainMarginLoss = Op(
        "chainMarginLoss", batching: .sharing([1, 2, 3]), acceptsPadding: true,
        samples: chainSampleList(hasTags: true) + chainSampleList(hasTags: true, cost: 1.5),
        shape: { shapes throws(ShapeError) in
            try checkChain(shapes, hasTags: true)
            return .scalar
        },
        forward: { call in
            let steps = call.chainStepCount, paths = call.pathMemory(call.reserve(call.rowCount * steps))
            var tables = ChainTables(call)
            call.forEachChain(hasTags: true) { row, tags, words in
                tables.use(words)
                let emissions = call.input(0)[row]
                let best = findBestPath(
                    emissions, tables, stepCount: steps, tags: tags, cost: call.scalar, path: paths + row * steps)
                call.output[row].pointee = Float(best - tables.score(tags!, emissions, stepCount: steps))
            }
        },
        backward: { call in
            let steps = call.chainStepCount, paths = call.pathMemory(call.auxiliary)
            let sums = ChainGradients(call), dx = call.inputGradient(0)
            call.forEachChain(hasTags: true) { row, tags, _ in
                let dy = call.outputGradient[row].pointee
                sums.add(dy, along: paths + row * steps, stepCount: steps, emissions: dx?[row])
                sums.add(-dy, along: tags!, stepCount: steps, emissions: dx?[row])
            }
            sums.finish(call)
        })

    static let bestChainPath = Op(
        "bestChainPath", batching: .sharing([1, 2, 3]), acceptsPadding: true,
        samples: chainSampleList(hasTags: false, isDifferentiable: false),
        shape: { shapes throws(ShapeError) in
            try checkChain(shapes, hasTags: false)
            return [shapes[0].columns]
        },
        forward: { call in
            let steps = call.chainStepCount, path = call.pathMemory(call.reserve(steps))
            var tables = ChainTables(call)
            call.forEachChain(hasTags: false) { row, _, words in
                tables.use(words)
                _ = findBestPath(call.input(0)[row], tables, stepCount: steps, tags: nil, cost: 0, path: path)
                for step in 0..<steps { call.output[row][step] = Float(path[step]) }
            }
        },
        backward: { _ in })
}

extension OpCall {
    fileprivate func pathMemory(_ memory: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Int32> {
        UnsafeMutableRawPointer(memory).bindMemory(to: Int32.self, capacity: rowCount * chainStepCount)
    }
}

/// The Viterbi algorithm over one chain; returns the score of the path, with the costs.
private func findBestPath(
    _ emissions: UnsafePointer<Float>, _ tables: ChainTables, stepCount: Int, tags: UnsafePointer<Int32>?, cost: Float,
    path: UnsafeMutablePointer<Int32>
) -> Double {
    let count = tables.tagCount
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * count) { scores in
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: stepCount * count) { pointers in
            func local(_ step: Int, _ tag: Int) -> Double {
                Double(emissions[step * count + tag]) + (tags.map { Int($0[step]) != tag } == true ? Double(cost) : 0)
            }
            for tag in 0..<count { scores[tag] = Double(tables.begin[tag]) + local(0, tag) }
            for step in 1..<max(stepCount, 1) {
                for tag in 0..<count {
                    var best = -Double.infinity, origin = 0
                    for from in 0..<count {
                        let score = scores[from] + Double(tables.transitions[from * count + tag])
                        if score > best { (best, origin) = (score, from) }
                    }
                    scores[count + tag] = best + local(step, tag)
                    pointers[step * count + tag] = Int32(origin)
                }
                for tag in 0..<count { scores[tag] = scores[count + tag] }
            }
            var best = -Double.infinity, last = 0
            for tag in 0..<count {
                let score = scores[tag] + Double(tables.end[tag])
                if score > best { (best, last) = (score, tag) }
            }
            path[stepCount - 1] = Int32(last)
            for step in stride(from: stepCount - 1, through: 1, by: -1) {
                path[step - 1] = pointers[step * count + Int(path[step])]
            }
            return best
        }
    }
}
