import CElmanKernels
import ElmanTensor

/// Everything a graph holds, behind one pointer: properties of a class would pay an exclusivity check at every touch.
package struct GraphStorage {
    /// Counts renewals and rewinds; nodes bear it, so that expressions of dropped nodes are recognised.
    var generation: UInt32 = 1
    var renewal = 0
    var nodes = Column<Node>(capacity: 1024)
    /// Arguments of all nodes, one after the other.
    var arguments = Column<Int32>(capacity: 2048)
    /// Whole-number settings of all nodes.
    var integers = Column<Int32>(capacity: 256)
    var shapes = ShapeTable()
    var signatures = SignatureTable()
    let twins = Twins()

    /// Values of the nodes; gradients lie in `gradients` at the same offsets.
    var values: Region
    var gradients: Region
    /// What kernels keep for their backward pass, and gathered arguments.
    var auxiliary: Region

    /// Batches that were run, in order, and their nodes and argument rows.
    var batches = Column<ExecutedBatch>(capacity: 256)
    var batchNodes = Column<Int32>(capacity: 1024)
    var batchRows = Column<Rows>(capacity: 512)

    var planner = Planner()
    var reachable = Column<UInt8>(capacity: 1024)
    var parameterNodes = ParameterNodes()
    var zeroNodes: [Shape: Int32] = [:]
    /// Nodes made of parameters alone, once for all steps: see `ComputationGraph.sharedExpressions`.
    var sharedNodes: [Int32] = []
    /// Parameters in use, kept alive and found by their node's data, and the stores of them.
    var entries: [ParameterEntry] = []
    var stores: [ParameterStore] = []
    /// What is there once for a table, until the graph is renewed.
    var onces: [ObjectIdentifier: OncePerGraph] = [:]
    /// In a long computation, what stands for the random streams of what is there once.
    var onceStream: UInt64?
    var products = DeferredProducts()

    /// Generation in which gradients were computed last.
    var lastBackward: UInt32 = 0
    /// Whether they were those of all expressions, not only of those that depend on parameters.
    var wasLastBackwardFull = false

    var checkingDepth = 0
    var firstError: ShapeError?
    var seed: UInt64 = 1
    /// How many random streams were drawn from, so that each node has its own.
    var randomStream: UInt64 = 0

    init(capacityInFloats capacity: Int) {
        values = Region(capacity: capacity)
        gradients = Region(capacity: values.capacity, skew: 1)
        auxiliary = Region(capacity: capacity, skew: 2)
    }

    mutating func deallocate() {
        nodes.deallocate()
        arguments.deallocate()
        integers.deallocate()
        shapes.deallocate()
        signatures.deallocate()
        twins.deallocate()
        values.release()
        gradients.release()
        auxiliary.release()
        batches.deallocate()
        batchNodes.deallocate()
        batchRows.deallocate()
        parameterNodes.deallocate()
        planner.deallocate()
        reachable.deallocate()
        products.deallocate()
    }

    /// The generation of the last node before `node`.
    func generation(beforeNode node: Int) -> UInt32 { node == 0 ? 0 : nodes[node - 1].generation }

    /// The shape of a node, with its batch.
    @inline(__always)
    func shape(of node: Int) -> Shape { shapes[Int(nodes[node].shape)] }

    /// Argument `position` of a node.
    @inline(__always)
    func argument(_ position: Int, of node: Int) -> Int {
        Int(arguments[Int(nodes[node].firstArgument) + position])
    }

    /// How large a node's value is.
    @inline(__always)
    func size(of node: Int) -> ShapeTable.Size { shapes.size(Int(nodes[node].shape)) }

    /// Where the gradient of a node's value lies.
    @inline(__always)
    func gradient(of node: Int) -> UnsafeMutablePointer<Float> {
        let record = nodes.pointer + node
        if record.pointee.flags.contains(.parameter) {
            return entries[Int(record.pointee.data)].gradients
        }
        return gradients.base + (record.pointee.value! - values.base)
    }

    /// Forgets all nodes and keeps the memory.
    mutating func clear() {
        generation &+= 1
        renewal += 1
        nodes.truncate(to: 0)
        arguments.truncate(to: 0)
        integers.truncate(to: 0)
        signatures.clear()
        shapes.clearIfLarge()
        values.reset()
        auxiliary.reset()
        batches.truncate(to: 0)
        batchNodes.truncate(to: 0)
        batchRows.truncate(to: 0)
        parameterNodes.clear()
        zeroNodes.removeAll(keepingCapacity: true)
        sharedNodes.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        stores.removeAll(keepingCapacity: true)
        if !onces.isEmpty { onces.removeAll(keepingCapacity: true) }
    }
}

/// A batch that was run: which nodes, and where its arguments lay.
struct ExecutedBatch: BitwiseCopyable {
    var op: UInt16
    /// Range of the nodes in `batchNodes`.
    var firstNode: Int32
    var nodeCount: Int32
    /// Rows of the result: the members of all nodes' batches.
    var rowCount: Int32
    /// First of its arguments' rows in `batchRows`.
    var firstRows: Int32
    /// What the forward kernel reserved.
    var auxiliary: UnsafeMutablePointer<Float>?
    /// A backward pass has used, and perhaps overwritten, what the forward kernel reserved.
    var isSpent = false
    var output: UnsafeMutablePointer<Float>
}
