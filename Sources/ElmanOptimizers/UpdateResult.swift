/// What `Trainer.update()` did.
public enum UpdateResult: Hashable, Sendable {
    /// The parameters that had a gradient were changed.
    case updated
    /// No parameter had a gradient, so nothing changed: no weight, no moment, no count.
    case noGradient
    /// The gradients of the named parameters hold NaN or infinity. They were thrown away and nothing was changed.
    case skippedNonFinite(parameters: [String])
}
