import ElmanGraph

/// AdamW (Loshchilov and Hutter 2019): Adam with the weights drawn towards zero beside the step, θ ← θ (1 - η λ) - Adam's step.
public final class AdamWTrainer: AdamTrainer {
    /// - Parameters:
    ///   - learningRate: η.
    ///   - weightDecay: λ, multiplied by the rate at each update as in PyTorch, whose default it is; becomes
    ///     `weightDecay = .decoupled(λ)`.
    ///   - beta1: how much of the mean of gradients is kept, 0..<1.
    ///   - beta2: how much of the mean of their squares is kept, 0..<1.
    ///   - epsilon: keeps the division finite; above 0.
    ///   - amsgrad: whether v never shrinks.
    ///   - epsilonConvention: where ε is added.
    public init(
        _ parameters: ParameterCollection, learningRate: Double = 0.001, weightDecay: Double = 0.01, beta1: Double = 0.9,
        beta2: Double = 0.999, epsilon: Double = 1e-8, amsgrad: Bool = false,
        epsilonConvention: EpsilonConvention = .afterCorrection
    ) {
        super.init(
            parameters, learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: amsgrad,
            epsilonConvention: epsilonConvention, name: "adamw")
        self.weightDecay = .decoupled(weightDecay)
    }
}
