import ElmanTensor

/// A node of a graph for whoever draws it.
public struct OutlinedNode: Sendable, Hashable {
    /// What kind of node it is.
    public enum Kind: Sendable, Hashable {
        /// An input or a constant.
        case leaf
        /// A parameter, or rows of one.
        case parameter
        /// A part of another value, which costs nothing.
        case view
        /// Computed by an op.
        case op
    }

    /// Its number, in the order of building.
    public let index: Int
    /// The op, or the parameter's name.
    public let name: String
    /// The shape of its value.
    public let shape: Shape
    /// The kind.
    public let kind: Kind
    /// The nodes it is computed from.
    public let arguments: [Int]
    /// The number of the batch it was computed in, from 0 in the order of execution; nil where it was not computed, or is no op.
    public let batch: Int?
}

extension ComputationGraph {
    /// All nodes with what they depend on and in which batch they were computed.
    public func outline() -> [OutlinedNode] {
        let graph = storage.pointee
        var batches = [Int?](repeating: nil, count: graph.nodes.count)
        for batch in 0..<graph.batches.count {
            let record = graph.batches[batch]
            for position in 0..<Int(record.nodeCount) { batches[Int(graph.batchNodes[Int(record.firstNode) + position])] = batch }
        }
        return (0..<graph.nodes.count).map { node in
            let op = OpTable.op(graph.nodes[node].op), name = graph.parameterName(of: node)
            let kind: OutlinedNode.Kind =
                name != nil && op.isLeaf ? .parameter : op.isLeaf ? .leaf : op.isView ? .view : .op
            return OutlinedNode(
                index: node, name: name ?? op.name, shape: graph.shape(of: node), kind: kind,
                arguments: (0..<Int(graph.nodes[node].argumentCount)).map { graph.argument($0, of: node) }, batch: batches[node])
        }
    }
}
