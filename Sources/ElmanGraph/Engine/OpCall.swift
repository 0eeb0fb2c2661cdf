import CElmanKernels
import ElmanTensor

/// What a kernel sees of the batch it runs: the rows of its arguments and of its result, their gradients, and the settings.
public struct OpCall {
    let graph: UnsafeMutablePointer<GraphStorage>
    let batch: Int
    /// How many nodes the batch has.
    public let nodeCount: Int
    /// Rows of the result: the members of all nodes' batches.
    public let output: Rows
    let inputs: UnsafePointer<Rows>
    let inputGradients: UnsafePointer<Rows?>?
    /// Settings that all nodes of the batch share.
    public let attribute0: Int, attribute1: Int, scalar: Float
    /// Seed of the graph's random numbers.
    let seed: UInt64
    /// Whether a backward pass may come, for which the kernel keeps what it needs.
    public let keepsForBackward: Bool
    let firstNode: UnsafePointer<Int32>

    /// How many rows the result has.
    public var rowCount: Int { output.count }

    /// How many rows of the result are one node's: the members of its batch.
    @inline(__always)
    public func memberCount(ofNode position: Int) -> Int { graph.pointee.shape(of: Int(firstNode[position])).batchSize }

    /// How many rows of argument `index` are one node's, in ops whose shape rule decides on the batch.
    @inline(__always)
    func inputMemberCount(_ index: Int, ofNode position: Int) -> Int {
        graph.pointee.shape(of: graph.pointee.argument(index, of: Int(firstNode[position]))).batchSize
    }

    /// The rows of argument `index`. A shared argument has one row.
    @inline(__always)
    public func input(_ index: Int) -> Rows { inputs[index] }

    /// Where the gradient of argument `index` is added to; nil where nobody needs it.
    @inline(__always)
    public func inputGradient(_ index: Int) -> Rows? { inputGradients.flatMap { $0[index] } }

    /// The gradient of the result.
    public var outputGradient: Rows {
        let delta = graph.pointee.gradients.base - graph.pointee.values.base
        return Rows(
            base: output.base + delta, stride: output.stride, size: output.size, count: output.count,
            columnStride: output.columnStride)
    }

    /// The shape of argument `index` of the first node.
    public func inputShape(_ index: Int) -> Shape { graph.pointee.shape(of: argumentNode(index)) }

    /// The shape of the result of one node.
    public var outputShape: Shape { graph.pointee.shape(of: Int(firstNode[0])) }

    @inline(__always)
    func argumentNode(_ index: Int) -> Int {
        let node = graph.pointee.nodes.pointer + Int(firstNode[0])
        return Int(graph.pointee.arguments[Int(node.pointee.firstArgument) + index])
    }

    /// How many arguments each node has.
    public var inputCount: Int { Int(graph.pointee.nodes[Int(firstNode[0])].argumentCount) }

    /// The whole-number settings of one node of the batch.
    @inline(__always)
    public func data(ofNode position: Int) -> UnsafeBufferPointer<Int32> {
        let node = graph.pointee.nodes.pointer + Int(firstNode[position])
        let start = UnsafePointer(graph.pointee.integers.pointer + Int(node.pointee.data))
        return UnsafeBufferPointer(start: start, count: Int(node.pointee.dataCount))
    }

    /// The whole-number settings of all nodes, one after the other, in memory of the call.
    func gatheredData() -> UnsafeMutablePointer<Int32> {
        var total = 0
        for position in 0..<nodeCount { total += data(ofNode: position).count }
        let result = UnsafeMutableRawPointer(graph.pointee.auxiliary.allocate(total)).bindMemory(to: Int32.self, capacity: total)
        var next = 0
        for position in 0..<nodeCount {
            for value in data(ofNode: position) {
                result[next] = value
                next += 1
            }
        }
        return result
    }

    /// Reserves floats that last until the graph is renewed; the backward kernel finds the first reservation of the forward
    /// kernel in `auxiliary`.
    public func reserve(_ count: Int) -> UnsafeMutablePointer<Float> {
        let pointer = graph.pointee.auxiliary.allocate(count)
        if graph.pointee.batches[batch].auxiliary == nil { graph.pointee.batches.pointer[batch].auxiliary = pointer }
        return pointer
    }

    /// Room for the addresses of rows, until the graph is renewed.
    func reservePointers(_ count: Int) -> UnsafeMutablePointer<UnsafeMutablePointer<Float>> {
        UnsafeMutableRawPointer(graph.pointee.auxiliary.allocate(count * 2))
            .bindMemory(to: UnsafeMutablePointer<Float>.self, capacity: count)
    }

    /// What the forward kernel reserved.
    public var auxiliary: UnsafeMutablePointer<Float> {
        guard let pointer = graph.pointee.batches[batch].auxiliary else { fail("the kernel reserved nothing") }
        return pointer
    }

    // MARK: Shared weights

    /// Adds Σ_r d_r x_rᵀ to the gradient of the shared matrix `argument`, of shape `[d.size, x.size]`. It is done later,
    /// for all steps that use the matrix in one product; `x` and `d` must stay as they are until the backward pass ends.
    public func accumulateProduct(argument: Int, x: Rows, d: Rows) {
        guard needsGradient(argument) else { return }
        graph.postpone(argumentNode(argument), x: x, d: d)
    }

    /// Adds Σ_r d_r to the gradient of the shared vector `argument`, later, as `accumulateProduct`.
    public func accumulateSum(argument: Int, d: Rows) {
        guard needsGradient(argument) else { return }
        graph.postpone(argumentNode(argument), x: nil, d: d)
    }

    /// Whether anybody needs the gradient of an argument.
    public func needsGradient(_ argument: Int) -> Bool {
        graph.pointee.needsGradient(argumentNode(argument))
    }

    /// The memory of the gradient of the shared argument, to be overwritten or, where `keeps`, added to, as a whole.
    func beginSharedGradient(_ argument: Int) -> (pointer: UnsafeMutablePointer<Float>, keeps: Bool)? {
        let node = argumentNode(argument)
        guard graph.pointee.needsGradient(node) else { return nil }
        graph.pointee.flushProducts(of: Int32(node))
        if graph.pointee.nodes[node].flags.contains(.parameter) {
            let entry = graph.pointee.entries[Int(graph.pointee.nodes[node].data)]
            return (entry.gradients, entry.beginGradient())
        }
        return (graph.pointee.gradient(of: node), true)
    }

    /// The entry of the lookup table that is argument 0.
    var lookupEntry: ParameterEntry { graph.pointee.entries[Int(graph.pointee.nodes[argumentNode(0)].data)] }

    /// The parameter or table that is a shared argument; nil where it is a computed value.
    func parameter(_ argument: Int) -> ParameterEntry? {
        let node = graph.pointee.nodes.pointer + argumentNode(argument)
        return node.pointee.flags.contains(.parameter) ? graph.pointee.entries[Int(node.pointee.data)] : nil
    }

    /// The stream of random numbers of one node.
    func randomStream(ofNode position: Int) -> UInt64 {
        let words = data(ofNode: position)
        return UInt64(UInt32(bitPattern: words[0])) | UInt64(UInt32(bitPattern: words[1])) << 32
    }
}
