import CElmanKernels

/// What the arithmetic runs on.
public enum Processor {
    /// Cores that this process may use.
    public static var coreCount: Int { Int(ek_hardware_threads()) }

    /// Threads that large operations use, the caller's included; in 1...64. Results do not depend on it.
    public static var threadCount: Int {
        get { Int(ek_threads()) }
        set { ek_set_threads(Int32(max(1, min(newValue, 64)))) }
    }

    /// The SIMD level in use: `avx512`, `avx2`, `sse2`, `neon` or `scalar`. The environment variable ELMAN_SIMD forces one.
    public static var simdLevel: String { String(cString: ek_simd_level()) }
}
