import CElmanKernels
import ElmanTensor

infix operator .* : MultiplicationPrecedence
infix operator ./ : MultiplicationPrecedence

// Arguments of elementwise functions have one shape, or one of them is a single number (shape `[]`), which meets every
// element of the other. The batches are equal, or one of them is 1.

/// The elementwise sum.
public func + (left: Expression, right: Expression) -> Expression { combine(left, right, .add) }

/// The elementwise difference.
public func - (left: Expression, right: Expression) -> Expression { combine(left, right, .subtract) }

/// The elementwise product. `*` is the matrix product.
public func .* (left: Expression, right: Expression) -> Expression { combine(left, right, .multiply) }

/// The elementwise quotient.
public func ./ (left: Expression, right: Expression) -> Expression { combine(left, right, .divide) }

/// The smaller of two elements, everywhere. Of equal ones the first has the gradient.
public func min(_ left: Expression, _ right: Expression) -> Expression { combine(left, right, .minimum) }

/// The larger of two elements, everywhere. Of equal ones the first has the gradient.
public func max(_ left: Expression, _ right: Expression) -> Expression { combine(left, right, .maximum) }

/// Every element of `base`, above 0, to the power of the element of `exponent`.
public func pow(_ base: Expression, _ exponent: Expression) -> Expression { exp(exponent .* log(base)) }

/// Every element plus a number.
public func + (left: Expression, right: Float) -> Expression { linearMap(left, 1, right) }

/// A number plus every element.
public func + (left: Float, right: Expression) -> Expression { linearMap(right, 1, left) }

/// Every element minus a number.
public func - (left: Expression, right: Float) -> Expression { linearMap(left, 1, -right) }

/// A number minus every element.
public func - (left: Float, right: Expression) -> Expression { linearMap(right, -1, left) }

/// Every element times a number.
public func * (left: Expression, right: Float) -> Expression { linearMap(left, right, 0) }

/// Every element times a number.
public func * (left: Float, right: Expression) -> Expression { linearMap(right, left, 0) }

/// Every element divided by a number.
public func / (left: Expression, right: Float) -> Expression { linearMap(left, 1 / right, 0) }

/// A number divided by every element.
public func / (left: Float, right: Expression) -> Expression { right.graph.constant(left, []) ./ right }

/// The negative of every element.
public prefix func - (x: Expression) -> Expression { linearMap(x, -1, 0) }

/// scale · x + shift, for every element.
private func linearMap(_ x: Expression, _ scale: Float, _ shift: Float) -> Expression {
    x.applying(.linearMap, OpSettings(attribute0: Int(Int32(bitPattern: shift.bitPattern)), scalar: scale))
}

/// Applies an elementwise op; a single number is spread over the other's shape.
@inline(__always)
private func combine(_ left: Expression, _ right: Expression, _ op: Op) -> Expression {
    let nodes = left.graph.storage.pointee.nodes.pointer
    if nodes[left.graph.node(left)].shape == nodes[left.graph.node(right)].shape { return left.applying(op, with: right) }
    return combineSpread(left, right, op)
}

@inline(never)
private func combineSpread(_ left: Expression, _ right: Expression, _ op: Op) -> Expression {
    let a = left.shape, b = right.shape
    guard (a.rank == 0) != (b.rank == 0), !left.isFailure, !right.isFailure else { return left.applying(op, with: right) }
    if op === Op.multiply { return a.rank == 0 ? right.applying(.scaleBy, with: left) : left.applying(.scaleBy, with: right) }
    if a.rank == 0 { return broadcast(left, to: b).applying(op, with: right) }
    return left.applying(op, with: broadcast(right, to: a))
}

extension Op {
    static let add = binary(
        "add", forward: { ek_add($0, $1, $2, $3) },
        backward: { n, _, _, dy, da, db in
            if let da { ek_accumulate(n, dy, da) }
            if let db { ek_accumulate(n, dy, db) }
        })

    static let subtract = binary(
        "subtract", forward: { n, a, b, y in for index in 0..<n { y[index] = a[index] - b[index] } },
        backward: { n, _, _, dy, da, db in
            if let da { ek_accumulate(n, dy, da) }
            if let db { ek_scale_accumulate(n, -1, dy, db) }
        })

    static let multiply = binary(
        "multiply", forward: { ek_multiply($0, $1, $2, $3) },
        backward: { n, a, b, dy, da, db in
            if let da { ek_multiply_accumulate(n, dy, b, da) }
            if let db { ek_multiply_accumulate(n, dy, a, db) }
        })

    static let divide = binary(
        "divide", samples: binarySamples(range: 0.5...2),
        forward: { n, a, b, y in for index in 0..<n { y[index] = a[index] / b[index] } },
        backward: { n, a, b, dy, da, db in
            if let da { for index in 0..<n { da[index] += dy[index] / b[index] } }
            if let db { for index in 0..<n { db[index] -= dy[index] * a[index] / (b[index] * b[index]) } }
        })

    static let minimum = binary(
        "min", forward: { n, a, b, y in for index in 0..<n { y[index] = a[index] <= b[index] ? a[index] : b[index] } },
        backward: { n, a, b, dy, da, db in
            if let da { for index in 0..<n where a[index] <= b[index] { da[index] += dy[index] } }
            if let db { for index in 0..<n where !(a[index] <= b[index]) { db[index] += dy[index] } }
        })

    static let maximum = binary(
        "max", forward: { n, a, b, y in for index in 0..<n { y[index] = a[index] >= b[index] ? a[index] : b[index] } },
        backward: { n, a, b, dy, da, db in
            if let da { for index in 0..<n where a[index] >= b[index] { da[index] += dy[index] } }
            if let db { for index in 0..<n where !(a[index] >= b[index]) { db[index] += dy[index] } }
        })

    /// Every element times `scalar`, plus the number whose bits are `attribute0`.
    static let linearMap = unary(
        "linearMap",
        samplesWithSettings: [
            OpSample([[4]], settings: OpSettings(scalar: -2.5)),
            OpSample([[2, 3]], settings: OpSettings(attribute0: Int(Int32(bitPattern: Float(0.75).bitPattern)), scalar: 1)),
        ],
        forward: { call, n, x, y in
            let scale = call.scalar, shift = Float(bitPattern: UInt32(truncatingIfNeeded: call.attribute0))
            if shift == 0 {
                for index in 0..<n { y[index] = scale * x[index] }
            } else {
                for index in 0..<n { y[index] = scale * x[index] + shift }
            }
        },
        backward: { call, n, _, _, dy, dx in ek_scale_accumulate(n, call.scalar, dy, dx) })
}
