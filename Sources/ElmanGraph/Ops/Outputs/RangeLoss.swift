import CElmanKernels
import ElmanTensor

/// -log softmax of the scores of a range of a table's columns, at one of them: what a class-factored softmax loses within a class
/// (Goodman 2001).
///
/// For every member of the batch of x: -log softmax(table[:, range]ᵀ x + bias[range])[index], one number. Members with one range share
/// one product. Shapes: x `[k]`, table `[k, n]`, bias `[n]`. Ranges are equal or apart; fails where two of a graph overlap, or an
/// index is outside its range. A negative index skips its member: loss 0, no gradient.
public func pickNegativeLogSoftmax(
    _ x: Expression, table: Expression, bias: Expression, ranges: [Range<Int>], _ indices: [Int]
) -> Expression {
    var data: [Int32] = []
    for (range, index) in zip(ranges, indices) {
        let offset = index < 0 ? -1 : index - range.lowerBound
        // An index before its range is as wrong as one behind it.
        data += [range.lowerBound, range.count, index >= 0 && offset < 0 ? range.count : offset].map { Int32(clamping: $0) }
    }
    guard ranges.count == indices.count else {
        return x.graph.failure(ShapeError("\(ranges.count) ranges are given for \(indices.count) indices"))
    }
    return x.graph.apply(.rangeLoss, [x, table, bias], OpSettings(data: data))
}

extension Op {
    /// Arguments: x, table, bias. Data: for each member the first column, how many there are, and which of them.
    static let rangeLoss = Op(
        "rangeLoss", batching: .sharing([1, 2]), acceptsPadding: true, isRagged: true,
        samples: [
            OpSample([[4], [4, 7], [7]], settings: OpSettings(data: [2, 3, 1])),
            OpSample(
                [Shape([4], batchSize: 5), [4, 7], [7]],
                settings: OpSettings(data: [5, 2, 0, 0, 2, 1, 5, 2, 1, 2, 3, -1, 2, 3, 2])),
        ],
        shape: { shapes throws(ShapeError) in
            try shapes.checkTable()
            let count = shapes[0].batchSize
            guard shapes.data.count == 3 * count else {
                throw ShapeError("\(shapes.data.count / 3) ranges are given for a batch of \(count)")
            }
            for member in 0..<count {
                let first = Int(shapes.data[3 * member]), size = Int(shapes.data[3 * member + 1])
                guard first >= 0, size > 0, first + size <= shapes[1].columns else {
                    throw ShapeError("columns \(first)..<\(first + size) of \(shapes[1].columns)")
                }
                guard Int(shapes.data[3 * member + 2]) < size else {
                    throw ShapeError("an index outside of the columns \(first)..<\(first + size)")
                }
            }
            return .scalar
        },
        forward: { call in
            let groups = RangeGroups(call), state = call.reserve(groups.stateCount)
            for row in 0..<call.rowCount { call.output[row].pointee = 0 }
            inParallel(groups.count) { groups.forward($0, call, state) }
        },
        backward: { call in
            let groups = RangeGroups(call), state = call.auxiliary, dx = call.inputGradient(0)
            let gradients = RangeGradients(call, groups)
            inParallel(groups.count) { groups.backward($0, call, state, gradients) }
            guard let dx else { return }
            for (position, row) in groups.rows.enumerated() {
                ek_accumulate(groups.width, gradients.dx + position * groups.width, dx[row])
            }
        })
}

/// Where the groups of a batch put their gradients.
private struct RangeGradients {
    let table: UnsafeMutablePointer<Float>?
    let bias: UnsafeMutablePointer<Float>?
    /// Room for the gradients of each row's loss and of its x.
    let losses: UnsafeMutablePointer<Float>
    let dx: UnsafeMutablePointer<Float>

    init(_ call: OpCall, _ groups: RangeGroups) {
        // All columns in use begin before threads add to them.
        if let columns = ColumnGradients(call, argument: 1) { groups.forEachColumn { _ = columns($0) } }
        table = call.needsGradient(1) ? call.parameter(1)?.gradients ?? call.inputGradient(1)?.base : nil
        bias = call.sharedGradient(2)
        losses = call.reserve(groups.rows.count * (groups.width + 1))
        dx = losses + groups.rows.count
    }
}

/// The rows of a batch by the range that they ask for. Each group is one fused linear layer, log softmax and pick.
private struct RangeGroups {
    private struct Group {
        /// Its columns.
        var first: Int, size: Int
        /// Its rows, in `rows`.
        var start: Int, count: Int
        /// Where what it keeps begins.
        var state: Int
    }

    /// The rows that are not skipped, group by group.
    let rows: [Int]
    /// Elements of x.
    let width: Int
    /// Floats that are kept for the backward pass.
    private(set) var stateCount = 0
    private let targets: [Int32]
    private var groups: [Group] = []
    private let keepsLogits: Bool

    var count: Int { groups.count }

    init(_ call: OpCall) {
        width = call.input(0).size
        keepsLogits = call.keepsForBackward
        let data = call.gatheredData()
        rows = (0..<call.rowCount).filter { data[3 * $0 + 2] >= 0 }.sorted { (data[3 * $0], $0) < (data[3 * $1], $1) }
        targets = rows.map { data[3 * $0 + 2] }
        for (position, row) in rows.enumerated() {
            add(row: position, first: Int(data[3 * row]), size: Int(data[3 * row + 1]))
        }
        for index in groups.indices {
            groups[index].state = stateCount
            let count = groups[index].count
            stateCount += Self.padded(count * width) + 3 * Self.padded(count)
            if keepsLogits { stateCount += count * Self.padded(groups[index].size) }
        }
    }

    private mutating func add(row: Int, first: Int, size: Int) {
        guard let last = groups.last else {
            return groups.append(Group(first: first, size: size, start: row, count: 1, state: 0))
        }
        if last.first == first, last.size == size {
            groups[groups.count - 1].count += 1
            return
        }
        guard last.first + last.size <= first else {
            fail("rangeLoss: the ranges \(last.first)..<\(last.first + last.size) and \(first)..<\(first + size) overlap")
        }
        groups.append(Group(first: first, size: size, start: row, count: 1, state: 0))
    }

    func forEachColumn(_ body: (Int) -> Void) {
        for group in groups { for column in group.first..<group.first + group.size { body(column) } }
    }

    private static func padded(_ count: Int) -> Int { (count + 15) & ~15 }

    /// The kernel's view of a group. Its state: the rows of x, targets, sums of exponentials, losses, logits.
    private func kernelCall(_ group: Group, _ call: OpCall, _ state: UnsafeMutablePointer<Float>) -> ek_linear_loss {
        let x = state + group.state, numbers = x + Self.padded(group.count * width), padded = Self.padded(group.count)
        let table = call.input(1)
        return ek_linear_loss(
            m_count: group.count, k_count: width, n_count: group.size, x: x, x_stride: width,
            w: table.base + group.first * table.columnStride, ldw: table.columnStride, transposed: 1,
            bias: call.input(2).base + group.first,
            targets: UnsafeRawPointer(numbers).assumingMemoryBound(to: Int32.self),
            logits: keepsLogits ? numbers + 3 * padded : nil, logits_stride: Self.padded(group.size),
            log_sums: numbers + padded)
    }

    func forward(_ index: Int, _ call: OpCall, _ state: UnsafeMutablePointer<Float>) {
        let group = groups[index], x = call.input(0)
        let ownX = state + group.state, numbers = ownX + Self.padded(group.count * width)
        let ownTargets = UnsafeMutableRawPointer(numbers).bindMemory(to: Int32.self, capacity: group.count)
        for member in 0..<group.count {
            (ownX + member * width).update(from: x[rows[group.start + member]], count: width)
            ownTargets[member] = targets[group.start + member]
        }
        let losses = numbers + 2 * Self.padded(group.count)
        var kernelCall = kernelCall(group, call, state)
        ek_linear_loss_forward(&kernelCall, losses)
        for member in 0..<group.count { call.output[rows[group.start + member]].pointee = losses[member] }
    }

    func backward(_ index: Int, _ call: OpCall, _ state: UnsafeMutablePointer<Float>, _ gradients: RangeGradients) {
        let group = groups[index], dy = call.outputGradient
        let losses = gradients.losses + group.start, dx = gradients.dx + group.start * width
        for member in 0..<group.count { losses[member] = dy[rows[group.start + member]].pointee }
        dx.update(repeating: 0, count: group.count * width)
        var kernelCall = kernelCall(group, call, state)
        ek_linear_loss_backward(
            &kernelCall, losses, dx, width, gradients.table.map { $0 + group.first * call.input(1).columnStride },
            gradients.bias.map { $0 + group.first }, Int32(EK_KEEP))
    }
}
