import ElmanTensor

/// Something that was made once for all users of a graph, until it is renewed.
struct OncePerGraph {
    let value: Any
    /// The nodes of its expressions: an expression would keep the graph alive.
    let nodes: [Int32]
    /// How many nodes the graph had when it was there.
    let nodeCount: Int
}

extension ComputationGraph {
    /// What `make` gives at the first call for a table since the graph was renewed, and the same at every later one: for what is one
    /// thing for a whole update, such as the sample of a sampled softmax. It is made again where the graph was rewound before it.
    ///
    /// The value must hold no expressions of its own. The generator is that of the next of the graph's random streams; in the pieces of
    /// a long computation it is the same for all of them.
    package func once<Value>(
        for table: LookupParameter, _ make: (inout RandomGenerator) -> (value: Value, expressions: [Expression])
    ) -> (value: Value, expressions: [Expression]) {
        let key = ObjectIdentifier(table.entry)
        if let known = storage.pointee.onces[key], let value = known.value as? Value {
            return (value, known.nodes.map(expression))
        }
        var generator = onceGenerator(table.index)
        let made = make(&generator)
        let nodes = made.expressions.map { Int32(truncatingIfNeeded: node($0)) }
        for expression in made.expressions where needsGradient(expression) { share(expression) }
        storage.pointee.onces[key] = OncePerGraph(value: made.value, nodes: nodes, nodeCount: nodeCount)
        return made
    }

    private func onceGenerator(_ table: Int) -> RandomGenerator {
        guard let stream = storage.pointee.onceStream else { return makeRandomGenerator() }
        // Beside the streams that are counted.
        return RandomGenerator(seed: seed, stream: stream | UInt64(table) << 40 | 1 << 63)
    }

    /// Runs `body`, in which what is there once is drawn by one stream of random numbers, however often the graph is renewed.
    func withOneStream<Result>(_ body: () -> Result) -> Result {
        let outer = storage.pointee.onceStream
        storage.pointee.onceStream = outer ?? storage.pointee.randomStream
        defer { storage.pointee.onceStream = outer }
        return body()
    }

    /// A generator for random choices that decide what is built, from the next of the graph's random streams.
    public func makeRandomGenerator() -> RandomGenerator { RandomGenerator(seed: seed, stream: nextRandomStream()) }
}
