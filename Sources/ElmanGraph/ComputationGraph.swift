import ElmanTensor

/// A graph that is built while the program runs, one example after the other, and computed on demand.
///
/// Build expressions for one sentence, or for sixteen: nodes that do the same work are found and run together as one batch
/// (`batching`). A graph belongs to one thread; several graphs may live at once and share parameters. `renew()` forgets the
/// nodes and keeps the memory, so one graph serves a whole training run.
public final class ComputationGraph {
    /// How nodes are put together to batches. The values are the same bits with each of them.
    public enum Batching: String, Sendable, CaseIterable {
        /// One node after the other, as they were built: the reference.
        case none
        /// All nodes of one signature at the same depth.
        case byDepth
        /// The signature whose nodes lie lowest on average, with all its nodes that are ready (as DyNet's agenda).
        case byAgenda
    }

    let storage: UnsafeMutablePointer<GraphStorage>
    /// Nothing is computed: all values are zeros. For graphs of declared parameters, built to tell their size.
    package let isSketch: Bool
    /// How nodes are put together to batches.
    public let batching: Batching
    /// Computes every node as it is built, to find a failing line with a debugger.
    public let isImmediate: Bool
    /// Looks for values that are not finite after every batch, and names the first node that has one.
    public let checksFinite: Bool
    /// Whether kernels keep what `backward()` needs. Without, evaluation takes less memory, and `backward()` fails.
    public let keepsForBackward: Bool
    /// Notes what networks do while it is there; nil: nothing is noted. It is cleared when the graph is renewed.
    public var recording: Recording?
    /// With what precision matrix products read their factors, forward and backward.
    public var productPrecision = ProductPrecision.float32
    /// Changes what networks do while it is there; nil: nothing is changed.
    public var intervention: Intervention?
    /// Notes when batches run while it is there; nil: nobody looks at a clock.
    public var profile: ExecutionProfile?
    /// Seed of dropout and of random inputs. Every draw takes the next of the seed's streams, also after `renew`; setting the
    /// seed starts again at the first.
    public var seed: UInt64 {
        get { storage.pointee.seed }
        set {
            storage.pointee.seed = newValue
            storage.pointee.randomStream = 0
        }
    }

    /// A graph without nodes.
    /// - Parameters:
    ///   - batching: how nodes are put together to batches.
    ///   - isImmediate: compute every node as it is built.
    ///   - checksFinite: stop at the first value that is not finite.
    ///   - keepsForBackward: false for evaluation only.
    ///   - seed: seed of dropout and random inputs.
    public init(
        batching: Batching = .byAgenda, isImmediate: Bool = false, checksFinite: Bool = false, keepsForBackward: Bool = true,
        seed: UInt64 = 1
    ) {
        storage = .allocate(capacity: 1)
        storage.initialize(to: GraphStorage(capacityInFloats: 1 << 34))
        self.batching = batching
        self.isImmediate = isImmediate
        self.checksFinite = checksFinite
        self.keepsForBackward = keepsForBackward
        isSketch = false
        storage.pointee.seed = seed
    }

    /// A graph that is built and not computed, so that its size can be told: every value that is asked for is zeros.
    package static func sketch() -> ComputationGraph { ComputationGraph(isSketch: true) }

    private init(isSketch: Bool) {
        storage = .allocate(capacity: 1)
        storage.initialize(to: GraphStorage(capacityInFloats: 1 << 34))
        (batching, isImmediate, checksFinite, keepsForBackward) = (.byAgenda, false, false, true)
        self.isSketch = isSketch
        storage.pointee.seed = 1
    }

    deinit {
        storage.pointee.deallocate()
        storage.deinitialize(count: 1)
        storage.deallocate()
    }

    /// How many nodes there are.
    public var nodeCount: Int { storage.pointee.nodes.count }

    /// Numbers that the graph holds: values, their gradients, and what kernels keep.
    package var heldCount: Int { 2 * storage.pointee.values.used + storage.pointee.auxiliary.used }

    /// Forgets all nodes, and with them every expression, and keeps the memory for the next ones.
    public func renew() {
        recording?.clear()
        storage.pointee.clear()
    }

    /// Whether an expression may still be used: it is of this graph, and its node was not dropped.
    public func owns(_ expression: Expression) -> Bool {
        expression.graph === self && Int(expression.index) < storage.pointee.nodes.count
            && storage.pointee.nodes[Int(expression.index)].generation == expression.generation
    }

    /// The expression of a node.
    @inline(__always)
    func expression(_ node: Int32) -> Expression {
        Expression(graph: self, index: node, generation: storage.pointee.nodes[Int(node)].generation)
    }

    /// The index of an expression's node; fails where it is stale or of another graph.
    @inline(__always)
    func node(_ expression: Expression) -> Int {
        if expression.graph !== self || Int(expression.index) >= storage.pointee.nodes.count
            || storage.pointee.nodes[Int(expression.index)].generation != expression.generation
        {
            reportForeign(expression)
        }
        return Int(expression.index)
    }

    @inline(never)
    private func reportForeign(_ expression: Expression) -> Never {
        if expression.graph !== self {
            fail("an expression of another graph is used; build it in this graph, or carry its value over with graph.input")
        }
        fail("an expression is used after its graph was renewed or rewound; build it anew, or carry it with renew(carrying:)")
    }
}

@available(*, unavailable, message: "a graph belongs to one thread; parameters may be shared")
extension ComputationGraph: Sendable {}

// MARK: Marks

/// A point in the life of a graph, to which it can be taken back.
public struct GraphMark {
    /// How often the graph had been renewed, and the generation of its last node.
    let renewal: Int, generation: UInt32
    let nodeCount, entryCount, argumentCount, integerCount, valueCount, auxiliaryCount, batchCount, batchNodeCount,
        batchRowCount: Int
    let randomStream: UInt64
}

extension ComputationGraph {
    /// Remembers how much of the graph there is, so that what a search builds from here on can be dropped.
    public func mark() -> GraphMark {
        let graph = storage.pointee
        return GraphMark(
            renewal: graph.renewal, generation: graph.generation(beforeNode: graph.nodes.count), nodeCount: graph.nodes.count,
            entryCount: graph.entries.count, argumentCount: graph.arguments.count,
            integerCount: graph.integers.count, valueCount: graph.values.used, auxiliaryCount: graph.auxiliary.used,
            batchCount: graph.batches.count, batchNodeCount: graph.batchNodes.count, batchRowCount: graph.batchRows.count,
            randomStream: graph.randomStream)
    }

    /// Drops every node built since the mark, and its memory. Expressions built before stay usable; what was computed of
    /// them since the mark is computed again when asked for.
    public func rewind(to mark: GraphMark) {
        guard mark.renewal == storage.pointee.renewal, mark.nodeCount <= storage.pointee.nodes.count,
            mark.generation == storage.pointee.generation(beforeNode: mark.nodeCount)
        else {
            fail("a mark of a graph that was renewed, or rewound further, since")
        }
        for batch in mark.batchCount..<max(mark.batchCount, storage.pointee.batches.count) {
            let record = storage.pointee.batches[batch]
            for position in 0..<Int(record.nodeCount) {
                let node = Int(storage.pointee.batchNodes[Int(record.firstNode) + position])
                if node < mark.nodeCount { storage.pointee.nodes.pointer[node].value = nil }
            }
        }
        storage.pointee.forgetViewsOfForgotten(below: mark.nodeCount)
        storage.pointee.nodes.truncate(to: mark.nodeCount)
        storage.pointee.arguments.truncate(to: mark.argumentCount)
        storage.pointee.integers.truncate(to: mark.integerCount)
        storage.pointee.values.reset(to: mark.valueCount)
        storage.pointee.auxiliary.reset(to: mark.auxiliaryCount)
        storage.pointee.batches.truncate(to: mark.batchCount)
        storage.pointee.batchNodes.truncate(to: mark.batchNodeCount)
        storage.pointee.batchRows.truncate(to: mark.batchRowCount)
        storage.pointee.randomStream = mark.randomStream
        storage.pointee.lastBackward = 0
        storage.pointee.generation &+= 1
        storage.pointee.entries.removeSubrange(mark.entryCount...)
        storage.pointee.sharedNodes.removeAll { $0 >= mark.nodeCount }
        storage.pointee.onces = storage.pointee.onces.filter { $0.value.nodeCount <= mark.nodeCount }
        storage.pointee.forgetLeaves(from: mark.nodeCount)
    }
}

// MARK: Checking

extension ComputationGraph {
    /// Runs `body` and throws the first mistake it makes in this graph (shapes that do not fit, an index out of range)
    /// instead of ending the program. For services and notebooks.
    public func checking<Result>(_ body: () throws -> Result) throws -> Result {
        storage.pointee.checkingDepth += 1
        defer { storage.pointee.checkingDepth -= 1 }
        let outer = storage.pointee.firstError
        storage.pointee.firstError = nil
        defer { storage.pointee.firstError = outer }
        let result = try body()
        if let error = storage.pointee.firstError { throw error }
        return result
    }

    /// Ends the program with the error, or records it under `checking` and gives an expression that stands for it.
    @inline(never)
    func failure(_ error: ShapeError) -> Expression {
        guard storage.pointee.checkingDepth > 0 else { fail(error.description) }
        if storage.pointee.firstError == nil { storage.pointee.firstError = error }
        return insertLeaf(.poison, shape: .scalar, flags: .poisoned, value: [Float.nan])
    }
}
