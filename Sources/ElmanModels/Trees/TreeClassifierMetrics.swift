import ElmanFiles
import ElmanText

/// How right the labels of trees are: at roots, at all nodes, and where labels are five grades of sentiment, good against bad.
public struct TreeClassifierMetrics: Sendable, Hashable {
    /// Of all labels.
    public private(set) var accuracy = TreeMetrics()
    /// Roots that are not neutral, and those whose side is right; nil where labels are not 0 to 4.
    ///
    /// The side of a prediction is that of the likeliest label but the neutral one (Socher et al. 2013).
    public private(set) var binary: Binary?

    /// Two-sided labels.
    public struct Binary: Sendable, Hashable {
        /// Roots whose label is not neutral.
        public internal(set) var roots = 0
        /// Those that got a label of the right side.
        public internal(set) var correctRoots = 0

        /// The share of right ones; not a number without roots.
        public var accuracy: Double { Double(correctRoots) / Double(roots) }
    }

    /// Nothing counted yet.
    public init(labels: Vocabulary) {
        binary = labels.entries == ["0", "1", "2", "3", "4"] ? Binary() : nil
    }

    /// Counts a tree; `gold` are its labels in postorder, -1 for one that no model knows.
    public mutating func add(gold: some BidirectionalCollection<Int32>, _ prediction: TreePrediction) {
        accuracy.add(gold: gold, predicted: prediction.labels)
        guard binary != nil, let label = gold.last, label != 2, label >= 0 else { return }
        let probabilities = prediction.rootProbabilities
        let isGood = max(probabilities[3], probabilities[4]) > max(probabilities[0], probabilities[1])
        binary?.roots += 1
        binary?.correctRoots += isGood == (label > 2) ? 1 : 0
    }

    /// The keys of `elman evaluate --json`.
    public var json: JSONObject {
        var object: JSONObject = [
            "task": "tree", "trees": JSONValue(accuracy.trees), "root_accuracy": JSONValue(accuracy.rootAccuracy),
            "node_accuracy": JSONValue(accuracy.nodeAccuracy), "nodes": JSONValue(accuracy.nodes),
        ]
        if let binary { object["binary_root_accuracy"] = JSONValue(binary.accuracy) }
        return object
    }

    /// Names and values for people.
    public var rows: [[String]] {
        var rows = [
            ["trees", "\(accuracy.trees)"], ["nodes", "\(accuracy.nodes)"],
            ["root accuracy", percent(accuracy.rootAccuracy) + " %"], ["node accuracy", percent(accuracy.nodeAccuracy) + " %"],
        ]
        if let binary { rows.append(["binary root accuracy", percent(binary.accuracy) + " %"]) }
        return rows
    }
}
