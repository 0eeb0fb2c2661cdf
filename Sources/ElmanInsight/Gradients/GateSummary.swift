import ElmanGraph

/// What a gate did over some texts.
public struct GateSummary: Sendable, Hashable {
    /// Layer and gate, as recordings name them.
    public let name: String
    /// The mean over all units and steps.
    public let mean: Double
    /// Share of values below 0.1: the gate is shut (Karpathy et al. 2015).
    public let shutShare: Double
    /// Share of values above 0.9: the gate is open.
    public let openShare: Double
    /// Of gates that say what is kept of a memory, for how many steps it lasts: -1 / log of each unit's mean, units in their order,
    /// infinite where all is kept. Empty for other gates.
    public let timeConstants: [Double]

    /// Gates whose value is the share of a memory that stays.
    private static let keeping = ["forgetGate", "decay"]

    /// Of the values of a gate, one array a step.
    public init(name: String, values: [[Float]]) {
        self.name = name
        let all = values.joined()
        let count = Double(max(1, all.count))
        mean = all.reduce(0.0) { $0 + Double($1) } / count
        shutShare = Double(all.count { $0 < 0.1 }) / count
        openShare = Double(all.count { $0 > 0.9 }) / count
        guard Self.keeping.contains(where: { name.hasSuffix("/" + $0) }), let size = values.first?.count else {
            timeConstants = []
            return
        }
        timeConstants = (0..<size).map { unit in
            let mean = values.reduce(0.0) { $0 + Double($1[unit]) } / Double(values.count)
            return mean >= 1 ? .infinity : -1 / elementaryLog(max(mean, 1e-30))
        }
    }

    /// Of every gate of a recording; steps of a batch count as steps of their own.
    public static func all(in recording: Recording) -> [GateSummary] {
        var values = GateValues()
        values.add(recording)
        return values.summaries
    }
}

/// The values of gates, recording after recording.
struct GateValues {
    private var gates: [(name: String, values: [[Float]])] = []

    /// Adds what a recording has, one array a step and member of a batch.
    mutating func add(_ recording: Recording) {
        for series in recording.series where series.name.hasSuffix("Gate") || series.name.hasSuffix("/decay") {
            let size = series.steps[0].shape.rows
            let values = series.steps.flatMap { step -> [[Float]] in
                let scalars = step.value.scalars
                return stride(from: 0, to: scalars.count, by: size).map { Array(scalars[$0..<$0 + size]) }
            }
            guard let place = gates.firstIndex(where: { $0.name == series.name }) else {
                gates.append((series.name, values))
                continue
            }
            gates[place].values += values
        }
    }

    var summaries: [GateSummary] { gates.map { GateSummary(name: $0.name, values: $0.values) } }
}
