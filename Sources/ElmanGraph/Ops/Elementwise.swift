import CElmanKernels
import ElmanTensor

// How elementwise ops of one and of two arguments are declared.

extension Op {
    /// An elementwise op of one argument. The kernels see `n` elements at once: x, y; and x, y, dy, dx (added to).
    static func unary(
        _ name: String, samples: [OpSample]? = nil,
        forward: @escaping @Sendable (Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void,
        backward:
            @escaping @Sendable (
                Int, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>
            ) -> Void
    ) -> Op {
        unary(
            name, samplesWithSettings: samples ?? [OpSample([[5]]), OpSample([[3, 2]])],
            forward: { _, n, x, y in forward(n, x, y) },
            backward: { _, n, x, y, dy, dx in backward(n, x, y, dy, dx) })
    }

    /// As above; the kernels see the call too, for its settings.
    static func unary(
        _ name: String, samplesWithSettings samples: [OpSample],
        forward: @escaping @Sendable (OpCall, Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void,
        backward:
            @escaping @Sendable (
                OpCall, Int, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>
            ) -> Void
    ) -> Op {
        Op(
            name, batching: .stacked, samples: samples,
            shape: { shapes throws(ShapeError) in shapes[0] },
            forward: { call in
                let x = call.input(0), y = call.output
                if x.isDense {
                    forward(call, y.size * y.count, x.base, y.base)
                } else {
                    for row in 0..<y.count { forward(call, y.size, x[row], y[row]) }
                }
            },
            backward: { call in
                guard let dx = call.inputGradient(0) else { return }
                let x = call.input(0), y = call.output, dy = call.outputGradient
                if x.isDense, dx.isDense {
                    backward(call, y.size * y.count, x.base, y.base, dy.base, dx.base)
                } else {
                    for row in 0..<y.count { backward(call, y.size, x[row], y[row], dy[row], dx[row]) }
                }
            })
    }

    /// An elementwise op given by a function and its derivative at x, where the function's value is y. For functions that
    /// cost more than a call.
    static func function(
        _ name: String, range: ClosedRange<Float> = -1...1, value: @escaping @Sendable (Float) -> Float,
        derivative: @escaping @Sendable (_ x: Float, _ y: Float) -> Float
    ) -> Op {
        unary(
            name, samples: [OpSample([[5]], range: range), OpSample([Shape([3, 2], batchSize: 2)], range: range)],
            forward: { n, x, y in for index in 0..<n { y[index] = value(x[index]) } },
            backward: { n, x, y, dy, dx in
                for index in 0..<n { dx[index] += dy[index] * derivative(x[index], y[index]) }
            })
    }

    /// An elementwise op of two arguments of one shape. The kernels see `n` elements at once.
    static func binary(
        _ name: String, samples: [OpSample]? = nil,
        forward: @escaping @Sendable (Int, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void,
        backward:
            @escaping @Sendable (
                Int, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>?,
                UnsafeMutablePointer<Float>?
            ) -> Void
    ) -> Op {
        Op(
            name, batching: .stacked, samples: samples ?? binarySamples(),
            shape: { shapes throws(ShapeError) in
                guard shapes[0].hasSameDimensions(as: shapes[1]) else {
                    throw ShapeError("shapes \(shapes[0]) and \(shapes[1]) differ")
                }
                return shapes[0].rank >= shapes[1].rank ? shapes[0] : shapes[1]
            },
            forward: { call in
                let a = call.input(0), b = call.input(1), y = call.output
                if a.isDense, b.isDense {
                    forward(y.size * y.count, a.base, b.base, y.base)
                } else {
                    for row in 0..<y.count { forward(y.size, a[row], b[row], y[row]) }
                }
            },
            backward: { call in
                let a = call.input(0), b = call.input(1), dy = call.outputGradient
                let da = call.inputGradient(0), db = call.inputGradient(1)
                let isDense = a.isDense && b.isDense && (da?.isDense ?? true) && (db?.isDense ?? true)
                if isDense {
                    backward(dy.size * dy.count, a.base, b.base, dy.base, da?.base, db?.base)
                } else {
                    for row in 0..<dy.count { backward(dy.size, a[row], b[row], dy[row], da?[row], db?[row]) }
                }
            })
    }

    /// Samples of an op of two arguments of one shape.
    static func binarySamples(range: ClosedRange<Float> = -1...1) -> [OpSample] {
        [
            OpSample([[5], [5]], range: range), OpSample([[3, 2], [3, 2]], range: range),
            OpSample([Shape([4], batchSize: 3), [4]], range: range),
        ]
    }
}
