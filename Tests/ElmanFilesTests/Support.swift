import ElmanFiles
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An empty folder that is removed with its contents at the end of a test.
final class ScratchFolder {
    let path: String

    init() {
        let start = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        path = start + "/elman-files-\(getpid())-\(UInt64.random(in: .min ... .max))"
        mkdir(path, 0o700)
    }

    deinit { try? FileSystem.remove(path) }

    /// A path in the folder.
    func callAsFunction(_ name: String) -> String { path + "/" + name }

    /// The names in the folder.
    var names: [String] { (try? FileSystem.list(path)) ?? [] }

    func write(_ name: String, _ text: String) throws { try AtomicFile.write(text, to: self(name)) }

    func read(_ name: String) throws -> String { String(decoding: try FileSystem.readFile(self(name)), as: UTF8.self) }
}

/// The error of a piece of code that must fail with one.
func failure(
    _ sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) -> DataError {
    do { try body() } catch let error as DataError {
        return error
    } catch {
        Issue.record("threw \(error)", sourceLocation: sourceLocation)
    }
    Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    return DataError(.computation, "nothing was thrown")
}

/// SplitMix64, so that every run tries the same inputs.
struct TestGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Changes, inserts, removes or repeats a few bytes.
    mutating func mutate(_ bytes: [UInt8], words: [String]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &self) {
            let place = Int.random(in: 0...bytes.count, using: &self)
            switch Int.random(in: 0..<6, using: &self) {
            case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &self)
            case 1 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 2 where place < bytes.count: bytes.remove(at: place)
            case 3: bytes.insert(UInt8.random(in: 0...255, using: &self), at: place)
            case 4:
                let end = Int.random(in: place...bytes.count, using: &self)
                bytes.insert(contentsOf: Array(bytes[place..<end].prefix(40)), at: place)
            default: bytes.insert(contentsOf: (words.randomElement(using: &self) ?? "").utf8, at: place)
            }
        }
        return bytes
    }
}

/// Counts the calls of the operating system, and lets chosen ones fail. Used by one thread.
final class Faults: @unchecked Sendable {
    private(set) var count = 0
    private let decide: (Int, System.Call) -> Int32

    init(_ decide: @escaping (Int, System.Call) -> Int32 = { _, _ in 0 }) { self.decide = decide }

    func during<Result>(_ body: () throws -> Result) rethrows -> Result {
        try System.$fault.withValue(
            { call in
                self.count += 1
                return self.decide(self.count, call)
            }, operation: body)
    }
}
