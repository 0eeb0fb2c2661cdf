/// How weights are drawn towards zero. λ is the decay, η the learning rate.
///
/// Only what an update touches decays: parameters with a gradient, and of lookup tables the rows that were looked up.
public enum WeightDecay: Hashable, Sendable {
    /// Not at all.
    case none
    /// The penalty λ/2 ‖θ‖²: g ← g + λ θ, after clipping, before moments and adaptive rates (PyTorch's `weight_decay` of
    /// all trainers but AdamW).
    case l2(Double)
    /// θ ← θ (1 - η λ) beside the step, whatever the gradients' history (Loshchilov and Hutter 2019, AdamW).
    case decoupled(Double)
}
