import CElmanKernels
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// All kernel tests: one after the other, since the SIMD level and the number of threads belong to the process.
@Suite(.serialized) enum KernelTests {}

let allLevels = ["scalar", "sse2", "neon", "avx2", "avx512"]

/// The levels of this processor whose bits agree, the scalar one first.
let fusedLevels = availableLevels().filter { $0 != "sse2" }

func availableLevels() -> [String] {
    let best = String(cString: ek_simd_level())
    defer { ek_set_simd_level(best) }
    return allLevels.filter { ek_set_simd_level($0) == 0 }
}

/// What `body` gives on each of the levels; the level in use is restored.
func onLevels<Result>(_ body: () -> Result) -> [(level: String, result: Result)] { onLevels(availableLevels(), body) }

func onLevels<Result>(_ levels: [String], _ body: () -> Result) -> [(level: String, result: Result)] {
    let best = String(cString: ek_simd_level())
    defer { ek_set_simd_level(best) }
    return levels.map { level in
        ek_set_simd_level(level)
        return (level, body())
    }
}

/// What `body` gives with 1, 2 and 4 threads.
func onThreads<Result>(_ body: () -> Result) -> [Result] {
    let before = ek_threads()
    defer { ek_set_threads(before) }
    return [1, 2, 4].map { count in
        ek_set_threads(Int32(count))
        return body()
    }
}

/// Equal bits; any NaN equals any other.
func same(_ a: [Float], _ b: [Float]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
}

func close(_ a: [Float], _ b: [Double], relative: Double = 1e-5) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs(Double($0) - $1) <= relative * max(1, abs($1)) }
}

/// Reproducible values in -1 ..< 1.
struct Values {
    private var state: UInt64

    init(seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> Float {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(Int32(truncatingIfNeeded: state >> 33)) / 1_073_741_824 - 1
    }

    mutating func array(_ count: Int) -> [Float] { (0..<count).map { _ in next() } }
}

/// A matrix that ends where memory ends: a page follows that must not be touched. Gaps between rows hold NaNs, which poison
/// every sum that reads them and must survive.
final class Guarded {
    let rows: Int, columns: Int, stride: Int
    let pointer: UnsafeMutablePointer<Float>
    private let mapping: UnsafeMutableRawPointer, mappedBytes: Int
    private static let canary = Float(bitPattern: 0x7fc0_beef)

    init(rows: Int, columns: Int, stride: Int? = nil, values: [Float]? = nil) {
        self.rows = rows
        self.columns = columns
        self.stride = stride ?? columns
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let count = max(0, rows - 1) * self.stride + columns
        let bytes = (count * 4 + 256 + page - 1) / page * page
        mappedBytes = bytes + page
        mapping = mmap(nil, mappedBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
        mprotect(mapping + bytes, page, PROT_NONE)
        let floats = mapping.bindMemory(to: Float.self, capacity: bytes / 4)
        for i in 0..<bytes / 4 { floats[i] = Self.canary }
        pointer = floats + (bytes / 4 - count)
        for i in 0..<rows * columns { pointer[i / columns * self.stride + i % columns] = values?[i] ?? 0 }
    }

    deinit { munmap(mapping, mappedBytes) }

    var values: [Float] {
        (0..<rows * columns).map { pointer[$0 / columns * stride + $0 % columns] }
    }

    /// Nothing before the matrix or between its rows was written.
    var isIntact: Bool {
        let before = mapping.assumingMemoryBound(to: Float.self)
        let gaps = (0..<max(0, rows - 1)).flatMap { row in (columns..<stride).map { pointer[row * stride + $0] } }
        let head = (0..<64).map { (pointer - 1 - $0 >= before ? pointer - 1 - $0 : before).pointee }
        return (gaps + head).allSatisfy { $0.bitPattern == Self.canary.bitPattern }
    }

    var rowPointers: [UnsafePointer<Float>?] { (0..<rows).map { UnsafePointer(pointer + $0 * stride) } }
}
