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
        public internal(set) var steps: [Expression]
    }

    /// Whether cells note their gates beside their states. Without, whole sequences are read at once as ever, and are one step with
    /// the words as members of a batch: next to nothing to pay.
    public let includesGates: Bool
    /// What was noted, in the order in which the series began.
    public private(set) var series: [Series] = []
    private var places: [String: Int] = [:]
    private var isPaused = false

    /// Nothing recorded.
    public init(includesGates: Bool = true) { self.includesGates = includesGates }

    /// Adds a step to a series.
    public func note(_ name: String, _ expression: Expression) {
        guard !isPaused else { return }
        if let place = places[name] {
            series[place].steps.append(expression)
        } else {
            places[name] = series.count
            series.append(Series(name: name, steps: [expression]))
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
    public func mark() -> [Int] { series.map(\.steps.count) }

    /// Puts the steps noted since the mark into the opposite order: they read a text from its end.
    public func reverse(since mark: [Int]) {
        for place in series.indices { series[place].steps[(place < mark.count ? mark[place] : 0)...].reverse() }
    }

    /// Forgets everything, so that the next text begins a recording of its own.
    public func clear() {
        series = []
        places = [:]
    }

    /// The series of a name, or nil.
    public subscript(name: String) -> Series? { places[name].map { series[$0] } }

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
