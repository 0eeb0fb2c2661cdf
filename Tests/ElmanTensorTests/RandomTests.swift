import ElmanTensor
import Testing

struct RandomTests {
    @Test func theGeneratorGivesThePublishedNumbers() {
        // SplitMix64 from the seed 1234567, as its authors' program prints them.
        var generator = RandomGenerator(seed: 1_234_567)
        #expect(generator.next() == 6_457_827_717_110_365_317)
        #expect(generator.next() == 3_203_168_211_198_807_973)
        #expect(generator.next() == 9_817_491_932_198_370_423)
    }

    @Test func streamsOfOneSeedDiffer() {
        var first = RandomGenerator(seed: 1, stream: 0), second = RandomGenerator(seed: 1, stream: 1)
        #expect(first.next() != second.next())
        #expect(RandomGenerator(seed: 1, stream: 3) == RandomGenerator(seed: 1, stream: 3))
    }

    @Test func numbersLieInTheirRange() {
        var generator = RandomGenerator(seed: 2), counts = [Int](repeating: 0, count: 5), sum = 0.0
        for _ in 0..<5000 {
            counts[generator.integer(below: 5)] += 1
            let value = generator.uniform()
            #expect(value >= 0 && value < 1)
            sum += value
        }
        for count in counts { #expect(count > 850 && count < 1150) }
        #expect(abs(sum / 5000 - 0.5) < 0.02)
    }

    @Test func shufflingKeepsTheElements() {
        var generator = RandomGenerator(seed: 3), elements = Array(0..<20)
        generator.shuffle(&elements)
        #expect(elements != Array(0..<20) && elements.sorted() == Array(0..<20))
    }

    @Test func drawsFollowTheirWeights() {
        var generator = RandomGenerator(seed: 4), counts = [0, 0, 0]
        for _ in 0..<4000 { counts[generator.index(weights: [1, 0, 3])] += 1 }
        #expect(counts[1] == 0)
        #expect(abs(counts[0] - 1000) < 120)
    }
}
