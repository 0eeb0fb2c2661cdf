import ElmanTensor

/// One operation of the graph, declared as one value: its name, how nodes of it are batched, its shape rule, its forward
/// and backward kernels and samples for its tests.
///
/// Most operations need none: they are Swift functions of others. See the guide "Adding an op".
public final class Op: Sendable {
    /// How nodes of one op are run together.
    public enum Batching: Sendable {
        /// Each argument of each node is its own; those of the batch are laid row under row.
        case stacked
        /// As `stacked`, but the listed arguments (weights) are the same expression for every node of a batch.
        case sharing(Set<Int>)
        /// One node at a time.
        case single
    }

    enum Kind {
        case computed
        /// Its value is part of its argument's.
        case view
        /// Its value is one member of its argument's batch.
        case memberView
        /// Its value is known when it is inserted.
        case leaf
    }

    /// The name, as failures and pictures show it.
    public let name: String
    /// Arguments and settings for the tests that every op passes.
    public let samples: [OpSample]
    let kind: Kind
    let id: UInt16
    /// Bit i: argument i is shared. Bit 63: no batching.
    let sharedArguments: UInt64
    /// The lowest shared argument; 64 where there is none.
    let firstShared: Int
    let acceptsPadding: Bool
    /// Bit i: the kernels take the rows of argument i from anywhere, by `Rows.subscript`, so they are never gathered.
    let scatteredArguments: UInt64
    /// Bit i: the forward kernel takes argument i in fewer bits for a product with the matrix itself, by `OpCall.multiply`; and for one
    /// with its transpose, or row by row.
    private let reducible: UInt64, reducibleTransposed: UInt64
    /// The shape rule gives the batch too; otherwise it is the arguments'.
    let decidesBatch: Bool
    /// Nodes whose batches differ in size are run together.
    let isRagged: Bool
    let shape: @Sendable (OpArguments) throws(ShapeError) -> Shape
    let forward: @Sendable (OpCall) -> Void
    let backward: @Sendable (OpCall) -> Void

    /// Declares an op.
    /// - Parameters:
    ///   - acceptsPadding: the kernels look at `Rows.columnStride` of shared arguments, and need no dense copy of a padded
    ///     parameter there. Others never have padding.
    ///   - scattered: arguments whose rows the kernels take from anywhere, one by one.
    ///   - decidesBatch: the shape rule gives the size of the batch too. Otherwise it is that of the arguments.
    ///   - isRagged: nodes whose own batches differ in size are run together. The kernels go by rows, or ask
    ///     `call.memberCount(ofNode:)` how many are whose.
    ///   - shape: the shape of the result without its batch; throws where the arguments do not fit.
    ///   - forward: called once a batch; writes `call.output`.
    ///   - backward: called once a batch; adds to `call.inputGradient(i)` for every argument that has one.
    public convenience init(
        _ name: String, batching: Batching, acceptsPadding: Bool = false, scattered: Set<Int> = [],
        decidesBatch: Bool = false, isRagged: Bool = false, samples: [OpSample],
        shape: @escaping @Sendable (OpArguments) throws(ShapeError) -> Shape,
        forward: @escaping @Sendable (OpCall) -> Void, backward: @escaping @Sendable (OpCall) -> Void
    ) {
        self.init(
            name: name, kind: .computed, batching: batching, acceptsPadding: acceptsPadding, scattered: scattered,
            decidesBatch: decidesBatch, isRagged: isRagged, samples: samples, shape: shape, forward: forward,
            backward: backward)
    }

    /// An op whose forward kernel takes the shared arguments `reducible`, or their transposes, in fewer bits.
    convenience init(
        _ name: String, batching: Batching, acceptsPadding: Bool = false, scattered: Set<Int> = [], reducible: Set<Int>,
        isReducibleTransposed: Bool = false, decidesBatch: Bool = false, isRagged: Bool = false, samples: [OpSample],
        shape: @escaping @Sendable (OpArguments) throws(ShapeError) -> Shape,
        forward: @escaping @Sendable (OpCall) -> Void, backward: @escaping @Sendable (OpCall) -> Void
    ) {
        self.init(
            name: name, kind: .computed, batching: batching, acceptsPadding: acceptsPadding, scattered: scattered,
            reducible: isReducibleTransposed ? [] : reducible, reducibleTransposed: isReducibleTransposed ? reducible : [],
            decidesBatch: decidesBatch, isRagged: isRagged, samples: samples, shape: shape, forward: forward,
            backward: backward)
    }

    /// A view: its value is part of its argument's, from element (or batch member) `attribute0` on, and takes no time.
    convenience init(
        view name: String, ofMember: Bool = false, samples: [OpSample],
        shape: @escaping @Sendable (OpArguments) throws(ShapeError) -> Shape
    ) {
        self.init(
            name: name, kind: ofMember ? .memberView : .view, batching: .stacked, acceptsPadding: false, scattered: [],
            decidesBatch: ofMember, isRagged: false, samples: samples, shape: shape, forward: { _ in }, backward: { _ in })
    }

    /// A leaf: its value is known when it is inserted.
    convenience init(leaf name: String) {
        self.init(
            name: name, kind: .leaf, batching: .single, acceptsPadding: true, scattered: [], decidesBatch: true,
            isRagged: false, samples: [], shape: { _ throws(ShapeError) in .scalar }, forward: { _ in }, backward: { _ in })
    }

    private init(
        name: String, kind: Kind, batching: Batching, acceptsPadding: Bool, scattered: Set<Int>, reducible: Set<Int> = [],
        reducibleTransposed: Set<Int> = [], decidesBatch: Bool, isRagged: Bool, samples: [OpSample],
        shape: @escaping @Sendable (OpArguments) throws(ShapeError) -> Shape,
        forward: @escaping @Sendable (OpCall) -> Void, backward: @escaping @Sendable (OpCall) -> Void
    ) {
        self.name = name
        self.kind = kind
        self.samples = samples
        self.acceptsPadding = acceptsPadding
        self.decidesBatch = decidesBatch
        self.isRagged = isRagged
        scatteredArguments = scattered.reduce(0) { $0 | 1 << UInt64($1) }
        self.reducible = reducible.reduce(0) { $0 | 1 << UInt64($1) }
        self.reducibleTransposed = reducibleTransposed.reduce(0) { $0 | 1 << UInt64($1) }
        self.shape = shape
        self.forward = forward
        self.backward = backward
        switch batching {
        case .stacked: sharedArguments = 0
        case .sharing(let indices): sharedArguments = indices.reduce(0) { $0 | 1 << UInt64($1) }
        case .single: sharedArguments = 1 << 63
        }
        firstShared = sharedArguments.trailingZeroBitCount
        id = OpTable.reserveIndex()
        OpTable.register(self)
    }

    /// Whether its value is part of its argument's.
    package var isView: Bool { kind == .view || kind == .memberView }

    /// Whether its value is known when it is inserted.
    package var isLeaf: Bool { kind == .leaf }

    /// Whether its nodes run one at a time.
    @inline(__always)
    var isSingle: Bool { sharedArguments >> 63 == 1 }

    /// Whether the forward kernel takes argument `argument` in the fewer bits in which a parameter of these flags is held.
    func takesReduced(_ argument: Int, _ flags: Node.Flags) -> Bool {
        flags.contains(.suitsProducts) && reducible >> UInt64(argument) & 1 == 1
            || flags.contains(.suitsTransposedProducts) && reducibleTransposed >> UInt64(argument) & 1 == 1
    }

    /// Whether it takes any argument so.
    package var isReducible: Bool { reducible | reducibleTransposed != 0 }

    /// Whether argument `argument` is one expression for all nodes of a batch.
    @inline(__always)
    package func shares(_ argument: Int) -> Bool { sharedArguments >> UInt64(argument) & 1 == 1 }
}

/// Arguments and settings with which `EveryOpTests` checks an op: gradient by differences, batched against single.
public struct OpSample: Sendable {
    /// Shapes of the arguments.
    public let arguments: [Shape]
    /// Where the arguments' elements lie.
    public let range: ClosedRange<Float>
    /// The node's settings.
    public let settings: OpSettings
    /// Largest error of a gradient against differences, relative to its size.
    public let tolerance: Float

    /// A sample with elements drawn uniformly from `range`.
    public init(
        _ arguments: [Shape], range: ClosedRange<Float> = -1...1, settings: OpSettings = OpSettings(), tolerance: Float = 2e-2
    ) {
        self.arguments = arguments
        self.range = range
        self.settings = settings
        self.tolerance = tolerance
    }
}

/// The settings of a node.
public struct OpSettings: Sendable {
    /// Two whole numbers and a number that are equal for all nodes of a batch.
    public var attribute0 = 0, attribute1 = 0, scalar: Float = 0
    /// Whole numbers of the node alone, such as the class it picks.
    public var data: [Int32] = []
    /// Whether the gradient with respect to the arguments exists; a rounding op has none worth checking.
    public var isDifferentiable = true

    /// Settings; zeros and nothing by default.
    public init(
        attribute0: Int = 0, attribute1: Int = 0, scalar: Float = 0, data: [Int32] = [], isDifferentiable: Bool = true
    ) {
        self.attribute0 = attribute0
        self.attribute1 = attribute1
        self.scalar = scalar
        self.data = data
        self.isDifferentiable = isDifferentiable
    }
}

/// What a shape rule sees of a node that is about to be inserted.
public struct OpArguments {
    let storage: UnsafeMutablePointer<GraphStorage>
    let indices: UnsafePointer<Int32>
    /// How many arguments there are.
    public let count: Int
    /// The node's settings.
    public let attribute0: Int, attribute1: Int
    /// Whole numbers of the node alone.
    public let data: UnsafeBufferPointer<Int32>

    /// The shape of argument `index`.
    public subscript(index: Int) -> Shape { storage.pointee.shape(of: Int(indices[index])) }

    /// The batch of the arguments, which all have this size or 1.
    func batchSize() throws(ShapeError) -> Int {
        var size = 1
        for index in 0..<count {
            let own = self[index].batchSize
            if own == size || own == 1 { continue }
            if size != 1 { throw ShapeError("batches of \(size) and \(own) do not fit") }
            size = own
        }
        return size
    }
}
