import ElmanTensor

/// Named parameters: it owns their values and gradients, and everything that trains or saves a model goes through it.
///
/// A collection is a handle: copies, and the scopes made by `scope`, share one store. Names are paths such as
/// `rnn/0/recurrentWeights`. Reading values from several threads at once is safe while nobody trains or adds.
public struct ParameterCollection: Sendable {
    package let store: ParameterStore
    /// What the names of this scope begin with: empty, or a path that ends with `/`.
    public let prefix: String

    /// An empty collection. The seed decides all initial values.
    public init(seed: UInt64 = 1) {
        store = ParameterStore(seed: seed)
        prefix = ""
    }

    /// A collection whose parameters have names and shapes and no values, so that the sizes of a network can be told before any
    /// memory is taken for it. Graphs of them may be built but not computed.
    package static func declarations() -> ParameterCollection {
        ParameterCollection(store: ParameterStore(seed: 1, isDeclaration: true), prefix: "")
    }

    private init(store: ParameterStore, prefix: String) {
        self.store = store
        self.prefix = prefix
    }

    /// The part of the collection whose names begin with `name/`; parameters added to it get that prefix.
    public func scope(_ name: String) -> ParameterCollection {
        ParameterCollection(store: store, prefix: prefix + name + "/")
    }

    /// Adds a parameter. Fails where the name is taken.
    /// - Parameter shape: `[size]` for a vector, `[outputSize, inputSize]` for a matrix that is multiplied from the left.
    public func add(_ shape: Shape, named name: String, initializer: Initializer = .glorot()) -> Parameter {
        Parameter(store: store, index: store.add(name: prefix + name, shape: shape, isLookup: false, initializer: initializer))
    }

    /// Adds a table of `count` vectors of `size` elements, looked up by number. Only looked-up rows are updated.
    public func addLookup(
        count: Int, size: Int, named name: String, initializer: Initializer = .glorot()
    ) -> LookupParameter {
        let index = store.add(name: prefix + name, shape: [size, count], isLookup: true, initializer: initializer)
        return LookupParameter(store: store, index: index)
    }

    /// The parameters of this scope that are no lookup tables, in the order they were added.
    public var parameters: [Parameter] {
        indices.filter { !store.entries[$0].isLookup }.map { Parameter(store: store, index: $0) }
    }

    /// The lookup tables of this scope, in the order they were added.
    public var lookupParameters: [LookupParameter] {
        indices.filter { store.entries[$0].isLookup }.map { LookupParameter(store: store, index: $0) }
    }

    /// Names of everything in this scope, in the order it was added.
    public var names: [String] { indices.map { store.entries[$0].name } }

    /// How many numbers the parameters of this scope are.
    public var scalarCount: Int { indices.reduce(0) { $0 + store.entries[$1].shape.count } }

    /// Keeps trainers from changing the parameters of this scope, and graphs from computing their gradients.
    public func freeze() { for index in indices { store.entries[index].isFrozen = true } }

    /// Undoes `freeze`.
    public func unfreeze() { for index in indices { store.entries[index].isFrozen = false } }

    /// Holds the matrices and tables of this scope in fewer bits, for faster reading in less memory: products, recurrent steps, losses
    /// and look-ups of graphs made with `keepsForBackward: false` read them as they are; all else reads copies of single precision
    /// that the graph makes.
    ///
    /// It cannot be undone: `values` are rounded ones from then on. They are frozen, and training must not go on from them. No graph
    /// may be using the parameters meanwhile. `.float32` leaves everything as it is.
    public func quantize(to precision: WeightPrecision) {
        for index in indices { store.entries[index].reduce(to: precision) }
    }

    /// `quantize(to: .bfloat16)`.
    public func roundToBFloat16() { quantize(to: .bfloat16) }

    /// An empty collection for values that are loaded, and held in that precision from then on: no more than one matrix takes the
    /// memory of single precision at a time. Initial values are not drawn where they are of fewer bits.
    package static func toBeLoaded(as precision: WeightPrecision) -> ParameterCollection {
        ParameterCollection(store: ParameterStore(seed: 1, precision: precision), prefix: "")
    }

    /// Forgets all gradients of this scope.
    public func clearGradients() { for index in indices { store.entries[index].clearGradient() } }

    /// Whether it was made by `toBeLoaded` for fewer bits, and has no values before.
    package var isToBeLoaded: Bool { store.drawsNothing }

    package var entries: [ParameterEntry] { indices.map { store.entries[$0] } }

    private var indices: [Int] {
        store.entries.indices.filter { prefix.isEmpty || store.entries[$0].name.hasPrefix(prefix) }
    }
}
