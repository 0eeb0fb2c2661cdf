import ElmanTensor
import Testing

@testable import ElmanText

@Suite struct PairedExampleTests {
    private func sums(_ score: CorpusScore, _ rows: [[Double]]) -> ExampleSums {
        var sums = ExampleSums(score)
        for row in rows { sums.add(row) }
        return sums
    }

    @Test(arguments: SwapFact.all) func swappedOutputsComeNearToAllSwaps(_ fact: SwapFact) throws {
        let samples = 20_000
        let test = try #require(
            PairedExampleTest(sums(fact.score, fact.first), sums(fact.score, fact.second), samples: samples))
        #expect(abs(test.first - fact.firstScore) < 1e-12 && abs(test.second - fact.secondScore) < 1e-12)
        let error = (fact.share * (1 - fact.share) / Double(samples)).squareRoot()
        #expect(abs(test.randomizationPValue - fact.share) < 4 * error + 1e-4, "\(test.randomizationPValue), \(fact.share)")
    }

    /// Of three examples there are 27 test sets, all of which are counted here.
    @Test func resampledTestSetsComeNearToAllTestSets() throws {
        let first = [[4.0, 3], [2, 5], [7, 4]], second = [[5.0, 3], [2.5, 5], [4, 4]]
        var differences: [Double] = []
        for choice in 0..<27 {
            let rows = [choice % 3, choice / 3 % 3, choice / 9]
            differences.append(
                sums(.perplexity, rows.map { first[$0] }).value - sums(.perplexity, rows.map { second[$0] }).value)
        }
        let test = try #require(PairedExampleTest(sums(.perplexity, first), sums(.perplexity, second), samples: 40_000))
        let higher = Double(differences.count { $0 > 0 }) / 27
        #expect(abs(test.firstHigherShare - higher) < 4 * (higher * (1 - higher) / 40_000).squareRoot())
        let mean = differences.reduce(0, +) / 27
        let share = Double(differences.count { abs($0 - mean) >= abs(test.difference) * (1 - 1e-9) }) / 27
        #expect(abs(test.bootstrapPValue - share) < 0.02)
        #expect(test.interval.low == differences.min() && test.interval.high == differences.max())
    }

    /// Sums of the counts of sentences are the counts of the corpus.
    @Test func scoresOfSumsAreThoseOfTheCorpus() {
        let hypotheses = ["the cat sat on the mat", "a dog", "one two three four five six", "the the the the the"]
        let references = ["the cat sat on a mat", "the dog barks", "one two three four six five", "the end of the story"]
        var corpus = BLEU(tokenization: .none), sums = ExampleSums(.bleu)
        for (hypothesis, reference) in zip(hypotheses, references) {
            corpus.add(hypothesis, references: [reference])
            var sentence = BLEU(tokenization: .none)
            sentence.add(hypothesis, references: [reference])
            sums.add(sentence.sums)
        }
        #expect(corpus.score > 0)
        #expect(sums.value == corpus.score)
        #expect(self.sums(.f1, [[1, 2, 3], [0, 1, 0]]).value == PrecisionRecall(correct: 1, predicted: 3, expected: 3).f1)
        #expect(self.sums(.f1, [[0, 0, 0]]).value == 0)
    }

    @Test(arguments: [CorpusScore.ratio, .perplexity]) func equalModelsDoNotDiffer(score: CorpusScore) throws {
        let rows = (0..<20).map { [Double($0 % 3), 2] }
        let test = try #require(PairedExampleTest(sums(score, rows), sums(score, rows), samples: 200))
        #expect(test.bootstrapPValue == 1 && test.randomizationPValue == 1 && test.firstHigherShare == 0.5)
        #expect(test.interval == ConfidenceInterval(low: 0, high: 0))
    }

    @Test func whatCannotBeScoredHasNoTest() {
        #expect(PairedExampleTest(ExampleSums(.ratio), ExampleSums(.ratio)) == nil)
        let infinite = sums(.perplexity, [[.infinity, 1]])
        #expect(PairedExampleTest(infinite, infinite) == nil)
    }

    /// Two models that are right equally often are told apart at the stated rate at most.
    @Test func equalModelsAreToldApartAtTheStatedRateAtMost() throws {
        var random = RandomGenerator(seed: 5)
        let draws = 400, examples = 120, alpha = 0.05
        var rejected = (bootstrap: 0, randomization: 0)
        for draw in 0..<draws {
            var first = ExampleSums(.ratio), second = ExampleSums(.ratio)
            for _ in 0..<examples {
                let ease = 0.4 + 0.4 * random.uniform()
                first.add([random.uniform() < ease ? 1 : 0, 1])
                second.add([random.uniform() < ease ? 1 : 0, 1])
            }
            let test = try #require(PairedExampleTest(first, second, samples: 199, seed: UInt64(draw)))
            rejected.bootstrap += test.bootstrapPValue <= alpha ? 1 : 0
            rejected.randomization += test.randomizationPValue <= alpha ? 1 : 0
        }
        let most = Double(draws) * alpha + 3.5 * (Double(draws) * alpha * (1 - alpha)).squareRoot()
        #expect(Double(rejected.bootstrap) <= most, "\(rejected)")
        #expect(Double(rejected.randomization) <= most, "\(rejected)")
        #expect(rejected.randomization > 0 && rejected.bootstrap > 0)
    }

    @Test func aDifferenceBetweenModelsIsFound() throws {
        let first = (0..<100).map { [$0 % 10 < 8 ? 1.0 : 0, 1] }, second = (0..<100).map { [$0 % 10 < 6 ? 1.0 : 0, 1] }
        let test = try #require(PairedExampleTest(sums(.ratio, first), sums(.ratio, second), samples: 999))
        #expect(test.randomizationPValue == 0.001 && test.bootstrapPValue == 0.001 && test.firstHigherShare == 1)
        #expect(test.interval.low > 0.1 && test.interval.high < 0.3)
    }
}
