import ElmanFiles
import ElmanText

/// How good a tagger is on tagged sentences.
public struct TaggerMetrics: Sendable {
    /// Words, and spans by type where tags are spans.
    public let spans: SpanMetrics
    /// Scores of each tag, and which was taken for which.
    public let tags: ClassificationReport
    /// Whether the tags are spans.
    public let hasSpans: Bool

    /// The object of `elman evaluate --json`.
    public var json: JSONObject {
        var object: JSONObject = [
            "task": "tag", "sentences": JSONValue(spans.sentences), "tokens": JSONValue(spans.tokens),
            "accuracy": JSONValue(spans.accuracy),
        ]
        guard hasSpans else { return object }
        object["span_f1"] = JSONValue(spans.spans.f1)
        object["span_rule"] = .string(SpanMetrics.spanRule)
        return object
    }

    /// The scores of all types of spans, or of all tags where they are no spans, as a table, a line of headings first.
    public var rows: [[String]] {
        hasSpans
            ? [["type", "precision", "recall", "f1", "spans"]]
                + zip(spans.tagSet.typeNames, spans.byType).map { Self.row($0, $1) } + [Self.row("all", spans.spans)]
            : [["tag", "precision", "recall", "f1", "words"]]
                + tags.byClass.enumerated().map { Self.row(tags.labels[$0], $1) }
                + [["all", "", "", percent(tags.macroF1), String(tags.examples)]]
    }

    private static func row(_ name: String, _ counts: PrecisionRecall) -> [String] {
        [name, percent(counts.precision), percent(counts.recall), percent(counts.f1), String(counts.expected)]
    }

    /// Which tags were taken for which most often as a table, a line of headings first.
    public func confusionRows(limit: Int = 10) -> [[String]] {
        [["tag", "taken for", "times"]]
            + tags.confusionPairs(limit: limit).map { [tags.labels[$0.gold], tags.labels[$0.predicted], String($0.count)] }
    }
}

extension Tagger {
    /// How good the tagger is on tagged sentences. Throws where they have no tags.
    public func evaluate(_ texts: TaggedTexts) throws(DataError) -> TaggerMetrics {
        guard texts.tags != nil else { throw DataError(.badData, "the text has no tags to compare with; give a text with tags") }
        return evaluate(texts, EncodedTexts(texts.words, vocabularies, configuration.encoder))
    }

    func evaluate(_ texts: TaggedTexts, _ encoded: EncodedTexts, cache: ContextCache? = nil) -> TaggerMetrics {
        let all = texts.tags.map { outputTags.extended(with: $0.counts) } ?? outputTags
        let gold = texts.tagIndices(in: all)
        var spans = SpanMetrics(tags: all), report = ClassificationReport(labels: all)
        forEachSentence(
            lengths: encoded.lengths, { encoded[$0] }, tokens: { texts.words.tokens(of: $0) }, cache: cache
        ) { index, tags in
            spans.add(gold: gold[index], predicted: tags)
            for (gold, predicted) in zip(gold[index], tags) { report.add(gold: Int(gold), predicted: Int(predicted)) }
        }
        return TaggerMetrics(spans: spans, tags: report, hasSpans: spans.tagSet.hasSpans)
    }
}
