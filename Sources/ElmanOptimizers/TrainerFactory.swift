import ElmanGraph

/// What `makeTrainer` makes.
public let trainerNames = ["sgd", "momentum", "adagrad", "adadelta", "rmsprop", "adam", "amsgrad", "adamw"]

/// A trainer by its name; nil where there is none of that name (`trainerNames` lists them).
public func makeTrainer(
    named name: String, _ parameters: ParameterCollection, _ options: TrainerOptions = TrainerOptions()
) -> Trainer? {
    guard let trainer = plainTrainer(named: name, parameters, options) else { return nil }
    if let rate = options.learningRate { trainer.learningRate = rate }
    if let decay = options.weightDecay { trainer.weightDecay = name == "adamw" ? .decoupled(decay) : .l2(decay) }
    trainer.clipNorm = options.clipNorm
    trainer.averaging = options.averaging
    return trainer
}

/// How many numbers a trainer keeps for each parameter besides its value and gradient; 0 for an unknown name.
public func trainerMomentCount(named name: String) -> Int {
    switch name {
    case "momentum", "adagrad", "rmsprop": 1
    case "adadelta", "adam", "adamw": 2
    case "amsgrad": 3
    default: 0
    }
}

private func plainTrainer(named name: String, _ parameters: ParameterCollection, _ options: TrainerOptions) -> Trainer? {
    let beta1 = options.beta1 ?? 0.9, beta2 = options.beta2 ?? 0.999
    switch name {
    case "sgd": return SGDTrainer(parameters)
    case "momentum": return MomentumTrainer(parameters, momentum: options.momentum ?? 0.9)
    case "adagrad": return AdagradTrainer(parameters, epsilon: options.epsilon ?? 1e-20)
    case "adadelta": return AdadeltaTrainer(parameters, rho: options.rho ?? 0.95, epsilon: options.epsilon ?? 1e-6)
    case "rmsprop": return RMSPropTrainer(parameters, rho: options.rho ?? 0.9, epsilon: options.epsilon ?? 1e-8)
    case "adam", "amsgrad":
        return AdamTrainer(
            parameters, beta1: beta1, beta2: beta2, epsilon: options.epsilon ?? 1e-8, amsgrad: name == "amsgrad",
            epsilonConvention: options.epsilonConvention)
    case "adamw":
        return AdamWTrainer(
            parameters, beta1: beta1, beta2: beta2, epsilon: options.epsilon ?? 1e-8,
            epsilonConvention: options.epsilonConvention)
    default: return nil
    }
}
