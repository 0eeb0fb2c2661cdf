import CElmanKernels
import ElmanTensor

/// The steps of sequences of different lengths that are computed together: at each step one product over the sequences that
/// have not ended, as in cuDNN's packed sequences.
///
/// Rows are packed step by step; within a step the longest sequence comes first, so that the sequences that go on are the
/// first ones. Where they are read from their ends, the last step comes first in memory: a single sequence is then packed as
/// it lies.
struct SequenceSteps {
    /// How many steps the longest sequence has, how many rows all have together, and how many sequences there are.
    let stepCount: Int, rowCount: Int, sequenceCount: Int
    let isReversed: Bool
    /// The sequences, longest first; for each step the sequences that have it, and its first packed row; the row of each
    /// packed row. Of a single sequence nothing is kept.
    private let order, active, first, rows: UnsafeMutablePointer<Int32>

    init(_ call: OpCall, isReversed: Bool) {
        self.isReversed = isReversed
        rowCount = call.rowCount
        sequenceCount = call.nodeCount
        guard call.nodeCount > 1 else {
            stepCount = call.rowCount
            let none = UnsafeMutableRawPointer(call.output.base).assumingMemoryBound(to: Int32.self)
            (order, active, first, rows) = (none, none, none, none)
            return
        }
        let lengths = (0..<call.nodeCount).map { call.memberCount(ofNode: $0) }
        let longestFirst = lengths.indices.sorted { (lengths[$1], $0) < (lengths[$0], $1) }
        stepCount = lengths[longestFirst[0]]
        let room = call.graph.pointee.auxiliary.allocate(call.nodeCount + 2 * stepCount + rowCount)
        let words = UnsafeMutableRawPointer(room).bindMemory(
            to: Int32.self, capacity: call.nodeCount + 2 * stepCount + rowCount)
        order = words
        active = order + call.nodeCount
        first = active + stepCount
        rows = first + stepCount
        for (place, sequence) in longestFirst.enumerated() { order[place] = Int32(sequence) }
        pack(lengths, longestFirst)
    }

    private func pack(_ lengths: [Int], _ longestFirst: [Int]) {
        var starts = [Int](repeating: 0, count: lengths.count), next = 0
        for sequence in lengths.indices {
            starts[sequence] = next
            next += lengths[sequence]
        }
        var packed = 0, going = lengths.count
        for step in 0..<stepCount {
            while lengths[longestFirst[going - 1]] <= step { going -= 1 }
            let row = isReversed ? rowCount - packed - going : packed
            active[step] = Int32(going)
            first[step] = Int32(row)
            for place in 0..<going {
                let sequence = longestFirst[place]
                let member = isReversed ? lengths[sequence] - 1 - step : step
                rows[row + place] = Int32(starts[sequence] + member)
            }
            packed += going
        }
    }

    /// Whether packed rows are the rows themselves.
    var isSingle: Bool { sequenceCount == 1 }

    /// How many sequences have a step.
    @inline(__always)
    func activeCount(_ step: Int) -> Int { isSingle ? 1 : Int(active[step]) }

    /// The first packed row of a step.
    @inline(__always)
    func firstRow(_ step: Int) -> Int { isSingle ? (isReversed ? stepCount - 1 - step : step) : Int(first[step]) }

    /// The sequence at a place of the first step.
    @inline(__always)
    func sequence(_ place: Int) -> Int { isSingle ? 0 : Int(order[place]) }

    /// The packed rows of all steps but the first: they lie together.
    var laterRows: Range<Int> {
        let count = activeCount(0)
        return isReversed ? 0..<rowCount - count : count..<rowCount
    }

    // MARK: Packing

    /// Copies rows into packed memory.
    func pack(_ source: Rows, to target: UnsafeMutablePointer<Float>) {
        for row in 0..<rowCount {
            (target + row * source.size).update(from: source[isSingle ? row : Int(rows[row])], count: source.size)
        }
    }

    /// Copies packed memory into rows.
    func unpack(_ source: UnsafePointer<Float>, to target: Rows) {
        for row in 0..<rowCount {
            target[isSingle ? row : Int(rows[row])].update(from: source + row * target.size, count: target.size)
        }
    }

    /// Adds packed memory to rows.
    func accumulate(_ source: UnsafePointer<Float>, into target: Rows) {
        for row in 0..<rowCount {
            ek_accumulate(target.size, source + row * target.size, target[isSingle ? row : Int(rows[row])])
        }
    }

    /// For each of `laterRows` where the packed row of the step before begins, of `size` elements; for the rows of the first step
    /// `initial`, one for each place, where it is given. In the order of packed rows.
    func previousRows(
        _ packed: UnsafeMutablePointer<Float>, stride: Int, size: Int, initial: UnsafeMutablePointer<Float>?, _ call: OpCall
    ) -> Rows {
        if isSingle, initial == nil {
            return part(of: packed, from: isReversed ? stride : 0, size: size, stride: stride, count: rowCount - 1)
        }
        let range = initial == nil ? laterRows : 0..<rowCount
        let pointers = call.reservePointers(max(range.count, 1))
        for step in initial == nil ? 1..<max(stepCount, 1) : 0..<stepCount {
            for place in 0..<activeCount(step) {
                let target = firstRow(step) + place - range.lowerBound
                pointers[target] =
                    step == 0 ? initial! + place * size : packed + (firstRow(step - 1) + place) * stride
            }
        }
        return Rows(
            base: packed, stride: 0, size: size, count: range.count, columnStride: size, pointers: UnsafePointer(pointers))
    }

    // The gradients of weights are sums over steps. A single sequence has the order of single steps: forward for what all steps
    // share, backward for what is done step by step.

    /// Packed rows in the order of the steps, or in the opposite one.
    func inOrder(_ rows: Rows, isBackward: Bool = false) -> Rows {
        guard isReversed != isBackward, rows.count > 1 else { return rows }
        if let pointers = rows.pointers {
            var all = UnsafeMutableBufferPointer(start: UnsafeMutablePointer(mutating: pointers), count: rows.count)
            all.reverse()
            return rows
        }
        return part(
            of: rows[rows.count - 1], from: 0, size: rows.size, stride: -rows.stride, count: rows.count)
    }
}
