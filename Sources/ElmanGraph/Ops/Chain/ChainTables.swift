import ElmanTensor

// What all ops of linear chains share. Their arguments: emissions [K, T], transitions [K, K] (to, from), begin [K], end [K].
// Their data: the tags of each member, where the op has some, and then the words of a `ChainConstraint`, or none.

/// The transitions of a batch of chains without padding, -∞ where they are not allowed.
struct ChainTables {
    let tagCount: Int
    /// Element `from * tagCount + to`.
    let transitions: UnsafeMutablePointer<Float>
    let begin: UnsafeMutablePointer<Float>, end: UnsafeMutablePointer<Float>
    private let call: OpCall
    private var current: UnsafeBufferPointer<Int32>?

    init(_ call: OpCall) {
        tagCount = call.inputShape(0).rows
        transitions = call.reserve(tagCount * (tagCount + 2))
        begin = transitions + tagCount * tagCount
        end = begin + tagCount
        self.call = call
    }

    /// Goes over to a chain with this constraint, in words.
    mutating func use(_ words: UnsafeBufferPointer<Int32>) {
        if let current, current.elementsEqual(words) { return }
        current = words
        let weights = call.input(1)
        for from in 0..<tagCount {
            (transitions + from * tagCount).update(from: weights.base + from * weights.columnStride, count: tagCount)
        }
        begin.update(from: call.input(2).base, count: tagCount)
        end.update(from: call.input(3).base, count: tagCount)
        guard !words.isEmpty else { return }
        // The bits are in the order of the tables.
        for bit in 0..<tagCount * (tagCount + 2) where ChainConstraint.isForbidden(bit, words) { transitions[bit] = -.infinity }
    }

    /// Σ of emissions and transitions along a path.
    func score(_ tags: UnsafePointer<Int32>, _ emissions: UnsafePointer<Float>, stepCount: Int) -> Double {
        var sum = Double(begin[Int(tags[0])]) + Double(end[Int(tags[stepCount - 1])])
        for step in 0..<stepCount {
            let tag = Int(tags[step])
            sum += Double(emissions[step * tagCount + tag])
            if step > 0 { sum += Double(transitions[Int(tags[step - 1]) * tagCount + tag]) }
        }
        return sum
    }
}

/// The gradients of the transitions of a batch of chains, without padding: as `ChainTables`.
struct ChainGradients {
    let tagCount: Int
    let transitions: UnsafeMutablePointer<Float>
    let begin: UnsafeMutablePointer<Float>, end: UnsafeMutablePointer<Float>

    init(_ call: OpCall) {
        tagCount = call.inputShape(0).rows
        transitions = call.reserve(tagCount * (tagCount + 2))
        transitions.update(repeating: 0, count: tagCount * (tagCount + 2))
        begin = transitions + tagCount * tagCount
        end = begin + tagCount
    }

    /// Adds `factor` for every emission, in `emissions`, and every transition along a path.
    func add(
        _ factor: Float, along tags: UnsafePointer<Int32>, stepCount: Int, emissions: UnsafeMutablePointer<Float>?
    ) {
        begin[Int(tags[0])] += factor
        end[Int(tags[stepCount - 1])] += factor
        for step in 0..<stepCount {
            let tag = Int(tags[step])
            emissions?[step * tagCount + tag] += factor
            if step > 0 { transitions[Int(tags[step - 1]) * tagCount + tag] += factor }
        }
    }

    /// Adds them to the gradients of the op's arguments.
    func finish(_ call: OpCall) {
        let stride = call.input(1).columnStride
        if let (gradient, keeps) = call.beginSharedGradient(1) {
            if !keeps { gradient.update(repeating: 0, count: stride * tagCount) }
            for from in 0..<tagCount {
                for to in 0..<tagCount { gradient[from * stride + to] += transitions[from * tagCount + to] }
            }
        }
        for (argument, values) in [(2, begin), (3, end)] {
            guard let (gradient, keeps) = call.beginSharedGradient(argument) else { continue }
            for tag in 0..<tagCount { gradient[tag] = keeps ? gradient[tag] + values[tag] : values[tag] }
        }
    }
}

extension OpCall {
    /// How many steps the chains of a batch have.
    var chainStepCount: Int { inputShape(0).columns }

    /// Calls `body` with each chain: its row, its tags where the op has some, and the constraint's words.
    func forEachChain(
        hasTags: Bool, _ body: (_ row: Int, _ tags: UnsafePointer<Int32>?, _ words: UnsafeBufferPointer<Int32>) -> Void
    ) {
        let perNode = rowCount / nodeCount, stepCount = chainStepCount
        for node in 0..<nodeCount {
            let data = data(ofNode: node), tagCount = hasTags ? perNode * stepCount : 0
            let words = UnsafeBufferPointer(rebasing: data[tagCount...])
            for member in 0..<perNode {
                body(node * perNode + member, hasTags ? data.baseAddress! + member * stepCount : nil, words)
            }
        }
    }
}

/// Checks the arguments and the data of an op of linear chains.
func checkChain(_ shapes: OpArguments, hasTags: Bool) throws(ShapeError) {
    let emissions = shapes[0], count = emissions.rows
    guard emissions.rank <= 2, shapes[1].rank == 2, shapes[1].totalCount == count * count, shapes[1].rows == count,
        shapes[2].totalCount == count, shapes[3].totalCount == count
    else { throw ShapeError("for \(count) tags, [\(count), steps], [\(count), \(count)], [\(count)] and [\(count)] fit") }
    let tagged = hasTags ? emissions.columns * emissions.batchSize : 0
    let words = shapes.data.count - tagged
    guard words == 0 || words == ChainConstraint.wordCount(count) else {
        throw ShapeError("\(emissions.columns * emissions.batchSize) tags and a constraint of \(count) tags are needed")
    }
    if hasTags { try checkTags(shapes, constraint: UnsafeBufferPointer(rebasing: shapes.data[tagged...])) }
}

private func checkTags(_ shapes: OpArguments, constraint: UnsafeBufferPointer<Int32>) throws(ShapeError) {
    let count = shapes[0].rows, stepCount = shapes[0].columns
    for position in 0..<stepCount * shapes[0].batchSize {
        let tag = Int(shapes.data[position]), step = position % stepCount
        guard tag >= 0, tag < count else { throw ShapeError("tag \(tag) of \(count)") }
        guard !constraint.isEmpty else { continue }
        let bit = step == 0 ? count * count + tag : Int(shapes.data[position - 1]) * count + tag
        let last = count * count + count + tag
        if ChainConstraint.isForbidden(bit, constraint)
            || (step == stepCount - 1 && ChainConstraint.isForbidden(last, constraint))
        {
            throw ShapeError("tag \(tag) may not stand at step \(step); see ChainConstraint.firstViolation(in:)")
        }
    }
}

/// The settings of a chain.
func chainSettings(tags: [Int] = [], _ constraint: ChainConstraint?, cost: Float = 0, isDifferentiable: Bool = true) -> OpSettings
{
    OpSettings(
        scalar: cost, data: tags.map { Int32(clamping: $0) } + (constraint?.words ?? []), isDifferentiable: isDifferentiable)
}

/// Samples for the ops of linear chains.
func chainSampleList(hasTags: Bool, cost: Float = 0, isDifferentiable: Bool = true) -> [OpSample] {
    let noTwice = ChainConstraint(tagCount: 3, mayFollow: { $0 != $1 || $0 == 0 }, mayBegin: { $0 != 2 }, mayEnd: { $0 != 1 })
    func sample(_ emissions: Shape, _ tags: [Int], _ constraint: ChainConstraint?) -> OpSample {
        OpSample(
            [emissions, [3, 3], [3], [3]], range: -2...2,
            settings: chainSettings(
                tags: hasTags ? tags : [], constraint, cost: cost, isDifferentiable: isDifferentiable),
            tolerance: isDifferentiable ? 2e-2 : .infinity)
    }
    return [
        sample([3, 4], [2, 0, 0, 1], nil), sample([3, 4], [1, 0, 0, 2], noTwice), sample([3], [2], nil),
        sample(Shape([3, 2], batchSize: 2), [0, 1, 2, 2], nil),
    ]
}
