import CElmanKernels
import ElmanTensor

/// The activations that `elmanStep` computes in one step.
public enum ElmanStepActivation: Int, Sendable, CaseIterable {
    /// Hyperbolic tangent.
    case tanh
    /// max(0, x).
    case relu
    /// 1 / (1 + exp(-x)).
    case sigmoid
    /// x itself: a linear network.
    case identity
}

/// One step of an Elman network, from the projected input on: `activation(projected + recurrentWeights * hidden)`.
///
/// - Parameters:
///   - projected: `[H]`, the input's part with the bias.
///   - hidden: `[H]`, the hidden value before the step.
///   - recurrentWeights: `[H, H]`.
/// - Returns: the hidden value after the step, `[H]`.
public func elmanStep(
    projected: Expression, hidden: Expression, recurrentWeights: Expression, activation: ElmanStepActivation = .tanh
) -> Expression {
    projected.graph.apply(
        .elmanStep, projected, hidden, recurrentWeights,
        OpSettings(attribute0: hidden.isZeroLeaf ? 1 : 0, attribute1: activation.rawValue))
}

extension Op {
    /// Arguments: projected input, hidden, recurrent weights. `attribute0` 1: the hidden value is zero and its product is left
    /// out. `attribute1`: the activation.
    static let elmanStep = Op(
        "elmanStep", batching: .sharing([2]), acceptsPadding: true, scattered: [0], reducible: [2],
        samples: [
            OpSample([[3], [3], [3, 3]]), OpSample([[3], [3], [3, 3]], settings: OpSettings(attribute1: 2)),
            OpSample([Shape([3], batchSize: 2), [3], [3, 3]], range: 0.1...1, settings: OpSettings(attribute1: 1)),
            OpSample([[3], [3], [3, 3]], settings: OpSettings(attribute1: 3)),
        ],
        shape: { shapes throws(ShapeError) in
            let size = shapes[1].rows
            guard shapes[0].count == size, shapes[1].count == size, shapes[2] == Shape(matrix: size, size) else {
                throw ShapeError("for a hidden size of \(size), [\(size)], [\(size)], [\(size), \(size)] fit")
            }
            return Shape(vector: size)
        },
        forward: { call in
            let y = call.output, count = y.size * y.count
            call.copyRows(call.input(0), count: y.size, to: y.base, stride: y.size)
            if call.attribute0 == 0 { call.addProduct(call.input(1), 2, outputSize: y.size, to: y.base, stride: y.size) }
            activate(ElmanStepActivation(rawValue: call.attribute1), count, y.base)
        },
        backward: { call in
            let y = call.output, dy = call.outputGradient
            let dz = part(
                of: call.reserve(y.count * y.size), from: 0, size: y.size, stride: y.size, count: y.count)
            writeElmanDerivative(ElmanStepActivation(rawValue: call.attribute1), y.count * y.size, y.base, dy.base, dz.base)
            if call.attribute0 == 0 { call.accumulateProduct(argument: 2, x: call.input(1), d: dz) }
            accumulate(dz, into: call.inputGradient(0))
            call.addTransposedProduct(dz, 2, to: call.inputGradient(1))
        })
}

/// The activation in place.
func activate(_ activation: ElmanStepActivation?, _ count: Int, _ y: UnsafeMutablePointer<Float>) {
    switch activation {
    case .tanh: ek_tanh(count, y, y)
    case .sigmoid: ek_sigmoid(count, y, y)
    // A NaN stays one.
    case .relu: for index in 0..<count where y[index] < 0 { y[index] = 0 }
    default: break
    }
}

/// dz = dy times the activation's derivative, by the result y.
func writeElmanDerivative(
    _ activation: ElmanStepActivation?, _ count: Int, _ y: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
    _ dz: UnsafeMutablePointer<Float>
) {
    switch activation {
    case .tanh, .sigmoid:
        dz.update(repeating: 0, count: count)
        if activation == .tanh { ek_tanh_gradient(count, y, dy, dz) } else { ek_sigmoid_gradient(count, y, dy, dz) }
    case .relu: for index in 0..<count { dz[index] = y[index] > 0 ? dy[index] : 0 }
    default: dz.update(from: dy, count: count)
    }
}
