import ElmanTensor

/// A logistic regression whose penalty was chosen by cross-validation.
public struct RegularizedProbe: Sendable {
    /// Which of the penalties are tried.
    public enum Kind: Sendable, Hashable {
        /// Of the squares of weights.
        case l2
        /// Of their absolute values.
        case l1

        /// From strong to weak.
        public var strengths: [Double] { self == .l2 ? [1, 0.1, 0.01, 0.001, 0.0001] : [0.1, 0.03, 0.01, 0.003, 0.001] }

        func penalty(_ strength: Double) -> LogisticRegression.Penalty {
            self == .l2 ? .init(l2: strength) : .init(l2: 1e-6, l1: strength)
        }
    }

    /// The probe, fitted on all examples.
    public let probe: LogisticRegression
    /// The mean accuracy on the folds for each strength that was tried.
    public let accuracies: [(strength: Double, accuracy: Double)]
    /// The strength that was chosen.
    public let strength: Double

    /// So many examples at most decide on the penalty; the probe itself is fitted on all.
    public static let mostExamples = 4000

    /// Fits examples: of each strength the mean accuracy over folds, the best one (of equals the strongest) on all examples.
    /// - Parameter groups: examples of one group are never in different folds: the sentence of every token.
    public init(
        _ examples: FeatureMatrix, labels: [Int], classCount: Int, groups: [Int], kind: Kind = .l2, folds: Int = 3,
        seed: UInt64 = 1
    ) {
        let fold = Self.folds(groups, count: folds, seed: seed)
        let kept = Self.kept(groups, seed: seed)
        var best = (strength: kind.strengths[0], accuracy: -1.0)
        var tried: [(strength: Double, accuracy: Double)] = []
        for strength in kind.strengths {
            var right = 0.0, count = 0.0
            for number in 0..<folds {
                let (training, test) = (kept.filter { fold[$0] != number }, kept.filter { fold[$0] == number })
                guard !training.isEmpty, !test.isEmpty else { continue }
                let probe = LogisticRegression(
                    examples.rows(training), labels: training.map { labels[$0] }, classCount: classCount,
                    penalty: kind.penalty(strength), maximumSteps: 60, tolerance: 1e-4)
                right += probe.accuracy(on: examples.rows(test), labels: test.map { labels[$0] }) * Double(test.count)
                count += Double(test.count)
            }
            let accuracy = count > 0 ? right / count : 0
            tried.append((strength, accuracy))
            if accuracy > best.accuracy { best = (strength, accuracy) }
        }
        accuracies = tried
        strength = best.strength
        probe = LogisticRegression(
            examples, labels: labels, classCount: classCount, penalty: kind.penalty(best.strength), maximumSteps: 150,
            tolerance: 1e-5)
    }

    /// The fold of every example.
    private static func folds(_ groups: [Int], count: Int, seed: UInt64) -> [Int] {
        var distinct = Array(Set(groups)).sorted()
        var generator = RandomGenerator(seed: seed, stream: 0x666F_6C64)
        generator.shuffle(&distinct)
        let folds = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, $0 % count) })
        return groups.map { folds[$0] ?? 0 }
    }

    /// The examples that decide on the penalty: whole groups in a random order.
    private static func kept(_ groups: [Int], seed: UInt64) -> [Int] {
        if groups.count <= mostExamples { return Array(groups.indices) }
        var members: [Int: [Int]] = [:]
        for (index, group) in groups.enumerated() { members[group, default: []].append(index) }
        var order = members.keys.sorted()
        var generator = RandomGenerator(seed: seed, stream: 0x6B65_7074)
        generator.shuffle(&order)
        var kept: [Int] = []
        for group in order where kept.count < mostExamples { kept += members[group] ?? [] }
        return kept.sorted()
    }
}
