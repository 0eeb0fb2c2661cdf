import ElmanGraph

/// Adam (Kingma and Ba 2015), and AMSGrad (Reddi, Kale and Kumar 2018).
///
/// m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g², θ ← θ - η m̂ / (√v̂ + ε) with m̂ = m / (1 - β₁ᵗ) and v̂ = v / (1 - β₂ᵗ).
/// AMSGrad divides by the largest v so far instead of v.
///
/// t is the number of updates of the trainer, not of the parameter, as in DyNet: a row of a lookup table that is seen for
/// the first time late makes a first step of up to (1 - β₁) / √(1 - β₂) ≈ 3.2 η.
public class AdamTrainer: Trainer {
    /// Where ε is added.
    public enum EpsilonConvention: String, Hashable, Sendable, CaseIterable {
        /// η m̂ / (√v̂ + ε): the paper's Algorithm 1, PyTorch.
        case afterCorrection
        /// η √(1 - β₂ᵗ) / (1 - β₁ᵗ) m / (√v + ε): the paper's remark after it, DyNet. Early on ε weighs more, up to 32 times.
        case uncorrected
    }

    /// β₁.
    public let beta1: Double
    /// β₂.
    public let beta2: Double
    /// ε.
    public let epsilon: Double
    /// Where ε is added.
    public let epsilonConvention: EpsilonConvention
    /// Whether the largest v so far is used.
    public let isAMSGrad: Bool

    /// - Parameters:
    ///   - learningRate: η.
    ///   - beta1: how much of the mean of gradients is kept, 0..<1.
    ///   - beta2: how much of the mean of their squares is kept, 0..<1.
    ///   - epsilon: keeps the division finite; above 0.
    ///   - amsgrad: whether v never shrinks.
    ///   - epsilonConvention: where ε is added; `.uncorrected` for DyNet's numbers.
    public convenience init(
        _ parameters: ParameterCollection, learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999,
        epsilon: Double = 1e-8, amsgrad: Bool = false, epsilonConvention: EpsilonConvention = .afterCorrection
    ) {
        self.init(
            parameters, learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: amsgrad,
            epsilonConvention: epsilonConvention, name: amsgrad ? "amsgrad" : "adam")
    }

    init(
        _ parameters: ParameterCollection, learningRate: Double, beta1: Double, beta2: Double, epsilon: Double, amsgrad: Bool,
        epsilonConvention: EpsilonConvention, name: String
    ) {
        check(beta1, in: 0..<1, "beta1")
        check(beta2, in: 0..<1, "beta2")
        checkPositive(epsilon, "epsilon")
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.epsilonConvention = epsilonConvention
        isAMSGrad = amsgrad
        super.init(
            parameters, learningRate: learningRate, name: name, momentNames: amsgrad ? ["m", "v", "v_max"] : ["m", "v"])
    }

    override func makeStep() -> KernelStep {
        // The moments are made with β rounded to a Float, so the correction is too: a constant gradient is corrected exactly.
        let correction1 = 1 - power(Double(Float(beta1)), updateCount)
        let root2 = (1 - power(Double(Float(beta2)), updateCount)).squareRoot()
        return .adam(
            rate: Float(learningRate * root2 / correction1), beta1: Float(beta1), beta2: Float(beta2),
            epsilon: Float(epsilonConvention == .afterCorrection ? epsilon * root2 : epsilon))
    }
}
