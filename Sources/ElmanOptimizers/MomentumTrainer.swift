import ElmanGraph

/// Gradient descent with momentum (Polyak 1964): v ← μ v - η g, θ ← θ + v, as in DyNet. The rate is inside the velocity: a
/// new rate acts on new gradients alone, where PyTorch's form (v ← μ v + g, θ ← θ - η v) applies it to the velocity gathered so
/// far. At a constant rate the two are the same.
public final class MomentumTrainer: Trainer {
    /// μ.
    public let momentum: Double

    /// - Parameters:
    ///   - learningRate: η; DyNet's default too.
    ///   - momentum: how much of the velocity is kept, 0..<1.
    public init(_ parameters: ParameterCollection, learningRate: Double = 0.01, momentum: Double = 0.9) {
        check(momentum, in: 0..<1, "momentum")
        self.momentum = momentum
        super.init(parameters, learningRate: learningRate, name: "momentum", momentNames: ["v"])
    }

    override func makeStep() -> KernelStep { .momentum(rate: Float(learningRate), momentum: Float(momentum)) }
}
