import ElmanTensor

/// How well tags, and the spans that they spell, agree with the gold ones.
///
/// Spans are read by the rule of conlleval (`TagSet.spans`), which is also the default of seqeval: one is right where its words and its
/// type are.
public struct SpanMetrics: Sendable {
    /// The name of the rule, for reports.
    public static let spanRule = "conlleval"
    /// What the tags mean.
    public let tagSet: TagSet
    /// Texts.
    public private(set) var sentences = 0
    /// Words.
    public private(set) var tokens = 0
    /// Words with the right tag.
    public private(set) var correctTokens = 0
    /// Counts of spans by type, as `tagSet.typeNames`.
    public private(set) var byType: [PrecisionRecall]

    /// Nothing counted yet. The vocabulary has all tags, predicted and gold (`Vocabulary.extended`).
    public init(tags vocabulary: Vocabulary) {
        tagSet = TagSet(vocabulary)
        byType = [PrecisionRecall](repeating: PrecisionRecall(), count: tagSet.typeNames.count)
    }

    /// Counts one text. Fails where there are not as many predicted tags as gold ones.
    public mutating func add(gold: some Collection<Int32>, predicted: some Collection<Int32>) {
        guard gold.count == predicted.count else { fail("\(predicted.count) predicted tags for \(gold.count) words") }
        sentences += 1
        tokens += gold.count
        for (gold, predicted) in zip(gold, predicted) where gold == predicted { correctTokens += 1 }
        let (goldSpans, predictedSpans) = (tagSet.spans(in: gold), tagSet.spans(in: predicted))
        for span in goldSpans { byType[span.type].expected += 1 }
        for span in predictedSpans { byType[span.type].predicted += 1 }
        let known = Set(goldSpans)
        for span in predictedSpans where known.contains(span) { byType[span.type].correct += 1 }
    }

    /// All types together: the micro average.
    public var spans: PrecisionRecall { byType.reduce(PrecisionRecall(), +) }

    /// The share of words with the right tag; not a number without words.
    public var accuracy: Double { Double(correctTokens) / Double(tokens) }

    /// The counts of a type by its name.
    public func counts(of type: String) -> PrecisionRecall? {
        tagSet.typeNames.firstIndex { $0.utf8.elementsEqual(type.utf8) }.map { byType[$0] }
    }
}
