/// How many of the things that were to be found have been found, and how many of those found are right.
public struct PrecisionRecall: Sendable, Hashable {
    /// Found and right.
    public var correct: Int
    /// Found.
    public var predicted: Int
    /// To be found.
    public var expected: Int

    /// Counts, from which all else follows.
    public init(correct: Int = 0, predicted: Int = 0, expected: Int = 0) {
        self.correct = correct
        self.predicted = predicted
        self.expected = expected
    }

    /// The share of the found that is right; 0 where nothing was found.
    public var precision: Double { predicted == 0 ? 0 : Double(correct) / Double(predicted) }

    /// The share of what was to be found that was; 0 where there was nothing to find.
    public var recall: Double { expected == 0 ? 0 : Double(correct) / Double(expected) }

    /// The harmonic mean of both, 2 correct / (predicted + expected); 0 where both are.
    public var f1: Double { predicted + expected == 0 ? 0 : 2 * Double(correct) / Double(predicted + expected) }

    /// Both counts together.
    public static func + (left: PrecisionRecall, right: PrecisionRecall) -> PrecisionRecall {
        PrecisionRecall(
            correct: left.correct + right.correct, predicted: left.predicted + right.predicted,
            expected: left.expected + right.expected)
    }
}
