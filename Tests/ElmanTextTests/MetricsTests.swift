import Testing

@testable import ElmanText

@Suite("Metrics") struct MetricsTests {
    @Test("a uniform guess among eight has perplexity 8 and three bits")
    func uniform() {
        let metrics = LanguageModelMetrics(sentences: 1, tokens: 10, negativeLogLikelihood: 10 * 2.0794415416798357)
        #expect(abs(metrics.perplexity - 8) < 1e-12)
        #expect(abs(metrics.bitsPerToken - 3) < 1e-12)
        #expect(abs(metrics.bits(per: 5) - 6) < 1e-12)
        #expect(abs(metrics.perplexity(per: 5) - 64) < 1e-10)
    }

    @Test("texts are put together by their sums, not by their means")
    func addition() {
        let sum =
            LanguageModelMetrics(sentences: 1, tokens: 2, unknown: 1, negativeLogLikelihood: 3)
            + LanguageModelMetrics(sentences: 2, tokens: 8, unknown: 0, negativeLogLikelihood: 7)
        #expect(sum == LanguageModelMetrics(sentences: 3, tokens: 10, unknown: 1, negativeLogLikelihood: 10))
        #expect(sum.meanNegativeLogLikelihood == 1)
    }

    @Test("no tokens give no number rather than a crash")
    func empty() { #expect(LanguageModelMetrics().perplexity.isNaN) }

    @Test(
        "Wilson's interval has the published values",
        arguments: [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)])
    func wilson(successes: Int, trials: Int, low: Double, high: Double) {
        let interval = Confidence.wilson(successes: successes, trials: trials)
        #expect(abs(interval.low - low) < 5e-5)
        #expect(abs(interval.high - high) < 5e-5)
    }

    @Test("without trials nothing is known")
    func noTrials() { #expect(Confidence.wilson(successes: 0, trials: 0) == Confidence.wilson(successes: 0, trials: -1)) }
}

@Suite("Detokenizer") struct DetokenizerTests {
    @Test(
        "punctuation stands where one would write it",
        arguments: [
            ("to be , or not to be : that is the question .", "to be, or not to be: that is the question."),
            ("( aside ) who 's there ?", "(aside) who's there?"), ("i do n't know -- nothing !", "i don't know--nothing!"),
            ("", ""), (". . a", ".. a"),
        ])
    func plain(tokens: String, expected: String) {
        let tokens = tokens.split(separator: " ").map(String.init)
        #expect(Detokenizer().text(of: tokens) == expected)
    }

    @Test("sentences and the word i can have capitals")
    func capitals() {
        let tokens = "ay , i'll come . and so shall i ! ( é )".split(separator: " ").map(String.init)
        #expect(Detokenizer(capitalizes: true).text(of: tokens) == "Ay, I'll come. And so shall I! (é)")
    }
}
