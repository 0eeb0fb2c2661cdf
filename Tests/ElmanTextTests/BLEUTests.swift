import Testing

@testable import ElmanText

struct SacreBLEUFact: Sendable {
    let hypotheses: [String]
    let references: [[String]]
    let tokenization: BLEU.Tokenization
    let bleu, brevityPenalty: Double
    let precisions: [Double]
    let chrF: Double
    let sentenceBLEU, sentenceChrF: [Double]
    let signature: String
}

@Suite("BLEU and chrF") struct BLEUTests {
    @Test("corpus and sentence scores are sacreBLEU's", arguments: SacreBLEUFact.all)
    func scores(fact: SacreBLEUFact) {
        var (bleu, chrF) = (BLEU(tokenization: fact.tokenization), ChrF())
        for (index, (hypothesis, references)) in zip(fact.hypotheses, fact.references).enumerated() {
            bleu.add(hypothesis, references: references)
            chrF.add(hypothesis, references: references)
            let sentence = BLEU.sentenceScore(hypothesis, references: references, tokenization: fact.tokenization)
            #expect(abs(sentence - fact.sentenceBLEU[index]) < 1e-9)
            #expect(abs(ChrF.sentenceScore(hypothesis, references: references) - fact.sentenceChrF[index]) < 1e-9)
        }
        #expect(abs(bleu.score - fact.bleu) < 1e-9)
        #expect(abs(bleu.brevityPenalty - fact.brevityPenalty) < 1e-12)
        for (own, expected) in zip(bleu.precisions, fact.precisions) { #expect(abs(own - expected) < 1e-9) }
        #expect(abs(chrF.score - fact.chrF) < 1e-9)
        #expect(bleu.signature(version: "1.2") == fact.signature + "|version:elman-1.2")
    }

    @Test("lines are cut as by sacreBLEU's 13a", arguments: SacreBLEUFact.tokenized)
    func tokens(line: String, expected: String) {
        let tokens = BLEU().tokens(of: line).map { token in String(String.UnicodeScalarView(token)) }
        #expect(tokens.joined(separator: " ").unicodeScalars.elementsEqual(expected.unicodeScalars))
    }

    @Test("composed and decomposed characters differ")
    func bytes() {
        #expect(BLEU.sentenceScore("\u{E9}", references: ["e\u{301}"], tokenization: .none) == 0)
        #expect(abs(BLEU.sentenceScore("\u{E9}", references: ["\u{E9}"], tokenization: .none) - 100) < 1e-9)
    }

    @Test("nothing counted gives 0, and a signature says so")
    func empty() {
        #expect(BLEU().score == 0 && ChrF().score == 0)
        #expect(ChrF().signature(version: "1") == "nrefs:0|case:mixed|eff:yes|nc:6|nw:0|space:no|version:elman-1")
    }
}

@Suite("Counting metrics") struct CountingMetricsTests {
    @Test("a report has the scores that one counts by hand")
    func classification() throws {
        // gold:      0 0 0 1 1 2; predicted: 0 1 1 1 0 1 (the class 3 is neither)
        var report = ClassificationReport(labels: try Vocabulary(entries: ["a", "b", "c", "d"], unknown: nil, boundary: nil))
        for (gold, predicted) in [(0, 0), (0, 1), (0, 1), (1, 1), (1, 0), (2, 1)] { report.add(gold: gold, predicted: predicted) }
        #expect(report.accuracy == 2.0 / 6)
        #expect(report.scores(of: 1) == PrecisionRecall(correct: 1, predicted: 4, expected: 2))
        #expect(abs(report.macroF1 - (2.0 / 5 + 2.0 / 6 + 0) / 3) < 1e-15)
        let pairs = report.confusionPairs(limit: 2)
        #expect(pairs == [.init(gold: 0, predicted: 1, count: 2), .init(gold: 1, predicted: 0, count: 1)])
        #expect(report.confusionPairs().count == 3)
    }

    @Test("ranks count from 1 and share among equals")
    func retrieval() {
        #expect(RetrievalMetrics.rank(of: 1, scores: [3, 5, 1] as [Float]) == 1)
        #expect(RetrievalMetrics.rank(of: 0, scores: [2, 2, 2, 2] as [Float]) == 2.5)
        #expect(RetrievalMetrics.rank(of: 2, scores: [.nan, 1, .nan, 3] as [Float]) == 3.5)
        #expect(RetrievalMetrics.rank(of: 1, scores: [.nan, 1] as [Float]) == 1)
        var metrics = RetrievalMetrics()
        for rank in [1, 2.5, 4, nil] { metrics.add(rank: rank) }
        #expect(metrics.recall(at: 1) == 0.25 && metrics.recall(at: 3) == 0.5 && metrics.recall(at: 10) == 0.75)
        #expect(abs(metrics.meanReciprocalRank - (1 + 0.4 + 0.25) / 4) < 1e-15)
    }

    @Test("outputs are compared to the byte")
    func exactMatch() {
        var match = ExactMatch()
        match.add("a", expected: "a")
        match.add("\u{E9}", expected: "e\u{301}")
        #expect(match.share == 0.5 && match.count == 2)
    }
}
