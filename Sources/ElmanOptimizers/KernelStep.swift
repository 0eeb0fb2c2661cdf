import CElmanKernels

/// One trainer's arithmetic with the numbers of one update in it, ready to run over any piece of the parameters.
enum KernelStep: Sendable {
    case sgd(rate: Float)
    case momentum(rate: Float, momentum: Float)
    case adagrad(rate: Float, epsilon: Float)
    case adadelta(rate: Float, epsilon: Float, rho: Float)
    case rmsprop(rate: Float, epsilon: Float, rho: Float)
    case adam(rate: Float, beta1: Float, beta2: Float, epsilon: Float)

    /// The same step with its rate multiplied; by 1 to the bit.
    func scaled(by factor: Float) -> KernelStep {
        switch self {
        case .sgd(let rate): .sgd(rate: rate * factor)
        case .momentum(let rate, let momentum): .momentum(rate: rate * factor, momentum: momentum)
        case .adagrad(let rate, let epsilon): .adagrad(rate: rate * factor, epsilon: epsilon)
        case .adadelta(let rate, let epsilon, let rho): .adadelta(rate: rate * factor, epsilon: epsilon, rho: rho)
        case .rmsprop(let rate, let epsilon, let rho): .rmsprop(rate: rate * factor, epsilon: epsilon, rho: rho)
        case .adam(let rate, let beta1, let beta2, let epsilon):
            .adam(rate: rate * factor, beta1: beta1, beta2: beta2, epsilon: epsilon)
        }
    }
}

/// What all pieces of an update have in common.
struct StepContext: @unchecked Sendable {
    let step: KernelStep
    let values: UnsafeMutablePointer<Float>
    let gradients: UnsafeMutablePointer<Float>
    let first: UnsafeMutablePointer<Float>?
    let second: UnsafeMutablePointer<Float>?
    let third: UnsafeMutablePointer<Float>?
    /// What gradients are multiplied by when they are read (clipping).
    let scale: Float
    /// λ / scale of `WeightDecay.l2`, or 0.
    let penalty: Float
    /// η λ of `WeightDecay.decoupled`, or 0.
    let shrinkage: Float

    func run(_ span: Span) {
        let count = span.count, p = values + span.offset, g = gradients + span.offset
        let a = first.map { $0 + span.offset }, b = second.map { $0 + span.offset }, c = third.map { $0 + span.offset }
        let shrinkage = shrinkage * span.weight
        if penalty != 0 { ek_scale_accumulate(count, penalty, p, g) }
        if shrinkage != 0 {
            if case .adam = step {} else { ek_scale_accumulate(count, -shrinkage, p, p) }
        }
        switch step.scaled(by: span.weight) {
        case .sgd(let rate):
            ek_sgd(count, p, g, scale, rate)
        case .momentum(let rate, let momentum):
            ek_momentum(count, p, g, a, scale, rate, momentum)
        case .adagrad(let rate, let epsilon):
            ek_adagrad(count, p, g, a, scale, rate, epsilon)
        case .adadelta(let rate, let epsilon, let rho):
            ek_adadelta(count, p, g, a, b, scale, rate, epsilon, rho)
        case .rmsprop(let rate, let epsilon, let rho):
            ek_rmsprop(count, p, g, a, scale, rate, epsilon, rho)
        case .adam(let rate, let beta1, let beta2, let epsilon):
            ek_adam(count, p, g, a, b, c, scale, rate, beta1, beta2, epsilon, shrinkage)
        }
    }
}
