import ElmanFiles
import ElmanText

/// How good a classifier is on labelled texts, and where it is wrong.
public struct ClassifierMetrics: Sendable {
    /// Accuracy, scores of each class, what was taken for what.
    public let report: ClassificationReport
    /// The mean negative log-probability of the right label; infinite where a label is none of the classifier's.
    public let loss: Double
    /// Texts with a wrong label and the largest losses, worst first.
    public let worstErrors: [WrongPrediction]

    /// A text that got a wrong label.
    public struct WrongPrediction: Sendable, Hashable {
        /// The number of the text, counted from 0.
        public let example: Int
        /// The line of its file.
        public let line: Int
        /// The text.
        public let text: String
        /// The right label.
        public let gold: String
        /// The label it got.
        public let predicted: String
        /// The negative log-probability of the right label.
        public let loss: Double
    }

    /// The object of `elman evaluate --json`.
    public var json: JSONObject {
        [
            "task": "classify", "examples": JSONValue(report.examples), "accuracy": JSONValue(report.accuracy),
            "macro_f1": JSONValue(report.macroF1), "per_class": .object(perClass),
        ]
    }

    private var perClass: JSONObject {
        var object = JSONObject()
        for (label, scores) in report.byClass.enumerated() {
            object[report.labels[label]] = .object([
                "precision": JSONValue(scores.precision), "recall": JSONValue(scores.recall), "f1": JSONValue(scores.f1),
                "support": JSONValue(scores.expected),
            ])
        }
        return object
    }

    /// What the JSON leaves out: `loss`, `confusions` (the most frequent first) and `worst_errors`.
    public var details: JSONObject {
        let pairs = report.confusionPairs().map { pair -> JSONValue in
            [
                "gold": .string(report.labels[pair.gold]), "predicted": .string(report.labels[pair.predicted]),
                "count": JSONValue(pair.count),
            ]
        }
        let errors = worstErrors.map { error -> JSONValue in
            [
                "line": JSONValue(error.line), "gold": .string(error.gold), "predicted": .string(error.predicted),
                "loss": JSONValue(error.loss), "text": .string(error.text),
            ]
        }
        return ["loss": JSONValue(loss), "confusions": .array(pairs), "worst_errors": .array(errors)]
    }
}

extension ClassifierMetrics {
    /// The scores of all classes as a table, a line of headings first.
    public var rows: [[String]] {
        let classes = report.byClass.enumerated().map { label, scores in
            [
                report.labels[label], percent(scores.precision), percent(scores.recall), percent(scores.f1),
                String(scores.expected),
            ]
        }
        let total = ["all", "", "", percent(report.macroF1), String(report.examples)]
        return [["label", "precision", "recall", "f1", "examples"]] + classes + [total]
    }

    /// What was taken for what most often as a table, a line of headings first.
    public func confusionRows(limit: Int = 10) -> [[String]] {
        [["label", "taken for", "times"]]
            + report.confusionPairs(limit: limit).map {
                [report.labels[$0.gold], report.labels[$0.predicted], String($0.count)]
            }
    }

    /// The worst errors as a table, a line of headings first.
    public var worstErrorRows: [[String]] {
        [["line", "label", "taken for", "loss", "text"]]
            + worstErrors.map { [String($0.line), $0.gold, $0.predicted, decimal($0.loss, places: 2), $0.text] }
    }
}
