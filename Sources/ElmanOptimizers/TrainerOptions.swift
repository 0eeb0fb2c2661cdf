/// Settings of a trainer that is made by name. What is nil is the trainer's own default; what a trainer does not have is ignored.
public struct TrainerOptions: Hashable, Sendable {
    /// η.
    public var learningRate: Double?
    /// The largest norm of all gradients together; nil: no clipping.
    public var clipNorm: Float?
    /// λ: decoupled for `adamw`, `WeightDecay.l2` for all others.
    public var weightDecay: Double?
    /// μ of `momentum`.
    public var momentum: Double?
    /// β₁ of Adam and its kin.
    public var beta1: Double?
    /// β₂ of Adam and its kin.
    public var beta2: Double?
    /// ρ of `adadelta` and `rmsprop`.
    public var rho: Double?
    /// ε of those that divide.
    public var epsilon: Double?
    /// Where Adam and its kin add ε.
    public var epsilonConvention = AdamTrainer.EpsilonConvention.afterCorrection
    /// Which average of the weights is kept.
    public var averaging = WeightAveraging.none

    /// All defaults.
    public init() {}

    /// Defaults with a rate, clipping and weight decay.
    public init(learningRate: Double?, clipNorm: Float? = nil, weightDecay: Double? = nil) {
        self.learningRate = learningRate
        self.clipNorm = clipNorm
        self.weightDecay = weightDecay
    }
}
