import ElmanGraph

/// Adadelta (Zeiler 2012): a ← ρ a + (1 - ρ) g², δ = g √(d + ε) / √(a + ε), d ← ρ d + (1 - ρ) δ², θ ← θ - η δ.
public final class AdadeltaTrainer: Trainer {
    /// ρ.
    public let rho: Double
    /// ε.
    public let epsilon: Double

    /// - Parameters:
    ///   - learningRate: η; the paper has none, that is 1.
    ///   - rho: how much of the two means of squares is kept, 0..<1; 0.95 in the paper and in DyNet, 0.9 in PyTorch.
    ///   - epsilon: inside the roots.
    public init(_ parameters: ParameterCollection, learningRate: Double = 1, rho: Double = 0.95, epsilon: Double = 1e-6) {
        check(rho, in: 0..<1, "rho")
        checkPositive(epsilon, "epsilon")
        self.rho = rho
        self.epsilon = epsilon
        super.init(parameters, learningRate: learningRate, name: "adadelta", momentNames: ["a", "d"])
    }

    override func makeStep() -> KernelStep {
        .adadelta(rate: Float(learningRate), epsilon: Float(epsilon), rho: Float(rho))
    }
}
