import CElmanKernels

/// One trainer's arithmetic with the numbers of one update in it, ready to run over any piece of the parameters.
enum KernelStep: Sendable {
    case sgd(rate: Float)
    case momentum(rate: Float, momentum: Float)
    case adagrad(rate: Float, epsilon: Float)
    case adadelta(rate: Float, epsilon: Float, rho: Float)
    case rmsprop(rate: Float, epsilon: Float, rho: Float)
    case adam(rate: Float, beta1: Float, beta2: Float, epsilon: Float)
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
        if penalty != 0 { ek_scale_accumulate(count, penalty, p, g) }
        if shrinkage != 0 {
            if case .adam = step {} else { ek_scale_accumulate(count, -shrinkage, p, p) }
        }
        switch step {
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
