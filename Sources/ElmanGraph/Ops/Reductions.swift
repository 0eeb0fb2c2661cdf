import CElmanKernels
import ElmanTensor

/// The sum over one dimension, which disappears: `[n, columns]` gives `[columns]` for dimension 0 and `[n]` for dimension 1.
public func sum(_ x: Expression, dimension: Int) -> Expression {
    x.applying(.sumOverDimension, OpSettings(attribute0: dimension))
}

/// The running sum along one dimension: element i is the sum of elements 0...i.
public func cumulativeSum(_ x: Expression, dimension: Int = 0) -> Expression {
    x.applying(.cumulativeSum, OpSettings(attribute0: dimension))
}

/// Σ aᵢ bᵢ over all elements of two expressions with equally many, one number.
public func dotProduct(_ a: Expression, _ b: Expression) -> Expression { a.applying(.dotProduct, with: b) }

/// Σ xᵢ² over all elements, one number.
public func squaredNorm(_ x: Expression) -> Expression { x.applying(.squaredNorm) }

/// √Σ xᵢ² over all elements, one number. The gradient is not finite at 0.
public func l2Norm(_ x: Expression) -> Expression { sqrt(squaredNorm(x)) }

extension Op {
    static let sumOverDimension = Op(
        "sumOverDimension", batching: .stacked, samples: dimensionSamples,
        shape: { shapes throws(ShapeError) in
            try shapes.checkDimension()
            return shapes[0].removing(shapes.attribute0)
        },
        forward: { call in
            let axis = Axis(call.inputShape(0), call.attribute0), x = call.input(0), y = call.output
            for row in 0..<y.count {
                axis.forEachLine { offset, line in
                    let from = x[row] + offset
                    var sum: Float = 0
                    for index in 0..<axis.count { sum += from[index * axis.inner] }
                    y[row][line] = sum
                }
            }
        },
        backward: { call in
            guard let dx = call.inputGradient(0) else { return }
            let axis = Axis(call.inputShape(0), call.attribute0), dy = call.outputGradient
            for row in 0..<dx.count {
                axis.forEachLine { offset, line in
                    let to = dx[row] + offset, gradient = dy[row][line]
                    for index in 0..<axis.count { to[index * axis.inner] += gradient }
                }
            }
        })

    static let cumulativeSum = Op(
        "cumulativeSum", batching: .stacked, samples: dimensionSamples,
        shape: { shapes throws(ShapeError) in
            try shapes.checkDimension()
            return shapes[0]
        },
        forward: { call in
            let axis = Axis(call.outputShape, call.attribute0), x = call.input(0), y = call.output
            for row in 0..<y.count {
                axis.forEachLine { offset, _ in
                    let from = x[row] + offset, to = y[row] + offset
                    var sum: Float = 0
                    for step in stride(from: 0, to: axis.count * axis.inner, by: axis.inner) {
                        sum += from[step]
                        to[step] = sum
                    }
                }
            }
        },
        backward: { call in
            guard let dx = call.inputGradient(0) else { return }
            let axis = Axis(call.outputShape, call.attribute0), dy = call.outputGradient
            for row in 0..<dx.count {
                axis.forEachLine { offset, _ in
                    let from = dy[row] + offset, to = dx[row] + offset
                    var sum: Float = 0
                    for index in stride(from: axis.count - 1, through: 0, by: -1) {
                        sum += from[index * axis.inner]
                        to[index * axis.inner] += sum
                    }
                }
            }
        })

    static let dotProduct = Op(
        "dotProduct", batching: .stacked, samples: binarySamples(),
        shape: { shapes throws(ShapeError) in
            guard shapes[0].count == shapes[1].count else {
                throw ShapeError("\(shapes[0].count) and \(shapes[1].count) elements")
            }
            return .scalar
        },
        forward: { call in
            let a = call.input(0), b = call.input(1), y = call.output
            for row in 0..<y.count { y[row].pointee = ek_dot(a.size, a[row], b[row]) }
        },
        backward: { call in
            let a = call.input(0), b = call.input(1), dy = call.outputGradient
            for row in 0..<dy.count {
                if let da = call.inputGradient(0) { ek_scale_accumulate(a.size, dy[row].pointee, b[row], da[row]) }
                if let db = call.inputGradient(1) { ek_scale_accumulate(a.size, dy[row].pointee, a[row], db[row]) }
            }
        })

    static let squaredNorm = Op(
        "squaredNorm", batching: .stacked, samples: [OpSample([[5]]), OpSample([Shape([2, 3], batchSize: 2)])],
        shape: { _ throws(ShapeError) in .scalar },
        forward: { call in
            let x = call.input(0), y = call.output
            for row in 0..<y.count { y[row].pointee = Float(ek_sum_squares(x.size, x[row])) }
        },
        backward: { call in
            guard let dx = call.inputGradient(0) else { return }
            let x = call.input(0), dy = call.outputGradient
            for row in 0..<dx.count { ek_scale_accumulate(x.size, 2 * dy[row].pointee, x[row], dx[row]) }
        })

    /// Samples of an op along dimension `attribute0`.
    static let dimensionSamples = [
        OpSample([[4]]), OpSample([[3, 4]]), OpSample([[3, 4]], settings: OpSettings(attribute0: 1)),
        OpSample([Shape([2, 3, 2], batchSize: 2)], settings: OpSettings(attribute0: 1)),
    ]
}
