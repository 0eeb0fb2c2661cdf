import ElmanGraph

/// Adagrad (Duchi, Hazan and Singer 2011): a ← a + g², θ ← θ - η g / √(a + ε).
///
/// Sparse and dense updates agree: a row without a gradient would not change anyway.
public final class AdagradTrainer: Trainer {
    /// ε.
    public let epsilon: Double

    /// - Parameters:
    ///   - learningRate: η; PyTorch's default is 0.01, DyNet's 0.1.
    ///   - epsilon: inside the root, as in DyNet, whose default it is; PyTorch adds its √ε = 1e-10 to the root.
    public init(_ parameters: ParameterCollection, learningRate: Double = 0.01, epsilon: Double = 1e-20) {
        checkPositive(epsilon, "epsilon")
        self.epsilon = epsilon
        super.init(parameters, learningRate: learningRate, name: "adagrad", momentNames: ["a"])
    }

    override func makeStep() -> KernelStep { .adagrad(rate: Float(learningRate), epsilon: Float(epsilon)) }
}
