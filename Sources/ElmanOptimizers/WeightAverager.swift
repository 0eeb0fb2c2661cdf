import ElmanGraph
import ElmanTensor

/// The averages of a trainer's weights.
final class WeightAverager {
    private let store: ParameterStore
    private(set) var averaging = WeightAveraging.none
    private var memory: MomentSlab?
    /// Steps of each entry's average; -1 where it has not begun.
    var stepCounts: [Int] = []
    /// Updates since the last step of the averages.
    var pendingUpdateCount = 0
    var isSwappedIn = false
    /// Whether an averaging that waits for the development losses has begun.
    var isTriggered = false

    init(_ store: ParameterStore) { self.store = store }

    /// The averages' memory, laid out as the parameters'.
    var slab: MomentSlab {
        if let memory { return memory }
        let made = MomentSlab(mirroring: store, number: 3)
        made.checkCapacity(usedCount: store.usedCount)
        memory = made
        return made
    }

    /// Whether there are averages to swap in.
    var hasAverages: Bool { stepCounts.contains { $0 > 0 } }

    func begin(_ averaging: WeightAveraging, _ entries: [ParameterEntry]) {
        guard !isSwappedIn else { fail("the averaging cannot change while the averaged weights are swapped in") }
        memory?.clear(usedCount: store.usedCount)
        self.averaging = averaging
        stepCounts = []
        pendingUpdateCount = 0
        isTriggered = false
        extend(to: entries)
    }

    /// Whether there is an average to be made: one was asked for, and need not wait any more.
    private var isUnderWay: Bool {
        switch averaging.kind {
        case .none: false
        case .nonMonotonic: isTriggered
        case .exponential, .cumulative: true
        }
    }

    /// Begins the averages of entries that are new.
    func extend(to entries: [ParameterEntry]) {
        while stepCounts.count < entries.count { stepCounts.append(-1) }
        if averaging.startsFromInitialWeights { beginUnfrozen(entries) }
    }

    private func beginUnfrozen(_ entries: [ParameterEntry]) {
        for (index, entry) in entries.enumerated() where stepCounts[index] < 0 && !entry.isFrozen {
            stepCounts[index] = 0
            if averaging.startsFromInitialWeights {
                (slab.base + offset(of: entry)).update(from: entry.values, count: entry.paddedCount)
            }
        }
    }

    private func offset(of entry: ParameterEntry) -> Int { entry.values - store.values.base }

    /// Notes that an update was made, and averages where it is time.
    func add(_ entries: [ParameterEntry]) {
        guard isUnderWay else { return }
        pendingUpdateCount += 1
        guard pendingUpdateCount >= averaging.every else { return }
        pendingUpdateCount = 0
        beginUnfrozen(entries)
        var list = SpanList(), joiner = SpanJoiner()
        for (index, entry) in entries.enumerated() where stepCounts[index] >= 0 {
            stepCounts[index] += 1
            let weight = averaging.weight(at: stepCounts[index])
            joiner.add(Span(offset: offset(of: entry), count: entry.paddedCount, weight: weight), to: &list)
        }
        joiner.finish(&list)
        let values = store.values.base, averages = slab.base
        list.forEach { _, span in
            average(values + span.offset, into: averages + span.offset, span.count, weight: span.weight)
        }
    }

    /// Takes over saved counts; the averages themselves are set afterwards.
    func restore(stepCounts: [Int], pending: Int, isSwappedIn: Bool, isTriggered: Bool) {
        memory?.clear(usedCount: store.usedCount)
        self.stepCounts = stepCounts
        pendingUpdateCount = pending
        self.isSwappedIn = isSwappedIn
        self.isTriggered = isTriggered
    }

    /// Exchanges the weights and their averages.
    func swap(_ entries: [ParameterEntry]) {
        var list = SpanList()
        for (index, entry) in entries.enumerated() where stepCounts[index] > 0 {
            list.append(Span(offset: offset(of: entry), count: entry.paddedCount))
        }
        let values = store.values.base, averages = slab.base
        list.forEach { _, span in exchange(values + span.offset, averages + span.offset, span.count) }
        isSwappedIn.toggle()
    }
}

/// ā ← ā + w (θ - ā).
private func average(
    _ values: UnsafeMutablePointer<Float>, into averages: UnsafeMutablePointer<Float>, _ count: Int, weight: Float
) {
    for index in 0..<count { averages[index] += weight * (values[index] - averages[index]) }
}

private func exchange(_ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>, _ count: Int) {
    for index in 0..<count { (a[index], b[index]) = (b[index], a[index]) }
}
