import ElmanGraph
import ElmanTensor

extension Trainer {
    /// Multiplies the learning rate of some parameters from the next update on: discriminative rates (Howard and Ruder 2018),
    /// where layers near the input learn more slowly. Decoupled weight decay is multiplied too, other decay is not. Momentum
    /// holds steps that were made with the rates of their time.
    ///
    /// Like the other settings, factors are no part of `state`. Fails for a factor that is negative or not finite.
    /// - Parameter parameters: a scope of the trainer's collection; parameters added to it later have the factor 1.
    public func setRateFactor(_ factor: Double, of parameters: ParameterCollection) {
        setRateFactor(factor, ofParametersNamed: Set(parameters.names))
    }

    /// As `setRateFactor(_:of:)`, for the parameters of some full names; unknown ones are left alone.
    public func setRateFactor(_ factor: Double, ofParametersNamed names: Set<String>) {
        guard factor >= 0, Float(factor).isFinite else { fail("a factor of the learning rate is at least 0, not \(factor)") }
        refreshEntries()
        for (index, entry) in entries.enumerated() where names.contains(entry.name) { rateFactors[index] = Float(factor) }
    }

    /// What the learning rate of a parameter is multiplied by; nil where the trainer has none of that name.
    public func rateFactor(ofParameterNamed name: String) -> Double? {
        refreshEntries()
        return entries.firstIndex { $0.name == name }.map { Double(rateFactors[$0]) }
    }
}
