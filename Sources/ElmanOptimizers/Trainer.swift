import CElmanKernels
import ElmanGraph
import ElmanTensor

/// Changes parameters by their gradients. `SGDTrainer`, `AdamTrainer` and the others say by which rule.
///
/// What holds for all of them:
/// - `update()` changes the parameters that have a gradient and forgets all gradients. A parameter without one, and a frozen
///   parameter, is left alone: its value, its moments and its average of squares stay as they are.
/// - Of a lookup table only the rows that were looked up since the last update are changed, moments included ("lazy"), as in
///   DyNet: a row's moments do not fade while the row is not seen. A table that was used as a whole (`matrix(in:)`, tied
///   weights) is changed as a whole.
/// - Nothing is clipped, decayed or averaged unless asked for.
/// - The result does not depend on the number of threads.
/// - Moments are laid out like the parameters and take memory only where something was updated.
///
/// A trainer may be made for a scope of a collection, and several trainers for several scopes. Parameters that are added to
/// the collection later take part. It is used by one thread at a time.
public class Trainer {
    /// What is trained.
    public let parameters: ParameterCollection
    /// η. Schedules set it before each update.
    public var learningRate: Double
    /// The largest norm of all gradients together, dense ones and those of looked-up rows; where it is exceeded, all are
    /// multiplied by `clipNorm / norm` (Pascanu, Mikolov and Bengio 2013). nil: no clipping. DyNet's default is 5.
    public var clipNorm: Float?
    /// How weights are drawn towards zero.
    public var weightDecay: WeightDecay = .none
    /// Whether the norm of the gradients is computed where clipping does not need it. It costs a pass over them; without it
    /// `lastGradientNorm` is nil and gradients that are not finite go into the weights.
    public var measuresGradientNorm = true

    /// Which average of the weights is kept beside them. Setting it forgets the averages so far.
    public var averaging: WeightAveraging {
        get { averager.averaging }
        set {
            refreshEntries()
            averager.begin(newValue, entries)
        }
    }

    /// Updates that changed something, since the start or the last restart. Adam's bias correction goes by it.
    public internal(set) var updateCount = 0
    /// Updates whose gradients were clipped, since the start.
    public internal(set) var clippedUpdateCount = 0
    /// Updates skipped because a gradient was not finite, since the start.
    public internal(set) var skippedUpdateCount = 0
    /// The norm of all gradients at the last update, before clipping; nil where it was not computed.
    public internal(set) var lastGradientNorm: Double?

    /// What `makeTrainer` calls this kind of trainer.
    public let name: String
    let momentNames: [String]
    let slabs: [MomentSlab]
    let store: ParameterStore
    let averager: WeightAverager
    /// The parameters of the scope, refreshed when the collection has grown.
    private(set) var entries: [ParameterEntry] = []
    private var storeEntryCount = 0
    /// Whether an entry was ever updated: others have no moments yet.
    var isStarted: [Bool] = []
    /// What the rate is multiplied by, for each entry.
    var rateFactors: [Float] = []
    private var updated = SpanList()
    private var measured = SpanList()
    private var measuredEntries: [Int32] = []
    private var partialSums: [Double] = []

    init(_ parameters: ParameterCollection, learningRate: Double, name: String, momentNames: [String]) {
        self.parameters = parameters
        self.learningRate = learningRate
        self.name = name
        self.momentNames = momentNames
        store = parameters.store
        slabs = momentNames.indices.map { MomentSlab(mirroring: parameters.store, number: $0) }
        averager = WeightAverager(parameters.store)
        refreshEntries()
    }

    /// The arithmetic of update number `updateCount`, with its numbers.
    func makeStep() -> KernelStep { fail("a trainer says what its step is") }

    /// Changes all parameters that have a gradient and forgets the gradients of all. Fails while the averages are swapped in.
    @discardableResult
    public func update() -> UpdateResult {
        guard !averager.isSwappedIn else { fail("update() while the averaged weights are swapped in; call swapOutAverages()") }
        refreshEntries()
        defer { for entry in entries { entry.clearGradient() } }
        collectSpans()
        guard !updated.isEmpty else { return .noGradient }
        lastGradientNorm = nil
        var scale: Float = 1
        if clipNorm != nil || measuresGradientNorm {
            let norm = gradientNorm()
            lastGradientNorm = norm
            guard norm.isFinite else {
                skippedUpdateCount += 1
                return .skippedNonFinite(parameters: nonFiniteNames())
            }
            if let clipNorm, norm > Double(clipNorm) {
                scale = Float(Double(clipNorm) / norm)
                clippedUpdateCount += 1
            }
        }
        updateCount += 1
        for index in entries.indices where isUpdated(entries[index]) { isStarted[index] = true }
        let context = stepContext(scale: scale)
        updated.forEach { _, span in context.run(span) }
        averager.add(entries)
        return .updated
    }

    /// Forgets all moments and the update count, as after a change of the data or the rate ("warm restart"). Averages of the
    /// weights and the counts of clipped and skipped updates go on.
    /// - Parameter learningRate: the new rate; the present one stays where it is nil.
    public func restart(learningRate: Double? = nil) {
        if let learningRate { self.learningRate = learningRate }
        updateCount = 0
        clearMoments()
    }

    func clearMoments() {
        for slab in slabs { slab.clear(usedCount: store.usedCount) }
        for index in isStarted.indices { isStarted[index] = false }
    }

    func refreshEntries() {
        guard store.entries.count != storeEntryCount else { return }
        storeEntryCount = store.entries.count
        entries = parameters.entries
        isStarted += [Bool](repeating: false, count: entries.count - isStarted.count)
        rateFactors += [Float](repeating: 1, count: entries.count - rateFactors.count)
        for slab in slabs { slab.checkCapacity(usedCount: store.usedCount) }
        averager.extend(to: entries)
    }

    /// Where an entry's values lie in the store, and its moments in the slabs.
    func offset(of entry: ParameterEntry) -> Int { entry.values - store.values.base }

    private func isUpdated(_ entry: ParameterEntry) -> Bool { entry.hasGradient && !entry.isFrozen }

    private func stepContext(scale: Float) -> StepContext {
        var penalty: Float = 0, shrinkage: Float = 0
        switch weightDecay {
        case .none: break
        case .l2(let decay):
            penalty = Float(decay) / scale
            // Gradients so large that the penalty drowns in them.
            if !(abs(penalty) < 1e30) { penalty = 0 }
        case .decoupled(let decay): shrinkage = Float(learningRate * decay)
        }
        return StepContext(
            step: makeStep(), values: store.values.base, gradients: store.gradients.base,
            first: slabs.isEmpty ? nil : slabs[0].base, second: slabs.count > 1 ? slabs[1].base : nil,
            third: slabs.count > 2 ? slabs[2].base : nil, scale: scale, penalty: penalty, shrinkage: shrinkage)
    }

    /// Lists what this update changes and, in an order of its own, what the norm is summed over.
    private func collectSpans() {
        let measures = clipNorm != nil || measuresGradientNorm
        updated.removeAll()
        measured.removeAll()
        measuredEntries.removeAll(keepingCapacity: true)
        var joiner = SpanJoiner()
        for (index, entry) in entries.enumerated() where isUpdated(entry) {
            let start = offset(of: entry)
            if entry.isLookup, !entry.isDenselyTouched {
                // The order in which rows were touched must not show in the norm's last bits.
                for row in measures ? entry.touchedRows.sorted() : entry.touchedRows {
                    let span = Span(
                        offset: start + Int(row) * entry.columnStride, count: entry.columnStride, weight: rateFactors[index])
                    joiner.add(span, to: &updated)
                    if measures { measured.append(span) }
                }
            } else {
                let span = Span(offset: start, count: entry.paddedCount, weight: rateFactors[index])
                joiner.add(span, to: &updated)
                if measures { measured.append(span) }
            }
            while measuredEntries.count < measured.count { measuredEntries.append(Int32(index)) }
        }
        joiner.finish(&updated)
    }

    /// √Σ g², one partial sum for each piece, added in order. Padding is zero.
    private func gradientNorm() -> Double {
        partialSums.removeAll(keepingCapacity: true)
        partialSums.append(contentsOf: repeatElement(0, count: measured.count))
        let gradients = store.gradients.base
        partialSums.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let sums = buffer.baseAddress!
            measured.forEach { index, span in sums[index] = ek_sum_squares(span.count, gradients + span.offset) }
        }
        return partialSums.reduce(0, +).squareRoot()
    }

    private func nonFiniteNames() -> [String] {
        var names: [String] = []
        for (piece, sum) in partialSums.enumerated() where !sum.isFinite {
            let name = entries[Int(measuredEntries[piece])].name
            if names.last != name { names.append(name) }
        }
        return names
    }
}
