import ElmanGraph

/// RMSProp (Tieleman and Hinton 2012): a ← ρ a + (1 - ρ) g², θ ← θ - η g / √(a + ε).
public final class RMSPropTrainer: Trainer {
    /// ρ.
    public let rho: Double
    /// ε.
    public let epsilon: Double

    /// - Parameters:
    ///   - learningRate: η; the lecture's and Python DyNet's 0.001 (C++ DyNet 0.1, PyTorch 0.01).
    ///   - rho: how much of the mean of squares is kept, 0..<1; 0.9 in the lecture and in Python DyNet (C++ DyNet 0.95, PyTorch
    ///     0.99).
    ///   - epsilon: inside the root, as in DyNet; PyTorch adds its ε to the root, for which ε² here comes close.
    public init(_ parameters: ParameterCollection, learningRate: Double = 0.001, rho: Double = 0.9, epsilon: Double = 1e-8) {
        check(rho, in: 0..<1, "rho")
        checkPositive(epsilon, "epsilon")
        self.rho = rho
        self.epsilon = epsilon
        super.init(parameters, learningRate: learningRate, name: "rmsprop", momentNames: ["a"])
    }

    override func makeStep() -> KernelStep {
        .rmsprop(rate: Float(learningRate), epsilon: Float(epsilon), rho: Float(rho))
    }
}
