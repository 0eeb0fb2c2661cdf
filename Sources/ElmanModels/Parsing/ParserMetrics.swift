import ElmanFiles
import ElmanText

/// How right trees of dependencies are.
public struct ParserMetrics: Sendable {
    /// Heads and relations.
    public private(set) var attachment: AttachmentMetrics

    /// Nothing counted yet. The vocabulary has all relations, predicted and gold.
    public init(relations: Vocabulary) { attachment = AttachmentMetrics(relations: relations) }

    /// Counts a sentence.
    public mutating func add(gold: [AttachmentMetrics.Arc], predicted: [AttachmentMetrics.Arc]) {
        attachment.add(gold: gold, predicted: predicted)
    }

    /// The keys of `elman evaluate --json`.
    public var json: JSONObject {
        [
            "task": "parse", "sentences": JSONValue(attachment.sentences), "tokens": JSONValue(attachment.tokens),
            "uas": JSONValue(attachment.uas), "las": JSONValue(attachment.las),
        ]
    }

    /// Names and values for people.
    public var rows: [[String]] {
        [
            ["sentences", "\(attachment.sentences)"], ["words", "\(attachment.tokens)"],
            ["unlabelled attachment (UAS)", percent(attachment.uas) + " %"],
            ["labelled attachment (LAS)", percent(attachment.las) + " %"],
        ]
    }
}
