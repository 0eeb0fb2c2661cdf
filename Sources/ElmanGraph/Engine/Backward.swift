import CElmanKernels
import ElmanTensor

extension ComputationGraph {
    /// Gradients of a single number with respect to everything it depends on. See `Expression.backward`.
    /// - Parameters:
    ///   - arriving: what the gradients of these expressions start from: what reaches them from another graph. They are computed.
    ///   - postponesShared: the gradients of `sharedExpressions` go no further.
    func backward(
        from expression: Expression, full: Bool, arriving: [(expression: Expression, gradient: Tensor)] = [],
        postponesShared: Bool = false
    ) {
        let target = node(expression)
        let shape = storage.pointee.shape(of: target)
        guard shape.totalCount == 1 else {
            _ = failure(ShapeError("backward: a loss is a single number, not \(shape); sum it first"))
            return
        }
        guard keepsForBackward else {
            _ = failure(ShapeError("backward: the graph was made with keepsForBackward: false"))
            return
        }
        if storage.pointee.nodes[target].flags.contains(.poisoned) { return }
        evaluate(target)
        let previous = full ? storage.pointee.markAllForGradients(upTo: target) : nil
        defer { if let previous { storage.pointee.restoreFlags(previous) } }
        let sources = arriving.map { (node: node($0.expression), gradient: $0.gradient) }.filter {
            storage.pointee.nodes[$0.node].flags.contains(.needsGradient)
        }
        let needsGradient = storage.pointee.nodes[target].flags.contains(.needsGradient)
        guard needsGradient || !sources.isEmpty else { return }
        storage.pointee.markReachable(from: sources.map(\.node) + (needsGradient ? [target] : []))
        storage.pointee.zeroGradients()
        if needsGradient { storage.pointee.seedGradient(of: target) }
        for source in sources { storage.pointee.add(source.gradient, toGradientOf: source.node) }
        productPrecision.use { runBatches(postponesShared: postponesShared) }
        storage.pointee.lastBackward = storage.pointee.generation
        storage.pointee.wasLastBackwardFull = full
    }

    /// Runs the batches backwards, then the products that were put off.
    private func runBatches(postponesShared: Bool) {
        let table = OpTable.pointer
        for batch in stride(from: storage.pointee.batches.count - 1, through: 0, by: -1) where isReachable(batch) {
            if postponesShared, storage.pointee.isShared(batch: batch) { continue }
            let op = table[Int(storage.pointee.batches[batch].op)].unsafelyUnwrapped
            let start = profile?.time
            op._withUnsafeGuaranteedRef {
                runBackward(batch, $0)
                if let start { note(.backward, batch, $0, since: start) }
            }
        }
        let start = profile?.time
        storage.pointee.flushAllProducts()
        if let start { profile?.add(.deferred, "products of parameters", nil, nodes: 0, rows: 0, since: start) }
    }

    @inline(__always)
    private func isReachable(_ batch: Int) -> Bool {
        let record = storage.pointee.batches.pointer + batch
        let nodes = storage.pointee.batchNodes.pointer + Int(record.pointee.firstNode)
        let reachable = storage.pointee.reachable.pointer, count = storage.pointee.reachable.count
        for position in 0..<Int(record.pointee.nodeCount) {
            let node = Int(nodes[position])
            if node < count, reachable[node] != 0 { return true }
        }
        return false
    }

    private func runBackward(_ batch: Int, _ op: Op) {
        let graph = storage
        let record = graph.pointee.batches[batch]
        if graph.pointee.products.hasExpressions {
            for position in 0..<Int(record.nodeCount) {
                graph.pointee.flushProducts(of: graph.pointee.batchNodes[Int(record.firstNode) + position])
            }
        }
        if record.isSpent, record.auxiliary != nil {
            graph.pointee.batches.pointer[batch].auxiliary = nil
            op.forward(call(batch, inputGradients: nil))
        }
        graph.pointee.batches.pointer[batch].isSpent = true
        let first = Int(graph.pointee.batchNodes[Int(record.firstNode)])
        let argumentCount = Int(graph.pointee.nodes[first].argumentCount)
        withUnsafeTemporaryAllocation(of: Rows?.self, capacity: max(argumentCount, 1)) { gradients in
            for position in 0..<argumentCount { gradients[position] = graph.gradientRows(position, of: record, op) }
            op.backward(call(batch, inputGradients: UnsafePointer(gradients.baseAddress!)))
            for position in 0..<argumentCount where graph.pointee.batchRows[Int(record.firstRows) + position].isGathered {
                if let rows = gradients[position] { graph.scatter(rows, position, of: record, op) }
            }
        }
    }

    /// Copies out the gradient of an expression.
    func gradient(of expression: Expression) -> Tensor {
        let index = node(expression)
        let record = storage.pointee.nodes[index]
        if record.flags.contains(.parameter) {
            let entry = storage.pointee.entries[Int(record.data)]
            guard entry.hasGradient else { return Tensor(repeating: 0, shape: entry.shape) }
            entry.prepareGradient()
            return Tensor(shape: entry.shape, scalars: entry.copy(of: entry.gradients))
        }
        guard storage.pointee.lastBackward == storage.pointee.generation, index < storage.pointee.reachable.count else {
            fail("the gradient of an expression is asked for before backward()")
        }
        guard record.flags.contains(.needsGradient) || storage.pointee.wasLastBackwardFull else {
            fail("the gradient of an expression that depends on no parameter is asked for; use backward(full: true)")
        }
        guard storage.pointee.reachable[index] != 0 else { return Tensor(repeating: 0, shape: storage.pointee.shape(of: index)) }
        return storage.pointee.copy(of: index, at: storage.pointee.gradient(of: index))
    }

    /// The gradients of `loss` with respect to the given expressions, whatever they are, without touching any parameter's
    /// accumulated gradient but those of parameters that the loss depends on.
    public func gradients(of loss: Expression, for expressions: [Expression]) -> [Tensor] {
        backward(from: loss, full: true)
        return expressions.map(gradient(of:))
    }
}

extension GraphStorage {
    @inline(__always)
    func needsGradient(_ node: Int) -> Bool { nodes[node].flags.contains(.needsGradient) }

    /// Marks the nodes through which the targets depend on something that needs a gradient.
    mutating func markReachable(from targets: [Int]) {
        reachable.resize(to: nodes.count)
        reachable.pointer.update(repeating: 0, count: nodes.count)
        for target in targets { reachable[target] = 1 }
        for index in stride(from: targets.max() ?? -1, through: 0, by: -1) where reachable[index] != 0 {
            let start = Int(nodes[index].firstArgument)
            for position in start..<start + Int(nodes[index].argumentCount) {
                let argument = Int(arguments[position])
                if needsGradient(argument) { reachable[argument] = 1 }
            }
        }
    }

    /// Starts the backward pass: the derivative of the loss by itself is 1.
    mutating func seedGradient(of target: Int) {
        if nodes[target].flags.contains(.parameter) { entries[Int(nodes[target].data)].prepareGradient() }
        gradient(of: target).pointee += 1
    }

    /// Adds to the gradient of a computed node that is no parameter.
    func add(_ tensor: Tensor, toGradientOf node: Int) {
        let count = shape(of: node).count, target = gradient(of: node), stride = Int(nodes[node].rowStride)
        tensor.scalars.withUnsafeBufferPointer { source in
            for member in 0..<shape(of: node).batchSize {
                ek_accumulate(count, source.baseAddress! + member * count, target + member * stride)
            }
        }
    }

    /// Whether a batch is of nodes that are shared by the graphs of a long computation.
    func isShared(batch: Int) -> Bool {
        !sharedNodes.isEmpty && sharedNodes.contains(batchNodes[Int(batches[batch].firstNode)])
    }

    /// Zeroes the gradients of everything that was computed: they are accumulated into.
    mutating func zeroGradients() {
        gradients.base.update(repeating: 0, count: values.used)
    }

    /// Makes every node need a gradient; returns what the flags were.
    mutating func markAllForGradients(upTo target: Int) -> [Node.Flags] {
        let previous = (0...target).map { nodes[$0].flags }
        for index in 0...target where !nodes[index].flags.contains(.parameter) {
            nodes.pointer[index].flags.insert(.needsGradient)
        }
        return previous
    }

    mutating func restoreFlags(_ flags: [Node.Flags]) {
        for (index, value) in flags.enumerated() { nodes.pointer[index].flags = value }
    }

    // MARK: Deferred products

    /// Computes what is deferred for one node and for its views.
    mutating func flushProducts(of owner: Int32) {
        while let node = products.firstNode(of: owner) { flush(node) }
    }

    private mutating func flush(_ node: Int32) {
        let index = Int(node)
        if nodes[index].flags.contains(.parameter) {
            let entry = entries[Int(nodes[index].data)]
            let keeps = entry.beginGradient()
            products.flush(node, into: entry.gradients, columnStride: entry.columnStride, keeps: keeps)
        } else {
            products.flush(
                node, into: gradient(of: index), columnStride: Int(nodes[index].columnStride), keeps: true)
        }
    }

    mutating func flushAllProducts() {
        while let node = products.firstNode { flush(node) }
    }
}

// On the pointer and not on the storage, which would be copied at each call.
extension UnsafeMutablePointer<GraphStorage> {
    /// Defers the product of x and d, or the sum of d where there is no x, that is the gradient of a shared argument.
    func postpone(_ node: Int, x: Rows?, d: Rows) {
        let isParameter = pointee.nodes[node].flags.contains(.parameter)
        let owner = isParameter ? node : viewed(node)
        pointee.products.add(node: Int32(node), owner: Int32(owner), isParameter: isParameter, x: x, d: d)
    }

    /// The node that a node is a view of, through any number of views; the node itself where it is none.
    private func viewed(_ node: Int) -> Int {
        var node = node
        while pointee.nodes[node].argumentCount == 1, OpTable.op(pointee.nodes[node].op).isView {
            node = pointee.argument(0, of: node)
        }
        return node
    }
}
