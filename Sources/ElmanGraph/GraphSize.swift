/// How large the values of a graph are, whether they were computed or not.
package struct GraphSize: Sendable, Hashable {
    /// Nodes, parameters included.
    package var nodes = 0
    /// Numbers of the values that a result is computed from. Parameters and parts of other values do not count.
    package var needed = 0
    /// Numbers of the values that it is not computed from, such as scores of which a loss keeps what it needs itself.
    package var other = 0

    /// An empty graph.
    package init() {}
}

extension ComputationGraph {
    /// Bytes, about, of the plans that are remembered of graphs of different structure. `largestGraph` is the number of nodes of the
    /// largest, `allGraphs` that of all of them together.
    package static func bytesOfPlans(largestGraph: Int, allGraphs: Int) -> Int {
        PlanCache.bytes(graph: largestGraph, total: allGraphs)
    }

    /// How large the graph of a result is.
    package func size(of result: Expression) -> GraphSize {
        var size = GraphSize()
        size.nodes = nodeCount
        var isNeeded = [Bool](repeating: false, count: nodeCount)
        isNeeded[node(result)] = true
        for index in (0..<nodeCount).reversed() {
            let record = storage.pointee.nodes[index]
            if isNeeded[index] {
                for place in 0..<Int(record.argumentCount) {
                    isNeeded[Int(storage.pointee.arguments[Int(record.firstArgument) + place])] = true
                }
            }
            guard !record.flags.contains(.parameter), !OpTable.op(record.op).isView else { continue }
            let count = storage.pointee.shape(of: index).totalCount
            if isNeeded[index] { size.needed += count } else { size.other += count }
        }
        return size
    }
}
