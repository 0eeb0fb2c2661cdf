import CElmanKernels
import Testing

extension KernelTests {
    @Suite struct RandomNumbers {
        typealias Generator = (UInt64, UInt64, Int, UnsafeMutablePointer<Float>?) -> Void

        func draw(_ generator: Generator, seed: UInt64 = 1, stream: UInt64 = 2, _ count: Int) -> [Float] {
            let out = Guarded(rows: 1, columns: count)
            generator(seed, stream, count, out.pointer)
            #expect(out.isIntact)
            return out.values
        }

        @Test(arguments: [0, 1])
        func elementsDependOnTheirPlaceAlone(index: Int) {
            let generator = [ek_random_uniform, ek_random_normal][index]
            let long = draw(generator, 200)
            for count in [1, 2, 3, 4, 5, 15, 16, 17, 63, 64, 65, 100] {
                #expect(draw(generator, count) == Array(long.prefix(count)))
            }
            #expect(draw(generator, seed: 3, 200) != long && draw(generator, stream: 3, 200) != long)
            for (level, result) in onLevels({ draw(generator, 200) }) { #expect(result == long, "\(level)") }
        }

        /// The first block of Philox 4x32-10 with key and counter 0, from the authors' known-answer file.
        @Test func knownAnswer() {
            let words: [UInt32] = [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
            #expect(draw(ek_random_uniform, seed: 0, stream: 0, 4) == words.map { Float($0 >> 8) / 16_777_216 })
        }

        @Test func momentsOfDistributions() {
            let n = 20_000, uniform = draw(ek_random_uniform, n).map(Double.init),
                normal = draw(ek_random_normal, n).map(Double.init)
            #expect(uniform.allSatisfy { 0 <= $0 && $0 < 1 })
            #expect(abs(uniform.reduce(0, +) / Double(n) - 0.5) < 0.01)
            #expect(abs(normal.reduce(0, +) / Double(n)) < 0.03)
            #expect(abs(normal.map { $0 * $0 }.reduce(0, +) / Double(n) - 1) < 0.05)
            #expect(abs(normal.map { $0 * $0 * $0 * $0 }.reduce(0, +) / Double(n) - 3) < 0.3)
        }

        @Test func dropout() {
            let mask = draw({ ek_dropout_mask($0, $1, $2, 0.8, $3) }, 10_001)
            #expect(mask.allSatisfy { $0 == 0 || $0 == 1.25 })
            #expect(abs(mask.reduce(0, +) / 10_001 - 1) < 0.03)
            #expect(draw({ ek_dropout_mask($0, $1, $2, 1, $3) }, 50).allSatisfy { $0 == 1 })
        }
    }
}
