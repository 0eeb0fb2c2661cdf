import ElmanGraph
import ElmanText

/// What a classifier says of a tree.
public struct TreePrediction: Sendable, Hashable {
    /// The likeliest label of every node in postorder, as indices of the classifier's labels. Of equally likely ones the first.
    public let labels: [Int32]
    /// The probabilities of all labels at the root.
    public let rootProbabilities: [Float]

    /// The likeliest label of the root.
    public var rootLabel: Int32 { labels[labels.count - 1] }
}

extension TreeClassifier {
    /// Nodes computed in one graph, unless a single tree has more.
    private static let nodesAtOnce = 4096

    /// Labels for all nodes of trees, in their order. A tree gets the same bits alone and among others.
    public func predictions(for trees: EncodedTrees) -> [TreePrediction] {
        var result: [TreePrediction] = []
        forEachPrediction(for: trees) { _, prediction in result.append(prediction) }
        return result
    }

    /// Calls `body` with the number and the prediction of each tree, in order.
    public func forEachPrediction(for trees: EncodedTrees, _ body: (_ tree: Int, _ prediction: TreePrediction) -> Void) {
        let graph = ComputationGraph(keepsForBackward: false)
        for group in sentenceGroups(trees.labels.lengths, tokensAtOnce: Self.nodesAtOnce) {
            graph.renew()
            var scores: [Expression] = [], roots: [Expression] = []
            for number in group {
                let outputs = outputs(of: trees.bank[number], words: trees.texts[number], in: graph)
                scores.append(self.scores(outputs))
                roots.append(softmax(scores[scores.count - 1].member(outputs.count - 1)))
            }
            _ = concatenateColumns(roots).value
            for (number, (scores, root)) in zip(group, zip(scores, roots)) {
                body(number, TreePrediction(labels: best(scores.value.scalars), rootProbabilities: root.value.scalars))
            }
        }
    }

    /// The best label of each node, whose scores stand one behind the other.
    private func best(_ scores: [Float]) -> [Int32] {
        stride(from: 0, to: scores.count, by: labels.count).map { start in
            var best = start
            for index in start..<start + labels.count where scores[index] > scores[best] { best = index }
            return Int32(best - start)
        }
    }

    /// How right the labels of trees are.
    public func metrics(of trees: EncodedTrees) -> TreeClassifierMetrics {
        var metrics = TreeClassifierMetrics(labels: labels)
        forEachPrediction(for: trees) { number, prediction in metrics.add(gold: trees.labels[number], prediction) }
        return metrics
    }
}
