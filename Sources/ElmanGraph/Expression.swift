import ElmanTensor

/// A node of a computation graph: 16 bytes that say which graph, which node and which generation of the graph.
///
/// Expressions are built by functions and operators (`tanh(weights * x + bias)`) and computed when a value is asked for.
/// They end with `ComputationGraph.renew()`; using a stale one, or one of another graph, is reported where it happens.
public struct Expression {
    /// The graph it belongs to.
    public let graph: ComputationGraph
    let index: Int32
    let generation: UInt32

    @inline(__always)
    init(graph: ComputationGraph, index: Int32, generation: UInt32) {
        self.graph = graph
        self.index = index
        self.generation = generation
    }

    /// The dimensions, and the batch where there is one. Known before anything is computed.
    public var shape: Shape { graph.storage.pointee.shape(of: graph.node(self)) }

    /// The value, computed now where it has not been. Copied out of the graph.
    public var value: Tensor { graph.value(of: self) }

    /// The gradient of the last `backward()` with respect to this expression. Fails where it was not computed: before
    /// `backward()`, or for an expression that depends on no parameter and was not asked for.
    public var gradient: Tensor { graph.gradient(of: self) }

    /// Computes the gradients of this expression, a single number, with respect to all parameters it depends on, and adds
    /// them to the parameters' gradients. The value is computed first where it has not been.
    /// - Parameter full: also compute gradients of expressions that depend on no parameter, such as inputs.
    public func backward(full: Bool = false) { graph.backward(from: self, full: full) }
}

extension Expression: CustomStringConvertible {
    /// The op, the shape and, where it is computed, the beginning of the value.
    public var description: String { graph.describe(self) }
}

@available(*, unavailable, message: "an expression belongs to one graph, and a graph to one thread")
extension Expression: Sendable {}
