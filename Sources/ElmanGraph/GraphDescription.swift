import ElmanTensor

extension ComputationGraph {
    /// Op, shape and the beginning of the value of an expression.
    func describe(_ expression: Expression) -> String {
        guard owns(expression) else { return "a stale expression: its graph was renewed or rewound" }
        let index = Int(expression.index)
        let record = storage.pointee.nodes[index]
        var text = "\(OpTable.op(record.op).name) \(storage.pointee.shape(of: index))"
        if let name = storage.pointee.parameterName(of: index) { text += " \(name)" }
        guard let value = record.value else { return text }
        let tensor = storage.pointee.copy(of: index, at: value)
        let shown = tensor.scalars.prefix(8).map { "\($0)" }.joined(separator: ", ")
        return text + " = [\(shown)\(tensor.scalars.count > 8 ? ", …" : "")]"
    }

    /// Names the first node of a batch whose value is not finite.
    func reportNonFinite(_ batch: Int) {
        let record = storage.pointee.batches[batch]
        for position in 0..<Int(record.nodeCount) {
            let node = Int(storage.pointee.batchNodes[Int(record.firstNode) + position])
            let value = storage.pointee.copy(of: node, at: storage.pointee.nodes[node].value!)
            guard value.scalars.contains(where: { !$0.isFinite }) else { continue }
            _ = failure(ShapeError("node \(node) is not finite: \(describe(expression(Int32(node))))"))
            return
        }
    }
}
