import ElmanTensor

/// A handle to a trainable vector, matrix or tensor of a `ParameterCollection`. Copies are the same parameter: using one
/// handle in two places ties them.
public struct Parameter: Sendable {
    package let store: ParameterStore
    package let index: Int
    /// Not counted, since the store keeps it: a second count would cost at every copy of a cell.
    private let reference: Unmanaged<ParameterEntry>
    package var entry: ParameterEntry { reference.takeUnretainedValue() }

    init(store: ParameterStore, index: Int) {
        self.store = store
        self.index = index
        reference = .passUnretained(store.entries[index])
    }

    /// The full name, with its scopes.
    public var name: String { entry.name }

    /// The shape.
    public var shape: Shape { entry.shape }

    /// The values. Setting fails where the shapes differ.
    public var values: Tensor {
        get { Tensor(shape: shape, scalars: entry.copy(of: entry.values)) }
        nonmutating set {
            guard newValue.shape == shape else { fail("parameter \(name) has the shape \(shape), not \(newValue.shape)") }
            entry.setValues(newValue.scalars)
        }
    }

    /// The gradient accumulated since the last update; nil where there is none.
    public var gradient: Tensor? {
        entry.hasGradient ? Tensor(shape: shape, scalars: entry.copy(of: entry.gradients)) : nil
    }

    /// Whether trainers leave it as it is.
    public var isFrozen: Bool {
        get { entry.isFrozen }
        nonmutating set { entry.isFrozen = newValue }
    }

    /// The parameter as an expression. Using it many times in a graph costs nothing more than once.
    /// - Parameter isUpdated: false keeps this use out of the gradient.
    public func callAsFunction(in graph: ComputationGraph, isUpdated: Bool = true) -> Expression {
        graph.insertParameter(reference, of: store, isUpdated: isUpdated)
    }
}

/// A handle to a table of vectors, one for each word (or tag, or character).
public struct LookupParameter: Sendable {
    package let store: ParameterStore
    package let index: Int
    let reference: Unmanaged<ParameterEntry>
    package var entry: ParameterEntry { reference.takeUnretainedValue() }

    init(store: ParameterStore, index: Int) {
        self.store = store
        self.index = index
        reference = .passUnretained(store.entries[index])
    }

    /// The full name, with its scopes.
    public var name: String { entry.name }

    /// How many vectors there are.
    public var count: Int { reference._withUnsafeGuaranteedRef { $0.columnCount } }

    /// Elements of a vector.
    public var size: Int { reference._withUnsafeGuaranteedRef { $0.shape.rows } }

    /// All values, as a matrix of shape `[size, count]`.
    public var values: Tensor {
        get { Tensor(shape: entry.shape, scalars: entry.copy(of: entry.values)) }
        nonmutating set {
            guard newValue.shape == entry.shape else {
                fail("lookup parameter \(name) has the shape \(entry.shape), not \(newValue.shape)")
            }
            entry.setValues(newValue.scalars)
        }
    }

    /// The gradient accumulated since the last update, zeros in rows that were not looked up; nil where there is none.
    public var gradient: Tensor? {
        guard entry.hasGradient else { return nil }
        var result = Tensor(repeating: 0, shape: entry.shape)
        let all = entry.copy(of: entry.gradients)
        if entry.isDenselyTouched { return Tensor(shape: entry.shape, scalars: all) }
        for row in entry.touchedRows {
            let range = Int(row) * size..<(Int(row) + 1) * size
            result.scalars.replaceSubrange(range, with: all[range])
        }
        return result
    }

    /// Whether trainers leave it as it is.
    public var isFrozen: Bool {
        get { entry.isFrozen }
        nonmutating set { entry.isFrozen = newValue }
    }

    /// The vector of `index`, shape `[size]`. Fails where the index is outside 0..<count.
    public subscript(index: Int, in graph: ComputationGraph) -> Expression {
        graph.insertLookup(self, CollectionOfOne(Int32(truncatingIfNeeded: index)), isUpdated: true)
    }

    /// The vectors of several indices as a batch, shape `[size]×indices.count`.
    public subscript(indices: [Int], in graph: ComputationGraph) -> Expression {
        graph.insertLookup(self, indices.map { Int32(truncatingIfNeeded: $0) }, isUpdated: true)
    }

    /// The vector of `index`, kept out of the gradient.
    public func constant(_ index: Int, in graph: ComputationGraph) -> Expression {
        graph.insertLookup(self, CollectionOfOne(Int32(truncatingIfNeeded: index)), isUpdated: false)
    }

    /// The whole table as a matrix of shape `[size, count]`, as for output weights tied to the embeddings. Its gradient is
    /// dense: all rows are updated.
    public func matrix(in graph: ComputationGraph, isUpdated: Bool = true) -> Expression {
        graph.insertParameter(reference, of: store, isUpdated: isUpdated)
    }
}
