import ElmanGraph
import ElmanLayers
import ElmanTensor

/// How far back a recurrent network learns: the Jacobian of its last output by its state so many steps before (Hochreiter 1991;
/// Bengio et al. 1994; Pascanu et al. 2013).
///
///     let flow = GradientFlow(of: network, inputs: words)
///     flow.norms[20]          // near 0: what was read 20 steps ago cannot be learnt from
///
/// The state has all parts of all layers, so that the memory of an LSTM counts; each part is derived by with the others of its step
/// held. Exact: one row of the Jacobian is the gradient of one output unit, and all units are members of one batch.
public struct GradientFlow: Sendable, Hashable {
    /// `norms[k]` = ‖∂h_T / ∂s_{T-k}‖_F / √H, for as many distances as there are inputs; 1 at distance 0 where the output is a part of
    /// the state.
    public let norms: [Double]

    /// Measures at the last of some inputs, from the initial state on. Gradients of the network's parameters are overwritten
    /// where nobody clears them before the next update.
    public init(of network: any RecurrentNetwork, inputs: [[Float]]) {
        let graph = ComputationGraph()
        let size = network.hiddenSize
        var state = network.start(in: graph)
        var parts: [[Expression]] = []
        for input in inputs {
            let copies = (0..<size).flatMap { _ in input }
            state.addInput(graph.input(Tensor(shape: Shape([input.count], batchSize: size), scalars: copies)))
            state.parts = state.parts.map { $0.map(separate) }
            parts.append(state.parts.flatMap { $0 })
        }
        guard let count = parts.first?.count else {
            norms = []
            return
        }
        let units = sumOverBatch(sum(state.output .* graph.oneHot(Array(0..<size), count: size)))
        let gradients = graph.gradients(of: units, for: parts.flatMap { $0 })
        norms = parts.indices.reversed().map { step in
            let squares = gradients[step * count..<(step + 1) * count].reduce(0.0) { sum, gradient in
                gradient.scalars.reduce(sum) { $0 + Double($1) * Double($1) }
            }
            return (squares / Double(size)).squareRoot()
        }
    }

    init(norms: [Double]) { self.norms = norms }

    /// The largest distance up to which the norm is at least `share` of that at distance 0; how long the network remembers in the
    /// sense that it can learn from there.
    public func memoryLength(share: Double = 0.1) -> Int {
        guard let first = norms.first else { return 0 }
        return (norms.firstIndex { !($0 >= share * first) } ?? norms.count) - 1
    }

    /// By what the norm is multiplied at each step, between two distances: below 1 the gradient vanishes, above 1 it explodes.
    public func factor(from near: Int = 1, to far: Int? = nil) -> Double {
        let far = min(far ?? norms.count - 1, norms.count - 1)
        guard near < far, norms[near] > 0 else { return .nan }
        return elementaryPower(norms[far] / norms[near], 1 / Double(far - near))
    }

    /// The geometric mean of several measurements, distance by distance; those of shorter inputs end sooner.
    public static func mean(_ flows: [GradientFlow]) -> GradientFlow {
        let length = flows.map(\.norms.count).max() ?? 0
        return GradientFlow(
            norms: (0..<length).map { distance in
                let logs = flows.filter { $0.norms.count > distance }.map { elementaryLog(max($0.norms[distance], 1e-45)) }
                return elementaryExp(logs.reduce(0, +) / Double(logs.count))
            })
    }
}

/// An expression as a node of its own: its gradient has nothing of what else goes on from the same expression.
func separate(_ expression: Expression) -> Expression { expression * 1 }
