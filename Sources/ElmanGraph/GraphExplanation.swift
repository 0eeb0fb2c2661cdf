import ElmanTensor

// What a graph did, in words and as a picture.

extension ComputationGraph {
    /// What was computed so far, batch by batch in the order it ran: which op over how many nodes and rows, which nodes, and
    /// which arguments had to be copied together because they lay scattered, with their bytes. Views take no batch.
    public func explain() -> String {
        let graph = storage.pointee
        var lines: [String] = [], nodeCount = 0, copiedBytes = 0
        for batch in 0..<graph.batches.count {
            let record = graph.batches[batch]
            let copies = graph.copiedArguments(of: batch)
            nodeCount += Int(record.nodeCount)
            copiedBytes += copies.reduce(0) { $0 + $1.bytes }
            lines.append("\(batch + 1). " + graph.line(of: record, copies))
        }
        let copied = copiedBytes == 0 ? "nothing copied" : "\(copiedBytes) bytes copied"
        let total = "\(graph.nodes.count) nodes; \(nodeCount) computed in \(graph.batches.count) batches (\(batching)), \(copied)"
        return ([total] + lines).joined(separator: "\n")
    }

    /// The graph in the language of Graphviz (`dot -Tsvg`): leaves as boxes, parameters in bold, views dashed.
    public func graphviz() -> String {
        let graph = storage.pointee
        var lines = ["digraph {", "  rankdir=LR; node [shape=ellipse, fontname=\"sans-serif\"];"]
        for node in 0..<graph.nodes.count {
            lines.append("  n\(node) [label=\"\(graph.label(of: node))\"\(graph.style(of: node))];")
            for position in 0..<Int(graph.nodes[node].argumentCount) {
                lines.append("  n\(graph.argument(position, of: node)) -> n\(node);")
            }
        }
        return (lines + ["}", ""]).joined(separator: "\n")
    }

    /// The first computed expression with a value that is not finite, in the order of building; nil where all are finite.
    public var firstNonFinite: Expression? {
        for node in 0..<storage.pointee.nodes.count {
            guard let value = storage.pointee.nodes[node].value else { continue }
            let tensor = storage.pointee.copy(of: node, at: value)
            if tensor.scalars.contains(where: { !$0.isFinite }) { return expression(Int32(node)) }
        }
        return nil
    }
}

extension GraphStorage {
    /// Arguments of a batch that were gathered, and how much that was.
    fileprivate func copiedArguments(of batch: Int) -> [(argument: Int, rows: Int, bytes: Int)] {
        let record = batches[batch]
        let first = Int(batchNodes[Int(record.firstNode)])
        return (0..<Int(nodes[first].argumentCount)).compactMap { position in
            let rows = batchRows[Int(record.firstRows) + position]
            return rows.isGathered ? (position, rows.count, rows.count * rows.size * 4) : nil
        }
    }

    fileprivate func line(of record: ExecutedBatch, _ copies: [(argument: Int, rows: Int, bytes: Int)]) -> String {
        let count = Int(record.nodeCount)
        let members = (0..<count).map { batchNodes[Int(record.firstNode) + $0] }
        var shape = shape(of: Int(members[0]))
        // Batches of several sizes: the shape of a member says more than the first one's.
        if Int(record.rowCount) != count * shape.batchSize { shape = shape.batched(1) }
        let names = members.prefix(6).map { "\($0)" }.joined(separator: ", ") + (count > 6 ? ", …" : "")
        var text = "\(OpTable.op(record.op).name) \(shape): \(count) \(count == 1 ? "node" : "nodes")"
        text += " (\(names)), \(record.rowCount) \(record.rowCount == 1 ? "row" : "rows")"
        for copy in copies { text += "; copied argument \(copy.argument), \(copy.rows) rows, \(copy.bytes) bytes" }
        return text
    }

    fileprivate func label(of node: Int) -> String {
        let name = parameterName(of: node).map(escaped) ?? escaped(OpTable.op(nodes[node].op).name)
        return "\(node): \(name)\\n\(shape(of: node))"
    }

    fileprivate func style(of node: Int) -> String {
        let op = OpTable.op(nodes[node].op)
        if nodes[node].flags.contains(.parameter) { return ", shape=box, style=bold" }
        if op.isLeaf { return ", shape=box" }
        return op.isView ? ", style=dashed" : ""
    }

    private func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            if character == "\"" || character == "\\" { result.append("\\") }
            result.append(character)
        }
        return result
    }
}
