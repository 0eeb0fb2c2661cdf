import ElmanTensor
import Testing

@testable import ElmanText

/// What scipy says of a sample.
struct SampleFact: Sendable {
    let values: [Double]
    let mean, deviation, low, high, signFlip, bootstrapLow, bootstrapHigh, bootstrapError: Double
}

/// In what share of all swaps of two models' outputs the scores differ as much as they do.
struct SwapFact: Sendable {
    let score: CorpusScore
    let first, second: [[Double]]
    let firstScore, secondScore, share: Double
}

/// What scipy says of Student's t.
struct QuantileFact: Sendable {
    let degrees: Int
    let share, bound: Double
}

@Suite struct SignificanceTests {
    private func isNear(_ value: Double, _ expected: Double, _ relative: Double = 1e-11) -> Bool {
        abs(value - expected) <= relative * max(abs(expected), 1e-6)
    }

    @Test(arguments: QuantileFact.all) func boundsOfStudentsTAreThoseOfScipy(_ fact: QuantileFact) {
        let distribution = StudentDistribution(degreesOfFreedom: fact.degrees)
        #expect(isNear(distribution.bound(containing: fact.share), fact.bound))
        #expect(isNear(distribution.probability(within: fact.bound), fact.share))
    }

    @Test(arguments: SampleFact.all) func summariesAreThoseOfScipy(_ fact: SampleFact) throws {
        let summary = try #require(SampleSummary(fact.values))
        #expect(isNear(summary.mean, fact.mean))
        #expect(isNear(try #require(summary.standardDeviation), fact.deviation))
        let interval = try #require(summary.interval())
        #expect(isNear(interval.low, fact.low) && isNear(interval.high, fact.high))
        #expect(summary.lowest == fact.values.min() && summary.highest == fact.values.max())
    }

    @Test func poorSamplesHaveNoSummary() {
        #expect(SampleSummary([]) == nil)
        #expect(SampleSummary([1, .nan]) == nil)
        #expect(SampleSummary([3])?.standardDeviation == nil)
        #expect(SampleSummary([3])?.interval() == nil)
        #expect(PairedDifferences([]) == nil)
        #expect(PairedDifferences([.infinity]) == nil)
    }

    @Test(arguments: SampleFact.all) func allSignFlipsGiveTheValueOfScipy(_ fact: SampleFact) throws {
        let test = try #require(PairedDifferences(fact.values))
        #expect(test.isExact)
        #expect(isNear(test.pValue, fact.signFlip))
    }

    /// The ends of the intervals differ by chance: by a small part of the mean's standard error.
    @Test(arguments: SampleFact.all) func bootstrapIntervalsAreThoseOfScipy(_ fact: SampleFact) throws {
        let interval = try #require(PairedDifferences(fact.values, samples: 65_536)).interval
        #expect(abs(interval.low - fact.bootstrapLow) < 0.05 * fact.bootstrapError)
        #expect(abs(interval.high - fact.bootstrapHigh) < 0.05 * fact.bootstrapError)
    }

    /// Of 17 differences the signs are drawn; all 65,536 are counted here.
    @Test func drawnSignFlipsComeNearToAll() throws {
        var random = RandomGenerator(seed: 3)
        let differences = (0..<17).map { _ in random.uniform() - 0.35 }
        let observed = abs(differences.reduce(0, +))
        let hits = (0..<1 << 16).count { choice in
            let sum = differences.enumerated().reduce(0.0) { $0 + (choice >> $1.offset & 1 == 1 ? -$1.element : $1.element) }
            return abs(sum) >= observed - 1e-12
        }
        let exact = Double(hits) / Double(1 << 16)
        let test = try #require(PairedDifferences(differences, samples: 65_536))
        #expect(!test.isExact)
        #expect(abs(test.pValue - exact) < 4 * (exact * (1 - exact) / 65_536).squareRoot() + 2e-5, "\(test.pValue), \(exact)")
        #expect(PairedDifferences(differences, samples: 500) == PairedDifferences(differences, samples: 500))
        #expect(
            PairedDifferences(differences, samples: 500)?.pValue != PairedDifferences(differences, samples: 500, seed: 2)?.pValue)
    }

    /// More differences than bits in a random word.
    @Test func manyDifferencesGetSignsOfTheirOwn() throws {
        let shifted = (0..<150).map { Double($0 % 10) - 3 }
        #expect(try #require(PairedDifferences(shifted, samples: 999)).pValue == 0.001)
        let balanced = (0..<150).map { $0 < 75 ? 1.0 : -1.0 }
        #expect(try #require(PairedDifferences(balanced, samples: 999)).pValue == 1)
    }

    @Test func equalConfigurationsDoNotDiffer() throws {
        let test = try #require(PairedDifferences([0, 0, 0]))
        #expect(test.pValue == 1 && test.mean == 0)
        #expect(test.interval == ConfidenceInterval(low: 0, high: 0))
    }

    /// Step by step as in the paper: the smallest p-value is compared with α / m, the next with α / (m - 1), until one is larger.
    @Test func correctedValuesRejectWhatHolmRejects() {
        var random = RandomGenerator(seed: 11)
        for count in 1...7 {
            for _ in 0..<40 {
                let pValues = (0..<count).map { _ in (random.uniform() * 50).rounded() / 400 }
                let corrected = holmCorrected(pValues)
                for alpha in [0.01, 0.05, 0.1] {
                    var rejected = Set<Int>()
                    for (rank, index) in pValues.indices.sorted(by: { (pValues[$0], $0) < (pValues[$1], $1) }).enumerated() {
                        guard pValues[index] * Double(count - rank) <= alpha else { break }
                        rejected.insert(index)
                    }
                    #expect(Set(corrected.indices.filter { corrected[$0] <= alpha }) == rejected)
                }
            }
        }
        #expect(holmCorrected([0.04, 0.01, 0.5]) == [0.08, 0.03, 0.5])
        #expect(holmCorrected([0.9, 0.8]) == [1, 1])
        #expect(holmCorrected([]) == [])
    }

    /// The promise: what is no difference is called one at the stated rate at most, and with all signs tried at just about that rate.
    @Test(arguments: [4, 6, 8, 10]) func equalConfigurationsAreToldApartAtTheStatedRateAtMost(seeds: Int) throws {
        var random = RandomGenerator(seed: UInt64(seeds))
        let draws = 2000, alpha = 0.05
        var rejected = 0
        for _ in 0..<draws {
            // Two configurations of the same quality over seeds that are harder or easier for both.
            let differences = (0..<seeds).map { _ in
                let seed = random.uniform()
                return (0.4 + 0.02 * seed + 0.05 * random.uniform()) - (0.4 + 0.02 * seed + 0.05 * random.uniform())
            }
            let test = try #require(PairedDifferences(differences, samples: 1))
            rejected += test.pValue <= alpha ? 1 : 0
        }
        let rate = Double(rejected) / Double(draws)
        let slack = 3.5 * (alpha * (1 - alpha) / Double(draws)).squareRoot()
        #expect(rate <= alpha + slack)
        // p-values are whole multiples of 2^(1 - n): with four seeds none is small enough.
        let step = 1 / Double(1 << (seeds - 1))
        #expect(abs(rate - (alpha / step).rounded(.down) * step) <= slack)
    }

    @Test func aDifferenceIsFound() throws {
        let test = try #require(PairedDifferences((0..<10).map { 0.03 + 0.001 * Double($0) }))
        #expect(test.pValue == 1 / 512.0)
        #expect(test.interval.low > 0.03 && test.interval.high < 0.04)
    }
}
