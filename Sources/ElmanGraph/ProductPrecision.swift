import CElmanKernels

/// With what precision the matrix products of a graph read their factors. Sums are of single precision in any case, and so is all
/// that is no matrix product: parameters and their updates, gates, normalisations, losses.
public enum ProductPrecision: String, Sendable, Hashable, CaseIterable {
    /// As they are.
    case float32
    /// Rounded to bfloat16: 8 bits of precision, the range of single precision. To the nearest, of two the even one; numbers below
    /// the smallest normal one (1.2e-38) to 0.
    ///
    /// Values are the same bits in any batch and with any number of threads, and on all processors with fused multiply-add, but
    /// where a sum is below the normal numbers: processors with AVX512_BF16 make it 0.
    case bfloat16

    /// Whether this processor multiplies such numbers itself (AVX512_BF16). Elsewhere they are rounded and multiplied as floats,
    /// with the same bits, which takes longer than `float32`.
    public var isFast: Bool { self == .float32 || ek_has_fast_rounded_products() != 0 }

    /// What the kernels of this thread do while `body` runs.
    @inline(__always)
    func use<Result>(_ body: () -> Result) -> Result {
        guard self == .bfloat16 else { return body() }
        let before = ek_begin_rounded_products()
        defer { ek_end_rounded_products(before) }
        return body()
    }
}
