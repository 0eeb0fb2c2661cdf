import ElmanTensor

/// What a network's parts were at each step: hidden values, memories, gates, attention weights.
///
///     graph.recording = Recording()
///     let scores = model.scores(text, in: graph)
///     let memory = graph.recording!.values(of: "encoder/0/forward/cell")      // [steps][units]
///
/// While a graph has one, recurrent networks and attention note their parts in it; cells also note their gates, computed by
/// further nodes. Nothing else changes: all results keep their bits. Series are named after the layer's parameters.
public final class Recording {
    /// One part of a network, step by step.
    public struct Series {
        /// The layer and the part: `rnn/0/forgetGate`.
        public let name: String
        /// What it was, in the order of the text also where the text was read from its end.
        public let steps: [Expression]
    }

    /// Whether cells note their gates beside their states. Without, whole sequences are read at once as ever, and are one step with
    /// the words as members of a batch: next to nothing to pay.
    public let includesGates: Bool
    /// The nodes of a series. An expression would keep the graph alive, which keeps its recording.
    private struct Nodes {
        let name: String
        var steps: [(index: Int32, generation: UInt32)]
    }

    private var nodes: [Nodes] = []
    private var places: [String: Int] = [:]
    private weak var graph: ComputationGraph?
    private var isPaused = false

    /// Nothing recorded.
    public init(includesGates: Bool = true) { self.includesGates = includesGates }

    /// What was noted, in the order in which the series began. Fails where the graph is gone, with which all values went.
    public var series: [Series] { nodes.map(series) }

    private func series(_ nodes: Nodes) -> Series {
        guard let graph else { fail("the graph of this recording is gone; keep the graph as long as its recording is read") }
        let steps = nodes.steps.map { Expression(graph: graph, index: $0.index, generation: $0.generation) }
        return Series(name: nodes.name, steps: steps)
    }

    /// Adds a step to a series. What was noted of another graph is forgotten.
    public func note(_ name: String, _ expression: Expression) {
        guard !isPaused else { return }
        if graph !== expression.graph {
            clear()
            graph = expression.graph
        }
        let step = (expression.index, expression.generation)
        if let place = places[name] {
            nodes[place].steps.append(step)
        } else {
            places[name] = nodes.count
            nodes.append(Nodes(name: name, steps: [step]))
        }
    }

    /// Notes nothing while `body` runs.
    public func pausing<Result>(_ body: () throws -> Result) rethrows -> Result {
        let wasPaused = isPaused
        isPaused = true
        defer { isPaused = wasPaused }
        return try body()
    }

    /// How many steps each series has, for `reverse(since:)`.
    public func mark() -> [Int] { nodes.map(\.steps.count) }

    /// Puts the steps noted since the mark into the opposite order: they read a text from its end.
    public func reverse(since mark: [Int]) {
        for place in nodes.indices { nodes[place].steps[(place < mark.count ? mark[place] : 0)...].reverse() }
    }

    /// Forgets everything, so that the next text begins a recording of its own.
    public func clear() {
        nodes = []
        places = [:]
    }

    /// The series of a name, or nil.
    public subscript(name: String) -> Series? { places[name].map { series(nodes[$0]) } }

    /// The numbers of a series, one array a step; none for a name that was not noted. Steps of a batch have their members one
    /// behind the other.
    public func values(of name: String) -> [[Float]] { self[name]?.steps.map { $0.value.scalars } ?? [] }

    /// The series as a tensor [size, steps], column by column; nil where the name was not noted or its steps differ in size,
    /// as attention to sentences of other lengths does.
    public func tensor(of name: String) -> Tensor? {
        let values = values(of: name)
        guard let size = values.first?.count, values.allSatisfy({ $0.count == size }) else { return nil }
        return Tensor(shape: [size, values.count], scalars: Array(values.joined()))
    }
}
