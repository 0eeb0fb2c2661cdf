import ElmanGraph
import ElmanTensor

/// Softmax over the most frequent words and a few clusters of rarer ones, which are told apart in fewer dimensions (Grave et al. 2017), as
/// PyTorch's `AdaptiveLogSoftmaxWithLoss`:
///
///     head = log softmax(head/weights x + head/bias)           over the words below the first cutoff, and the clusters
///     log p(w) = head_w                                        for a word of the head
///     log p(w) = head_{cluster i} + log softmax(clusters/i/weights (clusters/i/projection x))_w     for one of cluster i
///
/// Cluster i, counted from 0, is told apart in inputSize / division^(i + 1) dimensions. Words are numbered by falling frequency.
///
/// Parameters: `head/weights` [cutoffs[0] + clusters, inputSize], `head/bias` where there is one; for each cluster
/// `clusters/i/projection` [d, inputSize] and `clusters/i/weights` [words of the cluster, d].
public struct AdaptiveSoftmax: OutputLayer {
    /// The head's words, and those of each cluster.
    public let classes: WordClasses
    private let head: Linear
    private let clusters: [(projection: Parameter, weights: Parameter)]
    /// The share of a text that each class of words has, for estimates of memory.
    private let shares: [Double]
    /// Elements of the vector.
    public let inputSize: Int
    /// How many words there are.
    public var outputCount: Int { classes.wordCount }

    /// A layer for so many words, the first `cutoffs[0]` of them in the head; each further cutoff ends a cluster, and the last
    /// cluster ends with the words. Fails where the cutoffs do not rise.
    /// - Parameters:
    ///   - counts: how often each word occurs, where that is known; only estimates of memory go by it.
    public init(
        inputSize: Int, outputCount: Int, cutoffs: [Int], division: Int = 4, hasHeadBias: Bool = false, counts: [Int]? = nil,
        initializer: Initializer? = nil, biasInitializer: Initializer = .zeros, in parameters: ParameterCollection
    ) {
        self.inputSize = inputSize
        let classes = WordClasses(ends: cutoffs, wordCount: outputCount)
        self.classes = classes
        head = Linear(
            inputSize: inputSize, outputSize: classes.ranges[0].count + classes.ranges.count - 1, hasBias: hasHeadBias,
            initializer: initializer ?? .glorot(), biasInitializer: biasInitializer, in: parameters.scope("head"))
        var size = inputSize
        clusters = classes.ranges.dropFirst().enumerated().map { number, words in
            size = Swift.max(1, size / Swift.max(division, 1))
            let scope = parameters.scope("clusters/\(number)")
            return (
                scope.add([size, inputSize], named: "projection", initializer: initializer ?? .glorot()),
                scope.add([words.count, size], named: "weights", initializer: initializer ?? .glorot())
            )
        }
        let all = counts ?? WordClasses.zipf(wordCount: outputCount)
        let total = Double(Swift.max(all.reduce(0, +), 1))
        shares = classes.ranges.map { Double(all[$0].reduce(0, +)) / total }
    }

    /// The place of a word's class, or of the word itself, in the head.
    private func place(_ word: Int) -> Int {
        let index = classes.index(of: word)
        return index == 0 ? word : classes.ranges[0].count + index - 1
    }

    /// The negative log-probabilities of words; see `OutputLayer`.
    public func losses(_ x: Expression, _ words: [Int]) -> Expression {
        var losses = pickNegativeLogSoftmax(head(x), words.map { $0 < 0 ? -1 : place($0) })
        for (cluster, range) in zip(clusters, classes.ranges.dropFirst()) {
            // Members of other clusters are skipped: loss 0.
            let own = words.map { range.contains($0) ? $0 - range.lowerBound : -1 }
            guard own.contains(where: { $0 >= 0 }) else { continue }
            losses = losses + pickNegativeLogSoftmax(cluster.weights(in: x.graph) * (cluster.projection(in: x.graph) * x), own)
        }
        return losses
    }

    /// The log-probabilities of all words, `[outputCount]`.
    public func logProbabilities(_ x: Expression) -> Expression {
        let first = classes.ranges[0].count
        let ofHead = logSoftmax(head(x))
        guard !clusters.isEmpty else { return ofHead }
        let ofClusters = clusters.enumerated().map { number, cluster in
            logSoftmax(cluster.weights(in: x.graph) * (cluster.projection(in: x.graph) * x)) + ofHead.element(first + number)
        }
        return concatenate([ofHead[0..<first]] + ofClusters)
    }

    /// About how many numbers the losses of so many words take.
    public func graphSize(wordCount: Int) -> Int {
        var size = classes.ranges[0].count + clusters.count + 2
        for (number, cluster) in clusters.enumerated() {
            // The projection of every word, and the scores of those in the cluster.
            size += 2 * cluster.projection.shape.rows + 2
            size += Int(shares[number + 1] * Double(classes.ranges[number + 1].count))
        }
        return wordCount * size
    }
}

extension AdaptiveSoftmax {
    /// The cutoffs of up to three clusters that make the number of multiplications for a word least, on average over the counts.
    ///
    /// They are looked for among words that stand about a quarter further apart each. A head of all words is never returned: with less
    /// than eight words there is one cluster of the last.
    public static func cutoffs(counts: [Int], inputSize: Int, division: Int = 4) -> [Int] {
        let wordCount = counts.count
        guard wordCount >= 8 else { return [Swift.max(1, wordCount - 1)] }
        var sums = [0.0]
        for count in counts { sums.append(sums[sums.count - 1] + Double(Swift.max(count, 0))) }
        let total = Swift.max(sums[wordCount], 1)
        var places: [Int] = [], place = 4.0
        while Int(place) < wordCount {
            places.append(Int(place))
            place *= 1.25
        }
        /// Multiplications, with some more for each cluster: short products are slow.
        func cost(_ cutoffs: [Int]) -> Double {
            let ends = cutoffs + [wordCount]
            var cost = Double((cutoffs[0] + cutoffs.count) * inputSize), size = inputSize
            for (start, end) in zip(cutoffs, ends.dropFirst()) {
                size = Swift.max(1, size / Swift.max(division, 1))
                let share = (sums[end] - sums[start]) / total
                cost += Double((size + 100) * inputSize) + share * Double(size * (end - start))
            }
            return cost
        }
        var best = [places[0]], least = Double.infinity
        func consider(_ cutoffs: [Int], from first: Int) {
            if !cutoffs.isEmpty {
                let cost = cost(cutoffs)
                if cost < least { (best, least) = (cutoffs, cost) }
            }
            guard cutoffs.count < 3 else { return }
            for index in places.indices.dropFirst(first) { consider(cutoffs + [places[index]], from: index + 1) }
        }
        consider([], from: 0)
        return best
    }
}
