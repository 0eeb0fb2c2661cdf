import ElmanGraph
import ElmanTensor

/// What one update, the last before an evaluation, says of how the training goes.
public struct TrainingHealth: Sendable, Hashable {
    /// ‖change of the weights‖ / ‖weights‖; about 1e-3 is usual, far less learns nothing, far more forgets.
    public internal(set) var updateRatio: Double?
    /// The same for each parameter that was changed, in their order.
    public internal(set) var ratios: [Ratio] = []
    /// Units of recurrent layers.
    public let unitCount: Int
    /// Those whose output was the same number at all words of the update.
    public let deadUnitCount: Int
    /// Share of the outputs of recurrent layers beyond ±0.99.
    public let saturatedShare: Double

    /// How much a parameter changed.
    public struct Ratio: Sendable, Hashable {
        /// The parameter.
        public let name: String
        /// ‖change‖ / ‖values‖.
        public let value: Double
    }

    /// Looks at what the recurrent layers gave out.
    init(_ recording: Recording) {
        var units = 0, dead = 0, saturated = 0, values = 0
        for series in recording.series where series.name.hasSuffix("/hidden") {
            let size = series.steps[0].shape.rows
            var lowest = [Float](repeating: .infinity, count: size), highest = [Float](repeating: -.infinity, count: size)
            for step in series.steps {
                for (index, value) in step.value.scalars.enumerated() {
                    let unit = index % size
                    lowest[unit] = min(lowest[unit], value)
                    highest[unit] = max(highest[unit], value)
                    if abs(value) > 0.99 { saturated += 1 }
                    values += 1
                }
            }
            units += size
            dead += zip(lowest, highest).count { $1 - $0 <= 1e-6 }
        }
        unitCount = units
        // After a single word all units have been the same throughout.
        deadUnitCount = values > 2 * units ? dead : 0
        saturatedShare = values > 0 ? Double(saturated) / Double(values) : 0
    }
}

/// Weights before an update, to be compared with those after it. Of large parameters a sample at even distances is kept.
struct WeightSample {
    private static let mostValues = 1 << 16
    private let entries: [(entry: ParameterEntry, stride: Int, values: [Float])]

    init(_ parameters: ParameterCollection) {
        entries = parameters.entries.map { entry in
            let stride = max(1, entry.paddedCount / Self.mostValues)
            return (entry, stride, Swift.stride(from: 0, to: entry.paddedCount, by: stride).map { entry.values[$0] })
        }
    }

    /// Adds to `health` how much each parameter has changed since.
    func compare(into health: inout TrainingHealth) {
        var change = 0.0, size = 0.0
        for (entry, stride, values) in entries {
            var ofChange = 0.0, ofSize = 0.0
            for (index, old) in values.enumerated() {
                let difference = Double(entry.values[index * stride]) - Double(old)
                ofChange += difference * difference
                ofSize += Double(old) * Double(old)
            }
            if ofChange > 0, ofSize > 0 {
                health.ratios.append(.init(name: entry.name, value: (ofChange / ofSize).squareRoot()))
            }
            change += ofChange * Double(stride)
            size += ofSize * Double(stride)
        }
        health.updateRatio = size > 0 ? (change / size).squareRoot() : nil
    }
}
