// An op of one's own: x² / (1 + x²), which forgives outliers (Geman and McClure 1987), with its derivative beside it.
import Elman

extension Op {
    static let bounded = Op(
        "bounded", batching: .stacked, samples: [OpSample([[5]]), OpSample([[3, 2]])],
        shape: { shapes throws(ShapeError) in shapes[0] },
        forward: { call in
            let x = call.input(0), y = call.output
            for row in 0..<y.count {
                for index in 0..<y.size {
                    let square = x[row][index] * x[row][index]
                    y[row][index] = square / (1 + square)
                }
            }
        },
        backward: { call in
            guard let dx = call.inputGradient(0) else { return }  // nobody needs it
            let x = call.input(0), dy = call.outputGradient
            for row in 0..<dy.count {
                for index in 0..<dy.size {
                    let root = 1 + x[row][index] * x[row][index]
                    dx[row][index] += dy[row][index] * 2 * x[row][index] / (root * root)  // add, never set
                }
            }
        })
}

func bounded(_ x: Expression) -> Expression { x.applying(.bounded) }

/// The same as a function of other ops. Most ops need no more than this.
func boundedOfOthers(_ x: Expression) -> Expression { square(x) ./ (square(x) + 1) }

let parameters = ParameterCollection()
let weights = parameters.add([4], named: "weights", initializer: .values([-2, -0.5, 0.1, 3]))
let graph = ComputationGraph()
for function in [bounded, boundedOfOthers] {
    graph.renew()
    parameters.clearGradients()
    let loss = sum(function(weights(in: graph)))
    loss.backward()
    print("value \(loss.value.scalar), gradient \(weights.gradient!.scalars)")
}
