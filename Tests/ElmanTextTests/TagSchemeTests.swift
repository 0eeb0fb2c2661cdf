import ElmanTensor
import Testing

@testable import ElmanText

struct SeqevalFact: Sendable {
    let gold, predicted, firstSpans, types: String
    let scores: [[Double]]
    let accuracy: Double

    static func texts(_ text: String) -> TokenLists {
        TokenLists(text.split(separator: "/").map { $0.split(separator: " ").map(String.init) })
    }
}

@Suite("Tag schemes") struct TagSchemeTests {
    private func spans(_ tags: String) -> [String] {
        let lists = SeqevalFact.texts(tags)
        let set = TagSet(Vocabulary(labels: lists.counts))
        let indices = lists.indices(in: set.vocabulary)
        return set.spans(in: lists[0].map { indices[Int($0)] }).map {
            "\(set.typeNames[$0.type]):\($0.range.lowerBound)-\($0.range.upperBound - 1)"
        }
    }

    @Test("scores of random tags, illegal ones included, are seqeval's", arguments: SeqevalFact.all)
    func seqeval(fact: SeqevalFact) {
        let (gold, predicted) = (SeqevalFact.texts(fact.gold), SeqevalFact.texts(fact.predicted))
        let vocabulary = Vocabulary(labels: gold.counts).extended(with: predicted.counts)
        var metrics = SpanMetrics(tags: vocabulary)
        let (goldIndices, predictedIndices) = (gold.indices(in: vocabulary), predicted.indices(in: vocabulary))
        for text in 0..<gold.count {
            metrics.add(
                gold: gold[text].map { goldIndices[Int($0)] }, predicted: predicted[text].map { predictedIndices[Int($0)] })
        }
        let types = fact.types.split(separator: " ").map(String.init)
        #expect(zip(metrics.tagSet.typeNames, metrics.byType).filter { $1.expected + $1.predicted > 0 }.map(\.0) == types)
        for (type, expected) in zip(types, fact.scores) { check(metrics.counts(of: type), expected) }
        check(metrics.spans, fact.scores[types.count])
        #expect(abs(metrics.accuracy - fact.accuracy) < 1e-12)
        #expect(spans(fact.gold).joined(separator: " ") == fact.firstSpans)
    }

    private func check(_ counts: PrecisionRecall?, _ expected: [Double]) {
        guard let counts else { return #expect(counts != nil) }
        for (value, fact) in zip([counts.precision, counts.recall, counts.f1, Double(counts.expected)], expected) {
            #expect(abs(value - fact) < 1e-12)
        }
    }

    @Test("a scheme is recognised, and its violations counted")
    func detection() {
        func report(_ tags: String) -> (TagScheme, Int)? {
            TagSchemeReport(SeqevalFact.texts(tags)).map { ($0.scheme, $0.violations) }
        }
        #expect(report("I-A I-A O / I-B")! == (.io, 0))
        #expect(report("I-A B-A O / I-B")! == (.iob1, 0))
        #expect(report("B-A I-A O / B-B")! == (.iob2, 0))
        #expect(report("B-A E-A O / S-B")! == (.bioes, 0))
        #expect(report("B-A I-A O / B-B / B-A O / I-A")! == (.iob2, 1))
        #expect(report("StreetName PlaceName") == nil && report("O O") == nil && report("B I O") == nil)
        let first = TagSchemeReport(SeqevalFact.texts("B-A I-A / B-B / B-A I-B"))?.firstViolation
        #expect(first == TagSchemeReport.Place(text: 2, word: 1))
        #expect(TagSchemeReport(SeqevalFact.texts("S-A O B-A"))?.firstViolation == .init(text: 0, word: 2))
    }

    @Test("schemes are converted into each other without loss, IO aside")
    func conversion() {
        let iob2 = SeqevalFact.texts("B-A B-A I-A O B-B I-B / B-A B-B / O")
        let expected: [(TagScheme, String)] = [
            (.io, "I-A I-A I-A O I-B I-B / I-A I-B / O"), (.iob1, "I-A B-A I-A O I-B I-B / I-A I-B / O"),
            (.bioes, "S-A B-A E-A O B-B E-B / S-A S-B / O"), (.iob2, "B-A B-A I-A O B-B I-B / B-A B-B / O"),
        ]
        for (scheme, tags) in expected {
            let converted = TagSet.converted(iob2, to: scheme)
            #expect(converted == SeqevalFact.texts(tags))
            if scheme != .io { #expect(TagSet.converted(converted, to: .iob2) == iob2) }
        }
    }

    @Test("random spans survive every scheme, and what is written is legal")
    func randomConversion() {
        var random = RandomGenerator(seed: 5)
        let vocabulary = Vocabulary(labels: SeqevalFact.texts("O B-A I-A E-A S-A B-B I-B E-B S-B").counts)
        let set = TagSet(vocabulary)
        for _ in 0..<200 {
            let tags = (0..<1 + random.integer(below: 12)).map { _ in Int32(random.integer(below: vocabulary.count)) }
            let spans = set.spans(in: tags)
            for scheme in [TagScheme.iob1, .iob2, .bioes] {
                let converted = set.converted(tags, to: scheme)
                let indices = converted.map { Int32(vocabulary.index(of: $0) ?? -1) }
                #expect(set.spans(in: indices) == spans)
                #expect(isLegal(indices.map { Int($0) }, TagTransitions(set, scheme: scheme)))
            }
        }
    }

    private func isLegal(_ tags: [Int], _ transitions: TagTransitions) -> Bool {
        transitions.canStart[tags[0]] && transitions.canEnd[tags[tags.count - 1]]
            && zip(tags, tags.dropFirst()).allSatisfy { transitions.allows(from: $0, to: $1) }
    }

    @Test(
        "a sequence is legal exactly where converting it to its own scheme leaves it as it is",
        arguments: [TagScheme.iob1, .iob2, .bioes])
    func legality(scheme: TagScheme) {
        let vocabulary = Vocabulary(labels: SeqevalFact.texts("O B-A I-A E-A S-A B-B I-B").counts)
        let set = TagSet(vocabulary)
        let transitions = TagTransitions(set, scheme: scheme)
        let count = vocabulary.count
        for code in 0..<count * count * count {
            let tags = [code % count, code / count % count, code / count / count]
            let isKept = set.converted(tags.map { Int32($0) }, to: scheme) == tags.map { vocabulary[$0] }
            #expect(isLegal(tags, transitions) == isKept, "\(tags.map { vocabulary[$0] })")
        }
    }
}
