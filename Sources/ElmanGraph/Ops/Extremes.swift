import ElmanTensor

/// The largest element of every line along one dimension, which disappears. The first of equals has the gradient.
public func max(_ x: Expression, dimension: Int) -> Expression {
    x.applying(.largestOverDimension, OpSettings(attribute0: dimension))
}

/// The smallest element of every line along one dimension, which disappears. The first of equals has the gradient.
public func min(_ x: Expression, dimension: Int) -> Expression { -max(-x, dimension: dimension) }

extension Op {
    static let largestOverDimension = Op(
        "maxOverDimension", batching: .stacked, samples: dimensionSamples,
        shape: { shapes throws(ShapeError) in
            try shapes.checkDimension()
            return shapes[0].removing(shapes.attribute0)
        },
        forward: { call in
            let axis = Axis(call.inputShape(0), call.attribute0), x = call.input(0), y = call.output
            for row in 0..<y.count {
                axis.forEachLine { offset, line in
                    let from = x[row] + offset
                    y[row][line] = from[axis.largest(in: from) * axis.inner]
                }
            }
        },
        backward: { call in
            guard let dx = call.inputGradient(0) else { return }
            let axis = Axis(call.inputShape(0), call.attribute0), x = call.input(0), dy = call.outputGradient
            for row in 0..<dx.count {
                axis.forEachLine { offset, line in
                    dx[row][offset + axis.largest(in: x[row] + offset) * axis.inner] += dy[row][line]
                }
            }
        })
}
