import ElmanGraph
import ElmanTensor

extension Trainer {
    /// The complete state. The parameters' values are not in it: save them beside it, as they are at the same moment, also
    /// while the averages are swapped in.
    public var state: TrainerState {
        let (sources, values) = stateSources
        return TrainerState(tensors: sources.map { .init(name: $0.name, tensor: $0.copy()) }, values: values)
    }

    /// The complete state, its tensors not copied yet, so that they need not be in memory side by side. They are to be copied before
    /// anything is learnt.
    package var stateSources: (tensors: [TrainerStateSource], values: [String: String]) {
        refreshEntries()
        var tensors: [TrainerStateSource] = []
        var values = [
            "trainer": name, "learning_rate": learningRate.description, "update_count": String(updateCount),
            "clipped_update_count": String(clippedUpdateCount), "skipped_update_count": String(skippedUpdateCount),
            "averaging": averaging.description, "average_pending": String(averager.pendingUpdateCount),
            "averages_swapped_in": String(averager.isSwappedIn),
        ]
        if case .nonMonotonic = averaging.kind { values["averaging_began"] = String(averager.isTriggered) }
        if let lastGradientNorm { values["last_gradient_norm"] = lastGradientNorm.description }
        for (index, entry) in entries.enumerated() {
            let offset = offset(of: entry)
            if isStarted[index] {
                for (slab, moment) in zip(slabs, momentNames) {
                    tensors.append(.init(name: tensorName(entry, moment), entry: entry, slab: slab, offset: offset))
                }
            }
            if averager.stepCounts[index] >= 0 {
                values[stepsKey(entry)] = String(averager.stepCounts[index])
                tensors.append(.init(name: tensorName(entry, "average"), entry: entry, slab: averager.slab, offset: offset))
            }
        }
        values["tensor_count"] = String(tensors.count)
        return (tensors, values)
    }

    /// Takes over a saved state: moments, counts, averages and the rate. Settings (clipping, decay, β, …) are not part of it
    /// and stay as they are; the averaging must be set as it was. Where this throws, nothing was changed.
    public func restore(_ state: TrainerState) throws(TrainerStateError) {
        refreshEntries()
        let values = SavedValues(state.values)
        let savedName = try values.string("trainer"), savedAveraging = try values.string("averaging")
        guard savedName == name else {
            throw TrainerStateError("the saved state is of the trainer \(savedName), not \(name)")
        }
        guard savedAveraging == averaging.description else {
            throw TrainerStateError("the saved state has the averaging \(savedAveraging), not \(averaging)")
        }
        let rate = try values.double("learning_rate"), updateCount = try values.count("update_count")
        let clipped = try values.count("clipped_update_count"), skipped = try values.count("skipped_update_count")
        let pending = try values.count("average_pending"), isSwappedIn = try values.bool("averages_swapped_in")
        let hasBegun = state.values["averaging_began"] == nil ? false : try values.bool("averaging_began")
        let norm = state.values["last_gradient_norm"] == nil ? nil : try values.double("last_gradient_norm")
        let tensors = try collectTensors(state, expected: values.count("tensor_count"))
        var stepCounts: [Int] = []
        for entry in entries {
            stepCounts.append(state.values[stepsKey(entry)] == nil ? -1 : try values.count(stepsKey(entry)))
            guard (stepCounts.last! >= 0) == (tensors[tensorName(entry, "average")] != nil) else {
                throw TrainerStateError("the saved state lacks the average of \(entry.name) or its count")
            }
        }
        learningRate = rate
        self.updateCount = updateCount
        clippedUpdateCount = clipped
        skippedUpdateCount = skipped
        lastGradientNorm = norm
        clearMoments()
        averager.restore(stepCounts: stepCounts, pending: pending, isSwappedIn: isSwappedIn, isTriggered: hasBegun)
        fill(tensors)
    }

    /// The tensors by name, all of them known and of the right shapes, and no parameter with only some of its moments.
    private func collectTensors(
        _ state: TrainerState, expected: Int
    ) throws(TrainerStateError) -> [String: Tensor] {
        guard state.tensors.count == expected else {
            throw TrainerStateError("the saved state has \(state.tensors.count) tensors instead of \(expected)")
        }
        var shapes: [String: Shape] = [:], result: [String: Tensor] = [:]
        for entry in entries { for kind in momentNames + ["average"] { shapes[tensorName(entry, kind)] = entry.shape } }
        for item in state.tensors {
            guard let shape = shapes[item.name] else {
                throw TrainerStateError("the saved state has \(item.name), which belongs to no parameter")
            }
            guard item.tensor.shape == shape else {
                throw TrainerStateError("\(item.name) has the shape \(item.tensor.shape), its parameter \(shape)")
            }
            guard result.updateValue(item.tensor, forKey: item.name) == nil else {
                throw TrainerStateError("the saved state has \(item.name) twice")
            }
        }
        for entry in entries {
            let present = momentNames.filter { result[tensorName(entry, $0)] != nil }
            guard present.isEmpty || present.count == momentNames.count else {
                throw TrainerStateError("the saved state has only \(present) of the moments of \(entry.name)")
            }
        }
        return result
    }

    private func fill(_ tensors: [String: Tensor]) {
        for (index, entry) in entries.enumerated() {
            let offset = offset(of: entry)
            for (slab, moment) in zip(slabs, momentNames) {
                guard let tensor = tensors[tensorName(entry, moment)] else { continue }
                slab.set(tensor, of: entry, at: offset)
                isStarted[index] = true
            }
            if let average = tensors[tensorName(entry, "average")] { averager.slab.set(average, of: entry, at: offset) }
        }
    }

    private func tensorName(_ entry: ParameterEntry, _ kind: String) -> String { "optimizer/\(entry.name)/\(kind)" }

    private func stepsKey(_ entry: ParameterEntry) -> String { "average_steps/\(entry.name)" }
}

/// A tensor of a trainer's state where it lies.
package struct TrainerStateSource {
    /// As in `TrainerState.NamedTensor`.
    package let name: String
    let entry: ParameterEntry
    let slab: MomentSlab
    let offset: Int

    /// How the numbers are arranged.
    package var shape: Shape { entry.shape }

    /// The numbers, copied.
    package func copy() -> Tensor { slab.tensor(of: entry, at: offset) }
}

/// Saved numbers, read strictly.
struct SavedValues {
    private let values: [String: String]

    init(_ values: [String: String]) { self.values = values }

    func string(_ key: String) throws(TrainerStateError) -> String {
        guard let text = values[key] else { throw TrainerStateError("the saved state lacks \(key)") }
        return text
    }

    func count(_ key: String) throws(TrainerStateError) -> Int {
        let text = try string(key)
        guard let value = Int(text), value >= 0 else { throw TrainerStateError("the saved \(key) is no count: \(text)") }
        return value
    }

    func double(_ key: String) throws(TrainerStateError) -> Double {
        let text = try string(key)
        guard let value = Double(text) else { throw TrainerStateError("the saved \(key) is no number: \(text)") }
        return value
    }

    func bool(_ key: String) throws(TrainerStateError) -> Bool {
        let text = try string(key)
        guard let value = Bool(text) else { throw TrainerStateError("the saved \(key) is neither true nor false: \(text)") }
        return value
    }
}
