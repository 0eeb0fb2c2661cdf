import ElmanTensor

/// One dimension of a shape: `outer` blocks of `count` steps, each `inner` elements apart.
struct Axis {
    let inner: Int, count: Int, outer: Int

    init(_ shape: Shape, _ dimension: Int) {
        inner = (0..<dimension).reduce(1) { $0 * shape[$1] }
        count = shape[dimension]
        outer = shape.count / (inner * count)
    }

    /// Calls `body` with the offset of the first element of every line along the dimension, and the line's number.
    @inline(__always)
    func forEachLine(_ body: (_ offset: Int, _ line: Int) -> Void) {
        for block in 0..<outer {
            for element in 0..<inner { body(block * inner * count + element, block * inner + element) }
        }
    }
}

extension OpArguments {
    /// Fails where the shape of argument 0 has no dimension `attribute0`.
    func checkDimension() throws(ShapeError) {
        guard attribute0 >= 0, attribute0 < max(self[0].rank, 1) else {
            throw ShapeError("dimension \(attribute0) of a shape with \(self[0].rank) dimensions")
        }
    }
}

extension Shape {
    /// The shape without dimension `dimension`.
    func removing(_ dimension: Int) -> Shape {
        var dimensions = self.dimensions
        if dimension < dimensions.count { dimensions.remove(at: dimension) }
        return Shape(dimensions, batchSize: batchSize)
    }

    /// The shape with another size of dimension `dimension`, which may lie past the last one.
    func replacing(_ dimension: Int, by size: Int) -> Shape {
        var dimensions = self.dimensions
        while dimensions.count <= dimension { dimensions.append(1) }
        dimensions[dimension] = size
        return Shape(dimensions, batchSize: batchSize)
    }
}

/// Where the elements of a result lie in an argument, as steps in memory: for each dimension of the result a distance.
struct ElementMap {
    let extents: SIMD4<Int32>
    var strides = SIMD4<Int>(repeating: 0)
    var offset = 0

    init(_ result: Shape) { extents = result.extents }

    /// Distances in memory between neighbours of each dimension of a shape.
    static func steps(_ shape: Shape) -> SIMD4<Int> {
        var steps = SIMD4<Int>(repeating: 1)
        for dimension in 1..<4 { steps[dimension] = steps[dimension - 1] * shape[dimension - 1] }
        return steps
    }

    func copy(_ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>) {
        let step = strides[0]
        forEachColumn { from, to, count in for index in 0..<count { y[to + index] = x[from + index * step] } }
    }

    func accumulate(_ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>) {
        let step = strides[0]
        forEachColumn { from, to, count in for index in 0..<count { dx[from + index * step] += dy[to + index] } }
    }

    @inline(__always)
    private func forEachColumn(_ body: (_ from: Int, _ to: Int, _ count: Int) -> Void) {
        let count = Int(extents[0])
        var to = 0
        for third in 0..<Int(extents[3]) {
            for second in 0..<Int(extents[2]) {
                for first in 0..<Int(extents[1]) {
                    body(offset + first * strides[1] + second * strides[2] + third * strides[3], to, count)
                    to += count
                }
            }
        }
    }
}

extension Op {
    /// An op whose result has its elements from places of its argument that `map` finds for each node.
    static func rearrangement(
        _ name: String, samples: [OpSample], shape: @escaping @Sendable (OpArguments) throws(ShapeError) -> Shape,
        map: @escaping @Sendable (_ call: OpCall, _ node: Int) -> ElementMap
    ) -> Op {
        Op(
            name, batching: .stacked, samples: samples, shape: shape,
            forward: { call in
                let x = call.input(0), y = call.output, perNode = y.count / call.nodeCount
                for node in 0..<call.nodeCount {
                    let map = map(call, node)
                    for row in node * perNode..<(node + 1) * perNode { map.copy(x[row], to: y[row]) }
                }
            },
            backward: { call in
                guard let dx = call.inputGradient(0) else { return }
                let dy = call.outputGradient, perNode = dy.count / call.nodeCount
                for node in 0..<call.nodeCount {
                    let map = map(call, node)
                    for row in node * perNode..<(node + 1) * perNode { map.accumulate(dy[row], into: dx[row]) }
                }
            })
    }
}
