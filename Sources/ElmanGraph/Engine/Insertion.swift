import ElmanTensor

extension Op {
    static let input = Op(leaf: "input")
    static let parameter = Op(leaf: "parameter")
    static let lookupTable = Op(leaf: "lookupTable")
    static let zeros = Op(leaf: "zeros")
    static let poison = Op(leaf: "failure")
}

extension Expression {
    /// A node of `op` with this expression as its argument.
    public func applying(_ op: Op, _ settings: OpSettings = OpSettings()) -> Expression {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 1) { indices in
            indices[0] = Int32(truncatingIfNeeded: graph.node(self))
            return graph.insert(op, UnsafeBufferPointer(indices), settings)
        }
    }

    /// A node of `op` with this expression and another as its arguments.
    public func applying(_ op: Op, with other: Expression, _ settings: OpSettings = OpSettings()) -> Expression {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2) { indices in
            indices[0] = Int32(truncatingIfNeeded: graph.node(self))
            indices[1] = Int32(truncatingIfNeeded: graph.node(other))
            return graph.insert(op, UnsafeBufferPointer(indices), settings)
        }
    }
}

extension ComputationGraph {
    /// A node of `op` with any number of arguments, at least one.
    public func apply(_ op: Op, _ arguments: [Expression], _ settings: OpSettings = OpSettings()) -> Expression {
        guard !arguments.isEmpty else { return failure(ShapeError("\(op.name): no arguments")) }
        return withUnsafeTemporaryAllocation(of: Int32.self, capacity: arguments.count) { indices in
            for (position, argument) in arguments.enumerated() { indices[position] = Int32(node(argument)) }
            return insert(op, UnsafeBufferPointer(indices), settings)
        }
    }

    /// A node of `op` with three arguments.
    func apply(
        _ op: Op, _ a: Expression, _ b: Expression, _ c: Expression, _ settings: OpSettings = OpSettings()
    ) -> Expression {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 3) { indices in
            indices[0] = Int32(truncatingIfNeeded: node(a))
            indices[1] = Int32(truncatingIfNeeded: node(b))
            indices[2] = Int32(truncatingIfNeeded: node(c))
            return insert(op, UnsafeBufferPointer(indices), settings)
        }
    }

    /// A node of `op` with four arguments.
    func apply(
        _ op: Op, _ a: Expression, _ b: Expression, _ c: Expression, _ d: Expression, _ settings: OpSettings
    ) -> Expression {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 4) { indices in
            indices[0] = Int32(truncatingIfNeeded: node(a))
            indices[1] = Int32(truncatingIfNeeded: node(b))
            indices[2] = Int32(truncatingIfNeeded: node(c))
            indices[3] = Int32(truncatingIfNeeded: node(d))
            return insert(op, UnsafeBufferPointer(indices), settings)
        }
    }

    /// Checks, signs and appends a node.
    func insert(_ op: Op, _ arguments: UnsafeBufferPointer<Int32>, _ settings: OpSettings) -> Expression {
        settings.data.withUnsafeBufferPointer { insert(op, arguments, settings, data: $0) }
    }

    /// As above, with `data` for the settings' own.
    func insert(
        _ op: Op, _ arguments: UnsafeBufferPointer<Int32>, _ settings: OpSettings, data: UnsafeBufferPointer<Int32>
    ) -> Expression {
        let graph = storage
        let twin = graph.twin(of: op, arguments, settings)
        let index: Int
        if twin >= 0, data.isEmpty, graph.pointee.nodes[twin].dataCount == 0 {
            let node = graph.pointee.nodes.pointer + twin
            index = graph.append(
                op, arguments, settings, shape: node.pointee.shape, signature: node.pointee.signature, data: (0, 0))
        } else {
            if twin < 0, let stand = poisonOrDense(op, arguments, settings, data) { return stand }
            let shape: Shape
            do {
                shape = try graph.pointee.resultShape(of: op, arguments, settings, data)
            } catch {
                return failure(graph.pointee.explained(error, op, arguments))
            }
            let first = graph.pointee.integers.extend(by: data.count)
            for position in 0..<data.count { graph.pointee.integers[first + position] = data[position] }
            index = graph.append(op, arguments, settings, shape, twin: twin, data: (first, data.count))
        }
        if isImmediate { evaluate(index) }
        return Expression(graph: self, index: Int32(truncatingIfNeeded: index), generation: graph.pointee.generation)
    }

    /// Where an argument stands for a failure, that failure; where one is a padded parameter that the op cannot read, the
    /// op on a dense copy of it.
    @inline(__always)
    private func poisonOrDense(
        _ op: Op, _ arguments: UnsafeBufferPointer<Int32>, _ settings: OpSettings, _ data: UnsafeBufferPointer<Int32>
    ) -> Expression? {
        let nodes = storage.pointee.nodes.pointer
        var flags: Node.Flags = []
        for argument in arguments { flags.formUnion(nodes[Int(argument)].flags) }
        if flags.isDisjoint(with: [.poisoned, .padded, .parameter]) { return nil }
        if flags.contains(.poisoned) {
            let poison = arguments.first { nodes[Int($0)].flags.contains(.poisoned) }
            return expression(poison!)
        }
        let needsCopy = arguments.indices.contains { needsDenseCopy(op, $0, nodes[Int(arguments[$0])].flags) }
        return needsCopy ? insertDense(op, arguments, settings, data) : nil
    }

    /// Whether an argument is a parameter that the op cannot read where it lies.
    @inline(__always)
    private func needsDenseCopy(_ op: Op, _ position: Int, _ flags: Node.Flags) -> Bool {
        // A view of a parameter would have its gradient where nobody looks for it.
        if op.isView { return flags.contains(.parameter) }
        if flags.contains(.reduced), op !== Op.denseCopy, keepsForBackward || !op.takesReduced(position, flags) { return true }
        return flags.contains(.padded) && !(op.acceptsPadding && op.shares(position))
    }

    @inline(never)
    private func insertDense(
        _ op: Op, _ arguments: UnsafeBufferPointer<Int32>, _ settings: OpSettings, _ data: UnsafeBufferPointer<Int32>
    ) -> Expression {
        var settings = settings
        settings.data = Array(data)
        let dense = arguments.enumerated().map { position, argument -> Expression in
            let flags = storage.pointee.nodes[Int(argument)].flags
            return needsDenseCopy(op, position, flags) ? denseCopy(of: argument, flags) : expression(argument)
        }
        return apply(op, dense, settings)
    }

    /// A dense copy of a parameter. One that is held in fewer bits is copied once, its leaf remembers where.
    private func denseCopy(of argument: Int32, _ flags: Node.Flags) -> Expression {
        guard flags.contains(.reduced) else { return expression(argument).applying(.denseCopy) }
        let known = Int(storage.pointee.nodes[Int(argument)].attribute0) - 1
        if known >= 0, known < storage.pointee.nodes.count, storage.pointee.nodes[known].op == Op.denseCopy.id,
            storage.pointee.argument(0, of: known) == Int(argument)
        {
            return expression(Int32(known))
        }
        let copy = expression(argument).applying(.denseCopy)
        storage.pointee.nodes.pointer[Int(argument)].attribute0 = copy.index + 1
        return copy
    }

    // MARK: Leaves

    /// A leaf whose value is copied in.
    func insertLeaf(_ op: Op, shape: Shape, flags: Node.Flags, value: [Float]) -> Expression {
        guard shape.totalCount > 0 else { return failure(ShapeError("\(op.name): the shape \(shape) has no elements")) }
        let pointer = storage.pointee.values.allocate(shape.totalCount)
        value.withUnsafeBufferPointer { pointer.update(from: $0.baseAddress!, count: shape.totalCount) }
        return insertLeaf(op, shape: shape, flags: flags, pointer: pointer, columnStride: shape.rows, data: 0)
    }

    func insertLeaf(
        _ op: Op, shape: Shape, flags: Node.Flags, pointer: UnsafeMutablePointer<Float>, columnStride: Int, data: Int
    ) -> Expression {
        let index = storage.pointee.nodes.count
        storage.pointee.nodes.append(
            Node(
                op: op.id, flags: flags, shape: storage.pointee.shapes.index(of: shape), firstArgument: 0, argumentCount: 0,
                attribute0: 0, attribute1: 0, scalar: 0, data: Int32(data), dataCount: 0, signature: -1, depth: 0,
                rowStride: Int32(shape.count), columnStride: Int32(columnStride), generation: storage.pointee.generation,
                value: pointer))
        return expression(Int32(index))
    }

    @inline(__always)
    func insertParameter(_ entry: Unmanaged<ParameterEntry>, of store: ParameterStore, isUpdated: Bool) -> Expression {
        let known = storage.pointee.parameterNodes.node(of: entry, isUpdated: isUpdated)
        if known >= 0 { return expression(known) }
        return insertNewParameter(entry.takeUnretainedValue(), of: store, isUpdated: isUpdated)
    }

    @inline(never)
    private func insertNewParameter(_ entry: ParameterEntry, of store: ParameterStore, isUpdated: Bool) -> Expression {
        var flags: Node.Flags = .parameter
        if entry.columnStride != entry.shape.rows { flags.insert(.padded) }
        if isUpdated, !entry.isFrozen { flags.insert(.needsGradient) }
        if let reduced = entry.reduced {
            flags.insert(.reduced)
            if reduced.suits(transposed: false) { flags.insert(.suitsProducts) }
            if reduced.suits(transposed: true) { flags.insert(.suitsTransposedProducts) }
        }
        if !storage.pointee.stores.contains(where: { $0 === store }) { storage.pointee.stores.append(store) }
        storage.pointee.entries.append(entry)
        let expression = insertLeaf(
            entry.isLookup ? .lookupTable : .parameter, shape: entry.shape, flags: flags, pointer: entry.values,
            columnStride: entry.columnStride, data: storage.pointee.entries.count - 1)
        storage.pointee.parameterNodes.insert(expression.index, for: entry, isUpdated: isUpdated)
        return expression
    }

    /// A node that looks up rows of a table.
    func insertLookup(_ table: LookupParameter, _ indices: some Collection<Int32>, isUpdated: Bool) -> Expression {
        let count = Int32(clamping: table.count)
        if let wrong = indices.first(where: { $0 < 0 || $0 >= count }) {
            return failure(ShapeError("lookup: row \(wrong) of \(table.name), which has \(count) rows"))
        }
        if indices.isEmpty { return failure(ShapeError("lookup: no rows of \(table.name) are asked for")) }
        let graph = storage
        var matrix = insertParameter(table.reference, of: table.store, isUpdated: isUpdated)
        let flags = graph.pointee.nodes[Int(matrix.index)].flags
        if flags.contains(.reduced), needsDenseCopy(.lookup, 0, flags) { matrix = denseCopy(of: matrix.index, flags) }
        let first = graph.pointee.integers.extend(by: indices.count)
        for (position, index) in indices.enumerated() { graph.pointee.integers[first + position] = index }
        let shape = Shape(vector: table.size, batchSize: indices.count), settings = OpSettings()
        let index = withUnsafePointer(to: matrix.index) { argument in
            let arguments = UnsafeBufferPointer(start: argument, count: 1)
            let twin = graph.twin(of: .lookup, arguments, settings)
            return graph.append(.lookup, arguments, settings, shape, twin: twin, data: (first, indices.count))
        }
        if isImmediate { evaluate(index) }
        return Expression(graph: self, index: Int32(truncatingIfNeeded: index), generation: graph.pointee.generation)
    }
}

extension GraphStorage {
    @inline(__always)
    fileprivate mutating func resultShape(
        of op: Op, _ arguments: UnsafeBufferPointer<Int32>, _ settings: OpSettings, _ data: UnsafeBufferPointer<Int32>
    ) throws(ShapeError) -> Shape {
        let view = withUnsafeMutablePointer(to: &self) { storage in
            OpArguments(
                storage: storage, indices: arguments.baseAddress!, count: arguments.count,
                attribute0: settings.attribute0, attribute1: settings.attribute1, data: data)
        }
        let shape = try op.shape(view)
        guard shape.count > 0 else { throw ShapeError("the result has the shape \(shape), which has no elements") }
        return op.decidesBatch ? shape : shape.batched(try view.batchSize())
    }

    /// The error with the op, the shapes of its arguments and the names of the parameters among them.
    fileprivate func explained(_ error: ShapeError, _ op: Op, _ arguments: UnsafeBufferPointer<Int32>) -> ShapeError {
        let shapes = arguments.map { "\(shape(of: Int($0)))" }.joined(separator: " and ")
        let names = arguments.compactMap { parameterName(of: Int($0)) }
        let mention = names.isEmpty ? "" : ", parameter \(names.joined(separator: " and "))"
        return ShapeError("\(op.name): \(error.description) (arguments of shape \(shapes)\(mention), node \(nodes.count))")
    }

    /// The name of the parameter that a node stands for.
    func parameterName(of node: Int) -> String? {
        guard nodes[node].flags.contains(.parameter) else { return nil }
        return entries[Int(nodes[node].data)].name
    }
}

// On the pointer and not on the storage, which would be copied at each call.
extension UnsafeMutablePointer<GraphStorage> {
    /// Appends a node whose shape is known. `data` is a range of the column of integers.
    func append(
        _ op: Op, _ arguments: UnsafeBufferPointer<Int32>, _ settings: OpSettings, _ shape: Shape, twin: Int,
        data: (first: Int, count: Int)
    ) -> Int {
        if twin >= 0 {
            let node = pointee.nodes[twin]
            if pointee.shapes[Int(node.shape)] == shape {
                return append(op, arguments, settings, shape: node.shape, signature: node.signature, data: data)
            }
        }
        let number = pointee.shapes.index(of: shape)
        pointee.twins[twinHash(op, arguments, settings)] = Int32(truncatingIfNeeded: pointee.nodes.count)
        // Views are no work that could be batched.
        let signature =
            op.isView
            ? -1
            : op.isRagged ? signRagged(op, arguments, settings, shape) : sign(op, arguments, settings, number)
        return append(op, arguments, settings, shape: number, signature: signature, data: data)
    }

    /// Appends a node whose shape and signature are known.
    @inline(__always)
    func append(
        _ op: Op, _ arguments: UnsafeBufferPointer<Int32>, _ settings: OpSettings, shape: Int32, signature: Int32,
        data: (first: Int, count: Int)
    ) -> Int {
        let first = pointee.arguments.extend(by: arguments.count), index = pointee.nodes.extend(by: 1)
        let nodes = pointee.nodes.pointer, own = pointee.arguments.pointer + first
        var depth: Int32 = 0
        var flags: Node.Flags = []
        for position in 0..<arguments.count {
            let argument = arguments[position]
            own[position] = argument
            // What is computed already is nothing to wait for, as a leaf.
            depth = max(depth, nodes[Int(argument)].value == nil ? nodes[Int(argument)].depth + 1 : 1)
            flags.formUnion(nodes[Int(argument)].flags)
        }
        flags.formIntersection(settings.isDifferentiable ? .needsGradient : [])
        let size = pointee.shapes.size(Int(shape))
        nodes[index] = Node(
            op: op.id, flags: flags, shape: shape, firstArgument: Int32(truncatingIfNeeded: first),
            argumentCount: Int32(truncatingIfNeeded: arguments.count), attribute0: Int32(settings.attribute0),
            attribute1: Int32(settings.attribute1), scalar: settings.scalar,
            data: data.count == 0 ? 0 : Int32(truncatingIfNeeded: data.first),
            dataCount: Int32(truncatingIfNeeded: data.count), signature: signature, depth: depth, rowStride: size.count,
            columnStride: size.rows, generation: pointee.generation, value: nil)
        return index
    }

    /// The number of a node's signature.
    private func sign(
        _ op: Op, _ arguments: UnsafeBufferPointer<Int32>, _ settings: OpSettings, _ shape: Int32
    ) -> Int32 {
        let nodes = pointee.nodes.pointer, count = arguments.count
        return pointee.signatures.number(length: 5 + count + (op.isSingle ? 1 : 0)) { key in
            key[0] = Int32(op.id)
            key[1] = Int32(settings.attribute0)
            key[2] = Int32(settings.attribute1)
            key[3] = Int32(bitPattern: settings.scalar.bitPattern)
            key[4] = shape
            for position in 0..<count {
                let argument = arguments[position], node = nodes + Int(argument)
                let needsGradient: Int32 = node.pointee.flags.contains(.needsGradient) ? 1 : 0
                key[5 + position] = op.shares(position) ? -1 - argument : node.pointee.shape << 1 | needsGradient
            }
            if op.isSingle { key[5 + count] = Int32(truncatingIfNeeded: pointee.nodes.count) }
        }
    }

    /// The number of a signature that leaves the sizes of batches out, but says which arguments are one row for the whole of
    /// a node's batch.
    private func signRagged(
        _ op: Op, _ arguments: UnsafeBufferPointer<Int32>, _ settings: OpSettings, _ shape: Shape
    ) -> Int32 {
        let nodes = pointee.nodes.pointer, count = arguments.count
        let number = pointee.shapes.index(of: shape.batched(1))
        let words = arguments.indices.map { position -> Int32 in
            let argument = Int(arguments[position])
            if op.shares(position) { return -1 - Int32(argument) }
            let own = pointee.shape(of: argument), isSpread = !op.decidesBatch && own.batchSize != shape.batchSize
            let needsGradient: Int32 = nodes[argument].flags.contains(.needsGradient) ? 1 : 0
            return pointee.shapes.index(of: own.batched(1)) << 2 | (isSpread ? 2 : 0) | needsGradient
        }
        return pointee.signatures.number(length: 5 + count) { key in
            key[0] = Int32(op.id)
            key[1] = Int32(settings.attribute0)
            key[2] = Int32(settings.attribute1)
            key[3] = Int32(bitPattern: settings.scalar.bitPattern)
            key[4] = number
            for position in 0..<count { key[5 + position] = words[position] }
        }
    }
}
