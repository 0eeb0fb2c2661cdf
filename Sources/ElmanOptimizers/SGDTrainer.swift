import ElmanGraph

/// Stochastic gradient descent: θ ← θ - η g (Robbins and Monro 1951).
public final class SGDTrainer: Trainer {
    /// - Parameter learningRate: η; DyNet's default is 0.1 too.
    public init(_ parameters: ParameterCollection, learningRate: Double = 0.1) {
        super.init(parameters, learningRate: learningRate, name: "sgd", momentNames: [])
    }

    override func makeStep() -> KernelStep { .sgd(rate: Float(learningRate)) }
}
