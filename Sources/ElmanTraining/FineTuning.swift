import ElmanGraph
import ElmanOptimizers
import ElmanTensor

/// Which parameters of a model are trained in which epoch, and at which share of the learning rate: how a model that begins with
/// what another has learnt keeps from forgetting it (Howard and Ruder 2018).
///
/// Everything follows from the settings and the epoch, so a resumed run goes on to the same bits.
public struct FineTuning: Sendable, Hashable {
    /// Names of parameters, the lowest group first: what is nearest to the input, then layer by layer, at last what was made for the
    /// task. Parameters in no group are trained always.
    public var groups: [[String]]
    /// Names of parameters that stay as they are throughout.
    public var frozen: Set<String> = []
    /// Gradual unfreezing: only the top group is trained at first, and after every so many epochs one more; nil: all from the start.
    public var epochsPerGroup: Int?
    /// Discriminative learning rates: the rate of each group is that of the one above it divided by this; nil: one rate for all.
    public var layerDecay: Double?

    /// Everything is trained at one rate.
    public init(groups: [[String]]) { self.groups = groups }

    /// The groups in which something may be trained, lowest first.
    var trainableGroups: [[String]] { groups.filter { !$0.allSatisfy(frozen.contains) } }

    /// How many groups are trained in an epoch, counted from 1, from the top.
    public func groupCount(inEpoch epoch: Int) -> Int {
        let count = trainableGroups.count
        return epochsPerGroup.map { min(count, 1 + (epoch - 1) / $0) } ?? count
    }

    /// What the rate of each group, lowest first, is multiplied by.
    public var rateFactors: [Double] {
        var factor = 1.0
        return groups.indices.map { _ in
            defer { factor /= layerDecay ?? 1 }
            return factor
        }.reversed()
    }

    /// Names of the parameters that are not trained in an epoch.
    public func frozenNames(inEpoch epoch: Int) -> Set<String> {
        let groups = trainableGroups
        return frozen.union(groups.dropLast(groupCount(inEpoch: epoch)).joined())
    }

    /// Sets the rates.
    func begin(_ trainer: Trainer) {
        guard layerDecay != nil else { return }
        for (group, factor) in zip(groups, rateFactors) { trainer.setRateFactor(factor, ofParametersNamed: Set(group)) }
    }

    /// Freezes what is not trained in an epoch, and thaws the rest.
    func begin(epoch: Int, _ parameters: ParameterCollection) {
        let names = frozenNames(inEpoch: epoch)
        for entry in parameters.entries { entry.isFrozen = names.contains(entry.name) }
    }
}
