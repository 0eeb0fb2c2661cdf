import ElmanTensor

/// How well labels were predicted: accuracy, scores of each class, and what was taken for what.
public struct ClassificationReport: Sendable {
    /// The labels, predicted and gold (`Vocabulary.extended`).
    public let labels: Vocabulary
    /// Examples.
    public private(set) var examples = 0
    /// How often each gold label (row) got each predicted one (column), row by row.
    public private(set) var confusion: [Int]

    /// A label taken for another one.
    public struct Pair: Sendable, Hashable {
        /// The index of the right label.
        public let gold: Int
        /// The index of the predicted one.
        public let predicted: Int
        /// How often.
        public let count: Int
    }

    /// Nothing counted yet.
    public init(labels: Vocabulary) {
        self.labels = labels
        confusion = [Int](repeating: 0, count: labels.count * labels.count)
    }

    /// Counts an example. Fails where a label is not in the vocabulary.
    public mutating func add(gold: Int, predicted: Int) {
        guard (0..<labels.count).contains(gold), (0..<labels.count).contains(predicted) else {
            fail("labels \(gold) and \(predicted) among \(labels.count)")
        }
        examples += 1
        confusion[gold * labels.count + predicted] += 1
    }

    /// The scores of a class; `expected` is its support.
    public func scores(of label: Int) -> PrecisionRecall {
        let count = labels.count
        return PrecisionRecall(
            correct: confusion[label * count + label],
            predicted: (0..<count).reduce(0) { $0 + confusion[$1 * count + label] },
            expected: (0..<count).reduce(0) { $0 + confusion[label * count + $1] })
    }

    /// The scores of all classes in index order.
    public var byClass: [PrecisionRecall] { (0..<labels.count).map { scores(of: $0) } }

    /// The share of examples with the right label; not a number without examples.
    public var accuracy: Double { Double(byClass.reduce(0) { $0 + $1.correct }) / Double(examples) }

    /// The mean of F1 over the classes that are gold or predicted at least once; 0 without examples.
    public var macroF1: Double {
        let seen = byClass.filter { $0.predicted + $0.expected > 0 }
        return seen.isEmpty ? 0 : seen.reduce(0) { $0 + $1.f1 } / Double(seen.count)
    }

    /// Labels that were taken for others, the most frequent first, equally frequent ones by index.
    public func confusionPairs(limit: Int = .max) -> [Pair] {
        let count = labels.count
        let pairs = confusion.indices.filter { confusion[$0] > 0 && $0 / count != $0 % count }
            .sorted { (confusion[$1], $0) < (confusion[$0], $1) }
        return pairs.prefix(limit).map { Pair(gold: $0 / count, predicted: $0 % count, count: confusion[$0]) }
    }
}
