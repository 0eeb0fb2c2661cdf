import ElmanTensor

extension Expression {
    /// Element `index` of a vector, one number; takes no time.
    public func element(_ index: Int) -> Expression { self[index..<index + 1].reshaped([]) }
}

/// Element `index` of a vector, one number. Fails where the index is outside the vector.
public func pick(_ x: Expression, _ index: Int) -> Expression { x.element(index) }

/// One element of each member's vector: one index for each member, one number each.
public func pick(_ x: Expression, _ indices: [Int]) -> Expression {
    x.applying(.pick, OpSettings(data: indices.map { Int32(clamping: $0) }))
}

/// The part of a tensor at `index` of one dimension, which disappears.
public func pick(_ x: Expression, _ index: Int, dimension: Int) -> Expression {
    let part = pickRange(x, index..<index + 1, dimension: dimension)
    return part.isFailure ? part : part.reshaped(part.shape.removing(dimension))
}

/// The part of a tensor in a range of one dimension. It takes no time for the last dimension.
public func pickRange(_ x: Expression, _ range: Range<Int>, dimension: Int = 0) -> Expression {
    let shape = x.shape
    if dimension == 0, shape.rank == 1 { return x[range] }
    if dimension == 1, shape.rank == 2 { return x.columns(range) }
    let ranges = (0..<Swift.max(shape.rank, dimension + 1)).map { $0 == dimension ? range : 0..<shape[$0] }
    return stridedSelect(x, ranges: ranges)
}

/// Every `strides[d]`-th element of the range `ranges[d]` of every dimension d. Missing ranges and strides mean all. Fails
/// where a range leaves its dimension, or a stride is below 1.
public func stridedSelect(_ x: Expression, ranges: [Range<Int>], strides: [Int] = []) -> Expression {
    let shape = x.shape
    var data: [Int32] = []
    for dimension in 0..<Swift.max(shape.rank, ranges.count, strides.count) {
        let range = dimension < ranges.count ? ranges[dimension] : 0..<shape[dimension]
        let stride = dimension < strides.count ? strides[dimension] : 1
        data += [range.lowerBound, range.upperBound, stride].map { Int32(clamping: $0) }
    }
    return x.applying(.stridedSelect, OpSettings(data: data))
}

/// The rows of a matrix with the given indices, in their order; an index may come twice.
public func selectRows(_ x: Expression, _ indices: [Int]) -> Expression { select(x, indices, dimension: 0) }

/// The columns of a matrix with the given indices, in their order; an index may come twice.
public func selectColumns(_ x: Expression, _ indices: [Int]) -> Expression { select(x, indices, dimension: 1) }

/// The parts of a tensor at the given indices of one dimension, in their order; an index may come twice.
public func select(_ x: Expression, _ indices: [Int], dimension: Int) -> Expression {
    x.applying(.select, OpSettings(attribute0: dimension, data: indices.map { Int32(clamping: $0) }))
}

extension Op {
    /// Data: the index of each member.
    static let pick = Op(
        "pick", batching: .stacked,
        samples: [
            OpSample([[4]], settings: OpSettings(data: [2])),
            OpSample([Shape([3], batchSize: 2)], settings: OpSettings(data: [2, 0])),
        ],
        shape: { shapes throws(ShapeError) in
            try checkClasses(shapes[0], batchSize: shapes[0].batchSize, shapes.data)
            for index in shapes.data where index < 0 { throw ShapeError("element \(index) is asked for") }
            return .scalar
        },
        forward: { call in
            let indices = call.gatheredData()
            for row in 0..<call.rowCount { call.output[row].pointee = call.input(0)[row][Int(indices[row])] }
        },
        backward: { call in
            guard let dx = call.inputGradient(0) else { return }
            let indices = call.gatheredData()
            for row in 0..<dx.count { dx[row][Int(indices[row])] += call.outputGradient[row].pointee }
        })

    /// Data: for each dimension where it begins and ends, and its stride.
    static let stridedSelect = rearrangement(
        "stridedSelect",
        samples: [
            OpSample([[5, 4]], settings: OpSettings(data: [1, 5, 2, 0, 4, 3])),
            OpSample([Shape([3, 2, 3], batchSize: 2)], settings: OpSettings(data: [0, 3, 1, 1, 2, 1, 0, 3, 2])),
        ],
        shape: { shapes throws(ShapeError) in
            var dimensions: [Int] = []
            guard shapes.data.count <= 3 * Shape.maximumRank else { throw ShapeError("more than four ranges are given") }
            for dimension in 0..<shapes.data.count / 3 {
                let from = Int(shapes.data[3 * dimension]), to = Int(shapes.data[3 * dimension + 1])
                let stride = Int(shapes.data[3 * dimension + 2])
                guard from >= 0, to <= shapes[0][dimension], stride >= 1 else {
                    throw ShapeError("every \(stride) of \(from)..<\(to) of dimension \(dimension) is asked for")
                }
                dimensions.append((to - from + stride - 1) / stride)
            }
            return Shape(dimensions)
        },
        map: { call, node in
            let steps = ElementMap.steps(call.inputShape(0)), data = call.data(ofNode: node)
            var map = ElementMap(call.outputShape)
            for dimension in 0..<data.count / 3 {
                map.strides[dimension] = steps[dimension] * Int(data[3 * dimension + 2])
                map.offset += steps[dimension] * Int(data[3 * dimension])
            }
            return map
        })

    /// Along dimension `attribute0`. Data: the indices.
    static let select = Op(
        "select", batching: .stacked,
        samples: [
            OpSample([[4]], settings: OpSettings(data: [2, 2, 0])),
            OpSample([Shape([2, 4], batchSize: 2)], settings: OpSettings(attribute0: 1, data: [3, 0])),
        ],
        shape: { shapes throws(ShapeError) in
            try shapes.checkDimension()
            let size = shapes[0][shapes.attribute0]
            for index in shapes.data where index < 0 || Int(index) >= size { throw ShapeError("index \(index) of \(size)") }
            return shapes[0].replacing(shapes.attribute0, by: shapes.data.count)
        },
        forward: { call in
            let x = call.input(0), y = call.output
            forEachSelected(call) { row, from, to, count in (y[row] + to).update(from: x[row] + from, count: count) }
        },
        backward: { call in
            guard let dx = call.inputGradient(0) else { return }
            let dy = call.outputGradient
            forEachSelected(call) { row, from, to, count in
                for index in 0..<count { dx[row][from + index] += dy[row][to + index] }
            }
        })
}

/// Calls `body` with the pieces of argument and result that correspond in `select`.
private func forEachSelected(_ call: OpCall, _ body: (_ row: Int, _ from: Int, _ to: Int, _ count: Int) -> Void) {
    let axis = Axis(call.inputShape(0), call.attribute0)
    let perNode = call.rowCount / call.nodeCount
    for row in 0..<call.rowCount {
        let indices = call.data(ofNode: row / perNode)
        for block in 0..<axis.outer {
            for (position, index) in indices.enumerated() {
                let from = (block * axis.count + Int(index)) * axis.inner
                body(row, from, (block * indices.count + position) * axis.inner, axis.inner)
            }
        }
    }
}
