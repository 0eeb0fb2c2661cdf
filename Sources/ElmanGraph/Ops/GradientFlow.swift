import CElmanKernels
import ElmanTensor

/// What a function that is flat almost everywhere gives backwards.
public enum FlatGradient: Int, Sendable {
    /// Nothing, which is its derivative.
    case zero
    /// The gradient of the result as it is, as if nothing had been done (Bengio et al. 2013).
    case straightThrough
}

/// The same value, through which no gradient passes.
public func stopGradient(_ x: Expression) -> Expression {
    x.applying(.scaleGradient, OpSettings(scalar: 0, isDifferentiable: false))
}

/// The same value; the gradient changes its sign (Ganin et al. 2016).
public func flipGradient(_ x: Expression) -> Expression { scaleGradient(x, by: -1) }

/// The same value; the gradient is multiplied by `factor`.
public func scaleGradient(_ x: Expression, by factor: Float) -> Expression {
    x.applying(.scaleGradient, OpSettings(scalar: factor))
}

/// Every element rounded to a whole number, halves away from zero.
public func round(_ x: Expression, gradient: FlatGradient = .zero) -> Expression { flat(x, .round, gradient) }

/// Every element rounded down to a whole number.
public func floor(_ x: Expression, gradient: FlatGradient = .zero) -> Expression { flat(x, .floor, gradient) }

/// Every element rounded up to a whole number.
public func ceil(_ x: Expression, gradient: FlatGradient = .zero) -> Expression { flat(x, .ceil, gradient) }

/// One at the largest element of every line along `dimension`, the first of equals, and zero elsewhere.
public func argmax(_ x: Expression, dimension: Int = 0, gradient: FlatGradient = .zero) -> Expression {
    x.applying(
        .argmax,
        OpSettings(attribute0: dimension, attribute1: gradient.rawValue, isDifferentiable: gradient == .straightThrough))
}

private func flat(_ x: Expression, _ op: Op, _ gradient: FlatGradient) -> Expression {
    x.applying(op, OpSettings(attribute1: gradient.rawValue, isDifferentiable: gradient == .straightThrough))
}

extension Op {
    /// The gradient is multiplied by `scalar`.
    static let scaleGradient = unary(
        "scaleGradient", samplesWithSettings: [OpSample([[4]], settings: OpSettings(scalar: -2), tolerance: .infinity)],
        forward: { _, n, x, y in y.update(from: x, count: n) },
        backward: { call, n, _, _, dy, dx in
            if call.scalar != 0 { ek_scale_accumulate(n, call.scalar, dy, dx) }
        })

    static let round = rounding("round", .toNearestOrAwayFromZero)
    static let floor = rounding("floor", .down)
    static let ceil = rounding("ceil", .up)

    /// `attribute1` 1: the gradient passes.
    private static func rounding(_ name: String, _ rule: FloatingPointRoundingRule) -> Op {
        unary(
            name, samplesWithSettings: [OpSample([[4]], settings: OpSettings(attribute1: 1), tolerance: .infinity)],
            forward: { _, n, x, y in for index in 0..<n { y[index] = x[index].rounded(rule) } },
            backward: { call, n, _, _, dy, dx in if call.attribute1 == 1 { ek_accumulate(n, dy, dx) } })
    }

    /// Along dimension `attribute0`. `attribute1` 1: the gradient passes.
    static let argmax = Op(
        "argmax", batching: .stacked,
        samples: [OpSample([[3, 4]], settings: OpSettings(attribute0: 1, attribute1: 1), tolerance: .infinity)],
        shape: { shapes throws(ShapeError) in
            try shapes.checkDimension()
            return shapes[0]
        },
        forward: { call in
            let axis = Axis(call.outputShape, call.attribute0), x = call.input(0), y = call.output
            for row in 0..<y.count {
                y[row].update(repeating: 0, count: y.size)
                axis.forEachLine { offset, _ in y[row][offset + axis.largest(in: x[row] + offset) * axis.inner] = 1 }
            }
        },
        backward: { call in
            if call.attribute1 == 1 { accumulate(call.outputGradient, into: call.inputGradient(0)) }
        })
}

extension Axis {
    /// The index of the largest element of a line, the first of equals.
    @inline(__always)
    func largest(in line: UnsafePointer<Float>) -> Int {
        var best = 0
        for index in 1..<Swift.max(count, 1) where line[index * inner] > line[best * inner] { best = index }
        return best
    }
}
