import CElmanKernels
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Counts how often each chunk ran.
private final class Counts: Sendable {
    let counts: [Atomic8]

    final class Atomic8: Sendable {
        let value = Atomic<Int>(0)
    }

    init(_ count: Int) { counts = (0..<count).map { _ in Atomic8() } }
    var allOnce: Bool { counts.allSatisfy { $0.value.load(ordering: .relaxed) == 1 } }

    func run() {
        ek_parallel_for(
            counts.count,
            { context, chunk in
                let counts = Unmanaged<Counts>.fromOpaque(context!).takeUnretainedValue()
                counts.counts[chunk].value.add(1, ordering: .relaxed)
            }, Unmanaged.passUnretained(self).toOpaque())
    }
}

extension KernelTests {
    @Suite struct Pool {
        @Test(arguments: [1, 2, 3, 8])
        func everyChunkRunsOnce(threads: Int32) {
            let before = ek_threads()
            defer { ek_set_threads(before) }
            ek_set_threads(threads)
            #expect(ek_threads() == threads)
            for round in 0..<300 {
                let counts = Counts(round % 17)
                counts.run()
                #expect(counts.allOnce)
            }
        }

        @Test func nestedCallsRun() {
            let before = ek_threads()
            defer { ek_set_threads(before) }
            ek_set_threads(4)
            let inner = (0..<16).map { _ in Counts(9) }
            withExtendedLifetime(inner) {
                var pointers = inner.map { Unmanaged.passUnretained($0).toOpaque() }
                ek_parallel_for(
                    16,
                    { context, chunk in
                        let pointer = context!.assumingMemoryBound(to: UnsafeMutableRawPointer.self)[chunk]
                        Unmanaged<Counts>.fromOpaque(pointer).takeUnretainedValue().run()
                    }, &pointers)
            }
            #expect(inner.allSatisfy { $0.allOnce })
        }

        @Test func manyCallersAtOnce() async {
            let before = ek_threads()
            defer { ek_set_threads(before) }
            ek_set_threads(3)
            let fine = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        (0..<200).allSatisfy { _ in
                            let counts = Counts(7)
                            counts.run()
                            return counts.allOnce
                        }
                    }
                }
                return await group.reduce(true) { $0 && $1 }
            }
            #expect(fine)
        }

        @Test func sleepersWake() {
            let before = ek_threads()
            defer { ek_set_threads(before) }
            for threads in [2, 8, 2, 5] as [Int32] {
                ek_set_threads(threads)
                for _ in 0..<5 {
                    let counts = Counts(20)
                    counts.run()
                    #expect(counts.allOnce)
                    usleep(2000)
                }
            }
        }

        @Test func numbersOfThreadsAreClamped() {
            let before = ek_threads()
            defer { ek_set_threads(before) }
            #expect(ek_hardware_threads() >= 1)
            ek_set_threads(0)
            #expect(ek_threads() == 1)
            ek_set_threads(1000)
            #expect(ek_threads() == 64)
        }
    }

    @Suite struct Levels {
        @Test func namesAreChecked() {
            let best = String(cString: ek_simd_level())
            #expect(allLevels.contains(best))
            #expect(ek_set_simd_level("abacus") == -1)
            #expect(String(cString: ek_simd_level()) == best)
            #expect(availableLevels().contains("scalar"))
        }
    }

    @Suite struct Memory {
        @Test func discardedPagesReadAsZeros() throws {
            let bytes = 1 << 22
            let memory = try #require(ek_reserve(bytes)), values = memory.assumingMemoryBound(to: Float.self)
            for i in stride(from: 0, to: bytes / 4, by: 1000) {
                #expect(values[i] == 0)
                values[i] = 1
            }
            ek_discard(memory + bytes / 2, bytes / 2)
            for i in stride(from: 0, to: bytes / 4, by: 1000) { #expect(values[i] == (i < bytes / 8 ? 1 : 0)) }
            ek_release(memory, bytes)
        }

        @Test func reservationsMayExceedMemory() throws {
            let bytes = 1 << 40
            let memory = try #require(ek_reserve(bytes))
            memory.storeBytes(of: 1, toByteOffset: bytes - 8, as: Int.self)
            ek_release(memory, bytes)
        }
    }
}
