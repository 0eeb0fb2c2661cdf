import CElmanKernels

// What the forward kernels of all ops with weights share: a product with a parameter, in however many bits it is held.

extension OpCall {
    /// The shared parameter `argument` in fewer bits; nil where it has all of them, or is no parameter.
    func reducedWeights(_ argument: Int) -> ReducedWeights? {
        let node = graph.pointee.nodes.pointer + argumentNode(argument)
        guard node.pointee.flags.contains(.reduced) else { return nil }
        return graph.pointee.entries[Int(node.pointee.data)].reduced
    }

    /// y = start + x Wᵀ, or x W where `isTransposed`, for `count` vectors x and the shared weights W that are argument `argument`. Only
    /// for arguments that the op names as reducible.
    func multiply(
        _ argument: Int, isTransposed: Bool = false, count: Int, inputSize: Int, outputSize: Int, _ x: UnsafePointer<Float>,
        stride xStride: Int, to y: UnsafeMutablePointer<Float>, stride yStride: Int, start: Int32,
        bias: UnsafePointer<Float>? = nil
    ) {
        if let reduced = reducedWeights(argument) {
            var weights = reduced.weights(transposed: isTransposed)
            ek_gemm_weights(count, outputSize, inputSize, x, xStride, &weights, y, yStride, start, bias)
            return
        }
        let weights = input(argument), product = isTransposed ? ek_gemm_nt : ek_gemm_nn
        product(count, outputSize, inputSize, x, xStride, weights.base, weights.columnStride, y, yStride, start, bias)
    }
}
