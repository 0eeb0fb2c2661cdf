import CElmanKernels
import ElmanTensor

// Dropout of parameters instead of values. What is dropped holds for the whole graph: it follows from the graph's seed and from
// the parameter alone, and takes no number from the streams that other dropout draws from. A graph that is built again with the
// same seed drops the same.

extension ComputationGraph {
    /// From here on a parameter stands for itself with every element zero with probability `rate` and divided by 1 - `rate`
    /// otherwise, in this graph, until it is renewed (DropConnect, Wan et al. 2013; on recurrent matrices the weight drop of
    /// Merity, Keskar and Socher 2018). A rate of 0, and a second call for the same parameter, change nothing.
    ///
    /// The gradient of the parameter is exact: that of the elements that are left, divided in the same way. Uses that are kept out
    /// of the gradient (`isUpdated: false`) see the parameter whole.
    public func dropWeights(of parameter: Parameter, rate: Float) {
        guard rate >= 0, rate < 1 else {
            _ = failure(ShapeError("dropWeights: a rate of \(rate) is outside 0..<1"))
            return
        }
        let weights = parameter(in: self)
        guard rate > 0, storage.pointee.nodes[node(weights)].flags.contains(.parameter) else { return }
        let stream = UInt64(1) << 63 | UInt64(parameter.index)
        let mask = insertFilled(parameter.shape) { [seed] count, values in
            ek_dropout_mask(seed, stream, count, 1 - rate, values)
        }
        let dropped = weights .* mask
        share(dropped)
        storage.pointee.parameterNodes.insert(Int32(truncatingIfNeeded: node(dropped)), for: parameter.entry, isUpdated: true)
    }
}

extension LookupParameter {
    /// The vectors of several indices as a batch, with dropout of whole rows: all of a row is zero with probability `rate` and
    /// divided by 1 - `rate` otherwise, wherever the row is looked up in this graph (embedding dropout, Gal and Ghahramani 2016).
    /// A rate of 0 is the lookup itself. Fails for a rate outside 0..<1.
    public func vectors(_ indices: [Int], rowDropout rate: Float, in graph: ComputationGraph) -> Expression {
        let vectors = self[indices, in: graph]
        if rate == 0 { return vectors }
        guard rate > 0, rate < 1 else {
            return graph.failure(ShapeError("vectors: a rate of \(rate) is outside 0..<1"))
        }
        let table = UInt64(1) << 62 | UInt64(index) << 40
        let mask = graph.insertFilled(Shape([], batchSize: indices.count)) { [seed = graph.seed] _, values in
            for (member, row) in indices.enumerated() {
                ek_dropout_mask(seed, table + UInt64(truncatingIfNeeded: row), 1, 1 - rate, values + member)
            }
        }
        return vectors .* mask
    }
}
