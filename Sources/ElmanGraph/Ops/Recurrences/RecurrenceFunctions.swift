import CElmanKernels

/// y = log σ(x), without overflow.
func writeLogSigmoid(_ count: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
    for index in 0..<count { y[index] = -Swift.abs(x[index]) }
    ek_exp(count, y, y)
    for index in 0..<count { y[index] += 1 }
    ek_log(count, y, y)
    for index in 0..<count { y[index] = Swift.min(x[index], 0) - y[index] }
}

/// y = σ(-x) = 1 - σ(x), which is the derivative of log σ(x).
func writeOppositeSigmoid(_ count: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
    for index in 0..<count { y[index] = -x[index] }
    ek_sigmoid(count, y, y)
}
